//! Readers and writers in asynchronous tasks: waiting without blocking, and cancelling it.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::time::timeout;
use zerobuffer::{AsyncReader, AsyncWriter, BufferConfig, Error, Reader, Writer, WriterState};

use crate::support::{Numbers, TEST_TIMEOUT, TestName, pattern};

/// Both ends of one buffer. The writer lives in this process, too, and on this one thread.
fn ends(name: &TestName) -> (AsyncReader, AsyncWriter) {
    let reader = Reader::create(name, BufferConfig::new(1024, 10240).unwrap()).unwrap();
    let writer = Writer::open(name).unwrap();
    (AsyncReader::new(reader), AsyncWriter::new(writer))
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async { timeout(TEST_TIMEOUT, future).await.expect("nothing hangs") })
}

#[test]
fn reader_and_writer_wait_on_one_thread() {
    const FRAMES: u64 = 3000;
    let name = TestName::new("async");
    let (mut reader, mut writer) = ends(&name);
    block_on(async {
        let produce = async move {
            let mut sizes = Numbers::new(3);
            for number in 1..=FRAMES {
                let data = pattern(number, sizes.up_to(3000) as usize);
                assert_eq!(writer.write(&data).await.unwrap(), number);
            }
        };
        let consume = async {
            let mut sizes = Numbers::new(3);
            let mut count = 0;
            while let Some(frame) = reader.next_frame().await.unwrap() {
                count += 1;
                assert_eq!(frame.sequence(), count);
                assert!(*frame == pattern(count, sizes.up_to(3000) as usize), "frame {count}");
            }
            assert_eq!(count, FRAMES);
        };
        both(produce, consume).await;
        assert!(reader.reader().await.unwrap().stats().wraps > 100);
    });
    drop(reader);
    name.assert_gone();
}

/// Polls both in turn on this thread.
async fn both(one: impl Future<Output = ()>, other: impl Future<Output = ()>) {
    let (mut one, mut other) = (Box::pin(one), Box::pin(other));
    let (mut one_done, mut other_done) = (false, false);
    std::future::poll_fn(|context| {
        one_done = one_done || one.as_mut().poll(context).is_ready();
        other_done = other_done || other.as_mut().poll(context).is_ready();
        match one_done && other_done {
            true => std::task::Poll::Ready(()),
            false => std::task::Poll::Pending,
        }
    })
    .await;
}

#[test]
fn a_cancelled_read_loses_no_frame() {
    let name = TestName::new("async-cancel-read");
    let (mut reader, mut writer) = ends(&name);
    block_on(async {
        for number in 1..=20 {
            // Cancelled while waiting, now before and now after the frame is there.
            assert!(timeout(Duration::from_millis(1), reader.read()).await.is_err());
            writer.write(&pattern(number, 100)).await.unwrap();
            if number % 2 == 0 {
                let frames_read = reader.reader().await.unwrap().stats().frames_read;
                assert_eq!(frames_read, number - 1);
            }
            let frame = reader.read().await.unwrap();
            assert_eq!(frame.sequence(), number);
            assert!(*frame == pattern(number, 100));
        }
        drop(writer);
        assert!(reader.next_frame().await.unwrap().is_none());
        assert!(matches!(reader.read().await, Err(Error::WriterClosed { .. })));
    });
}

#[test]
fn a_cancelled_write_leaves_no_trace() {
    let name = TestName::new("async-cancel-write");
    let (mut reader, mut writer) = ends(&name);
    block_on(async {
        writer.writer().await.unwrap().set_write_timeout(Duration::MAX);
        let mut number = 0;
        let short = Duration::from_millis(2);
        while timeout(short, writer.write(&pattern(number + 1, 2000))).await.is_ok() {
            number += 1;
        }
        assert_eq!(writer.writer().await.unwrap().next_sequence(), number + 1);
        for read in 1..=number {
            assert!(*reader.read().await.unwrap() == pattern(read, 2000));
        }
        // Another length than the one that was waited for.
        assert_eq!(writer.write(b"short").await.unwrap(), number + 1);
        assert_eq!(&*reader.read().await.unwrap(), b"short");
    });
}

#[test]
fn full_ring_is_an_error_after_the_write_timeout() {
    let name = TestName::new("async-full");
    let (reader, mut writer) = ends(&name);
    let wait = Duration::from_millis(50);
    block_on(async {
        writer.writer().await.unwrap().set_write_timeout(wait);
        let error = loop {
            if let Err(error) = writer.write(&[7; 2000]).await {
                break error;
            }
        };
        match error {
            Error::BufferFull { waited, needed: 2176, .. } => assert!(waited >= wait),
            other => panic!("{other}"),
        }
        drop(reader);
        assert!(matches!(writer.write(&[7; 2000]).await, Err(Error::ReaderDead { .. })));
    });
}

#[test]
fn a_waiting_task_lets_others_run() {
    let name = TestName::new("async-others");
    let (mut reader, mut writer) = ends(&name);
    let ticks = AtomicU64::new(0);
    block_on(async {
        let read = async { assert_eq!(&*reader.read().await.unwrap(), b"at last") };
        let tick = async {
            for _ in 0..5 {
                tokio::time::sleep(Duration::from_millis(1)).await;
                ticks.fetch_add(1, Ordering::Relaxed);
            }
            writer.write(b"at last").await.unwrap();
        };
        both(read, tick).await;
    });
    assert_eq!(ticks.into_inner(), 5);
}

#[test]
fn dropping_during_a_wait_closes_at_once() {
    let name = TestName::new("async-drop");
    let (mut reader, mut writer) = ends(&name);
    block_on(async {
        assert!(timeout(Duration::from_millis(1), reader.read()).await.is_err());
        drop(reader);
        name.assert_gone();
        assert!(matches!(writer.write(b"x").await, Err(Error::ReaderDead { pid: None, .. })));
    });

    let name = TestName::new("async-drop-writer");
    let (mut reader, mut writer) = ends(&name);
    block_on(async {
        let short = Duration::from_millis(2);
        while timeout(short, writer.write(&[7; 3000])).await.is_ok() {}
        drop(writer);
        assert_eq!(reader.reader().await.unwrap().writer_state(), WriterState::Closed);
    });
}

#[test]
fn waiting_uses_almost_no_cpu_time() {
    const TEST: &str = "tokio::waiting_uses_almost_no_cpu_time";
    // A separate process, since the clock counts all threads of a process.
    if let Some((_, buffer)) = crate::support::child_role() {
        let config = BufferConfig::new(1024, 10240).unwrap();
        let mut reader = AsyncReader::new(Reader::create(&buffer, config).unwrap());
        let _writer = Writer::open(&buffer).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let began = (Instant::now(), processor_ticks());
            let waited = timeout(Duration::from_secs(1), reader.read()).await.is_err();
            let used = processor_ticks() - began.1;
            assert!(waited && began.0.elapsed() >= Duration::from_secs(1));
            crate::support::report_to_parent(&used.to_string());
        });
        return;
    }
    let name = TestName::new("async-idle");
    let mut child = crate::support::Peer::start(TEST, "reader", &name);
    let hundredths: u64 = child.word().parse().unwrap();
    // A thread that polls would take all of the hundred.
    assert!(hundredths <= 20, "{hundredths} hundredths of a second of one");
    child.join();
}

/// Hundredths of a second that all threads of this process have run.
fn processor_ticks() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let behind_command = stat.rsplit_once(')').unwrap().1;
    let fields: Vec<&str> = behind_command.split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}
