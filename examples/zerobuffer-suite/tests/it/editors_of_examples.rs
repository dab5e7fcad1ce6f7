//! Editors: the official Cucumber language service on every other example. It links each step to
//! the definition that the runner finds, and each definition to its steps, and knows each parameter
//! type.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::editors::{ask, files, packages, root, text};

/// A package, its folder in `examples/`, and the folders of further packages whose steps it links.
const EXAMPLES: [(&str, &str, &[&str]); 7] = [
    ("calculator", "calculator", &[]),
    ("async-service", "async-service", &[]),
    ("loan-suite", "shared-steps/loan-suite", &["shared-steps/calendar-steps"]),
    ("subscription-suite", "shared-steps/subscription-suite", &["shared-steps/calendar-steps"]),
    ("two-process-ring", "two-process-ring", &[]),
    ("video-pipeline", "video-pipeline", &[]),
    ("counters", "embedding", &[]),
];

/// File and line, counted from 1.
type Location = (String, u64);

#[test]
fn language_service_agrees_with_runner_on_every_example() {
    let Some(packages) = packages() else { return };
    let examples: Vec<(&str, Known, Value)> = EXAMPLES.into_iter().map(example).collect();
    let suites: Vec<Value> = examples.iter().map(|(_, _, suite)| suite.clone()).collect();
    let answers = ask(&packages, &suites);
    let mut kinds_of_parameter_types = BTreeSet::new();
    for ((package, known, suite), found) in examples.iter().zip(&answers) {
        assert_eq!(found["errors"], json!([]), "{package}: the service reads every pattern");
        let sources = suite["sources"].as_array().unwrap().iter().map(text);
        let texts: Vec<_> = sources.map(|path| fs::read_to_string(path).unwrap()).collect();
        let declared: BTreeMap<_, _> =
            texts.iter().flat_map(|text| parameter_types(text)).collect();
        let theirs: BTreeSet<_> =
            found["parameterTypes"].as_array().unwrap().iter().map(text).collect();
        assert_eq!(
            declared.keys().map(ToString::to_string).collect::<BTreeSet<_>>(),
            theirs,
            "{package}"
        );
        kinds_of_parameter_types.extend(declared.into_values());
        assert_definitions(package, known, found);
        assert_steps(package, known, found);
    }
    // Ensures that the assertions above cover each kind of parameter type.
    assert_eq!(kinds_of_parameter_types, BTreeSet::from(["enum", "fn", "struct"]));
}

/// Returns the package of an example, what its runner knows, and the question to the service.
fn example<'a>((package, folder, linked): (&'a str, &str, &[&str])) -> (&'a str, Known, Value) {
    let folder = root().join("examples").join(folder);
    let mut sources = files(&folder.join("src"), "rs");
    for linked in linked {
        sources.extend(files(&root().join("examples").join(linked).join("src"), "rs"));
    }
    let known = Known::of_runner(package, &folder, &sources);
    let suite = json!({
        "sources": sources,
        "features": files(&folder.join("features"), "feature"),
        "texts": known.texts.keys().collect::<Vec<_>>(),
    });
    (package, known, suite)
}

/// Checks that each definition is found once, and with the same texts as by the runner.
fn assert_definitions(package: &str, known: &Known, found: &Value) {
    let mut theirs: BTreeMap<Location, BTreeSet<String>> = BTreeMap::new();
    for definition in found["definitions"].as_array().unwrap() {
        let location = known.definition_at(&location(definition));
        let texts = definition["texts"].as_array().unwrap().iter().map(text).collect();
        let before = theirs.insert(location, texts);
        assert!(before.is_none(), "{package}: {definition} is found twice");
    }
    let mut ours: BTreeMap<Location, BTreeSet<String>> =
        known.definitions.iter().map(|location| (location.clone(), BTreeSet::new())).collect();
    for (text, location) in &known.texts {
        ours.get_mut(location).unwrap().insert(text.clone());
    }
    assert_eq!(theirs, ours, "{package}");
    let unused: Vec<_> = ours.iter().filter(|(_, texts)| texts.is_empty()).collect();
    assert!(unused.is_empty(), "{package}: no scenario uses {unused:?}");
}

