//! Code written against the traits behaves the same with a ring and with a test double.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use zerobuffer::{
    BufferConfig, BufferReader, BufferState, BufferWriter, Error, HeldFrame, Reader, ReaderStats,
    Result, Writer, WriterState, WriterStats,
};

use crate::support::{TEST_TIMEOUT, TestName, pattern};

const CAPACITY: usize = 10240;

/// State that both test doubles share instead of memory.
#[derive(Debug, Default)]
struct Pipe {
    frames: VecDeque<(u64, Vec<u8>)>,
    metadata: Option<Vec<u8>>,
    connected: bool,
    written: u64,
}

#[derive(Debug)]
struct ReaderDouble {
    pipe: Arc<Mutex<Pipe>>,
    held: Option<Vec<u8>>,
    stats: ReaderStats,
}

#[derive(Debug)]
struct WriterDouble {
    pipe: Arc<Mutex<Pipe>>,
    prepared: Option<Vec<u8>>,
    timeout: Duration,
    stats: WriterStats,
}

fn test_doubles() -> (Box<dyn BufferReader>, Box<dyn BufferWriter>) {
    let pipe = Arc::new(Mutex::new(Pipe { connected: true, ..Pipe::default() }));
    let reader = ReaderDouble { pipe: pipe.clone(), held: None, stats: ReaderStats::default() };
    let writer =
        WriterDouble { pipe, prepared: None, timeout: TEST_TIMEOUT, stats: WriterStats::default() };
    (Box::new(reader), Box::new(writer))
}

impl BufferReader for ReaderDouble {
    fn receive(&mut self, _timeout: Duration) -> Result<Option<HeldFrame>> {
        self.release();
        let mut pipe = self.pipe.lock().unwrap();
        let Some((sequence, data)) = pipe.frames.pop_front() else {
            if pipe.connected {
                return Ok(None);
            }
            return Err(Error::WriterClosed { name: "double".into() });
        };
        let frame = HeldFrame::new(sequence, data.len());
        self.stats.frames_read += 1;
        self.stats.bytes_read += data.len() as u64;
        self.held = Some(data);
        Ok(Some(frame))
    }

    fn held(&self) -> Option<&[u8]> {
        self.held.as_deref()
    }

    fn release(&mut self) -> bool {
        self.held.take().is_some()
    }

    fn metadata(&self) -> Result<Option<Vec<u8>>> {
        Ok(self.pipe.lock().unwrap().metadata.clone())
    }

    fn wait_for_writer(&mut self, _timeout: Duration) -> bool {
        self.pipe.lock().unwrap().connected
    }

    fn writer_state(&self) -> WriterState {
        match self.pipe.lock().unwrap().connected {
            true => WriterState::Connected { pid: 1 },
            false => WriterState::Closed,
        }
    }

    fn next_sequence(&self) -> u64 {
        self.stats.frames_read + 1
    }

    fn name(&self) -> &str {
        "double"
    }

    fn max_frame_len(&self) -> usize {
        CAPACITY - 16
    }

    fn guaranteed_frame_len(&self) -> usize {
        CAPACITY / 2 - 32
    }

    fn replaced_stale(&self) -> bool {
        false
    }

    fn stats(&self) -> ReaderStats {
        self.stats
    }

    fn state(&self) -> BufferState {
        self.pipe.lock().unwrap().state()
    }
}

impl Pipe {
    fn state(&self) -> BufferState {
        let mut state = BufferState::default();
        state.frames_ready = self.frames.len() as u32;
        state.control.payload_written_count = self.written;
        state
    }
}

impl BufferWriter for WriterDouble {
    fn set_metadata(&mut self, metadata: &[u8]) -> Result<()> {
        let mut pipe = self.pipe.lock().unwrap();
        if pipe.metadata.is_some() {
            return Err(Error::MetadataAlreadyWritten { name: "double".into() });
        }
        pipe.metadata = Some(metadata.to_vec());
        Ok(())
    }

    fn write(&mut self, data: &[u8]) -> Result<u64> {
        self.prepare(data.len())?;
        self.prepared().unwrap().copy_from_slice(data);
        Ok(self.commit()?.unwrap())
    }

    fn prepare(&mut self, len: usize) -> Result<()> {
        if len > self.max_frame_len() {
            let (len, max) = (len as u64, self.max_frame_len() as u64);
            return Err(Error::FrameTooLarge { name: "double".into(), len, max });
        }
        self.prepared = Some(vec![0; len]);
        Ok(())
    }

    fn prepared(&mut self) -> Option<&mut [u8]> {
        self.prepared.as_deref_mut()
    }

