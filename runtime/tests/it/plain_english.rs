//! The wording of docs, comments, messages, identifiers and pages: words of a private dialect are
//! not used. Each entry gives the plain expression.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Words and phrases in lower case, with what to write instead. Identifiers are read as words:
/// `GivenUp` and `given_up` both match `given up`.
const DIALECT: &[(&str, &str)] = &[
    ("told", "reported, printed, announced, passed"),
    ("tells", "reports, prints, distinguishes"),
    ("plays", "runs, executes"),
    ("played", "run, executed"),
    ("nobody", "name the actor: no process, no thread, no caller"),
    ("somebody", "name the actor: another process, a thread, the caller"),
    ("whoever", "name the actor: the owner, the caller, the process that"),
    ("everybody", "name the actors: all processes, all threads"),
    ("is no", "is not a, is not a valid"),
    ("are no", "are not, are not valid"),
    ("of one's own", "your own, custom"),
    ("of its own", "its own, a separate"),
    ("of their own", "their own, separate"),
    ("of your own", "your own, custom"),
    ("of ours", "this project's"),
    ("the field's", "the reference runner's"),
    ("field's runner", "reference runner"),
    ("given up", "abandoned, timed out"),
    ("gives up", "abandons, times out"),
    ("what came of", "the result of"),
    ("what became of", "the result of"),
    ("stands in", "is in"),
    ("stands at", "is at"),
    ("said so", "reported"),
    ("says so", "reports it"),
];

/// Longer phrases that contain an entry of [`DIALECT`] and are plain English.
const PLAIN: &[&str] = &["there is no", "there are no", "is no longer", "are no longer"];

/// Lines that may contain an entry: the file, a part of the line, and the reason.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("runtime/src/observe/subscriber.rs", "is::<NoSubscriber>()", "the type `NoSubscriber`"),
    (
        "examples/zerobuffer-suite/src/steps/edge_cases.rs",
        "should be told that the frame never fits",
        "the text of a step in features/",
    ),
    ("zerobuffer/tests/it/other_user.rs", "NOBODY", "the Unix user `nobody`"),
    ("zerobuffer/tests/it/other_user.rs", "nobody", "the Unix user `nobody`"),
];

/// Files and folders that are not written by this project, or are not prose.
const SKIPPED: &[&str] = &[
    ".git",
    "target",
    "features",
    "fixtures",
    "assets",
    "node_modules",
    "Cargo.lock",
    // The texts of the compatibility kit.
    "samples",
    "plain_english.rs",
];

const EXTENSIONS: &[&str] = &["rs", "ts", "md", "toml", "py", "mjs", "sh", "txt", "stderr", "run"];

#[test]
fn texts_and_identifiers_are_plain_english() {
    let root = root();
    let mut found = Vec::new();
    for file in files(&root) {
        let path = file.strip_prefix(&root).unwrap().display().to_string();
        let text = fs::read_to_string(&file).unwrap();
        for (number, line) in text.lines().enumerate() {
            for (word, instead) in dialect(line) {
                if !is_exception(&path, line) {
                    found.push((path.clone(), number + 1, word, instead));
                }
            }
        }
    }
    let mut folders: BTreeMap<String, usize> = BTreeMap::new();
    let mut report = String::new();
    for (path, line, word, instead) in &found {
        *folders.entry(folder(path)).or_default() += 1;
        report += &format!("{path}:{line}: {word} (write: {instead})\n");
    }
    for (folder, count) in &folders {
        report += &format!("{count:5} {folder}\n");
    }
    assert!(found.is_empty(), "{report}{:5} in all", found.len());
}

#[test]
fn every_exception_is_needed() {
    for (path, part, _) in EXCEPTIONS {
        let text = fs::read_to_string(root().join(path)).unwrap();
        let needed = text.lines().any(|line| line.contains(part) && !dialect(line).is_empty());
        assert!(needed, "{path}: no line with {part:?} contains an entry");
    }
}

#[test]
fn identifiers_are_read_as_words() {
    let words = |line| dialect(line).iter().map(|(word, _)| *word).collect::<Vec<_>>();
    assert_eq!(words("struct GivenUp { was_told: bool }"), ["told", "given up"]);
    assert_eq!(words("fn display() { unfolds(); tolda }"), [""; 0]);
    assert_eq!(
        words("// It is no scenario. There is no longer one, there is no other."),
        ["is no"]
    );
}

/// Returns the entries of [`DIALECT`] in `line`.
fn dialect(line: &str) -> Vec<&'static (&'static str, &'static str)> {
    let mut words = words(line);
    for plain in PLAIN {
        words = words.replace(&format!(" {plain} "), " ");
    }
    DIALECT.iter().filter(|(word, _)| words.contains(&format!(" {word} "))).collect()
}

/// Returns the words of `line` in lower case, each between single spaces; camel case is split.
fn words(line: &str) -> String {
    let mut words = String::from(" ");
    let mut before = ' ';
    for character in line.chars() {
        let is_part = character.is_alphanumeric() || character == '\'';
        let is_start = character.is_uppercase() && before.is_lowercase();
        if (!is_part || is_start) && !words.ends_with(' ') {
            words.push(' ');
        }
        if is_part {
            words.extend(character.to_lowercase());
        }
        before = character;
    }
    words.push(' ');
    words
}

fn is_exception(path: &str, line: &str) -> bool {
    EXCEPTIONS.iter().any(|(file, part, _)| *file == path && line.contains(part))
}

/// Returns the folder of `path` for the summary: up to three levels.
fn folder(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').collect();
    parts[..parts.len().saturating_sub(1).min(3)].join("/")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if SKIPPED.contains(&&*name) {
            continue;
        }
        if path.is_dir() {
            files.extend(self::files(&path));
        } else if path
            .extension()
            .map_or(name == "run", |extension| EXTENSIONS.iter().any(|known| extension == *known))
        {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}
