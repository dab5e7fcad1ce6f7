//! Who occupies a buffer: more than a process id decides, since ids are reused, and mean nothing in
//! another container.
#![expect(unsafe_code, reason = "fork")]

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::FileExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, raise};
use nix::unistd::{ForkResult, fork};
use zerobuffer::{BufferConfig, Error, Liveness, Reader, Writer, inspect, list_stale};

use crate::support::{
    Peer, TEST_TIMEOUT, TestName, announce_skip, await_parent, child_role, program,
    report_to_parent,
};

fn config() -> BufferConfig {
    BufferConfig::new(64, 4096).unwrap()
}

/// This test binary, about to run the test `test` alone.
fn this_test(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture", "--test-threads=1"]);
    command
}

/// The command in a separate PID namespace, with the machine's shared memory; with its own `/tmp`
/// if `own_tmp`. `None` if this process may not create one.
fn in_container(test: &str, own_tmp: bool) -> Option<Command> {
    let unshare = program("unshare")?;
    let run = |script: &str| {
        let mut command = Command::new(&unshare);
        command.args(["--mount", "--pid", "--fork", "--mount-proc", "sh", "-c", script, "sh"]);
        command
    };
    if !run("true").output().is_ok_and(|output| output.status.success()) {
        return None;
    }
    let tmp = if own_tmp { "mount -t tmpfs tmpfs /tmp && " } else { "" };
    // The program itself may be below `/tmp`.
    let open = "exec 9<\"$1\" && shift && ";
    let mut command = run(&format!("{open}{tmp}exec /proc/self/fd/9 \"$@\""));
    command.arg(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture", "--test-threads=1"]);
    Some(command)
}

fn set_pid(name: &TestName, offset: u64, pid: u32) {
    let object = File::options().write(true).open(name.shm_path()).unwrap();
    object.write_all_at(&u64::from(pid).to_le_bytes(), offset).unwrap();
}

#[test]
fn writer_can_reconnect_after_exec() {
    const TEST: &str = "occupancy::writer_can_reconnect_after_exec";
    if let Some((role, buffer)) = child_role() {
        let mut writer = Writer::options()
            .start_sequence(if role == "first" { 1 } else { 2 })
            .open(&buffer)
            .unwrap();
        writer.write(role.as_bytes()).unwrap();
        if role == "first" {
            let error = this_test(TEST).env("ZEROBUFFER_TEST_ROLE", "second").exec();
            panic!("{error}");
        }
        return;
    }
    let name = TestName::new("exec-writer");
    let mut reader = Reader::create(&name, config()).unwrap();
    Peer::start(TEST, "first", &name).join();
    for expected in ["first", "second"] {
        assert_eq!(&*reader.read(TEST_TIMEOUT).unwrap().unwrap(), expected.as_bytes());
    }
}

#[test]
fn reader_that_runs_another_program_is_replaced() {
    const TEST: &str = "occupancy::reader_that_runs_another_program_is_replaced";
    if let Some((_, buffer)) = child_role() {
        std::mem::forget(Reader::create(&buffer, config()).unwrap());
        report_to_parent("created");
        await_parent();
        panic!("{}", Command::new("sleep").arg("60").exec());
    }
    let name = TestName::new("exec-reader");
    let mut child = Peer::start(TEST, "reader", &name);
    child.expect("created");
    assert!(matches!(Reader::create(&name, config()), Err(Error::ReaderExists { .. })));
    child.proceed();
    let began = Instant::now();
    let reader = loop {
        match Reader::create(&name, config()) {
            Ok(reader) => break reader,
            Err(Error::ReaderExists { .. }) => assert!(began.elapsed() < TEST_TIMEOUT),
            Err(error) => panic!("{error}"),
        }
    };
    assert!(reader.replaced_stale());
}

/// Leaves the buffer of a killed reader, whose id now belongs to another process.
fn leave_reader_with_reused_pid(test: &str, name: &TestName) -> std::process::Child {
    let mut child = Peer::start(test, "reader", name);
    child.expect("created");
    child.kill();
    let other = Command::new("sleep").arg("60").spawn().unwrap();
    set_pid(name, 0x58, other.id());
    other
}

#[test]
fn process_with_reused_pid_is_not_the_reader() {
    const TEST: &str = "occupancy::process_with_reused_pid_is_not_the_reader";
    if let Some((_, buffer)) = child_role() {
        let _reader = Reader::create(&buffer, config()).unwrap();
        report_to_parent("created");
        return await_parent();
    }
    let name = TestName::new("reused-reader");
    let mut other = leave_reader_with_reused_pid(TEST, &name);
    let refused = Writer::open(&name).map(drop);
    let listed = list_stale().unwrap().iter().any(|stale| stale.name() == &*name);
    let health = inspect(&name).unwrap().health();
    let created = Reader::create(&name, config());
    other.kill().unwrap();
    other.wait().unwrap();
    assert!(matches!(refused, Err(Error::ReaderDead { .. })), "{refused:?}");
    assert!(listed, "stale in spite of its pid");
    assert_eq!(health, zerobuffer::Health::Critical);
    assert!(created.unwrap().replaced_stale());
}

#[test]
fn process_with_reused_pid_is_not_the_writer() {
    let name = TestName::new("reused-writer");
    let mut reader = Reader::create(&name, config()).unwrap();
    let mut other = Command::new("sleep").arg("60").spawn().unwrap();
    set_pid(&name, 0x50, other.id());
    let waited = reader.read(TEST_TIMEOUT).map(drop);
    let opened = Writer::open(&name).map(drop);
    other.kill().unwrap();
    other.wait().unwrap();
    assert!(matches!(waited, Err(Error::WriterDead { .. })), "{waited:?}");
    opened.unwrap();
}

#[test]
fn restarted_container_reconnects_as_the_same_pid() {
    const TEST: &str = "occupancy::restarted_container_reconnects_as_the_same_pid";
    if let Some((role, buffer)) = child_role() {
        assert_eq!(std::process::id(), 1, "first process of its namespace");
        let mut writer = Writer::options()
            .liveness(Liveness::TrustNonZero)
            .start_sequence(role.parse().unwrap())
            .open(&buffer)
            .unwrap();
        writer.write(role.as_bytes()).unwrap();
        report_to_parent("written");
        std::process::abort();
    }
    let Some(_) = in_container(TEST, false) else {
        return announce_skip("containers", "no right to create a PID namespace (run as root)");
    };
    let name = TestName::new("container-writer");
    let trusting = config().liveness(Liveness::TrustNonZero);
    let mut reader = Reader::create(&name, trusting).unwrap();
    for turn in ["1", "2", "3"] {
        let mut child = Peer::spawn(&mut in_container(TEST, false).unwrap(), turn, &name);
        child.expect("written");
        assert_ne!(child.exit_code_or_signal(), Some(0));
        assert_eq!(&*reader.read(TEST_TIMEOUT).unwrap().unwrap(), turn.as_bytes());
    }
}

#[test]
fn living_buffer_of_another_container_is_not_taken() {
    const TEST: &str = "occupancy::living_buffer_of_another_container_is_not_taken";
    if let Some((role, buffer)) = child_role() {
        let trusting = config().liveness(Liveness::TrustNonZero);
        let created = Reader::create(&buffer, trusting);
        if role == "first" {
            let _reader = created.unwrap();
            report_to_parent("created");
            return await_parent();
        }
        report_to_parent(match created {
            Err(Error::ReaderExists { .. }) => "refused",
            Err(_) => "failed",
            Ok(_) => "taken",
        });
        return;
    }
    for own_tmp in [true, false] {
        let Some(mut first) = in_container(TEST, own_tmp) else {
            return announce_skip("containers", "no right to create a PID namespace (run as root)");
        };
        let name = TestName::new("container-reader");
        let mut first = Peer::spawn(&mut first, "first", &name);
        first.expect("created");
        let mut second = Peer::spawn(&mut in_container(TEST, own_tmp).unwrap(), "second", &name);
        second.expect("refused");
        let listed = list_stale().unwrap().iter().any(|stale| stale.name() == &*name);
        assert!(!listed, "alive, although its pid means nothing here");
        first.proceed();
        first.join();
    }
}

#[test]
fn forked_child_does_not_keep_the_name_of_its_dead_parent() {
    const TEST: &str = "occupancy::forked_child_does_not_keep_the_name_of_its_dead_parent";
    if let Some((_, buffer)) = child_role() {
        let _reader = Reader::create(&buffer, config()).unwrap();
        let _writer = Writer::open(&buffer).unwrap();
        let (running, mut announce) = std::io::pipe().unwrap();
        // SAFETY: the harness runs this test alone, so no other thread holds a lock the child
        // could want.
        match unsafe { fork() }.unwrap() {
            ForkResult::Child => {
                announce.write_all(b"r").unwrap();
                loop {
                    std::thread::sleep(Duration::from_secs(60));
                }
            }
            ForkResult::Parent { child } => {
                // The child has what its parent had until it runs for the first time.
                (&running).read_exact(&mut [0]).unwrap();
                report_to_parent(&child.to_string());
                await_parent();
                raise(Signal::SIGKILL).unwrap();
            }
        }
    }
    let name = TestName::new("fork-lock");
    let mut parent = Peer::start(TEST, "parent", &name);
    let child: i32 = parent.word().parse().unwrap();
    let alive = Reader::create(&name, config());
    parent.proceed();
    parent.wait();
    let listed = list_stale().unwrap().iter().any(|stale| stale.name() == &*name);
    let created = Reader::create(&name, config());
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(child), Signal::SIGKILL).unwrap();
    assert!(matches!(alive, Err(Error::ReaderExists { .. })), "the parent still has it");
    assert!(listed, "stale, although the child runs");
    assert!(created.unwrap().replaced_stale());
}

#[test]
fn forked_child_in_a_nested_container_removes_nothing() {
    const TEST: &str = "occupancy::forked_child_in_a_nested_container_removes_nothing";
    if let Some((_, buffer)) = child_role() {
        let reader = Reader::create(&buffer, config()).unwrap();
        nix::sched::unshare(nix::sched::CloneFlags::CLONE_NEWPID).unwrap();
        // SAFETY: the harness runs this test alone, so no other thread holds a lock the child
        // could want.
        match unsafe { fork() }.unwrap() {
            ForkResult::Child => {
                assert_eq!(std::process::id(), 1, "the same id as its parent");
                std::process::exit(0);
            }
            ForkResult::Parent { child } => {
                nix::sys::wait::waitpid(child, None).unwrap();
            }
        }
        let object = PathBuf::from(format!("/dev/shm/{buffer}"));
        report_to_parent(if object.exists() { "exists" } else { "removed" });
        drop(reader);
        return;
    }
    let Some(mut command) = in_container(TEST, false) else {
        return announce_skip("containers", "no right to create a PID namespace (run as root)");
    };
    let name = TestName::new("nested");
    let mut child = Peer::spawn(&mut command, "parent", &name);
    child.expect("exists");
    child.join();
    name.assert_gone();
}
