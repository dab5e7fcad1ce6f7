//! An unknown platform: a serve process written in shell, with its own `harmony-config.json`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::command_line::stdout;
use crate::harmony_run::{finish, suite};

/// Responds to every request; appends its method to the file `asked` next to itself.
const SERVE: &str = r#"#!/bin/sh
folder=$(dirname "$0")
while IFS= read -r header; do
    length=${header#Content-Length: }
    length=${length%?}
    IFS= read -r _
    body=$(head -c "$length")
    id=${body#*\"id\":}
    id=${id%%,*}
    method=${body#*\"method\":\"}
    method=${method%%\"*}
    echo "$method" >> "$folder/asked"
    case $method in
    discover) result=$(cat "$folder/definitions.json") ;;
    executeStep) result='{"success":true,"error":null,"context":{},"logs":[]}' ;;
    *) result=true ;;
    esac
    reply="{\"jsonrpc\":\"2.0\",\"id\":$id,\"result\":$result}"
    printf 'Content-Length: %s\r\n\r\n%s' "${#reply}" "$reply"
done
"#;

/// Two of them match one step, one depends on its keyword, one is not a valid regex here.
const DEFINITIONS: &str = r#"{"steps":[
{"type":"given","pattern":"the test environment is initialized"},
{"type":"given","pattern":"all processes are ready"},
{"type":"when","pattern":"the '([^']+)' process (?:rises|sets)"},
{"type":"when","pattern":"the 'moon' process {word}"},
{"type":"then","pattern":"(?<=x)a look behind"}]}"#;

const FEATURE: &str = "\
Feature: The sky
  Scenario: 78.1 - Both know
    Given the test environment is initialized
    And all processes are ready
  Scenario: 78.2 - Only the shell knows
    When the 'sun' process rises
  Scenario: 78.3 - The shell knows it twice
    When the 'moon' process sets
  Scenario: 78.4 - The shell knows it under another keyword
    Then the 'sun' process rises
  Scenario: 78.5 - Only we know
    Given the 'reader' process creates buffer 'sky' with metadata size '64' and payload size '640'
";

struct Foreign {
    folder: tempfile::TempDir,
}

impl Foreign {
    fn new() -> Self {
        let foreign = Self { folder: tempfile::tempdir().unwrap() };
        let serve = foreign.path("serve.sh");
        fs::write(&serve, SERVE).unwrap();
        fs::set_permissions(&serve, fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(foreign.path("definitions.json"), DEFINITIONS).unwrap();
        fs::write(foreign.path("78-Sky.feature"), FEATURE).unwrap();
        let config = r#"{"platforms": {"shell": {"executable": "serve.sh"}}}"#;
        fs::write(foreign.path("harmony-config.json"), config).unwrap();
        foreign
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Returns the command of the suite's binary with this platform in addition to the built-in one.
    fn suite(&self, arguments: &[&str]) -> Command {
        let mut command = suite(arguments);
        command
            .arg(self.path("78-Sky.feature"))
            .env("HARMONY_CONFIG_PATH", self.path("harmony-config.json"));
        command
    }

    /// Returns the requested methods.
    fn asked(&self) -> Vec<String> {
        let asked = fs::read_to_string(self.path("asked")).unwrap_or_default();
        asked.lines().map(str::to_owned).collect()
    }
}

#[test]
fn check_asks_any_configured_platform_for_its_definitions() {
    let foreign = Foreign::new();
    let output = foreign.suite(&["check", "--platforms", "rust,shell"]).output().unwrap();
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let (rust, shell) = text.split_once("shell: ").unwrap();
    assert!(rust.contains("definitions, supports 2 of 5 scenarios"), "{text}");
    assert!(rust.contains("lacks (sun): the 'sun' process rises"), "{text}");
    for line in [
        "5 definitions, supports 3 of 5 scenarios",
        "  invalid pattern: (?<=x)a look behind: ",
        "  supports 78.1 - Both know",
        "  supports 78.2 - Only the shell knows",
        "  supports 78.3 - The shell knows it twice",
        "  does not support 78.4 - The shell knows it under another keyword (",
        "    lacks (sun): the 'sun' process rises",
        "  does not support 78.5 - Only we know (",
        "    lacks (reader): the 'reader' process creates buffer 'sky' with ",
        "  matches 2 times: the 'moon' process sets",
        "    the '([^']+)' process (?:rises|sets)",
        "    the 'moon' process {word}",
    ] {
        assert!(shell.contains(line), "{line:?} is not in:\n{text}");
    }
    assert_eq!(foreign.asked(), ["health", "initialize", "discover", "executeStep", "health"]);

    let arguments = ["check", "--platforms", "shell", "--format", "json"];
    let output = foreign.suite(&arguments).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let playable: Vec<&Value> =
        report[0]["scenarios"].as_array().unwrap().iter().map(|s| &s["playable"]).collect();
    assert_eq!(playable, [true, true, true, false, false]);
    assert_eq!(report[0]["scenarios"][2]["ambiguous"][0]["text"], "the 'moon' process sets");
    assert_eq!(foreign.asked().len(), 10, "all of it again");
}

#[test]
fn any_configured_platform_has_its_column_in_the_matrix() {
    let foreign = Foreign::new();
    let json = foreign.path("matrix.json");
    let arguments = ["harmony", "--platforms", "rust,shell", "--matrix", json.to_str().unwrap()];
    let mut command = foreign.suite(&arguments);
    let output = finish(command.spawn().unwrap());
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let rows: Value = serde_json::from_slice(&fs::read(json).unwrap()).unwrap();
    let outcomes: Vec<(&Value, &Value)> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let cell = |platform: &str| &row["combinations"][platform]["outcome"];
            (cell("rust"), cell("shell"))
        })
        .collect();
    let outcomes_of = |rust: &str, shell: &str| (Value::from(rust), Value::from(shell));
    let wanted = [
        outcomes_of("passed", "passed"),
        outcomes_of("failed", "passed"),
        outcomes_of("failed", "passed"),
        outcomes_of("failed", "passed"),
        outcomes_of("passed", "passed"),
    ];
    assert_eq!(outcomes, wanted.iter().map(|(r, s)| (r, s)).collect::<Vec<_>>(), "{text}");
}
