//! Step definitions that hold for a part of the scenarios.

use serde_json::{Value, json};

use super::suite::Suite;

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
