//! The Markdown pages: links lead to files, the README lists every example, and its code is real.

use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn links_lead_to_files() {
    let pages = pages(&root());
    assert!(pages.len() > 8, "{pages:?}");
    let mut broken = Vec::new();
    for page in pages {
        let text = fs::read_to_string(&page).unwrap();
        let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for link in links.filter(|link| !link.contains("://") && !link.starts_with('#')) {
            let file = link.split('#').next().unwrap();
            if !page.parent().unwrap().join(file).exists() {
                broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn readme_links_every_example() {
    let first = fs::read_to_string(root().join("README.md")).unwrap();
    let mut examples = 0;
    for entry in fs::read_dir(root().join("examples")).unwrap() {
        let folder = entry.unwrap().path();
        if !folder.is_dir() {
            continue;
        }
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        assert!(first.contains(&format!("[`{name}`](examples/{name})")), "{name} is not linked");
        let own = fs::read_to_string(folder.join("README.md")).unwrap();
        let commands = own.lines().filter(|line| line.starts_with("cargo ")).count();
        assert!(commands >= 2, "{name} has {commands} commands");
        examples += 1;
    }
    assert!(examples >= 7, "only {examples} examples");
}

#[test]
fn readme_shows_a_function_of_the_suite() {
    let page = fs::read_to_string(root().join("README.md")).unwrap();
    let code = page.split("```rust\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let steps = root().join("examples/zerobuffer-suite/src/steps/basic_communication.rs");
    assert!(fs::read_to_string(steps).unwrap().contains(code), "{code}");
}

#[test]
fn pages_for_contributors_name_existing_files() {
    let tops = ["runtime/", "macros/", "zerobuffer/", "features/", "examples/"];
    let mut missing = Vec::new();
    for page in ["CONTRIBUTING.md", "runtime/docs/ARCHITECTURE.md"] {
        let text = fs::read_to_string(root().join(page)).unwrap();
        let code = text.split('`').skip(1).step_by(2);
        let paths = code.filter(|path| tops.iter().any(|top| path.starts_with(top)));
        // A placeholder such as `NAME.rs`, or a pattern, is not a path.
        let paths = paths.filter(|path| !path.contains(['*', '{', ' ']) && !path.contains("NAME"));
        missing.extend(paths.filter(|path| !root().join(path).exists()).map(str::to_owned));
    }
    assert_eq!(missing, [""; 0]);
}

/// Returns the Markdown pages, without build output, third-party pages and parts of crate docs.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut pages = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !name.starts_with('.')
                && !["target", "node_modules", "assets", "src"].contains(&&*name)
            {
                pages.extend(self::pages(&path));
            }
        } else if name.ends_with(".md") {
            pages.push(path);
        }
    }
    pages
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}
