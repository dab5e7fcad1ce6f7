//! The output of a failing scenario, and many scenarios that share one service.

use std::fmt::Write;
use std::fs;
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

#[test]
fn one_service_serves_200_scenarios_in_parallel() {
    let folder = tempfile::tempdir().unwrap();
    let mut feature = "@shared\nFeature: Many\n".to_owned();
    for number in 0..200 {
        let _ = write!(
            feature,
            "  Scenario: Number {number}
    When an async client adds {number} to key{number}
    And a blocking client adds 1 to key{number}
    And an async client adds 1 to key{number}
    Then a blocking client sees that key{number} is {}
",
            number + 2
        );
    }
    let path = folder.path().join("Many.feature");
    fs::write(&path, feature).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_async-service"))
        .args(["run", "--jobs", "4"])
        .arg(&path)
        .current_dir(folder.path())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    // A task that does not end with its scenario, or with the run, would be a failure.
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("200 scenarios (200 passed), 800 steps (800 passed)"), "{text}");
}
