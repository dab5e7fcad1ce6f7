//! One buffer from creation to the end, compared with what the other implementations do.

use std::time::Duration;

use zerobuffer::{BufferConfig, Reader, Writer};

use crate::support::TestName;

#[test]
fn a_frame_travels() {
    let name = TestName::new("travel");
    let mut reader = Reader::create(&name, BufferConfig::new(1024, 10240).unwrap()).unwrap();
    let mut writer = Writer::open(&name).unwrap();
    writer.set_metadata(b"hello").unwrap();
    assert_eq!(reader.metadata().unwrap().as_deref(), Some(&b"hello"[..]));
    assert_eq!(writer.write(b"first").unwrap(), 1);
    let frame = reader.read(Duration::from_secs(1)).unwrap().unwrap();
    assert_eq!((&*frame, frame.sequence()), (&b"first"[..], 1));
    drop(frame);
    assert!(reader.try_read().unwrap().is_none());
    drop(writer);
    assert!(matches!(reader.try_read(), Err(zerobuffer::Error::WriterClosed { .. })));
    drop(reader);
    assert_eq!(name.remains(), Vec::<std::path::PathBuf>::new());
}
