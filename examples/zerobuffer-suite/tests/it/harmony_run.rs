//! Starts `zerobuffer-suite harmony` and checks that it leaves nothing.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use harmony_bdd::harmony::runner::run_number;

use crate::command_line::root;

/// The low bits of a host number are the number of the run.
const PID_BITS: u32 = 22;

/// Returns the command `harmony` in the root of the repository, with its configuration.
pub(crate) fn harmony(arguments: &[&str]) -> Command {
    let mut command = suite(&["harmony", "--color", "never"]);
    command.args(arguments);
    command
}

/// Returns the command of the binary in the root of the repository, with its configuration.
pub(crate) fn suite(arguments: &[&str]) -> Command {
    let root = root();
    let mut command = Command::new(env!("CARGO_BIN_EXE_zerobuffer-suite"));
    command
        .args(arguments)
        .current_dir(&root)
        .env("HARMONY_CONFIG_PATH", root.join("examples/zerobuffer-suite/harmony-config.json"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Waits for a run and checks that nothing of it remains.
pub(crate) fn finish(child: Child) -> Output {
    let pid = child.id();
    let output = child.wait_with_output().unwrap();
    assert_nothing_left(pid);
    output
}

/// Panics if a process or a buffer of the run with this process id still exists.
pub(crate) fn assert_nothing_left(runner: u32) {
    assert_eq!(processes_of(runner), Vec::<u32>::new(), "processes of run {runner} remain");
    assert_eq!(buffers_of(runner), Vec::<String>::new(), "buffers of run {runner} remain");
}

/// Returns the processes started by the run with this process id, and their descendants.
pub(crate) fn processes_of(runner: u32) -> Vec<u32> {
    let mark = format!("HARMONY_BDD_SCENARIO_ID={runner}-");
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| {
        // The process has ended, or belongs to another user.
        let Ok(environment) = fs::read(format!("/proc/{pid}/environ")) else { return false };
        environment.split(|&byte| byte == 0).any(|entry| entry.starts_with(mark.as_bytes()))
    })
    .collect()
}

/// Returns the names in `/dev/shm` that belong to the run with this process id.
pub(crate) fn buffers_of(runner: u32) -> Vec<String> {
    let names = fs::read_dir(Path::new("/dev/shm")).unwrap().flatten();
    let names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names
        .filter(|name| {
            let hosts = name.split('_').filter_map(|part| part.parse::<u64>().ok());
            hosts.into_iter().any(|host| host & ((1 << PID_BITS) - 1) == run_number(runner))
        })
        .collect()
}
