//! Builds of other packages by the tests. They take the compiled dependencies from the target folder of this
//! workspace, so that the tests do not compile all of them a second time.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Returns the folder of the programs that the tests build.
pub(crate) fn target_folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("packages")
}

/// Returns the command that runs cargo in the folder of a package.
pub(crate) fn cargo(folder: &Path) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .env("CARGO_TARGET_DIR", target_folder())
        // Known to cargo 1.91 and newer. An older one compiles the dependencies again.
        .env("CARGO_BUILD_BUILD_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap())
        .env_remove("RUSTFLAGS")
        .current_dir(folder);
    cargo
}

/// The folder of a package that a test writes. It is the same in each run, so that cargo compiles only what has
/// changed since, and leaves no programs of earlier runs behind.
pub(crate) struct PackageFolder {
    path: PathBuf,
    /// Keeps other runs of the tests out of the folder.
    _lock: File,
}

impl PackageFolder {
    /// Creates the folder with this name, and empties it.
    pub(crate) fn new(name: &str) -> Self {
        let folders = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sources");
        fs::create_dir_all(&folders).unwrap();
        let lock = File::create(folders.join(format!("{name}.lock"))).unwrap();
        lock.lock().unwrap();
        let path = folders.join(name);
        if path.exists() {
            fs::remove_dir_all(&path).unwrap();
        }
        fs::create_dir(&path).unwrap();
        Self { path, _lock: lock }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// Returns the sections of a manifest with which cargo takes the dependencies that `cargo test --workspace` has
/// compiled: the same versions, profile and features. They have other names there, so that no code can use one that
/// its own manifest lacks. The first part is for the root of a workspace, the second for each package of it.
pub(crate) fn shared_dependencies() -> [String; 2] {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let section =
        |manifest: &str, header: &str| {
            let manifest = fs::read_to_string(root.join(manifest)).unwrap();
            let (_, lines) = manifest.split_once(&format!("\n{header}\n")).unwrap();
            lines
                .lines()
                .take_while(|line| !line.starts_with('['))
                // Not the packages of the repository: their paths are relative to it.
                .filter(|line| !line.starts_with("zerobuffer") && !line.starts_with("harmony-bdd"))
                .map(|line| {
                    if header.ends_with("dependencies]") { renamed(line) } else { line.to_owned() }
                })
                .fold(format!("\n{header}\n"), |text, line| text + &line + "\n")
        };
    let headers = ["[workspace.dependencies]", "[profile.dev]", "[profile.dev.package.\"*\"]"];
    // This manifest lists the features that the tests of the workspace need.
    let features = section("examples/zerobuffer-suite/Cargo.toml", "[dependencies]");
    [
        headers.map(|header| section("Cargo.toml", header)).concat(),
        // Another name of the section, for manifests that have it already.
        features.replace("[dependencies]", "[target.'cfg(all())'.dependencies]"),
    ]
}

/// Returns the line of a dependency with another name for the same package.
fn renamed(line: &str) -> String {
    match line.split_once(" = ") {
        Some(_) if line.contains("workspace = true") => format!("shared-{line}"),
        Some((name, value)) => {
            let rest = match value.strip_prefix('{') {
                Some(fields) => fields.to_owned(),
                None => format!(" version = {value} }}"),
            };
            format!("shared-{name} = {{ package = {name:?},{rest}")
        }
        None => line.to_owned(),
    }
}
