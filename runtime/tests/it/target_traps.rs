//! Mistakes in the declaration of a test target: each fails `cargo test` with what to write.

use std::fs;
use std::path::Path;

use crate::packages::{PackageFolder, cargo, shared_dependencies};

const MANIFEST: &str = "\
[workspace]

[package]
name = \"suite\"
version = \"0.0.0\"
edition = \"2024\"

[[test]]
name = \"wrong_macro\"
harness = false

[[test]]
name = \"harness_left_on\"

[dependencies]
";

const STEP: &str = "#[harmony_bdd::given(\"a step\")]\nfn step() {}\n\n";

/// Returns the exit code of `cargo test` for a target, and its output.
fn cargo_test(folder: &Path, target: &str) -> (Option<i32>, String) {
    let output =
        cargo(folder).args(["test", "--offline", "--quiet", "--test", target]).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&text).into_owned())
}

/// Returns a package with the two wrong targets and one feature.
fn package(name: &str) -> PackageFolder {
    let folder = PackageFolder::new(name);
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let runtime = env!("CARGO_MANIFEST_DIR");
    let shared = shared_dependencies().concat();
    write("Cargo.toml", &format!("{MANIFEST}harmony-bdd = {{ path = {runtime:?} }}\n{shared}"));
    write("src/lib.rs", "");
    write("features/a.feature", "Feature: f\n  Scenario: s\n    Given a step\n");
    write("tests/wrong_macro.rs", &format!("{STEP}harmony_bdd::main!();\n"));
    write(
        "tests/harness_left_on.rs",
        &format!("#![deny(warnings)]\n{STEP}harmony_bdd::test_main!();\n"),
    );
    // The versions that are there already: nothing is fetched.
    let lock = Path::new(runtime).parent().unwrap().join("Cargo.lock");
    fs::copy(lock, folder.path().join("Cargo.lock")).unwrap();
    folder
}

#[test]
fn main_in_a_test_target_fails_with_the_right_macro() {
    let package = package("wrong-macro");
    let (code, text) = cargo_test(package.path(), "wrong_macro");
    assert!(code.is_some_and(|code| code != 0), "{text}");
    assert!(text.contains("write `harmony_bdd::test_main!();`"), "{text}");
}

#[test]
fn test_target_with_a_harness_fails_with_the_missing_line() {
    let package = package("wrong-harness");
    let (code, text) = cargo_test(package.path(), "harness_left_on");
    assert_eq!(code, Some(101), "{text}");
    assert!(text.contains("no scenario runs: write `harness = false` below `[[test]]`"), "{text}");
}
