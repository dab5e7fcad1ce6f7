//! An empty registry and a second copy of the registry are clear errors.

use std::fs;
use std::path::Path;
use std::process::Command;

use harmony_bdd::engine::{Registry, RegistryError};

#[test]
fn empty_registry_names_the_missing_line() {
    // The error of `collect` in a binary without step crates; this binary has steps.
    let message = RegistryError::Empty.to_string();
    assert!(message.contains("`use my_steps as _;`"), "{message}");
    assert!(Registry::collect().is_ok());
}

#[test]
fn cargo_refuses_two_copies_of_the_registry() {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other");
    write(&other, "harmony-bdd", "9.9.9", "links = \"harmony_bdd_registry\"", "");
    fs::write(other.join("build.rs"), "fn main() {}\n").unwrap();
    let dependencies = format!(
        "first = {{ package = \"harmony-bdd\", path = {:?} }}\n\
         other = {{ package = \"harmony-bdd\", path = {other:?} }}",
        env!("CARGO_MANIFEST_DIR")
    );
    let suite = folder.path().join("suite");
    write(&suite, "suite", "1.0.0", "", &dependencies);
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--offline", "--format-version", "1"])
        .current_dir(&suite)
        .output()
        .unwrap();
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{message}");
    assert!(message.contains("links to the native library `harmony_bdd_registry`"), "{message}");
}

fn write(folder: &Path, name: &str, version: &str, package: &str, dependencies: &str) {
    fs::create_dir_all(folder.join("src")).unwrap();
    fs::write(folder.join("src/lib.rs"), "").unwrap();
    let manifest = format!(
        "[package]\nname = {name:?}\nversion = {version:?}\nedition = \"2024\"\n{package}\n\n\
         [dependencies]\n{dependencies}\n\n[workspace]\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
}
