//! Which part may know which: read off the manifests and the `use` lines, so that the picture in the
//! crate docs stays true.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders of `runtime/src` with what each may import. Imports go one way, downwards.
const MAY_IMPORT: [(&str, &[&str]); 10] = [
    ("model", &[]),
    ("gherkin", &["model"]),
    ("observe", &["model"]),
    ("engine", &["model", "observe"]),
    ("report", &["gherkin", "model"]),
    ("local", &["engine", "gherkin", "model", "observe", "report"]),
    ("harmony", &["engine", "gherkin", "model", "observe", "report"]),
    ("config", &[]),
    // Documentation only.
    ("guide", &[]),
    ("cli", &["config", "engine", "gherkin", "harmony", "local", "model", "observe", "report"]),
];

/// Packages with the packages of this workspace each may depend on.
const MAY_DEPEND: [(&str, &[&str]); 4] = [
    ("macros", &[]),
    ("zerobuffer", &[]),
    ("zerobuffer/cli", &["zerobuffer"]),
    ("runtime", &["harmony-bdd-macros"]),
];

const PACKAGES: [&str; 5] =
    ["harmony-bdd", "harmony-bdd-macros", "zerobuffer", "zerobuffer-cli", "zerobuffer-suite"];

/// Where the ring may hold `unsafe` code, besides the switches in its `lib.rs`.
const UNSAFE_FILES: [&str; 7] = [
    "control_block.rs",
    "copy_loop.rs",
    "exit_hook.rs",
    "lib.rs",
    "mapping.rs",
    "memory_wait.rs",
    "semaphore.rs",
];

#[test]
fn modules_import_downwards_only() {
    let source = root().join("runtime/src");
    for (module, allowed) in MAY_IMPORT {
        let files = rust_files(&source.join(module), &source.join(format!("{module}.rs")));
        assert!(!files.is_empty(), "{module} has files");
        for file in files {
            for import in imports(&fs::read_to_string(&file).unwrap()) {
                let known = MAY_IMPORT.iter().any(|(name, _)| *name == import);
                assert!(
                    !known || import == module || allowed.contains(&import.as_str()),
                    "{} imports `{import}`; `{module}` may import {allowed:?} only",
                    file.display()
                );
            }
        }
    }
}

#[test]
fn every_module_of_the_runtime_has_its_place_in_the_picture() {
    let lib = fs::read_to_string(root().join("runtime/src/lib.rs")).unwrap();
    let modules: BTreeSet<_> = lib
        .lines()
        .filter_map(|line| line.trim().strip_prefix("pub mod ")?.strip_suffix(';'))
        .filter(|module| *module != "macro_support")
        .collect();
    assert_eq!(modules, MAY_IMPORT.iter().map(|(name, _)| *name).collect());
}

#[test]
fn packages_depend_downwards_only() {
    for (folder, allowed) in MAY_DEPEND {
        let manifest = fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
        for package in PACKAGES {
            let depends = manifest.lines().any(|line| {
                line.strip_prefix(package).is_some_and(|rest| rest.starts_with(['.', ' ', '=']))
            });
            assert!(
                !depends || allowed.contains(&package),
                "{folder}/Cargo.toml depends on {package}; it may depend on {allowed:?} only"
            );
        }
    }
}

#[test]
fn unsafe_code_stands_only_in_files_named_for_it() {
    for folder in [
        "macros/src",
        "runtime/src",
        "examples/zerobuffer-suite/src",
        "zerobuffer/src",
        "zerobuffer/cli/src",
    ] {
        for file in rust_files(&root().join(folder), Path::new("")) {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            if folder == "zerobuffer/src" && UNSAFE_FILES.contains(&name.as_str()) {
                continue;
            }
            let text = fs::read_to_string(&file).unwrap();
            let found =
                ["unsafe {", "unsafe fn", "unsafe impl"].iter().find(|w| text.contains(**w));
            assert_eq!(found, None, "{}", file.display());
        }
    }
}

#[test]
fn an_import_is_found_in_every_form() {
    let text = "use crate::engine::{A, B};\npub(crate) use crate::{cli, model::C};\n\
                fn f() { crate::local::run() }\n// crate::report is only mentioned\n";
    assert_eq!(
        imports(text),
        BTreeSet::from(["cli", "engine", "local", "model"].map(String::from))
    );
}

/// The top modules that `text` names by a path from the crate's root.
fn imports(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
        for (at, word) in line.match_indices("crate::") {
            let rest = &line[at + word.len()..];
            match rest.strip_prefix('{') {
                None => found.extend(first_name(rest)),
                Some(group) => {
                    let end = group.find("};").unwrap_or(group.len());
                    found
                        .extend(group[..end].split(',').filter_map(|part| first_name(part.trim())));
                }
            }
        }
    }
    found
}

fn first_name(path: &str) -> Option<String> {
    let end = path.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(path.len());
    (end > 0).then(|| path[..end].to_owned())
}

fn rust_files(folder: &Path, beside: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = beside.is_file().then(|| beside.to_owned()).into_iter().collect();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                files.push(path);
            }
        }
    }
    files
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn what_only_features_need_is_in_no_other_build() {
    let mut cargo = std::process::Command::new(env!("CARGO"));
    cargo.args(["tree", "--offline", "-p", "harmony-bdd", "-e", "normal", "--prefix", "none"]);
    let output = cargo.current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).unwrap();
    let lean: BTreeSet<_> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(lean.contains("tracing"), "spans are for everybody");
    // By the manifest: what no build has needed yet is not there to be asked offline.
    let manifest = fs::read_to_string(root().join("runtime/Cargo.toml")).unwrap();
    for package in ["opentelemetry", "opentelemetry-otlp", "tracing-subscriber", "ureq"] {
        assert!(!lean.contains(package), "{package} is in the default build");
        let wanted = format!("\"dep:{package}\"");
        assert!(manifest.contains(&wanted), "no feature brings {package}");
    }
}
