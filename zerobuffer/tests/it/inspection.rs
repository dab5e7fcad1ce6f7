//! Looking at a buffer from outside.

use std::fs::File;
use std::os::unix::fs::FileExt;

use zerobuffer::{BufferConfig, Error, Health, PeerState, Reader, Writer, inspect};

use crate::support::{Peer, TestName, await_parent, child_role, report_to_parent};

#[test]
fn inspection_changes_nothing() {
    let name = TestName::new("inspect");
    let me = PeerState::Alive { pid: std::process::id().into() };
    let mut reader = Reader::create(&name, BufferConfig::new(1000, 10240).unwrap()).unwrap();
    let seen = inspect(&name).unwrap();
    assert_eq!((seen.reader, seen.writer), (me, PeerState::Absent));
    assert_eq!((seen.object_size, seen.metadata.as_deref()), (128 + 1024 + 10240, None));

    let mut writer = Writer::open(&name).unwrap();
    writer.set_metadata(b"640x480 rgb").unwrap();
    for _ in 0..3 {
        writer.write(&[7; 1008]).unwrap();
    }
    drop(reader.try_read().unwrap().unwrap());
    let before = reader.state();
    let seen = inspect(&name).unwrap();
    assert_eq!(seen.name, *name);
    assert_eq!(seen.control, before.control);
    assert_eq!(seen.frames_ready, Some(2));
    assert_eq!(seen.releases_pending, Some(1));
    assert_eq!(seen.metadata.as_deref(), Some(&b"640x480 rgb"[..]));
    assert_eq!((seen.reader, seen.writer), (me, me));
    assert_eq!(seen.used_bytes(), 2048);
    assert_eq!(seen.utilisation(), 0.2);
    assert_eq!(reader.state(), before);
    assert_eq!(name.remains().len(), 4);
}

#[test]
fn health_follows_utilisation() {
    let name = TestName::new("health");
    let reader = Reader::create(&name, BufferConfig::new(0, 100 * 1024).unwrap()).unwrap();
    let mut writer = Writer::open(&name).unwrap();
    for percent in 1..=100 {
        writer.write(&[0; 1008]).unwrap();
        let expected = match percent {
            0..80 => Health::Healthy,
            80..95 => Health::Degraded,
            _ => Health::Critical,
        };
        assert_eq!(inspect(&name).unwrap().health(), expected, "{percent} %");
    }
    drop(reader);
    assert!(matches!(inspect(&name), Err(Error::NotFound { .. })));
}

#[test]
fn inspection_distinguishes_dead_processes() {
    const TEST: &str = "inspection::inspection_distinguishes_dead_processes";
    let config = || BufferConfig::new(64, 1024).unwrap();
    if let Some((role, buffer)) = child_role() {
        let _ends = match role.as_str() {
            "reader" => (Some(Reader::create(&buffer, config()).unwrap()), None),
            _ => (None, Some(Writer::open(&buffer).unwrap())),
        };
        report_to_parent("here");
        return await_parent();
    }
    let name = TestName::new("inspect-writer");
    let reader = Reader::create(&name, config()).unwrap();
    let mut child = Peer::start(TEST, "writer", &name);
    child.expect("here");
    assert_eq!(inspect(&name).unwrap().writer, PeerState::Alive { pid: child.pid() });
    assert_eq!(inspect(&name).unwrap().health(), Health::Healthy);
    child.kill();
    while inspect(&name).unwrap().writer != (PeerState::Dead { pid: child.pid() }) {
        std::thread::yield_now();
    }
    assert_eq!(inspect(&name).unwrap().health(), Health::Degraded);
    drop(reader);

    let name = TestName::new("inspect-reader");
    let mut child = Peer::start(TEST, "reader", &name);
    child.expect("here");
    child.kill();
    while inspect(&name).unwrap().reader != (PeerState::Dead { pid: child.pid() }) {
        std::thread::yield_now();
    }
    assert_eq!(inspect(&name).unwrap().health(), Health::Critical);
}

#[test]
fn inspection_rejects_foreign_objects() {
    assert!(matches!(inspect("a/b"), Err(Error::InvalidName { .. })));
    let name = TestName::new("inspect-foreign");
    assert!(matches!(inspect(&name), Err(Error::NotFound { .. })));
    let object = File::create(name.shm_path()).unwrap();
    assert!(matches!(inspect(&name), Err(Error::NotReady { .. })));
    object.set_len(4096).unwrap();
    assert!(matches!(inspect(&name), Err(Error::NotReady { .. })));
    object.write_all_at(&[9; 128], 0).unwrap();
    assert!(matches!(inspect(&name), Err(Error::IncompatibleVersion { .. })));
    let mut header = [0; 128];
    (header[0], header[4], header[0x27]) = (128, 1, 1);
    object.write_all_at(&header, 0).unwrap();
    assert!(matches!(inspect(&name), Err(Error::InvalidLayout { object: 4096, .. })));
    drop(object);
    std::fs::remove_file(name.shm_path()).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", name.shm_path()).unwrap();
    assert!(matches!(inspect(&name), Err(Error::Os { .. })), "links are not followed");
}

#[test]
fn damaged_metadata_lengths_give_no_metadata() {
    let name = TestName::new("inspect-metadata");
    let reader = Reader::create(&name, BufferConfig::new(64, 1024).unwrap()).unwrap();
    let mut writer = Writer::open(&name).unwrap();
    writer.set_metadata(b"short").unwrap();
    let object = File::options().write(true).open(name.shm_path()).unwrap();
    for written in [0, 1, 7, 8, 12, 14, 65, u64::MAX] {
        object.write_all_at(&u64::to_le_bytes(written), 0x18).unwrap();
        assert_eq!(inspect(&name).unwrap().metadata, None, "{written}");
    }
    // Lengths that agree with each other, but not with the size of the block.
    object.write_all_at(&100_u64.to_le_bytes(), 0x80).unwrap();
    object.write_all_at(&108_u64.to_le_bytes(), 0x18).unwrap();
    assert_eq!(inspect(&name).unwrap().metadata, None);
    object.write_all_at(&5_u64.to_le_bytes(), 0x80).unwrap();
    object.write_all_at(&13_u64.to_le_bytes(), 0x18).unwrap();
    assert_eq!(inspect(&name).unwrap().metadata.as_deref(), Some(&b"short"[..]));
    drop(reader);
}
