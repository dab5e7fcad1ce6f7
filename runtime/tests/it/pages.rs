//! The pages of the repository: links lead somewhere, and every example is found from the first page.

use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn every_link_of_every_page_leads_to_a_file() {
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
fn every_example_is_on_the_first_page_and_says_how_it_is_run() {
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

/// The pages in Markdown, but for build output, pages of others and parts of crate docs.
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