/// Checks that each step links to the definition that the runner finds.
fn assert_steps(package: &str, known: &Known, found: &Value) {
    let mut led = 0;
    for step in found["steps"].as_array().unwrap() {
        let written = text(&step["text"]);
        // The service does not fill in placeholders of outlines.
        if written.contains('<') {
            continue;
        }
        let targets = step["targets"].as_array().unwrap();
        assert_eq!(targets.len(), 1, "{package}: {step} leads to one definition");
        assert_eq!(known.definition_at(&location(&targets[0])), known.texts[&written], "{step}");
        led += 1;
    }
    assert!(led > 0, "{package} has steps");
}

/// Definitions and steps of an example, from its runner.
struct Known {
    /// Location of each definition: its first attribute or a further one.
    definitions: BTreeSet<Location>,
    /// The definition of each step text, with placeholders filled in.
    texts: BTreeMap<String, Location>,
}

impl Known {
    /// Reads them from the messages of a dry run.
    fn of_runner(package: &str, folder: &Path, sources: &[PathBuf]) -> Self {
        let report = tempfile::NamedTempFile::new().unwrap();
        let output = runner(package, sources)
            .args(["run", "--dry-run"])
            .arg(format!("--report=messages={}", report.path().display()))
            .arg(folder.join("features"))
            .current_dir(root())
            .env_remove("HARMONY_CONFIG_PATH")
            .output()
            .unwrap();
        let messages = fs::read_to_string(report.path()).unwrap();
        assert!(!messages.is_empty(), "{package}: {}", String::from_utf8_lossy(&output.stderr));
        Self::of_messages(&messages)
    }

    fn of_messages(messages: &str) -> Self {
        let (mut definitions, mut steps) = (BTreeMap::new(), BTreeMap::new());
        let (mut texts, mut cases) = (BTreeMap::new(), Vec::new());
        for line in messages.lines() {
            let message: Value = serde_json::from_str(line).unwrap();
            if let Some(definition) = message.get("stepDefinition") {
                let reference = &definition["sourceReference"];
                let line = reference["location"]["line"].as_u64().unwrap();
                let file = root().join(text(&reference["uri"]));
                definitions.insert(text(&definition["id"]), (path_text(&file), line));
            } else if let Some(pickle) = message.get("pickle") {
                for step in pickle["steps"].as_array().unwrap() {
                    steps.insert(text(&step["id"]), text(&step["text"]));
                }
            } else if let Some(case) = message.get("testCase") {
                cases.extend(case["testSteps"].as_array().unwrap().clone());
            }
        }
        // Steps of hooks have no pickle step.
        for step in cases.iter().filter(|step| step.get("pickleStepId").is_some()) {
            let written = &steps[&text(&step["pickleStepId"])];
            let ids = step["stepDefinitionIds"].as_array().unwrap();
            assert_eq!(ids.len(), 1, "{written} has one definition");
            texts.insert(written.clone(), definitions[&text(&ids[0])].clone());
        }
        Self { definitions: definitions.into_values().collect(), texts }
    }

    /// Returns the definition at a location of the service, which is the attribute or the function
    /// below it.
    fn definition_at(&self, (file, line): &Location) -> Location {
        let above = self.definitions.iter().filter(|(own, at)| own == file && at <= line);
        let (file, line) = above.max_by_key(|(_, at)| *at).expect("a definition is above").clone();
        (file, line)
    }
}

/// Returns the command of an example: the program that was built with this test, or else `cargo
/// run`.
fn runner(package: &str, sources: &[PathBuf]) -> Command {
    let changed = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
    let test = std::env::current_exe().unwrap();
    let built = test.ancestors().nth(2).unwrap().join(package);
    let newest = sources.iter().filter_map(|source| changed(source)).max();
    if changed(&built).is_some_and(|built| Some(built) > newest) {
        return Command::new(built);
    }
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "--quiet", "--offline", "--package", package, "--"]);
    cargo
}

/// Returns the names of the parameter types in a source, each with the kind of item that `#[param]`
/// is on.
fn parameter_types(source: &str) -> impl Iterator<Item = (&str, &'static str)> {
    source.split("\n#[param(name = \"").skip(1).map(|item| {
        let kind = ["enum", "fn", "struct"]
            .into_iter()
            .min_by_key(|kind| {
                item.split_whitespace().position(|word| word == *kind).unwrap_or(usize::MAX)
            })
            .unwrap();
        (item.split('"').next().unwrap(), kind)
    })
}

fn location(link: &Value) -> Location {
    (text(&link["file"]), link["line"].as_u64().unwrap())
}

fn path_text(path: &Path) -> String {
    let path: PathBuf = path.canonicalize().unwrap();
    path.to_string_lossy().into_owned()
}
