//! Memory orderings: each is next to a comment that gives its reason and, unless it is relaxed, names its
//! partner.

use std::fs;
use std::path::{Path, PathBuf};

const ORDERINGS: [&str; 5] = ["Relaxed", "Acquire", "Release", "AcqRel", "SeqCst"];

/// The sources of the crate.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let rust = files.into_iter().filter(|path| path.extension().is_some_and(|end| end == "rs"));
    rust.chain(folders.iter().flat_map(|folder| sources(folder))).collect()
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

/// Returns the comments above a line that name an ordering, up to the start of its function.
fn comments_naming(ordering: &str, above: &[&str]) -> Vec<String> {
    let starts = |line: &&str| line.trim_start().contains("fn ") && line.trim_end().ends_with('{');
    let from = above.iter().rposition(starts).map_or(0, |at| at + 1);
    let groups = above[from..].chunk_by(|a, b| is_comment(a) == is_comment(b));
    let comments = groups.filter(|group| is_comment(group[0])).map(|group| group.join(" "));
    comments.filter(|comment| comment.contains(ordering)).collect()
}

/// Returns what is wrong with the orderings of a source, by line.
fn unexplained(text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    let lines: Vec<&str> = code.lines().collect();
    let mut wrong = vec![];
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| !is_comment(line)) {
        for ordering in ORDERINGS.iter().filter(|name| line.contains(&format!("Ordering::{name}")))
        {
            let comments = comments_naming(ordering, &lines[..at]);
            let names_partner =
                |comment: &String| comment.contains('`') || comment.contains("pairs");
            let explained = match *ordering {
                "Relaxed" => !comments.is_empty(),
                _ => comments.iter().any(names_partner),
            };
            if !explained {
                wrong.push(format!("{}: {}", at + 1, line.trim()));
            }
        }
    }
    wrong
}

#[test]
fn every_ordering_names_its_partner() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = sources(&folder);
    assert!(files.len() > 30, "the sources were not found");
    let wrong: Vec<String> = files
        .iter()
        .flat_map(|path| {
            let lines = unexplained(&fs::read_to_string(path).unwrap());
            lines.into_iter().map(|line| format!("{}:{line}", path.display())).collect::<Vec<_>>()
        })
        .collect();
    assert!(wrong.is_empty(), "orderings without a reason or partner:\n{}", wrong.join("\n"));
}

#[test]
fn ordering_without_partner_is_found() {
    let load = "    let x = a.load(Ordering::Acquire);";
    let function = |comment: &str| format!("fn f() {{\n    {comment}\n{load}\n}}\n");
    assert_eq!(unexplained(&function("let y = 1;")).len(), 1);
    assert_eq!(unexplained(&function("// Relaxed: pairs with `g`.")).len(), 1, "another ordering");
    assert_eq!(unexplained(&function("// Acquire: it must be.")).len(), 1, "no partner");
    assert!(unexplained(&function("// Acquire: pairs with Release in `g`.")).is_empty());
    let two = format!("{}{}", function("// Acquire: pairs with `g`."), function("let y = 1;"));
    assert_eq!(unexplained(&two).len(), 1, "a comment of another function");
}
