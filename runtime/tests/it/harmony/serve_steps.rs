//! Results of steps, their state and their values for later steps.

use serde_json::json;

use super::serve_io::*;

#[test]
fn steps_that_do_not_pass_have_a_reason() {
    let fails = |text: &str| step("2", &json!({"Step": text}).to_string());
    check(vec![
        ("a panic", fails("it panics"), vec![Failed(json!(2), "the reason of the panic")]),
        (
            "an error",
            fails("it returns an error"),
            vec![Failed(json!(2), "the reason of the error")],
        ),
        ("undefined", fails("it flies"), vec![Failed(json!(2), "it flies")]),
        (
            "undefined for a blank",
            fails(" nothing happens"),
            vec![Failed(json!(2), "nothing happens")],
        ),
        ("empty", fails(""), vec![Failed(json!(2), "No matching step definition")]),
        (
            "ambiguous",
            fails("it is seen twice"),
            vec![Failed(json!(2), "seen_twice at runtime/tests/it/harmony/steps.rs:")],
        ),
        (
            "an argument that does not fit",
            fails("the count is 99999999999999999999"),
            vec![Failed(json!(2), "capture 1")],
        ),
    ]);
}

#[test]
fn a_failure_carries_its_parts() {
    let one =
        |text: &str| run(step("2", &json!({"Step": text}).to_string())).remove(0)["result"].clone();
    let panic = one("it panics");
    assert_eq!(panic["data"]["exceptionType"], "panic");
    assert_eq!(panic["data"]["exceptionMessage"], "the reason of the panic");
    assert_eq!(panic["data"]["stepText"], "it panics");
    assert!(panic["data"]["place"].as_str().unwrap().contains("steps.rs:"), "{panic}");
    assert_eq!(one("it flies")["data"]["outcome"], "undefined");
    assert_eq!(one("it is seen twice")["data"]["places"].as_array().unwrap().len(), 2);
    assert_eq!(one("nothing happens").get("data"), None);
}

#[test]
fn logs_have_the_levels_and_times_of_the_reference_protocol() {
    let result = &run(step("2", r#"{"Step":"it logs"}"#))[0]["result"];
    let record = &result["logs"][0];
    assert_eq!(record["level"], 3);
    assert_eq!(record["message"], "\"quoted\" and ü");
    let stamp = record["timestamp"].as_str().unwrap();
    assert_eq!(
        (stamp.len(), stamp.ends_with('Z'), stamp.starts_with("20")),
        (27, true, true),
        "{stamp}"
    );
}

#[test]
fn tables_and_doc_strings_reach_the_step() {
    let logged =
        |argument: &str| run(step("2", argument))[0]["result"]["logs"][0]["message"].clone();
    assert_eq!(
        logged(r#"{"Step":"rows","dataTable":[["a","b"],["1",""]]}"#),
        r#"[["a", "b"], ["1", ""]]"#
    );
    assert_eq!(
        logged(r#"{"Step":"a text","docString":{"content":"x\ny","mediaType":"json"}}"#),
        r#"Some("json") "x\ny""#
    );
    assert_eq!(logged(r#"{"Step":"a text","docString":{"content":""}}"#), r#"None """#);
}

#[test]
fn context_is_returned_as_strings() {
    let argument =
        r#"{"Step":"nothing happens","Context":{"b":"x","a":1,"c":true,"d":null,"e":{}}}"#;
    let replies = run(step("2", argument));
    assert_eq!(replies[0]["result"]["context"], json!({"b": "x", "a": "1", "c": "true"}));
}

#[test]
fn shared_values_are_the_context_of_requests_and_responses() {
    let input = [
        step("2", r#"{"Step":"it finds 'port' shared as '4711'","Context":{"port":4711}}"#),
        step("3", r#"{"Step":"it shares 'port' as '4712'","Context":{"port":"4711"}}"#),
        step("4", r#"{"Step":"it finds 'port' shared as '4712'"}"#),
        step("5", r#"{"Step":"it finds 'port' shared as '4713'","Context":{"port":"4713"}}"#),
        request("6", "cleanup", "[]"),
        step("7", r#"{"Step":"it finds 'port' shared as ''"}"#),
    ]
    .concat();
    let replies = run(input);
    let context = |at: usize| replies[at]["result"]["context"].clone();
    assert_eq!(
        [context(0), context(1), context(2), context(3), context(5)],
        [
            json!({"port": "4711"}),
            json!({"port": "4712"}),
            json!({"port": "4712"}),
            json!({"port": "4713"}),
            json!({}),
        ]
    );
    assert!([0, 1, 2, 3, 5].iter().all(|&at| replies[at]["result"]["success"] == true));
}

#[test]
fn the_role_is_the_one_named_or_else_the_one_initialized() {
    let initialize = request("2", "initialize", r#"[{"role":"writer"}]"#);
    let input = [
        initialize,
        step("3", r#"{"Step":"who am I"}"#),
        step("4", r#"{"Step":"who am I","Process":"reader"}"#),
        // Steps that were asked for before a new scenario was are still of the old one.
        request("5", "initialize", r#"[{"role":"reader"}]"#),
    ]
    .concat();
    let replies = run(input);
    let written = |at: usize| replies[at]["result"]["logs"][0]["message"].clone();
    assert_eq!((written(1), written(2)), (json!("writer"), json!("reader")));
}

#[test]
fn state_lives_until_cleanup() {
    let count = |id: &str| step(id, r#"{"Step":"one is counted"}"#);
    let input = [
        count("2"),
        count("3"),
        step("4", r#"{"Step":"the count is 2"}"#),
        request("5", "cleanup", "[]"),
        step("6", r#"{"Step":"the count is 0"}"#),
    ]
    .concat();
    check(vec![(
        "cleanup",
        input,
        vec![Passed(json!(2)), Passed(json!(3)), Passed(json!(4)), null(5), Passed(json!(6))],
    )]);
}
