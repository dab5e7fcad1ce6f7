//! The protocol, case by case: bytes in, replies out.

use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex};

use harmony_bdd::harmony::frame::{FrameReader, MAX_BODY};
use harmony_bdd::harmony::serve::{End, ServeOptions, serve};
use serde_json::{Value, json};

use super::steps;

/// What one reply must be.
#[derive(Debug)]
enum Want {
    /// This id with this result.
    Result(Value, Value),
    /// This id with a step that passed.
    Passed(Value),
    /// This id with a step that failed for a reason that contains this text.
    Failed(Value, &'static str),
    /// This id with an error of this code whose message contains this text.
    Error(Value, i64, &'static str),
}
use Want::{Error, Failed, Passed};

fn ok(id: impl Into<Value>) -> Want {
    Want::Result(id.into(), Value::Bool(true))
}

fn null(id: impl Into<Value>) -> Want {
    Want::Result(id.into(), Value::Null)
}

impl Want {
    fn is(&self, reply: &Value) -> bool {
        let object = reply.as_object().expect("a reply is an object");
        let (result, error) = (object.get("result"), object.get("error"));
        assert_eq!(object.get("jsonrpc"), Some(&json!("2.0")), "{reply}");
        assert!(result.is_some() != error.is_some(), "a result or an error, not both: {reply}");
        let id = object.get("id").expect("an id");
        let error_text = |value: &Value| value["error"].as_str().unwrap_or_default().to_owned();
        match self {
            Self::Result(wanted, value) => id == wanted && result == Some(value),
            Self::Passed(wanted) => {
                id == wanted && result.is_some_and(|r| r["success"] == true && r["error"].is_null())
            }
            Self::Failed(wanted, text) => {
                id == wanted
                    && result.is_some_and(|r| r["success"] == false && error_text(r).contains(text))
            }
            Self::Error(wanted, code, text) => {
                id == wanted
                    && error.is_some_and(|e| {
                        e["code"] == *code
                            && e["message"].as_str().is_some_and(|message| message.contains(text))
                    })
            }
        }
    }
}

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Hands its bytes out in pieces of one size.
struct Pieces {
    bytes: io::Cursor<Vec<u8>>,
    size: usize,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.size.min(buffer.len());
        self.bytes.read(&mut buffer[..size])
    }
}

fn run_in_pieces(input: Vec<u8>, size: usize) -> (Vec<Value>, End) {
    let written = Written::default();
    let pieces = Pieces { bytes: io::Cursor::new(input), size };
    let end = serve(pieces, written.clone(), steps::registry(), ServeOptions::default()).unwrap();
    let bytes = written.0.lock().unwrap().clone();
    (parse_strictly(&bytes), end)
}

fn run(input: Vec<u8>) -> Vec<Value> {
    run_in_pieces(input, usize::MAX).0
}

/// Reads replies as the field's runner does: exact name, CR LF, nothing else.
fn parse_strictly(mut bytes: &[u8]) -> Vec<Value> {
    let mut replies = Vec::new();
    while !bytes.is_empty() {
        let rest = bytes.strip_prefix(b"Content-Length: ").expect("the one header");
        let line = rest.windows(4).position(|w| w == b"\r\n\r\n").expect("the end of the header");
        let length: usize = std::str::from_utf8(&rest[..line]).unwrap().parse().unwrap();
        let body = &rest[line + 4..line + 4 + length];
        replies.push(serde_json::from_slice(body).expect("JSON"));
        bytes = &rest[line + 4 + length..];
    }
    replies
}

fn frame(body: &str) -> Vec<u8> {
    headed(&format!("Content-Length: {}\r\n\r\n", body.len()), body)
}

fn headed(header: &str, body: &str) -> Vec<u8> {
    [header.as_bytes(), body.as_bytes()].concat()
}

fn request(id: &str, method: &str, params: &str) -> Vec<u8> {
    frame(&format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":{params}}}"#))
}

fn health(id: &str) -> Vec<u8> {
    request(id, "health", "[]")
}

fn step(id: &str, argument: &str) -> Vec<u8> {
    request(id, "executeStep", &format!("[{argument}]"))
}

const HEALTH: &str = r#"{"jsonrpc":"2.0","id":2,"method":"health","params":[]}"#;

/// A frame with this header (`#` is the length) around a health request.
fn health_under(header: &str) -> Vec<u8> {
    headed(&header.replace('#', &HEALTH.len().to_string()), HEALTH)
}

/// A broken beginning and a health request behind it, which must still be answered.
fn then_health(beginning: &[u8]) -> Vec<u8> {
    [beginning, &health("9")].concat()
}

fn check(cases: Vec<(&str, Vec<u8>, Vec<Want>)>) {
    let mut wrong = Vec::new();
    for (name, input, wants) in cases {
        let mut replies = run(input);
        let shown = format!("{replies:?}");
        let matched = wants.iter().all(|want| {
            replies.iter().position(|r| want.is(r)).map(|at| replies.remove(at)).is_some()
        });
        if !matched || !replies.is_empty() {
            wrong.push(format!("{name}: wanted {wants:?}, got {shown}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn headers_in_every_form() {
    check(vec![
        ("as the field's runner writes it", health_under("Content-Length: #\r\n\r\n"), vec![ok(2)]),
        ("line feeds only", health_under("Content-Length: #\n\n"), vec![ok(2)]),
        ("mixed line ends", health_under("Content-Length: #\n\r\n"), vec![ok(2)]),
        ("lower case", health_under("content-length: #\r\n\r\n"), vec![ok(2)]),
        ("upper case", health_under("CONTENT-LENGTH: #\r\n\r\n"), vec![ok(2)]),
        ("no blank", health_under("Content-Length:#\r\n\r\n"), vec![ok(2)]),
        ("many blanks", health_under("Content-Length:  \t # \t\r\n\r\n"), vec![ok(2)]),
        ("a blank before the colon", health_under("Content-Length : #\r\n\r\n"), vec![ok(2)]),
        ("leading zeros", health_under("Content-Length: 000#\r\n\r\n"), vec![ok(2)]),
        ("a plus sign", health_under("Content-Length: +#\r\n\r\n"), vec![ok(2)]),
        (
            "a type before the length",
            health_under(
                "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: #\r\n\r\n",
            ),
            vec![ok(2)],
        ),
        (
            "a type behind the length",
            health_under("Content-Length: #\r\nContent-Type: x\r\n\r\n"),
            vec![ok(2)],
        ),
        (
            "unknown headers",
            health_under("X-A: 1\r\nContent-Length: #\r\nX-B:\r\n\r\n"),
            vec![ok(2)],
        ),
        (
            "the length twice",
            health_under("Content-Length: #\r\nContent-Length: #\r\n\r\n"),
            vec![ok(2)],
        ),
        (
            "empty lines before the header",
            health_under("\r\n\n\r\nContent-Length: #\r\n\r\n"),
            vec![ok(2)],
        ),
        (
            "a line end behind the body",
            [health("2"), b"\r\n".to_vec(), health("3")].concat(),
            vec![ok(2), ok(3)],
        ),
    ]);
}

#[test]
fn headers_that_are_wrong_are_answered_and_the_next_frame_is_found() {
    let invalid = -32600;
    let error = |text| vec![Error(Value::Null, invalid, text), ok(9)];
    check(vec![
        ("negative", then_health(&headed("Content-Length: -1\r\n\r\n", "{}")), error("negative")),
        (
            "a word",
            then_health(&headed("Content-Length: many\r\n\r\n", "{}")),
            error("not a number"),
        ),
        (
            "a fraction",
            then_health(&headed("Content-Length: 2.0\r\n\r\n", "{}")),
            error("not a number"),
        ),
        (
            "hexadecimal",
            then_health(&headed("Content-Length: 0x10\r\n\r\n", "{}")),
            error("not a number"),
        ),
        ("nothing", then_health(&headed("Content-Length:\r\n\r\n", "{}")), error("not a number")),
        (
            "two numbers",
            then_health(&headed("Content-Length: 1 2\r\n\r\n", "{}")),
            error("not a number"),
        ),
        ("not UTF-8", then_health(b"Content-Length: \xff\r\n\r\n{}"), error("not a number")),
        (
            "beyond 64 bits",
            then_health(&headed("Content-Length: 99999999999999999999999\r\n\r\n", "{}")),
            error("exceeds the limit"),
        ),
        (
            "beyond everything that is read over",
            then_health(&headed("Content-Length: 9000000000000000000\r\n\r\n", "{}")),
            error("exceeds the limit"),
        ),
        (
            "two that differ",
            then_health(&headed("Content-Length: 2\r\nContent-Length: 3\r\n\r\n", "{}")),
            error("two lengths"),
        ),
        (
            "no length",
            then_health(&headed("X-A: 1\r\n\r\n", "{}")),
            error("without Content-Length"),
        ),
        ("no colon", then_health(b"hello\r\n"), error("not a frame header")),
        (
            "bytes that are no text",
            then_health(b"\x00\x01\xfe\xff\r\n"),
            error("not a frame header"),
        ),
        (
            "a length too small leaves a tail",
            then_health(&headed("Content-Length: 2\r\n\r\n", r#"{}, "tail": 1}"#)),
            vec![Error(Value::Null, invalid, "not a frame header"), ok(9)],
        ),
        (
            "an endless line",
            then_health(&[b"X: ".to_vec(), vec![b'x'; 100_000]].concat()),
            error("header of more"),
        ),
        (
            "an endless line and a line end",
            then_health(&[vec![b'y'; 100_000], b"\r\n".to_vec()].concat()),
            error("header of more"),
        ),
        ("endless lines", then_health(&b"X: 1\r\n".repeat(1000)), error("header of more")),
    ]);
}

#[test]
fn a_body_beyond_the_limit_is_refused_and_read_over() {
    let too_long = usize::try_from(MAX_BODY).unwrap() + 1;
    let mut input = format!("Content-Length: {too_long}\r\n\r\n").into_bytes();
    input.resize(input.len() + too_long, b' ');
    let input = then_health(&input);
    check(vec![(
        "64 MiB and a byte",
        input,
        vec![Error(Value::Null, -32600, "exceeds the limit of 67108864 bytes"), ok(9)],
    )]);
}

#[test]
fn a_body_at_the_limit_is_read() {
    let longest = usize::try_from(MAX_BODY).unwrap();
    let mut input = format!("Content-Length: {longest}\r\n\r\n{HEALTH}").into_bytes();
    input.resize(input.len() + longest - HEALTH.len(), b' ');
    check(vec![("64 MiB", input, vec![ok(2)])]);
}

#[test]
fn bodies_that_are_no_request() {
    let nothing = Value::Null;
    let not_json = |body: &str| then_health(&frame(body));
    check(vec![
        ("empty", not_json(""), vec![Error(nothing.clone(), -32700, "empty"), ok(9)]),
        ("blanks", not_json("  "), vec![Error(nothing.clone(), -32700, "empty"), ok(9)]),
        ("no JSON", not_json("{nope}"), vec![Error(nothing.clone(), -32700, "not JSON"), ok(9)]),
        (
            "half a JSON",
            not_json("{\"id\":1"),
            vec![Error(nothing.clone(), -32700, "not JSON"), ok(9)],
        ),
        (
            "text behind the JSON",
            not_json("{} {}"),
            vec![Error(nothing.clone(), -32700, "not JSON"), ok(9)],
        ),
        (
            "invalid UTF-8",
            then_health(b"Content-Length: 10\r\n\r\n{\"a\":\"\xc3\x28\"}"),
            vec![Error(nothing.clone(), -32700, "not JSON"), ok(9)],
        ),
        (
            "UTF-16",
            then_health(b"Content-Length: 4\r\n\r\n\xff\xfe{\x00"),
            vec![Error(nothing.clone(), -32700, "not JSON"), ok(9)],
        ),
        (
            "nested a thousand deep",
            then_health(&request(
                "5",
                "executeStep",
                &format!("{}{}", "[".repeat(1000), "]".repeat(1000)),
            )),
            vec![Error(json!(5), -32700, "`params`"), ok(9)],
        ),
        (
            "a batch",
            not_json(&format!("[{HEALTH}]")),
            vec![Error(nothing.clone(), -32600, "batches"), ok(9)],
        ),
        ("an empty batch", not_json("[]"), vec![Error(nothing.clone(), -32600, "batches"), ok(9)]),
        ("a number", not_json("5"), vec![Error(nothing.clone(), -32600, "an object"), ok(9)]),
        ("null", not_json("null"), vec![Error(nothing.clone(), -32600, "an object"), ok(9)]),
        ("a string", not_json("\"health\""), vec![Error(nothing, -32600, "an object"), ok(9)]),
        (
            "an id without a method",
            not_json(r#"{"jsonrpc":"2.0","id":4}"#),
            vec![Error(json!(4), -32600, "method"), ok(9)],
        ),
        (
            "a method that is no string",
            not_json(r#"{"jsonrpc":"2.0","id":4,"method":7}"#),
            vec![Error(json!(4), -32600, "method"), ok(9)],
        ),
        (
            "an unknown method",
            not_json(r#"{"jsonrpc":"2.0","id":4,"method":"fly"}"#),
            vec![Error(json!(4), -32601, "\"fly\""), ok(9)],
        ),
        (
            "methods have one spelling",
            not_json(r#"{"jsonrpc":"2.0","id":4,"method":"Health"}"#),
            vec![Error(json!(4), -32601, "\"Health\""), ok(9)],
        ),
        ("a byte order mark", frame(&format!("\u{feff}{HEALTH}")), vec![ok(2)]),
        ("blanks around", frame(&format!(" \r\n{HEALTH}\n")), vec![ok(2)]),
        ("no version", frame(r#"{"id":2,"method":"health"}"#), vec![ok(2)]),
    ]);
}

#[test]
fn ids_go_back_as_they_came() {
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
        ("a step that is no text", with("[{\"Step\":5}]"), vec![Error(json!(2), -32602, "`Step`")]),
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
            "the field's initialize",
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
            "as the field's runner sends it",
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
            "cells that are no text",
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
            vec![Failed(json!(2), "wants a data table")],
        ),
    ]);
}

#[test]
fn steps_that_do_not_pass_say_why() {
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
fn a_step_that_runs_when_the_input_ends_is_answered_as_given_up() {
    let replies = run(step("2", r#"{"Step":"it takes 3600000 ms"}"#));
    assert!(Error(json!(2), -32603, "given up").is(&replies[0]), "{replies:?}");
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
fn logs_have_the_levels_and_time_stamps_of_the_field() {
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
fn context_goes_back_as_strings() {
    let argument =
        r#"{"Step":"nothing happens","Context":{"b":"x","a":1,"c":true,"d":null,"e":{}}}"#;
    let replies = run(step("2", argument));
    assert_eq!(replies[0]["result"]["context"], json!({"b": "x", "a": "1", "c": "true"}));
}

#[test]
fn what_steps_share_is_the_context_of_requests_and_replies() {
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
    let said = |at: usize| replies[at]["result"]["logs"][0]["message"].clone();
    assert_eq!((said(1), said(2)), (json!("writer"), json!("reader")));
}

#[test]
fn discover_lists_the_definitions_and_what_is_taken_beside_them() {
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

#[test]
fn pipelined_steps_are_answered_in_their_order() {
    let input: Vec<u8> =
        (2..202).flat_map(|id| step(&id.to_string(), r#"{"Step":"one is counted"}"#)).collect();
    let ids: Vec<u64> = run(input).iter().map(|r| r["id"].as_u64().unwrap()).collect();
    assert_eq!(ids, (2..202).collect::<Vec<u64>>());
}

#[test]
fn more_pipelined_steps_than_may_wait_are_all_answered() {
    let input: Vec<u8> =
        (2..10_002).flat_map(|id| step(&id.to_string(), r#"{"Step":"nothing happens"}"#)).collect();
    let replies = run(input);
    assert_eq!(replies.len(), 10_000);
    assert!(replies.iter().all(|r| r["result"]["success"] == true));
}

#[test]
fn reads_of_every_size_give_the_same_replies() {
    let input = [
        health("2"),
        step("3", r#"{"Step":"ü is counted"}"#),
        health_under("content-length:#\n\n"),
    ]
    .concat();
    let whole = run(input.clone());
    assert_eq!(whole.len(), 3);
    let mut sorted: Vec<String> = whole.iter().map(Value::to_string).collect();
    sorted.sort();
    for size in 1..=input.len() {
        let mut pieces: Vec<String> =
            run_in_pieces(input.clone(), size).0.iter().map(Value::to_string).collect();
        pieces.sort();
        assert_eq!(pieces, sorted, "pieces of {size} bytes");
    }
}

#[test]
fn the_end_of_the_input_at_every_byte_of_a_frame_is_a_clean_end() {
    let input = health_under("Content-Type: x\r\nContent-Length: #\r\n\r\n");
    for cut in 0..input.len() {
        let (replies, end) = run_in_pieces(input[..cut].to_vec(), usize::MAX);
        assert_eq!((replies.len(), end), (0, End::InputEnded), "cut at byte {cut}");
    }
}

#[test]
fn a_request_says_how_serving_ends() {
    assert_eq!(run_in_pieces(request("2", "shutdown", "[]"), 7).1, End::Shutdown);
    assert_eq!(run_in_pieces(request("2", "crash", "[]"), 7).1, End::Crash);
    let both = [request("2", "shutdown", "[]"), health("3")].concat();
    let (replies, _) = run_in_pieces(both, usize::MAX);
    assert_eq!(replies.len(), 1, "nothing is answered behind a shutdown: {replies:?}");
}

#[test]
fn an_output_that_fails_ends_serving() {
    struct Broken;
    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    /// One request, and then nothing for ever.
    struct Open(io::Cursor<Vec<u8>>);
    impl Read for Open {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            loop {
                match self.0.read(buffer)? {
                    0 => std::thread::park(),
                    read => return Ok(read),
                }
            }
        }
    }
    let input = Open(io::Cursor::new(health("2")));
    let end = serve(input, Broken, steps::registry(), ServeOptions::default()).unwrap();
    assert_eq!(end, End::OutputClosed);
}

#[test]
fn the_measured_traffic_of_the_field_is_understood() {
    let path =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/vectors/harmony-traffic-1.1.jsonl");
    let Ok(text) = std::fs::read_to_string(path) else {
        println_skipped(path);
        return;
    };
    let mut requests = 0;
    let mut input = Vec::new();
    for line in text.lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        let body = record["body"].to_string();
        if record["dir"] == "->" {
            requests += 1;
            input.extend(frame(&body));
        } else {
            // Replies of other serves are frames too.
            let mut frames = FrameReader::new(io::Cursor::new(frame(&body)));
            assert_eq!(frames.next_frame().unwrap(), Some(body.as_bytes()));
        }
    }
    let replies = run(input);
    assert_eq!(replies.len(), requests);
    assert!(replies.iter().all(|r| r.get("result").is_some()), "{replies:?}");
}

fn println_skipped(path: &str) {
    let _ = writeln!(io::stderr(), "skipped: there is no {path}");
}
