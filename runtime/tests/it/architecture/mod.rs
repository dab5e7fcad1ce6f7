//! The permitted imports between parts, read from the manifests and the source text.

mod error_types;
mod module_graph;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use module_graph::{ModuleGraph, ModulePath, starts_with};

/// A room of `runtime/src`, by its path, with the rooms beside it that it may import.
type Rule = (&'static [&'static str], &'static [&'static str]);

/// The rooms of the crate. Imports go one way, downwards.
const ROOMS: &[Rule] = &[
    (&["model"], &["text"]),
    (&["platform"], &[]),
    (&["text"], &[]),
    (&["random"], &[]),
    (&["observe"], &["model", "platform"]),
    (&["engine"], &["model", "observe", "text"]),
    (&["mutation"], &["model", "text"]),
    (&["report"], &["model", "mutation", "text"]),
    (&["tag_expression"], &["model"]),
    (&["schedule"], &["model", "tag_expression", "text"]),
    (
        &["local"],
        &[
            "engine",
            "model",
            "mutation",
            "observe",
            "platform",
            "random",
            "report",
            "schedule",
            "tag_expression",
            "text",
        ],
    ),
    (
        &["harmony"],
        &[
            "engine", "model", "mutation", "observe", "platform", "random", "report", "schedule",
            "text",
        ],
    ),
    (&["config"], &["text"]),
    // Documentation only.
    (&["guide"], &[]),
    (
        &["cli"],
        &[
            "config",
            "engine",
            "harmony",
            "local",
            "lsp",
            "model",
            "mutation",
            "observe",
            "platform",
            "report",
            "schedule",
            "tag_expression",
            "text",
        ],
    ),
    (&["lsp"], &["engine", "local", "model", "text"]),
    // Used by the expansions of the macros.
    (&["macro_support"], &["cli", "config", "engine", "model"]),
];

/// The rooms inside the rooms, with the rooms of the same parent that each may import.
const INNER_ROOMS: &[Rule] = &[
    (&["engine", "state"], &[]),
    (&["engine", "deadline"], &[]),
    (&["engine", "binding"], &["state"]),
    (&["engine", "definition"], &["binding", "state"]),
    (&["engine", "matching"], &["binding", "definition", "state"]),
    (&["engine", "tasks"], &["deadline"]),
    (
        &["engine", "execution"],
        &["binding", "deadline", "definition", "matching", "state", "tasks"],
    ),
    (&["local", "select"], &[]),
    (&["local", "worker"], &[]),
    (&["local", "crash"], &["worker"]),
    (&["local", "run"], &["crash", "worker"]),
    (&["local", "processes"], &["crash", "run", "worker"]),
    (&["local", "mutate"], &["run"]),
    (&["local", "check"], &["select"]),
    (&["harmony", "protocol"], &[]),
    (&["harmony", "plan"], &["protocol"]),
    (&["harmony", "process"], &["plan", "protocol"]),
    (&["harmony", "runner"], &["plan", "process", "protocol"]),
    (&["harmony", "mutate"], &["process", "runner"]),
    (&["harmony", "replay"], &["plan", "process", "protocol", "runner"]),
    (&["harmony", "serve"], &["protocol"]),
    (&["report", "terminal"], &[]),
    (&["report", "messages"], &[]),
    (&["report", "history"], &[]),
    (&["report", "file"], &["messages"]),
    (&["report", "merge"], &[]),
    (&["report", "mutation"], &["terminal"]),
    (&["cli", "settings"], &[]),
    (&["cli", "output"], &["settings"]),
    (&["cli", "command"], &["output", "settings"]),
];

/// Packages with the packages of this workspace each may depend on.
const MAY_DEPEND: [(&str, &[&str]); 5] = [
    ("runtime/gherkin", &[]),
    ("macros", &["harmony-bdd-gherkin"]),
    ("zerobuffer", &[]),
    ("zerobuffer/cli", &["zerobuffer"]),
    ("runtime", &["harmony-bdd-gherkin", "harmony-bdd-macros"]),
];

const PACKAGES: [&str; 6] = [
    "harmony-bdd-gherkin",
    "harmony-bdd",
    "harmony-bdd-macros",
    "zerobuffer",
    "zerobuffer-cli",
    "zerobuffer-suite",
];

/// The files of the ring that may contain `unsafe` code; `lib.rs` only allows it for the others.
const UNSAFE_FILES: [&str; 8] = [
    "control_block.rs",
    "exit_hook.rs",
    "fork_guard.rs",
    "lib.rs",
    "mapping.rs",
    "pidfd.rs",
    "prefetch.rs",
    "semaphore.rs",
];

#[test]
fn rooms_import_downwards_only() {
    let graph = ModuleGraph::read(&source());
    for (room, allowed) in ROOMS.iter().chain(INNER_ROOMS) {
        let (name, parent) = room.split_last().unwrap();
        for module in graph.in_room(room) {
            for import in graph.imports(module) {
                let beside =
                    starts_with(import, parent).then(|| import.get(parent.len())).flatten();
                let beside = beside.map(String::as_str).filter(|other| is_room(parent, other));
                assert!(
                    beside.is_none_or(|other| other == *name || allowed.contains(&other)),
                    "{} imports `{}`; `{name}` may import {allowed:?} only",
                    graph.file(module).display(),
                    import.join("::"),
                );
            }
        }
    }
}

