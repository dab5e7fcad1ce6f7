//! Requests that a serve receives, case by case.

use std::io;

use harmony_bdd::harmony::protocol::framing::FrameReader;
use harmony_bdd::harmony::serve::{ServeOptions, serve};
use serde_json::{Value, json};

use super::serve_io::*;
use super::steps;

#[test]
fn ids_are_returned_unchanged() {
    let deep = json!({"a": [1, "b"]});
    check(vec![
        ("a number", health("2"), vec![ok(2)]),
        ("zero", health("0"), vec![ok(0)]),
        ("negative", health("-7"), vec![ok(-7)]),
        ("a fraction", health("1.50"), vec![ok(1.5)]),
        ("a string", health("\"init\""), vec![ok("init")]),
        ("an empty string", health("\"\""), vec![ok("")]),
        ("quotes and more", health(r#""\"\\ü\n""#), vec![ok("\"\\ü\n")]),
        ("null", health("null"), vec![ok(Value::Null)]),
        ("a bool", health("true"), vec![ok(true)]),
        ("an object", health(&deep.to_string()), vec![ok(deep)]),
        ("the last of two", frame(r#"{"id":1,"method":"health","id":2}"#), vec![ok(2)]),
    ]);
    // Beyond what a number type holds, and in the sender's own spelling.
    for id in ["123456789012345678901234567890", "1.50", "1e2", r#""\u00fc""#] {
        let written = Written::default();
        let input = io::Cursor::new(health(id));
        serve(input, written.clone(), steps::registry(), ServeOptions::default()).unwrap();
        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        assert!(text.contains(&format!(r#""id":{id},"#)), "{text}");
    }
}

#[test]
fn notifications_are_never_answered() {
    let notice =
        |method: &str| frame(&format!(r#"{{"jsonrpc":"2.0","method":"{method}","params":[]}}"#));
    check(vec![
        ("a known method", then_health(&notice("health")), vec![ok(9)]),
        ("an unknown method", then_health(&notice("$/cancelRequest")), vec![ok(9)]),
        ("a step without text", then_health(&notice("executeStep")), vec![ok(9)]),
        ("cleanup", then_health(&notice("cleanup")), vec![ok(9)]),
        ("no method at all", then_health(&frame(r#"{"jsonrpc":"2.0"}"#)), vec![ok(9)]),
        ("a reply", then_health(&frame(r#"{"jsonrpc":"2.0","id":1,"result":true}"#)), vec![ok(9)]),
        (
            "an error reply",
            then_health(&frame(r#"{"id":1,"error":{"code":1,"message":""}}"#)),
            vec![ok(9)],
        ),
        (
            "a step is executed all the same",
            [
                frame(r#"{"method":"executeStep","params":[{"Step":"one is counted"}]}"#),
                step("3", r#"{"Step":"the count is 1"}"#),
            ]
            .concat(),
            vec![Passed(json!(3))],
        ),
    ]);
}

#[test]
fn parameters_in_every_form() {
    let step_text = r#"{"Step":"nothing happens"}"#;
    let with = |params: &str| request("2", "executeStep", params);
    check(vec![
        ("an array of one object", with(&format!("[{step_text}]")), vec![Passed(json!(2))]),
        ("a bare object", with(step_text), vec![Passed(json!(2))]),
        ("more than one", with(&format!("[{step_text},1]")), vec![Passed(json!(2))]),
        ("an empty array", with("[]"), vec![Error(json!(2), -32602, "one object")]),
        ("a string", with("\"nothing happens\""), vec![Error(json!(2), -32602, "one object")]),
        (
            "an array of a string",
            with("[\"nothing happens\"]"),
            vec![Error(json!(2), -32602, "one object")],
        ),
        ("no step", with("[{\"Process\":\"reader\"}]"), vec![Error(json!(2), -32602, "`Step`")]),
        (
            "a step that is not a string",
            with("[{\"Step\":5}]"),
            vec![Error(json!(2), -32602, "`Step`")],
        ),
        (
            "absent for a step",
            frame(r#"{"id":2,"method":"executeStep"}"#),
            vec![Error(json!(2), -32602, "")],
        ),
        ("absent for health", frame(r#"{"id":2,"method":"health"}"#), vec![ok(2)]),
        ("null for health", request("2", "health", "null"), vec![ok(2)]),
        ("an object for health", request("2", "health", "{\"hostPid\":1}"), vec![ok(2)]),
        ("nothing for initialize", frame(r#"{"id":2,"method":"initialize"}"#), vec![ok(2)]),
        ("a list for initialize", request("2", "initialize", "[1,2]"), vec![ok(2)]),
        (
            "initialize of the reference runner",
            request(
                "2",
                "initialize",
                r#"[{"Role":"reader","Platform":"rust","Scenario":"test","HostPid":7,"FeatureId":1,"TestRunId":"7_1"}]"#,
            ),
            vec![ok(2)],
        ),
        ("cleanup", request("2", "cleanup", "[]"), vec![null(2)]),
        ("shutdown", request("2", "shutdown", "[]"), vec![null(2)]),
        ("crash", request("2", "crash", r#"[{"IsCancellationRequested":false}]"#), vec![null(2)]),
    ]);
}

#[test]
fn members_of_a_step_in_every_form() {
    let passed = || vec![Passed(json!(2))];
    let of = |argument: &str| step("2", argument);
    check(vec![
        (
            "as the reference runner sends it",
            of(
                r#"{"Process":"reader","StepType":0,"Step":"nothing happens","Parameters":{},"Context":{},"IsBroadcast":true}"#,
            ),
            passed(),
        ),
        ("camel case", of(r#"{"process":"r","stepType":1,"step":"nothing happens"}"#), passed()),
        ("upper case", of(r#"{"STEP":"nothing happens"}"#), passed()),
        ("unknown members", of(r#"{"Step":"nothing happens","Wings":2}"#), passed()),
        ("the last of two", of(r#"{"Step":"it panics","Step":"nothing happens"}"#), passed()),
        (
            "the last of two spellings",
            of(r#"{"step":"it panics","Step":"nothing happens"}"#),
            passed(),
        ),
        (
            "the last of two spellings, other way",
            of(r#"{"Step":"it panics","step":"nothing happens"}"#),
            passed(),
        ),
        ("the type as a word", of(r#"{"Step":"nothing happens","StepType":"Given"}"#), passed()),
        (
            "the type as another word",
            of(r#"{"Step":"nothing happens","StepType":"and"}"#),
            passed(),
        ),
        (
            "another type than the definition",
            of(r#"{"Step":"nothing happens","StepType":2}"#),
            passed(),
        ),
        ("an unknown type", of(r#"{"Step":"nothing happens","StepType":99}"#), passed()),
        (
            "null members",
            of(r#"{"Step":"nothing happens","Process":null,"Context":null,"Parameters":null}"#),
            passed(),
        ),
        (
            "members of wrong types",
            of(r#"{"Step":"nothing happens","Process":1,"Context":[],"IsBroadcast":"x"}"#),
            passed(),
        ),
        ("escapes in the text", of(r#"{"Step":"\u006eothing happens"}"#), passed()),
        ("text beyond ASCII", of(r#"{"Step":"жук 🐞 is counted"}"#), passed()),
        ("a table", of(r#"{"Step":"rows","DataTable":[["a","b"],["1","2"]]}"#), passed()),
        (
            "a doc string",
            of(r#"{"Step":"a text","DocString":{"Content":"x\ny","MediaType":"json"}}"#),
            passed(),
        ),
        (
            "rows of two lengths",
            of(r#"{"Step":"rows","DataTable":[["a"],[]]}"#),
            vec![Error(json!(2), -32602, "`DataTable`")],
        ),
        (
            "cells that are not strings",
            of(r#"{"Step":"rows","DataTable":[[1]]}"#),
            vec![Error(json!(2), -32602, "`DataTable`")],
        ),
        (
            "a doc string without text",
            of(r#"{"Step":"a text","DocString":{}}"#),
            vec![Error(json!(2), -32602, "`DocString`")],
        ),
        (
            "no table where one is needed",
            of(r#"{"Step":"rows","DataTable":null}"#),
            vec![Failed(json!(2), "needs a data table")],
        ),
    ]);
}

#[test]
fn discover_lists_the_definitions_and_capabilities() {
    let result = &run(request("2", "discover", "[]"))[0]["result"];
    let steps = result["steps"].as_array().unwrap();
    assert_eq!(steps.len(), steps::registry().definitions().len());
    for step in [
        json!({"type": "Given", "pattern": "nothing happens", "regex": "nothing happens"}),
        json!({"type": "When", "pattern": "(.*) is counted", "regex": "(.*) is counted"}),
        json!({
            "type": "When", "pattern": "it blocks for ever", "regex": "it blocks for ever",
            "timeoutMs": 200
        }),
    ] {
        assert!(steps.contains(&step), "{step} is not in {result}");
    }
    assert_eq!(result["capabilities"]["dataTable"], true);
    assert_eq!(result["capabilities"]["docString"], true);
    assert_eq!(result["capabilities"]["tags"], true);
}

#[test]
fn recorded_traffic_of_compat_mode_is_understood() {
    let text = include_str!("recordings/traffic.jsonl");
    let mut requests = 0;
    let mut input = Vec::new();
    for line in text.lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        let body = record["body"].to_string();
        if record["dir"] == "->" {
            requests += 1;
            input.extend(frame(&body));
        } else {
            // Responses of other serve processes are frames too.
            let mut frames = FrameReader::new(io::Cursor::new(frame(&body)));
            assert_eq!(frames.next_frame().unwrap(), Some(body.as_bytes()));
        }
    }
    let replies = run(input);
    assert_eq!(replies.len(), requests);
    assert!(replies.iter().all(|r| r.get("result").is_some()), "{replies:?}");
}
