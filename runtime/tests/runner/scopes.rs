//! Step definitions that hold for a part of the scenarios.

use serde_json::{Value, json};

use super::processes::suite_of_peers;
use super::serving::Serve;
use super::suite::{ARGUMENTS, Suite};

const STEP: &str = "Given the text that two worlds share";

#[test]
fn text_has_the_definition_of_its_scope() {
    let suite = Suite::new(&format!("@runner_api\nFeature: a\n  Scenario: first\n    {STEP}\n"));
    let other = format!("Feature: b\n  @runner_ui\n  Scenario: second\n    {STEP}\n");
    suite.write("features/b.feature", &other);
    let arguments = ["run", "-j", "1", "--report", "messages=m.ndjson"];
    suite.run(&arguments).assert(0, &["2 scenarios (2 passed)"]);
    assert_eq!(suite.read("journal"), "api\nui\n");
    let messages = suite.read("m.ndjson");
    let messages = messages.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let cases: Vec<_> = messages.filter(|message| message["testCase"].is_object()).collect();
    assert_eq!(cases.len(), 2);
    for case in cases {
        let ids = &case["testCase"]["testSteps"][0]["stepDefinitionIds"];
        assert_eq!(ids.as_array().unwrap().len(), 1, "{case}");
    }
    suite.run(&["check", "--allow", "unused"]).assert(0, &["0 errors, 0 warnings"]);
    suite.run(&["run", "--dry-run"]).assert(0, &["2 scenarios (2 skipped)"]);
}

#[test]
fn scopes_that_overlap_are_ambiguous_where_they_overlap() {
    let suite = Suite::new("");
    suite.write(
        "features/b.feature",
        &format!(
            "Feature: b\n  @runner_ui\n  Scenario: one\n    {STEP}\n  @runner_ui @runner_api\n  Scenario: both\n    {STEP}\n  Scenario: none\n    {STEP}\n"
        ),
    );
    let run = suite.run(&["run"]);
    run.assert(
        1,
        &["3 scenarios (1 passed, 2 failed)", "3 steps (1 passed, 1 undefined, 1 ambiguous)"],
    );
    run.assert(1, &["not in its scope(tags(@runner_api))"]);
    suite.run(&["check", "--allow", "unused"]).assert(
        1,
        &[
            "error[ambiguous]: 2 definitions match \"the text that two worlds share\"\n --> features/b.feature:7:5",
            "error[undefined]: no definition matches \"the text that two worlds share\"\n --> features/b.feature:9:5",
            "not in its scope(tags(@runner_ui), feature(\"b.feature\"))",
            "2 errors, 0 warnings",
        ],
    );
}

#[test]
fn unused_definition_names_its_scope() {
    let suite = Suite::new("Feature: a\n  Scenario: s\n    Given all is well\n");
    suite
        .run(&["check"])
        .assert(0, &["it holds in its scope(tags(@runner_ui), feature(\"b.feature\")) only"]);
}

#[test]
fn scopes_are_listed() {
    let suite = Suite::new("");
    let steps: Value = serde_json::from_str(&suite.run(&["steps", "--json"]).out).unwrap();
    let of = |function: &str| {
        let steps = steps.as_array().unwrap();
        steps.iter().find(|step| step["function"] == function).unwrap()["scope"].clone()
    };
    assert_eq!(of("in_ui"), json!({"tags": "@runner_ui", "feature": "b.feature"}));
    assert_eq!(of("well"), Value::Null);
    suite.run(&["steps"]).assert(0, &["in_api, scope(tags(@runner_api))"]);
}

/// Scenarios with the shared text: in the scope of one definition, in that of none, and in both. The platform `peer` is
/// of another implementation.
pub(crate) fn suite_with_scopes() -> Suite {
    let suite = Suite::new("");
    suite.write(
        "features/b.feature",
        &format!(
            "Feature: b
  @runner_api
  Scenario: one
    {STEP}
  @runner_ui
  Scenario: other
    {STEP}
  Scenario: none
    {STEP}
  @runner_ui @runner_api
  Scenario: both
    {STEP}
"
        ),
    );
    suite.write(
        "features/c.feature",
        &format!("Feature: c\n  @runner_ui\n  Scenario: foreign\n    {STEP}\n"),
    );
    // The platform of this implementation is this suite.
    let program = std::env::current_exe().unwrap();
    let start = "exec \"$0\" --exact suite::runs_as_a_suite --nocapture 3>&1 >/dev/null";
    let rust = json!({
        "executable": "/bin/sh",
        "arguments": ["-c", start, program],
        "environmentVariables": {ARGUMENTS: "serve"},
    });
    let peer = json!({"executable": "python3", "arguments": ["serve.py"]});
    suite.write("serve.py", include_str!("peer/serve.py"));
    let config = json!({"platforms": {"rust": rust, "peer": peer}});
    suite.write("harmony-config.json", &config.to_string());
    suite
}