#[test]
fn no_two_files_import_each_other() {
    let graph = ModuleGraph::read(&source());
    let circles: Vec<String> = graph.circles().iter().map(|circle| shown(circle)).collect();
    assert_eq!(circles, [""; 0]);
}

#[test]
fn every_folder_of_the_runtime_is_a_room_with_a_rule() {
    let graph = ModuleGraph::read(&source());
    let top: BTreeSet<_> = graph.in_room(&[]).filter_map(|path| path.first()).collect();
    assert_eq!(
        top,
        ROOMS.iter().map(|(room, _)| room[0].to_owned()).collect::<Vec<_>>().iter().collect()
    );
    for (room, _) in ROOMS.iter().chain(INNER_ROOMS) {
        assert!(graph.in_room(room).next().is_some(), "{room:?} has no file");
    }
    for parent in INNER_ROOMS.iter().map(|(room, _)| room[0]).collect::<BTreeSet<_>>() {
        let folders =
            fs::read_dir(source().join(parent)).unwrap().map(|entry| entry.unwrap().path());
        for folder in folders.filter(|path| path.is_dir()) {
            let name = folder.file_name().unwrap().to_string_lossy().into_owned();
            assert!(is_room(&[parent], &name), "{} has no rule", folder.display());
        }
    }
}

#[test]
fn re_exported_names_lead_to_the_module_that_defines_them() {
    let folder = tempfile::tempdir().unwrap();
    for (file, text) in [
        ("lib.rs", "mod a;\nmod b;"),
        ("a/mod.rs", "mod inner;\npub use inner::Thing;"),
        ("a/inner.rs", "pub struct Thing;"),
        ("b.rs", "use crate::a::{Thing, inner::*};\n#[cfg(test)]\nmod tests { use crate::b::X; }"),
    ] {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let graph = ModuleGraph::read(folder.path());
    let imports = graph.imports(&vec!["b".to_owned()]);
    assert_eq!(imports.iter().map(|path| path.join("::")).collect::<Vec<_>>(), ["a::inner"]);
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
fn unsafe_code_is_only_in_listed_files() {
    for folder in [
        "runtime/gherkin/src",
        "macros/src",
        "runtime/src",
        "examples/zerobuffer-suite/src",
        "zerobuffer/src",
        "zerobuffer/cli/src",
    ] {
        for file in rust_files(&root().join(folder)) {
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
fn only_the_platform_room_asks_for_the_operating_system() {
    let system =
        ["nix::", "rustix::", "std::os::", "target_os", "cfg(unix", "cfg(windows", "/proc/"];
    for file in rust_files(&source()) {
        if file.starts_with(source().join("platform")) {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
        // The paths of standard output are only compared.
        let lines = lines.filter(|line| !line.contains("_PATHS"));
        let found: Vec<_> = lines.filter(|line| system.iter().any(|w| line.contains(w))).collect();
        assert_eq!(found, [""; 0], "{}", file.display());
    }
}

#[test]
fn top_level_has_five_folders() {
    let entries = fs::read_dir(root()).unwrap().map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.file_type().unwrap().is_dir());
    let mut names: Vec<_> =
        folders.map(|folder| folder.file_name().into_string().unwrap()).collect();
    names.retain(|name| !name.starts_with('.') && name != "target");
    names.sort();
    assert_eq!(names, ["examples", "features", "macros", "runtime", "zerobuffer"]);
}

#[test]
fn every_listed_file_exists() {
    let unsafe_files = UNSAFE_FILES.iter().map(|name| format!("zerobuffer/src/{name}"));
    let manifests = MAY_DEPEND.iter().map(|(folder, _)| format!("{folder}/Cargo.toml"));
    let missing: Vec<_> =
        unsafe_files.chain(manifests).filter(|path| !root().join(path).is_file()).collect();
    assert_eq!(missing, [""; 0]);
}

/// Returns whether the module `name` of `parent` is a room with a rule.
fn is_room(parent: &[&str], name: &str) -> bool {
    let is_it = |room: &[&str]| room.split_last() == Some((&name, parent));
    ROOMS.iter().chain(INNER_ROOMS).any(|(room, _)| is_it(room))
}

fn shown(circle: &[&ModulePath]) -> String {
    circle.iter().map(|path| path.join("::")).collect::<Vec<_>>().join(" <-> ")
}

fn source() -> PathBuf {
    root().join("runtime/src")
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
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
fn optional_dependencies_are_not_in_the_default_build() {
    let mut cargo = std::process::Command::new(env!("CARGO"));
    cargo.args(["tree", "--offline", "-p", "harmony-bdd", "-e", "normal", "--prefix", "none"]);
    let output = cargo.current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).unwrap();
    let lean: BTreeSet<_> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(lean.contains("tracing"), "spans need no feature");
    // Read from the manifest: packages that were never downloaded cannot be queried offline.
    let manifest = fs::read_to_string(root().join("runtime/Cargo.toml")).unwrap();
    for package in [
        "lsp-server",
        "lsp-types",
        "opentelemetry",
        "opentelemetry-otlp",
        "tracing-subscriber",
        "ureq",
    ] {
        assert!(!lean.contains(package), "{package} is in the default build");
        let wanted = format!("\"dep:{package}\"");
        assert!(manifest.contains(&wanted), "no feature enables {package}");
    }
}
