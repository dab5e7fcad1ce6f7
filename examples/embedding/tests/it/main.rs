//! Creates the files and runs the commands of README.md.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails, in its helpers too")]

mod guide;

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use guide::Guide;

/// A command of the guide, its exit code, and texts that it must print.
type Expectation = (&'static str, i32, &'static [&'static str]);

const COMMANDS: [Expectation; 4] = [
    ("cargo run -- check", 0, &["1 scenario in 1 feature file against 3 definitions: 0 errors"]),
    ("cargo run -- check --platforms rust", 0, &["rust: 3 definitions, supports 1 of 1 scenarios"]),
    (
        "cargo run -- harmony --platforms rust",
        0,
        &["[left=rust, right=rust]", "1 scenario (1 passed), 5 steps (5 passed)"],
    ),
    ("cargo run -- run", 1, &["left is 9", "1 scenario (1 failed)"]),
];

#[test]
fn files_and_commands_of_the_guide_work() {
    let guide = guide();
    // Cargo compiles harmony-bdd again wherever its path is new, so the next run of this test uses the same folder.
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("embedding-guide");
    // Keeps other runs of this test out of the folder.
    let lock = File::create(home.with_extension("lock")).unwrap();
    lock.lock().unwrap();
    if home.exists() {
        fs::remove_dir_all(&home).unwrap();
    }
    fs::create_dir(&home).unwrap();
    symlink(repository(), home.join("harmony-bdd")).unwrap();
    let package = home.join("counters");
    for (path, text) in &guide.files {
        let path = package.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    // The same versions as in this workspace, which are available offline.
    fs::copy(repository().join("Cargo.lock"), package.join("Cargo.lock")).unwrap();

    let commands: Vec<&str> = COMMANDS.iter().map(|(command, ..)| *command).collect();
    assert_eq!(guide.commands, commands, "the guide contains the expected commands");
    for (command, code, parts) in COMMANDS {
        let output = in_shell(&package, command);
        let text = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(output.status.code(), Some(code), "{command}:\n{text}");
        for part in parts {
            assert!(text.contains(part), "{command}: {part:?} is missing in\n{text}");
        }
    }
}

#[test]
fn guide_shows_the_files_of_this_package() {
    let mut shown = Vec::new();
    for (path, text) in guide().files {
        shown.push(path.clone());
        // This package inherits its versions from the workspace.
        if path != "Cargo.toml" {
            let own = fs::read_to_string(here().join(&path)).unwrap();
            assert_eq!(own, text, "{path} and its copy in README.md");
        }
    }
    let files =
        ["Cargo.toml", "src/main.rs", "features/01-Counters.feature", "harmony-config.json"];
    assert_eq!(shown, files);
}

fn in_shell(folder: &Path, command: &str) -> Output {
    Command::new("/bin/sh")
        .args(["-c", command])
        .current_dir(folder)
        .env("CARGO_NET_OFFLINE", "true")
        // The dependencies that this workspace has compiled, with its profile. Cargo before 1.91 does not know
        // the folder, and compiles them again.
        .env("CARGO_BUILD_BUILD_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap())
        .env("CARGO_PROFILE_DEV_DEBUG", "false")
        .env_remove("CARGO_TARGET_DIR")
        .env_remove("HARMONY_CONFIG_PATH")
        .output()
        .unwrap()
}

fn guide() -> Guide {
    Guide::read(&fs::read_to_string(here().join("README.md")).unwrap())
}

fn here() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn repository() -> PathBuf {
    here().join("../..").canonicalize().unwrap()
}
