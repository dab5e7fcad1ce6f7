//! The progress line: on a terminal, and only there.

use std::fs::File;
use std::io::Read;
use std::process::Stdio;

use nix::pty::openpty;

use crate::support::{Running, TestName, run, wait_until, zerobuffer};

#[test]
fn terminal_shows_progress() {
    let name = TestName::new("progress");
    let _reader = Running::start_zerobuffer(&["reader", &name, "-n", "0"]);
    name.await_created();
    let terminal = openpty(None, None).unwrap();
    let mut writer = zerobuffer(&["writer", &name, "-n", "3", "--delay-ms", "250"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(terminal.slave)
        .spawn()
        .unwrap();
    let mut screen = File::from(terminal.master);
    let mut shown = Vec::new();
    let mut piece = [0; 1024];
    // A terminal whose last user is gone gives an error instead of an end.
    while let Ok(bytes @ 1..) = screen.read(&mut piece) {
        shown.extend(&piece[..bytes]);
    }
    wait_until("the writer ends", || writer.try_wait().unwrap().is_some());
    assert!(writer.wait().unwrap().success());
    let shown = String::from_utf8(shown).unwrap();
    assert!(shown.contains("wrote 2 of 3 frames, 0 MiB/s"), "{shown:?}");
    assert!(shown.ends_with("\r\u{1b}[K"), "the line is taken away: {shown:?}");
}

#[test]
fn pipe_shows_no_progress() {
    let name = TestName::new("no-progress");
    let reader = Running::start_zerobuffer(&["reader", &name, "-n", "64"]);
    let writer = run(&["writer", &name, "-n", "64"]).expect_code(0);
    assert_eq!((writer.stderr.as_str(), reader.wait().stderr.as_str()), ("", ""));
}
