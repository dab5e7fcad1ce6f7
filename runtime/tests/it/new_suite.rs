//! `harmony-bdd new NAME`: what it writes builds and passes; what it refuses, it leaves alone.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use crate::packages::{cargo, shared_dependencies};

/// Runs `harmony-bdd` with these arguments in a folder.
fn harmony_bdd(folder: &Path, arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_harmony-bdd");
    Command::new(program).args(arguments).current_dir(folder).output().unwrap()
}

/// Runs a cargo command in the folder of a suite; asserts that it succeeds, and returns its output.
fn succeeds(suite: &Path, arguments: &[&str]) -> String {
    let output = cargo(suite)
        .args(arguments)
        .env("HARMONY_BDD_RERUN_FILE", suite.join("last.rerun"))
        .output()
        .unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(output.status.success(), "{text}");
    text
}

/// Asserts that the command fails with this message, and returns its standard error.
#[track_caller]
fn refused(output: &Output, message: &str) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && text.contains(message), "{text}");
}

#[test]
fn new_suite_passes_as_a_program_and_as_tests() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = env!("CARGO_MANIFEST_DIR");
    let written = harmony_bdd(folder.path(), &["new", "my-suite", "--path", runtime]);
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    let suite = folder.path().join("my-suite");
    let mut manifest = OpenOptions::new().append(true).open(suite.join("Cargo.toml")).unwrap();
    manifest.write_all(shared_dependencies().concat().as_bytes()).unwrap();
    // The versions that are there already: nothing is fetched.
    fs::copy(Path::new(runtime).join("../Cargo.lock"), suite.join("Cargo.lock")).unwrap();

    let run = succeeds(&suite, &["run", "--offline", "--", "run"]);
    assert!(run.contains("3 scenarios (3 passed), 12 steps (12 passed)"), "{run}");
    let check = succeeds(&suite, &["run", "--offline", "--", "check", "--deny", "all"]);
    assert!(check.contains("3 scenarios in 1 feature file against 4 definitions"), "{check}");
    succeeds(&suite, &["run", "--offline", "--", "fmt", "--check"]);
    let tests = succeeds(&suite, &["test", "--offline", "--test", "features"]);
    assert!(tests.contains("3 passed; 0 failed"), "{tests}");
    assert!(!(run + &tests).contains("warning"), "the compiler warns of the new code");
}

#[test]
fn new_suite_depends_on_the_published_version() {
    let folder = tempfile::tempdir().unwrap();
    assert!(harmony_bdd(folder.path(), &["new", "baskets"]).status.success());
    let manifest = fs::read_to_string(folder.path().join("baskets/Cargo.toml")).unwrap();
    let version = env!("CARGO_PKG_VERSION").rsplit_once('.').unwrap().0;
    assert!(manifest.contains(&format!("\nharmony-bdd = \"{version}\"\n")), "{manifest}");
}

#[test]
fn new_suite_depends_on_a_repository() {
    let folder = tempfile::tempdir().unwrap();
    let url = "https://example.com/harmony-bdd";
    assert!(harmony_bdd(folder.path(), &["new", "baskets", "--git", url]).status.success());
    let manifest = fs::read_to_string(folder.path().join("baskets/Cargo.toml")).unwrap();
    assert!(manifest.contains(&format!("\nharmony-bdd = {{ git = \"{url}\" }}\n")), "{manifest}");
}

#[test]
fn new_suite_in_a_workspace_becomes_a_member() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = folder.path().join("Cargo.toml");
    // Cargo adds a section about the lints to the new manifest.
    let workspace = "[workspace]\nresolver = \"3\"\nmembers = []\n\n[workspace.lints]\n";
    fs::write(&manifest, workspace).unwrap();
    let runtime = env!("CARGO_MANIFEST_DIR");
    let written = harmony_bdd(folder.path(), &["new", "baskets", "--path", runtime]);
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    assert!(fs::read_to_string(manifest).unwrap().contains("members = [\"baskets\"]"));
    fs::copy(Path::new(runtime).join("../Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();
    let packages = ["metadata", "--offline", "--no-deps", "--format-version", "1"];
    let packages = succeeds(&folder.path().join("baskets"), &packages);
    assert!(packages.contains(r#""name":"harmony-bdd""#), "it depends on it: {packages}");
}

#[test]
fn new_suite_depends_on_the_package_in_a_clone() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = folder.path().join("clone/runtime");
    fs::create_dir_all(&runtime).unwrap();
    fs::write(folder.path().join("clone/Cargo.toml"), "[workspace]\n").unwrap();
    fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"), runtime.join("Cargo.toml"))
        .unwrap();
    let written = harmony_bdd(folder.path(), &["new", "baskets", "--path", "clone"]);
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    let manifest = fs::read_to_string(folder.path().join("baskets/Cargo.toml")).unwrap();
    assert!(manifest.contains("/clone/runtime\" }\n"), "{manifest}");
}

#[test]
fn existing_folder_is_refused_and_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("baskets")).unwrap();
    refused(&harmony_bdd(folder.path(), &["new", "baskets"]), "error: `baskets` exists");
    assert_eq!(fs::read_dir(folder.path().join("baskets")).unwrap().count(), 0);
}

#[test]
fn invalid_names_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (name, message) in [
        ("harmony-bdd", "the name of its dependency"),
        ("1st", "invalid character `1` in package name"),
        ("two words", "invalid character ` ` in package name"),
        ("../baskets", "in package name"),
        ("fn", "it is a Rust keyword"),
        ("test", "it conflicts with Rust's built-in test library"),
        ("", "a value is required for '<NAME>'"),
    ] {
        refused(&harmony_bdd(folder.path(), &["new", name]), message);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn folder_without_package_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let output = harmony_bdd(folder.path(), &["new", "baskets", "--path", "nowhere"]);
    refused(&output, "the folder nowhere does not contain the package harmony-bdd");
    let other = Path::new(env!("CARGO_MANIFEST_DIR")).join("../macros");
    let output = harmony_bdd(folder.path(), &["new", "baskets", "--path", other.to_str().unwrap()]);
    refused(&output, "macros does not contain the package harmony-bdd");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn command_of_a_suite_is_explained() {
    let output = harmony_bdd(Path::new("."), &["run", "features"]);
    refused(&output, "error: unknown command `run`");
    refused(&output, "`cargo run -- run` in its folder");
}
