//! The book: its links, and the messages and options that it names. Its code is compiled as doc tests.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// Writes the sources of the book, and returns its pages by their paths.
fn pages() -> (TempDir, BTreeMap<PathBuf, String>) {
    let folder = tempfile::tempdir().unwrap();
    let script = runtime().join("docs/book/build.py");
    let mut python = Command::new("python3");
    let ran = python.arg(script).arg(folder.path()).arg("--sources-only").output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let mut pages = BTreeMap::new();
    let mut folders = vec![folder.path().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = fs::read_to_string(&path).unwrap();
                pages.insert(path, text);
            }
        }
    }
    (folder, pages)
}

#[test]
fn links_lead_to_pages_and_headings() {
    let (_folder, pages) = pages();
    assert!(pages.len() > 30, "{}", pages.len());
    let mut broken = Vec::new();
    for (page, text) in &pages {
        for link in links(text) {
            let (file, heading) = link.split_once('#').unwrap_or((&link, ""));
            let target = if file.is_empty() { page.clone() } else { page.with_file_name(file) };
            let target = normal(&target);
            let is_right = pages
                .get(&target)
                .is_some_and(|text| heading.is_empty() || headings(text).contains(&slug(heading)));
            if !is_right && !link.contains("://") {
                broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert_eq!(broken, [""; 0]);
}

#[test]
fn every_page_is_in_the_summary() {
    let (_folder, pages) = pages();
    let (summary, text) = pages.iter().find(|(path, _)| path.ends_with("SUMMARY.md")).unwrap();
    let listed: BTreeSet<_> =
        links(text).iter().map(|link| normal(&summary.with_file_name(link))).collect();
    let existing: BTreeSet<_> = pages.keys().filter(|path| *path != summary).cloned().collect();
    assert_eq!(listed, existing);
}

#[test]
fn messages_are_those_of_the_program() {
    let sources = sources();
    let book = |name: &str| fs::read_to_string(runtime().join("docs/book/src").join(name)).unwrap();
    let headings = book("troubleshooting.md");
    let headings = headings.lines().filter_map(|line| line.strip_prefix("## `")?.strip_suffix('`'));
    let mut messages: Vec<String> = headings.map(str::to_owned).collect();
    let protocol = book("protocol.md");
    let (_, checklist) = protocol.split_once("| rule | message |").unwrap();
    for row in checklist.lines().skip(2).take_while(|line| line.starts_with('|')) {
        let cell = row.rsplit(" | ").next().unwrap().trim_end_matches([' ', '|']);
        messages.push(cell.trim_matches('`').trim().to_owned());
    }
    assert!(messages.len() > 20, "{messages:?}");
    let missing: Vec<_> = messages.iter().filter(|message| !sources.contains(*message)).collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn options_are_those_of_the_help() {
    let help = runtime().join("tests/runner/help");
    let help = fs::read_dir(help).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()));
    let help: String = help.map(Result::unwrap).collect();
    let (_folder, pages) = pages();
    let mut unknown = Vec::new();
    // The guide also names options of cargo and of other frameworks.
    let own = pages.iter().filter(|(page, _)| !page.parent().unwrap().ends_with("guide"));
    for (page, text) in own {
        let code = text.split('`').skip(1).step_by(2).filter(|code| code.starts_with("--"));
        for code in code {
            let end =
                code.find(|c: char| !c.is_ascii_lowercase() && c != '-').unwrap_or(code.len());
            let option = &code[..end];
            if option.len() > 2 && !help.contains(option) {
                unknown.push(format!("{}: {option}", page.display()));
            }
        }
    }
    assert_eq!(unknown, [""; 0]);
}

/// Returns the targets of the links outside of code.
fn links(text: &str) -> Vec<String> {
    let mut is_code = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        }
        if !is_code {
            let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
            found.extend(targets.map(str::to_owned));
        }
    }
    found
}

fn headings(text: &str) -> BTreeSet<String> {
    let titles = text.lines().filter(|line| line.starts_with('#'));
    titles.map(|line| slug(line.trim_start_matches('#').trim())).collect()
}

/// Returns the anchor of a heading.
fn slug(title: &str) -> String {
    let lower = title.to_lowercase().replace(' ', "-");
    lower.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
}

/// Returns the path without `..`.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => drop(normal.pop()),
            part => normal.push(part),
        }
    }
    normal
}

/// Returns the source of all messages, with escapes and continued lines resolved.
fn sources() -> String {
    let mut text = String::new();
    let mut folders: Vec<_> = ["src", "gherkin/src"].map(|folder| runtime().join(folder)).into();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let source = fs::read_to_string(&path).unwrap();
                let mut lines = source.split("\\\n");
                text.extend(lines.next());
                lines.for_each(|line| text.push_str(line.trim_start()));
            }
        }
    }
    text.replace("\\\"", "\"")
}

fn runtime() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