#[test]
fn serve_knows_the_scope_of_its_scenario() {
    let suite = Suite::new("");
    let mut serve = Serve::start(&suite, &[]);
    let mut step = |announced: Value| {
        serve.call("initialize", json!([announced]));
        serve.step("the text that two worlds share")
    };
    let error = |result: &Value| result["error"].as_str().unwrap_or_default().to_owned();
    let api = step(json!({"Scenario": "s", "Tags": ["@runner_api"]}));
    assert_eq!(api["success"], true, "{api}");
    let path = "features/b.feature";
    let ui = step(json!({"Tags": ["@runner_ui"], "Feature": "b", "FeaturePath": path}));
    assert_eq!(ui["success"], true, "{ui}");
    let path = "features/c.feature";
    let foreign = step(json!({"Tags": ["@runner_ui"], "Feature": "c", "FeaturePath": path}));
    assert_eq!(foreign["success"], false, "{foreign}");
    let none = step(json!({"Tags": [], "Feature": "b", "FeaturePath": "features/b.feature"}));
    assert!(error(&none).contains("No matching step definition"), "{none}");
    let unknown = step(json!({"Scenario": "of a runner that sends no tags"}));
    assert!(error(&unknown).contains("2 step definitions match"), "{unknown}");
}

#[test]
fn processes_of_harmony_know_the_scope_of_their_scenario() {
    let suite = suite_with_scopes();
    let ran = suite.run(&["harmony", "-p", "rust", "-j", "1"]);
    ran.assert(1, &["✓ one", "✓ other", "✗ none", "✗ both", "✗ foreign"]);
    ran.assert(1, &["5 steps (2 passed, 1 failed, 2 undefined)", "2 step definitions match"]);
    assert_eq!(suite.read("journal"), "api\nui\n");
}

#[test]
fn scope_is_announced_to_this_program_alone() {
    let feature = "Feature: f\n  Scenario: s\n    Given the 'reader' process reads\n";
    let suite = suite_of_peers(feature);
    let config = suite.read("harmony-config.json");
    suite.write("harmony-config.json", &config.replacen("\"a\"", "\"rust\"", 1));
    let ran = suite.run(&["harmony", "-p", "rust,b"]);
    ran.assert(0, &["s [reader=rust]", "s [reader=b]", "2 scenarios (2 passed)"]);
}

#[test]
fn check_of_platforms_knows_scopes() {
    let suite = suite_with_scopes();
    let coverage = |mode: &str| -> Vec<(String, usize, usize)> {
        let arguments = ["check", "--platforms", "rust", "--mode", mode, "--format", "json"];
        let found: Value = serde_json::from_str(&suite.run(&arguments).out).unwrap();
        let scenarios = found[0]["scenarios"].as_array().unwrap().iter();
        let count = |value: &Value| value.as_array().unwrap().len();
        let row = |scenario: &Value| {
            let name = scenario["scenario"].as_str().unwrap().to_owned();
            (name, count(&scenario["missing"]), count(&scenario["ambiguous"]))
        };
        scenarios.map(row).collect()
    };
    let rows = [("one", 0, 0), ("other", 0, 0), ("none", 1, 0), ("both", 0, 1), ("foreign", 1, 0)];
    assert_eq!(coverage("strict"), rows.map(|(name, m, a)| (name.to_owned(), m, a)));
}

#[test]
fn mutants_have_the_definition_of_their_scope() {
    let suite = suite_with_scopes();
    let ran =
        suite.run(&["mutate", "--format", "json", "features/b.feature:2", "features/b.feature:5"]);
    let found: Value = serde_json::from_str(&ran.out).unwrap();
    let findings = found["findings"].as_array().unwrap().iter();
    let function = |finding: &Value| {
        let definition = finding["definition"].as_str().unwrap();
        definition.split(' ').next().unwrap().to_owned()
    };
    let found: Vec<_> =
        findings.map(|finding| (finding["line"].as_u64(), function(finding))).collect();
    assert_eq!(found, [(Some(4), "in_api".to_owned()), (Some(7), "in_ui".to_owned())]);
}
