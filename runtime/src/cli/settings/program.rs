//! The name of this program, and the command that starts it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::text::shell_quote;

/// Returns the name of this program.
pub(in crate::cli) fn program_name() -> String {
    let program = env::args_os().next().map(PathBuf::from);
    let name = program.as_deref().and_then(|path| path.file_name());
    name.map_or_else(|| "SUITE".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// Returns the command that starts this program, quoted for a shell: `cargo run …` if cargo started
/// it, so that the command builds it first, or else its path.
pub(in crate::cli) fn program_command() -> String {
    let variable = |name| env::var_os(name).map(PathBuf::from);
    let cargo = match (variable("CARGO"), variable("CARGO_PKG_NAME"), env::current_exe()) {
        (Some(_), Some(package), Ok(program)) => {
            let folder = variable("CARGO_MANIFEST_DIR").unwrap_or_default();
            let current = env::current_dir().unwrap_or_default();
            cargo_run(&program, &package.to_string_lossy(), &folder, &current)
        }
        _ => None,
    };
    cargo.unwrap_or_else(|| {
        shell_quote(&env::args().next().unwrap_or_else(|| "SUITE".to_owned())).to_string()
    })
}

/// Returns the `cargo run` command for a binary of the package in `folder`; `None` if `program` is not
/// one of its binaries, such as a test.
fn cargo_run(program: &Path, package: &str, folder: &Path, current: &Path) -> Option<String> {
    let name = program.file_name()?.to_str()?;
    let profile = program.parent()?.file_name()?.to_str()?;
    if profile == "deps" || !(name == package || has_binary(folder, name)) {
        return None;
    }
    let mut command = "cargo run".to_owned();
    let mut add = |option: &str, value: &str| {
        command.push_str(&format!(" {option} {}", shell_quote(value)));
    };
    if current != folder {
        add("-p", package);
    }
    if name != package {
        add("--bin", name);
    }
    match profile {
        "debug" => {}
        "release" => command.push_str(" --release"),
        other => add("--profile", other),
    }
    command.push_str(" --");
    Some(command)
}

/// True if the package in `folder` has a binary of this name besides its main one.
fn has_binary(folder: &Path, name: &str) -> bool {
    let binaries = folder.join("src/bin");
    binaries.join(format!("{name}.rs")).is_file()
        || binaries.join(name).join("main.rs").is_file()
        || fs::read_to_string(folder.join("Cargo.toml"))
            .is_ok_and(|manifest| manifest.contains(&format!("name = \"{name}\"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(program: &str, package: &str, current: &str) -> Option<String> {
        cargo_run(Path::new(program), package, Path::new("/w/suite"), Path::new(current))
    }

    #[test]
    fn cargo_command_names_package_and_profile() {
        let run = |program, current| command(program, "suite", current);
        assert_eq!(run("/w/target/debug/suite", "/w/suite").unwrap(), "cargo run --");
        assert_eq!(run("/w/target/debug/suite", "/w").unwrap(), "cargo run -p suite --");
        let release = run("/w/target/release/suite", "/w/suite");
        assert_eq!(release.unwrap(), "cargo run --release --");
        let profile = run("/w/target/x86_64-unknown-linux-gnu/fat/suite", "/w/suite");
        assert_eq!(profile.unwrap(), "cargo run --profile fat --");
    }

    #[test]
    fn cargo_command_names_a_binary_of_another_name() {
        let folder = tempfile::tempdir().unwrap();
        let run = |name: &str| {
            let program = Path::new("/w/target/debug").join(name);
            cargo_run(&program, "suite", folder.path(), folder.path())
        };
        fs::create_dir_all(folder.path().join("src/bin/deep")).unwrap();
        fs::write(folder.path().join("src/bin/flat.rs"), "").unwrap();
        fs::write(folder.path().join("src/bin/deep/main.rs"), "").unwrap();
        fs::write(folder.path().join("Cargo.toml"), "[[bin]]\nname = \"listed\"\n").unwrap();
        for name in ["flat", "deep", "listed"] {
            assert_eq!(run(name), Some(format!("cargo run --bin {name} --")));
        }
        assert_eq!(run("other"), None);
    }

    #[test]
    fn a_test_binary_has_no_cargo_command() {
        assert_eq!(command("/w/target/debug/deps/suite", "suite", "/w"), None);
    }
}
