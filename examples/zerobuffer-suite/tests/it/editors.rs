//! Editors: the official Cucumber language service, which the editor extensions use, finds every
//! step definition of this suite and links each step of `features/` to its definition and back.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use harmony_bdd::engine::{Match, PatternKind, Registry};
use serde_json::{Value, json};
// The registry contains the linked definitions.
use zerobuffer_suite as _;

const PACKAGE: &str = "@cucumber/language-service@1.7.0";

#[test]
fn language_service_finds_every_definition_and_step() {
    let Some(packages) = packages() else { return };
    let registry = Registry::collect().unwrap();
    let sources = files(&root().join("examples/zerobuffer-suite/src"), "rs");
    let features = files(&root().join("features"), "feature");
    let found = &ask(&packages, &[json!({"sources": sources, "features": features})])[0];
    assert_eq!(found["errors"], json!([]), "the service reads every pattern");
    let ours: BTreeSet<_> = registry
        .definitions()
        .map(|d| {
            let anchored = match d.pattern.kind {
                PatternKind::Regex => d.pattern.source.trim_matches(['^', '$']),
                _ => d.pattern.source,
            };
            (anchored.to_owned(), file_name(d.at.file))
        })
        .collect();
    let theirs: BTreeSet<_> = found["definitions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| {
            // JavaScript writes the source of a regex with its slashes escaped.
            let expression = text(&d["expression"]).replace("\\/", "/");
            (expression.trim_matches(['^', '$']).to_owned(), file_name(&text(&d["file"])))
        })
        .collect();
    let missed: Vec<_> = ours.difference(&theirs).collect();
    assert!(missed.is_empty(), "registered, and not found by the service: {missed:#?}");
    let phantoms: Vec<_> = theirs.difference(&ours).collect();
    assert!(phantoms.is_empty(), "found by the service, and not registered: {phantoms:#?}");

    let mut reached = BTreeSet::new();
    for step in found["steps"].as_array().unwrap() {
        let written = text(&step["text"]);
        // The service does not fill in placeholders of outlines.
        if written.contains('<') {
            continue;
        }
        let Ok(Match::Unique(matched)) = registry.find(&written) else {
            panic!("{step} has exactly one definition")
        };
        let definition = matched.definition;
        let targets: Vec<_> = step["targets"].as_array().unwrap().iter().collect();
        assert_eq!(targets.len(), 1, "{step} leads to one definition");
        assert_eq!(file_name(&text(&targets[0]["file"])), file_name(definition.at.file), "{step}");
        let line = targets[0]["line"].as_u64().unwrap();
        // The service points at the attribute or at the function below it.
        let first = u64::from(definition.at.line);
        assert!((first..first + 8).contains(&line), "{step} leads to line {first}");
        reached.insert((definition.at.file, definition.at.line));
    }
    assert!(reached.len() > 20, "most definitions are reached from a step: {}", reached.len());
}

/// Asks the service about each of these suites through a script. It is started once, since its start takes longer than
/// an answer about a small suite.
pub(crate) fn ask(packages: &Path, suites: &[Value]) -> Vec<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/editors.mjs");
    let mut node = Command::new("node")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let question = json!({"packages": packages, "suites": suites}).to_string();
    node.stdin.take().unwrap().write_all(question.as_bytes()).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success(), "the script succeeds");
    let answers: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answers.len(), suites.len());
    answers
}

/// Returns the folder in which the service is installed. If it cannot be installed, prints the
/// reason and returns `None`, or panics with `REQUIRE_PEERS=1`.
pub(crate) fn packages() -> Option<PathBuf> {
    match install() {
        Ok(folder) => Some(folder),
        Err(reason) => {
            let required = std::env::var("REQUIRE_PEERS").is_ok_and(|value| value == "1");
            assert!(!required, "REQUIRE_PEERS=1, but there is no language service: {reason}");
            let _ = writeln!(std::io::stderr(), "\nSKIPPED the language service: {reason}\n");
            None
        }
    }
}

fn install() -> Result<PathBuf, String> {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let folder = cache.join("cucumber-language-service");
    let message = |error: std::io::Error| error.to_string();
    fs::create_dir_all(&folder).map_err(message)?;
    let lock = File::create(cache.join("cucumber-language-service.lock")).map_err(message)?;
    lock.lock().map_err(message)?;
    if !folder.join("node_modules/@cucumber/language-service/package.json").exists() {
        fs::write(folder.join("package.json"), "{\"private\": true}").map_err(message)?;
        // Without scripts: only the portable bindings are needed, not the native ones.
        let output = Command::new("npm")
            .args(["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", PACKAGE])
            .current_dir(&folder)
            .stdin(Stdio::null())
            .output()
            .map_err(|e| format!("npm: {e}"))?;
        if !output.status.success() {
            return Err(format!("npm install: {}", String::from_utf8_lossy(&output.stderr).trim()));
        }
    }
    Ok(folder)
}

pub(crate) fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path, extension));
        } else if path.extension().is_some_and(|e| e == extension) {
            files.push(path);
        }
    }
    files.sort();
    files
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn file_name(path: &str) -> String {
    Path::new(path).file_name().unwrap().to_string_lossy().into_owned()
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}
