//! The command that a failure shows for its rerun.

use std::process::Command;

use super::suite::{Ran, Suite};

const FAILING: &str = "Feature: f\n  Scenario: s\n    When the roof burns\n";

/// Returns the arguments of the rerun command in `text`, without the program.
fn rerun_arguments(text: &str) -> Vec<&str> {
    let line = text.lines().find_map(|line| line.trim_start().strip_prefix("= rerun: ")).unwrap();
    line.split(' ').skip(1).collect()
}

#[test]
fn rerun_of_a_run_has_its_configuration() {
    let suite = Suite::new(FAILING);
    suite.write("other.toml", "[run]\nretry = 1\n");
    let set = ["--set", "typed.width=4", "--set=typed.name=a b"];
    let ran = suite.run(&[&["run", "--config", "other.toml"], &set[..]].concat());
    let rerun = rerun_arguments(&ran.out).join(" ");
    let options = "run --config other.toml --set typed.width=4 --set 'typed.name=a b'";
    assert_eq!(rerun, format!("{options} features/a.feature:2"));
}

#[test]
fn rerun_of_a_harmony_scenario_has_its_combination() {
    let feature = "Feature: f\n  Scenario: s\n    When the 'reader' process burns\n    Then the 'writer' process burns\n";
    let suite = Suite::new(feature);
    suite.write("features/01-a.feature", feature);
    for (mode, options) in [("strict", ""), ("compat", "--mode compat ")] {
        let ran = suite.run(&["harmony", "--mode", mode, "features/01-a.feature"]);
        let rerun = rerun_arguments(&ran.out).join(" ");
        let expected =
            format!("harmony {options}--combo reader=rust,writer=rust features/01-a.feature:2");
        assert_eq!(rerun, expected, "{ran:?}");
    }
}

#[test]
fn rerun_command_reruns_one_combination() {
    let feature = "Feature: f\n  Scenario: s\n    When the 'reader' process burns\n    Then the 'writer' process burns\n";
    let suite = Suite::new(feature);
    let config = r#"{"platforms": {"a": {"executable": "false"}, "b": {"executable": "false"}}}"#;
    suite.write("harmony-config.json", config);
    suite.write("harmony.toml", "[harmony]\nplatforms = \"a,b\"\n");
    let ran = suite.run(&["harmony", "-j", "1"]);
    let combos = ["--combo reader=a,writer=a ", "--combo reader=b,writer=a "];
    ran.assert(1, &combos).assert(1, &["4 scenarios (4 failed)"]);
    // The combination of the command line overrides the platforms of the file.
    let rerun = suite.run(&rerun_arguments(&ran.out));
    rerun.assert(1, &["1 scenario (1 failed)", "[reader=a, writer=a]"]);
    suite.run(&["harmony", "a_b"]).assert(1, &["1 scenario (1 failed)", "[reader=a, writer=b]"]);
}

#[test]
fn two_combinations_on_one_command_line_are_an_error() {
    let suite = Suite::new("");
    let message = "use only one of --combo, --platforms or a positional combination: ";
    let arguments = ["harmony", "--combo", "a=rust", "--platforms", "rust", "rust_rust"];
    suite.run(&arguments).refused(2, &[message, "--combo, rust_rust, --platforms rust"]);
}

#[test]
fn rerun_under_cargo_is_a_cargo_command() {
    // Of the examples only this one has the same features of all dependencies as the workspace, which is already built.
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let suite = Suite::new("Feature: f\n  Scenario: s\n    Given nothing of the kind\n");
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["run", "--quiet", "--offline", "--package", "zerobuffer-suite", "--manifest-path"])
        .arg(root.join("Cargo.toml"))
        .args(["--", "run", "features"])
        .current_dir(suite.path(""));
    let ran = Ran::of(cargo.output().unwrap());
    ran.assert(1, &["= rerun: cargo run -p zerobuffer-suite -- run features/a.feature:2\n"]);
}

#[test]
fn rerun_file_names_the_combination() {
    let feature = "Feature: f\n  Scenario: s\n    When the 'reader' process burns\n    Then the 'writer' process burns\n";
    let suite = Suite::new(feature);
    let config = r#"{"platforms": {"a": {"executable": "false"}, "b": {"executable": "false"}}}"#;
    suite.write("harmony-config.json", config);
    suite.run(&["harmony", "a_b", "--report", "rerun=failed"]).assert(1, &["1 scenario"]);
    assert_eq!(suite.read("failed"), "features/a.feature:2 --combo reader=a,writer=b\n");
    let rerun = suite.run(&["harmony", "--rerun", "failed"]);
    rerun.assert(1, &["1 scenario (1 failed)", "[reader=a, writer=b]"]);
    // A line without a combination is for all of them.
    suite.write("failed", "features/a.feature:2\n");
    let platforms = ["harmony", "--rerun", "failed", "--platforms", "a,b"];
    suite.run(&platforms).assert(1, &["4 scenarios (4 failed)"]);
    suite.run(&["run", "--rerun", "failed"]).assert(1, &["1 scenario"]);
}

#[test]
fn older_build_of_the_suite_is_a_warning() {
    let suite = Suite::new("Feature: f\n  Scenario: s\n    When it burns\n");
    let name = std::env::current_exe().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
    let old = suite.path(&name);
    std::fs::copy("/bin/false", &old).unwrap();
    let age = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1);
    std::fs::File::options().append(true).open(&old).unwrap().set_modified(age).unwrap();
    let config = format!(r#"{{"platforms": {{"rust": {{"executable": "{name}"}}}}}}"#);
    suite.write("harmony-config.json", &config);
    let ran = suite.run(&["harmony"]);
    assert!(ran.err.starts_with("warning: platform `rust` is "), "{ran:?}");
    assert!(ran.err.contains("which is older than this program"), "{ran:?}");
    suite.write("harmony-config.json", "{}");
    assert_eq!(suite.run(&["harmony"]).err, "");
}
