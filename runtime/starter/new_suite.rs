//! Writes the files of a new suite. `cargo new` checks the name and makes the package, so that it also becomes
//! a member of the workspace around it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf, absolute};
use std::process::{Command, ExitStatus};

use thiserror::Error;

/// The files of the suite; `SUITE` is replaced by the name of its library.
const FILES: [(&str, &str); 4] = [
    ("features/Basket.feature", include_str!("suite/features/Basket.feature")),
    ("src/lib.rs", include_str!("suite/src/lib.rs")),
    ("src/main.rs", include_str!("suite/src/main.rs")),
    ("tests/features.rs", include_str!("suite/tests/features.rs")),
];

/// The target that runs each scenario as a test.
const TEST_TARGET: &str = "\n[[test]]\nname = \"features\"\nharness = false\n";

const DEPENDENCIES: &str = "[dependencies]\n";

/// Where the suite gets harmony-bdd from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    Registry,
    Folder(PathBuf),
    Git(String),
}

#[derive(Debug, Error)]
pub(crate) enum NewSuiteError {
    #[error("`{0}` exists; choose another name, or remove it first")]
    Exists(String),
    #[error("the suite cannot have the name of its dependency `harmony-bdd`; choose another")]
    NameOfDependency,
    #[error("the folder {} does not contain the package harmony-bdd; --path expects its folder, or a clone of its repository", .0.display())]
    NoPackage(PathBuf),
    #[error("cannot start cargo: {0}")]
    Cargo(io::Error),
    #[error("cargo did not make the package; its message is above ({0})")]
    CargoNew(ExitStatus),
    #[error("cannot write {}: {}", .0.display(), .1)]
    Write(PathBuf, io::Error),
}

/// Creates the package `name` in a folder of this name, with all files of the suite.
pub(crate) fn create(name: &str, source: &Source) -> Result<(), NewSuiteError> {
    let folder = Path::new(name);
    let library = name.replace('-', "_");
    if library == "harmony_bdd" {
        return Err(NewSuiteError::NameOfDependency);
    }
    if fs::symlink_metadata(folder).is_ok() {
        return Err(NewSuiteError::Exists(name.to_owned()));
    }
    let dependency = dependency(source)?;
    // Cargo sets the variable for the programs that it runs.
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["new", "--quiet", "--bin", "--name", name, "--", name])
        .status()
        .map_err(NewSuiteError::Cargo)?;
    if !status.success() {
        return Err(NewSuiteError::CargoNew(status));
    }
    for (file, text) in FILES {
        write(&folder.join(file), &text.replace("SUITE", &library))?;
    }
    let manifest = folder.join("Cargo.toml");
    let text = fs::read_to_string(&manifest);
    let text = text.map_err(|error| NewSuiteError::Write(manifest.clone(), error))?;
    write(&manifest, &with_dependency(&text, &dependency))
}

/// Returns the manifest that cargo wrote with the dependency and the test target. In a workspace more sections may
/// follow that of the dependencies.
fn with_dependency(manifest: &str, dependency: &str) -> String {
    let line = format!("{DEPENDENCIES}harmony-bdd = {dependency}\n");
    let manifest = match manifest.contains(DEPENDENCIES) {
        true => manifest.replacen(DEPENDENCIES, &line, 1),
        false => format!("{manifest}\n{line}"),
    };
    manifest + TEST_TARGET
}

/// Returns the value of `harmony-bdd` in the manifest.
fn dependency(source: &Source) -> Result<String, NewSuiteError> {
    Ok(match source {
        Source::Registry => {
            let (major, minor) = (env!("CARGO_PKG_VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MINOR"));
            format!("\"{major}.{minor}\"")
        }
        Source::Folder(folder) => {
            let package = package_folder(folder);
            let package = package.ok_or_else(|| NewSuiteError::NoPackage(folder.clone()))?;
            // The manifest lies one folder deeper than this command was started.
            let package = absolute(&package).unwrap_or(package);
            format!("{{ path = {} }}", quoted(&package.display().to_string()))
        }
        Source::Git(url) => format!("{{ git = {} }}", quoted(url)),
    })
}

/// Returns the folder of the package: this one, or the one in a clone of the repository.
fn package_folder(folder: &Path) -> Option<PathBuf> {
    [folder.to_owned(), folder.join("runtime")].into_iter().find(|folder| {
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
        manifest.lines().any(|line| line == "name = \"harmony-bdd\"")
    })
}

/// Returns a TOML string.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn write(path: &Path, text: &str) -> Result<(), NewSuiteError> {
    path.parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(path, text))
        .map_err(|error| NewSuiteError::Write(path.to_owned(), error))
}