    fn commit(&mut self) -> Result<Option<u64>> {
        let Some(data) = self.prepared.take() else { return Ok(None) };
        let mut pipe = self.pipe.lock().unwrap();
        pipe.written += 1;
        let sequence = pipe.written;
        self.stats.frames_written += 1;
        self.stats.bytes_written += data.len() as u64;
        pipe.frames.push_back((sequence, data));
        Ok(Some(sequence))
    }

    fn discard(&mut self) -> bool {
        self.prepared.take().is_some()
    }

    fn set_write_timeout(&mut self, timeout: Duration) {
        self.timeout = timeout;
    }

    fn write_timeout(&self) -> Duration {
        self.timeout
    }

    fn is_reader_connected(&self) -> bool {
        true
    }

    fn next_sequence(&self) -> u64 {
        self.stats.frames_written + 1
    }

    fn name(&self) -> &str {
        "double"
    }

    fn max_frame_len(&self) -> usize {
        CAPACITY - 16
    }

    fn guaranteed_frame_len(&self) -> usize {
        CAPACITY / 2 - 32
    }

    fn stats(&self) -> WriterStats {
        self.stats
    }

    fn state(&self) -> BufferState {
        self.pipe.lock().unwrap().state()
    }
}

impl Drop for WriterDouble {
    fn drop(&mut self) {
        self.pipe.lock().unwrap().connected = false;
    }
}

/// A story in the words of the traits, from the first frame to the end of the stream.
fn play(mut reader: Box<dyn BufferReader>, mut writer: Box<dyn BufferWriter>) {
    assert!(reader.wait_for_writer(TEST_TIMEOUT) && reader.is_writer_connected());
    assert!(writer.is_reader_connected());
    assert_eq!(reader.name(), writer.name());
    assert_eq!(reader.max_frame_len(), writer.max_frame_len());
    assert_eq!(reader.guaranteed_frame_len(), writer.guaranteed_frame_len());
    assert!(!reader.replaced_stale());
    writer.set_write_timeout(Duration::from_secs(7));
    assert_eq!(writer.write_timeout(), Duration::from_secs(7));

    assert_eq!(reader.metadata().unwrap(), None);
    writer.set_metadata(b"about the frames").unwrap();
    assert!(matches!(writer.set_metadata(b"again"), Err(Error::MetadataAlreadyWritten { .. })));
    assert_eq!(reader.metadata().unwrap().as_deref(), Some(&b"about the frames"[..]));

    assert_eq!(reader.receive(Duration::ZERO).unwrap(), None);
    assert_eq!(reader.held(), None);
    assert!(!reader.release(), "nothing is held");
    assert_eq!((writer.commit().unwrap(), writer.discard()), (None, false));

    writer.prepare(99).unwrap();
    assert!(writer.discard());
    assert!(writer.prepared().is_none());
    assert_eq!(writer.next_sequence(), 1, "what is discarded leaves no trace");

    writer.prepare(300).unwrap();
    writer.prepared().unwrap().copy_from_slice(&pattern(1, 300));
    assert_eq!(reader.receive(Duration::ZERO).unwrap(), None, "nothing comes before the commit");
    assert_eq!(writer.commit().unwrap(), Some(1));
    assert_eq!(writer.write(&pattern(2, 500)).unwrap(), 2);
    assert_eq!(writer.next_sequence(), 3);
    assert_eq!(reader.state().frames_ready, 2);
    assert_eq!(writer.state().control.payload_written_count, 2);

    assert_eq!(reader.next_sequence(), 1);
    assert_eq!(reader.receive(TEST_TIMEOUT).unwrap(), Some(HeldFrame::new(1, 300)));
    assert_eq!(reader.held(), Some(&*pattern(1, 300)));
    assert_eq!(reader.receive(TEST_TIMEOUT).unwrap(), Some(HeldFrame::new(2, 500)));
    assert_eq!(reader.held(), Some(&*pattern(2, 500)));
    assert!(reader.release() && !reader.release());
    assert_eq!(reader.next_sequence(), 3);

    let too_long = writer.max_frame_len() + 1;
    assert!(matches!(writer.prepare(too_long), Err(Error::FrameTooLarge { .. })));
    assert_eq!((writer.stats().frames_written, writer.stats().bytes_written), (2, 800));
    assert_eq!((reader.stats().frames_read, reader.stats().bytes_read), (2, 800));
    drop(writer);
    assert!(matches!(reader.receive(TEST_TIMEOUT), Err(Error::WriterClosed { .. })));
    assert_eq!(reader.writer_state(), WriterState::Closed);
}

#[test]
fn ring_and_test_double_behave_alike() {
    let (reader, writer) = test_doubles();
    play(reader, writer);

    let name = TestName::new("traits");
    let reader = Reader::create(&name, BufferConfig::new(1024, CAPACITY).unwrap()).unwrap();
    let writer = Writer::open(&name).unwrap();
    play(Box::new(reader), Box::new(writer));
    name.assert_gone();
}
