//! A forked child shares every object with its parent and must destroy none of them.
#![expect(unsafe_code, reason = "fork")]

use std::fs::File;

use nix::fcntl::{Flock, FlockArg};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, fork};
use zerobuffer::{BufferConfig, Reader, Writer};

use crate::support::{Peer, TestName, child_role, report_to_parent};

#[test]
fn forked_child_removes_nothing() {
    const TEST: &str = "forked::forked_child_removes_nothing";
    if let Some((_, buffer)) = child_role() {
        let mut reader = Reader::create(&buffer, BufferConfig::default()).unwrap();
        let mut writer = Writer::open(&buffer).unwrap();
        for drops in [true, false] {
            // SAFETY: the harness runs this test alone, so no other thread holds a lock the child
            // could want.
            match unsafe { fork() }.unwrap() {
                ForkResult::Child if drops => {
                    drop((reader, writer));
                    std::process::exit(0);
                }
                ForkResult::Child => std::process::exit(0),
                ForkResult::Parent { child } => {
                    assert_eq!(waitpid(child, None), Ok(WaitStatus::Exited(child, 0)));
                }
            }
            assert!(writer.is_reader_connected() && reader.is_writer_connected());
            writer.write(b"after").unwrap();
            assert_eq!(&*reader.try_read().unwrap().unwrap(), b"after");
            let lock = File::open(format!("/tmp/zerobuffer/{buffer}.lock")).unwrap();
            let taken = Flock::lock(lock, FlockArg::LockExclusiveNonblock);
            assert!(taken.is_err(), "the lock is still held");
        }
        report_to_parent("whole");
        drop(reader);
        return;
    }
    let name = TestName::new("forked");
    let mut child = Peer::start(TEST, "parent", &name);
    child.expect("whole");
    child.join();
    name.assert_gone();
}
