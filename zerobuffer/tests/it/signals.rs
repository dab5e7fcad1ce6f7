//! Signals that arrive during a wait must not end it.
#![expect(unsafe_code, reason = "signal handlers, and signals to one thread")]

use std::os::unix::thread::JoinHandleExt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
use zerobuffer::{BufferConfig, Error, Reader, Writer};

use crate::support::{Peer, TestName, child_role, report_to_parent};

static HANDLED: AtomicU32 = AtomicU32::new(0);

extern "C" fn count_signal(_: libc::c_int) {
    // Relaxed: a statistic only.
    HANDLED.fetch_add(1, Ordering::Relaxed);
}

/// Runs `wait` on a thread that gets signals all the time.
fn under_signals<T: Send + 'static>(wait: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = std::thread::spawn(wait);
    while !thread.is_finished() {
        // SAFETY: the thread is not joined yet, so its id is valid.
        unsafe { libc::pthread_kill(thread.as_pthread_t(), libc::SIGUSR1) };
        std::thread::sleep(Duration::from_micros(200));
    }
    thread.join().unwrap()
}

#[test]
fn signals_do_not_shorten_a_wait() {
    const TEST: &str = "signals::signals_do_not_shorten_a_wait";
    const TIMEOUT: Duration = Duration::from_millis(250);
    // A separate process: handlers belong to the whole process.
    let Some((_, buffer)) = child_role() else {
        let name = TestName::new("signals");
        let mut child = Peer::start(TEST, "waiter", &name);
        child.expect("waited");
        return child.join();
    };
    for flags in [SaFlags::empty(), SaFlags::SA_RESTART] {
        let action = SigAction::new(SigHandler::Handler(count_signal), flags, SigSet::empty());
        // SAFETY: the handler only adds to an atomic.
        unsafe { sigaction(Signal::SIGUSR1, &action) }.unwrap();
        let before = HANDLED.load(Ordering::Relaxed);
        let config = BufferConfig::new(64, 128).unwrap().spin_budget(Duration::ZERO);
        let mut reader = Reader::create(&buffer, config).unwrap();
        let mut writer = Writer::options()
            .spin_budget(Duration::ZERO)
            .write_timeout(TIMEOUT)
            .open(&buffer)
            .unwrap();

        let (reader, waited) = under_signals(move || {
            let began = std::time::Instant::now();
            let read = reader.read(TIMEOUT).map(|frame| frame.is_some());
            assert!(matches!(read, Ok(false)), "{read:?}");
            (reader, began.elapsed())
        });
        assert!(waited >= TIMEOUT, "{waited:?}");

        let full = under_signals(move || {
            writer.write(&[1; 112]).unwrap();
            writer.write(&[1; 112])
        });
        match full {
            Err(Error::BufferFull { waited, .. }) => assert!(waited >= TIMEOUT, "{waited:?}"),
            other => panic!("{other:?}"),
        }
        assert!(HANDLED.load(Ordering::Relaxed) - before > 100, "signals did arrive");
        drop(reader);
    }
    report_to_parent("waited");
}

#[test]
fn signals_do_not_stop_a_creation() {
    const TEST: &str = "signals::signals_do_not_stop_a_creation";
    // A separate process: handlers belong to the whole process.
    let Some((_, buffer)) = child_role() else {
        let name = TestName::new("signals-create");
        let mut child = Peer::start(TEST, "creator", &name);
        child.expect("created");
        return child.join();
    };
    let action =
        SigAction::new(SigHandler::Handler(count_signal), SaFlags::SA_RESTART, SigSet::empty());
    // SAFETY: the handler only adds to an atomic.
    unsafe { sigaction(Signal::SIGUSR1, &action) }.unwrap();
    under_signals(move || {
        let config = BufferConfig::new(64, 64 << 20).unwrap().prefault(false);
        drop(Reader::create(&buffer, config).unwrap());
    });
    report_to_parent("created");
}
