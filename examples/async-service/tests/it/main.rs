//! The output of a failing scenario.

use std::process::Command;

#[test]
fn failure_output_shows_the_cause() {
    let output = Command::new(env!("CARGO_BIN_EXE_async-service"))
        .args(["run", "broken/Stopped.feature"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{text}");
    for part in [
        "error: cannot connect to the service at 127.0.0.1:",
        "caused by: Connection refused",
        "broken/Stopped.feature:7",
        "steps.rs:",
        "4 steps (2 passed, 1 failed, 1 skipped)",
    ] {
        assert!(text.contains(part), "{part:?} is missing in\n{text}");
    }
}
