//! Two users: a process that may not be signalled is alive, and what belongs to another user is
//! left alone.

use nix::unistd::{Gid, Uid, setgroups, setresgid, setresuid};
use zerobuffer::{BufferConfig, Error, Reader, Writer};

use crate::support::{Peer, TestName, announce_skip, await_parent, child_role, report_to_parent};

const NOBODY: u32 = 65534;

/// Gives all rights up, for good.
fn become_nobody() {
    let (uid, gid) = (Uid::from_raw(NOBODY), Gid::from_raw(NOBODY));
    setgroups(&[]).unwrap();
    setresgid(gid, gid, gid).unwrap();
    setresuid(uid, uid, uid).unwrap();
    assert!(nix::sys::signal::kill(nix::unistd::Pid::from_raw(1), None).is_err());
}

fn is_root(checked: &str) -> bool {
    let root = Uid::effective().is_root();
    if !root {
        announce_skip(checked, "not started as root, so there is no second user");
    }
    root
}

fn config(mode: u32) -> BufferConfig {
    BufferConfig::new(64, 1024).unwrap().permissions(mode)
}

#[test]
fn reader_of_other_user_is_alive_until_it_exits() {
    const TEST: &str = "other_user::reader_of_other_user_is_alive_until_it_exits";
    match child_role() {
        Some((role, buffer)) if role == "reader" => {
            let mut reader = Reader::create(&buffer, config(0o666)).unwrap();
            report_to_parent("created");
            assert_eq!(&*reader.read(crate::support::TEST_TIMEOUT).unwrap().unwrap(), b"by nobody");
            report_to_parent("read");
            await_parent();
        }
        Some((_, buffer)) => {
            become_nobody();
            let mut writer = Writer::open(&buffer).unwrap();
            assert!(writer.is_reader_connected());
            writer.write(b"by nobody").unwrap();
            report_to_parent("written");
            await_parent();
            writer.set_write_timeout(crate::support::TEST_TIMEOUT);
            // Filling the ring makes the writer wait, and so ask.
            let error = (0..100).find_map(|_| writer.write(&[0; 100]).err());
            assert!(matches!(error, Some(Error::ReaderDead { pid: Some(_), .. })), "{error:?}");
            report_to_parent("noticed");
        }
        None => {
            if !is_root("liveness of another user's process") {
                return;
            }
            let name = TestName::new("eperm");
            let mut reader = Peer::start(TEST, "reader", &name);
            reader.expect("created");
            let mut writer = Peer::start(TEST, "writer", &name);
            writer.expect("written");
            reader.expect("read");
            reader.kill();
            writer.proceed();
            writer.expect("noticed");
            writer.join();
        }
    }
}

#[test]
fn objects_of_other_users_are_left_alone() {
    const TEST: &str = "other_user::objects_of_other_users_are_left_alone";
    if let Some((role, buffer)) = child_role() {
        become_nobody();
        let created = Reader::create(&buffer, config(0o666)).map(drop);
        match role.as_str() {
            "beside the living" => {
                assert!(matches!(created, Err(Error::ReaderExists { .. })), "{created:?}");
            }
            _ => assert!(matches!(created, Err(Error::Os { .. })), "{role}: {created:?}"),
        }
        let opened = Writer::open(&buffer).map(drop);
        match role.as_str() {
            "after the dead" => {
                assert!(matches!(opened, Err(Error::ReaderDead { .. })), "{opened:?}");
            }
            "without access" => assert!(matches!(opened, Err(Error::Os { .. })), "{opened:?}"),
            _ => opened.unwrap(),
        }
        return report_to_parent("refused");
    }
    if !is_root("objects of another user") {
        return;
    }
    for (role, mode) in
        [("beside the living", 0o666), ("after the dead", 0o666), ("without access", 0o600)]
    {
        let name = TestName::new("foreign-owner");
        let reader = Reader::create(&name, config(mode)).unwrap();
        if role != "beside the living" {
            // The files of a reader that died.
            let files = name.paths().map(|path| (std::fs::read(&path).unwrap(), path));
            drop(reader);
            for (mut bytes, path) in files {
                if path == name.shm_path() {
                    bytes[0x58..0x60].copy_from_slice(&u64::from(u32::MAX).to_le_bytes());
                }
                std::fs::write(&path, bytes).unwrap();
                let permissions = std::os::unix::fs::PermissionsExt::from_mode(mode);
                std::fs::set_permissions(&path, permissions).unwrap();
            }
        } else {
            std::mem::forget(reader);
        }
        let before: Vec<_> = name.paths().iter().map(|path| std::fs::read(path).ok()).collect();
        let mut child = Peer::start(TEST, role, &name);
        child.expect("refused");
        child.join();
        let after: Vec<_> = name.paths().iter().map(|path| std::fs::read(path).ok()).collect();
        assert_eq!(after[1..], before[1..], "{role}");
        assert_eq!(
            after[0].as_ref().unwrap()[0x58..],
            before[0].as_ref().unwrap()[0x58..],
            "{role}: the reader is who it was"
        );
    }
}
