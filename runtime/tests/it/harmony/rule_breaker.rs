//! Serves that keep or break one rule of the protocol, run by this test binary.
//!
//! Each is a way to answer that the reference runner accepts or rejects, with its verdict as measured.

use std::io::{self, Write};

use harmony_bdd::harmony::protocol::framing::FrameReader;
use serde_json::{Value, json};

/// The verdict of the reference runner.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Verdict {
    Passes,
    /// The scenario fails; the reason that this runner gives contains the text.
    Fails(&'static str),
}
pub(crate) use Verdict::{Fails, Passes};

/// A way to answer.
pub(crate) struct Rule {
    pub(crate) name: &'static str,
    pub(crate) verdict: Verdict,
    behavior: Behavior,
}

enum Behavior {
    /// Writes the body of each message as bytes.
    Frame(fn(&[u8]) -> Vec<u8>),
    /// Changes each message.
    Message(fn(&mut Value)),
    /// Changes the response to `executeStep`.
    Response(fn(&mut Value)),
    /// Sets members of the result of `executeStep`.
    Result(fn() -> Value),
    /// Replaces the result of another method.
    Other(&'static str, fn() -> Value),
    /// Writes these messages before each response, given the request.
    Before(fn(&Value) -> Value),
    /// Writes these messages after each response to `executeStep`.
    After(fn(&Value) -> Value),
}

const fn rule(name: &'static str, verdict: Verdict, behavior: Behavior) -> Rule {
    Rule { name, verdict, behavior }
}

fn headed(header: &str, body: &[u8]) -> Vec<u8> {
    let header = header.replace('#', &body.len().to_string());
    [header.as_bytes(), body].concat()
}

fn log(entry: Value) -> Value {
    json!({"Logs": [entry]})
}

fn level(level: Value) -> Value {
    log(json!({"Timestamp": "2026-01-31T12:00:00Z", "Level": level, "Message": "m"}))
}

fn time(time: Value) -> Value {
    log(json!({"Timestamp": time, "Level": 2, "Message": "m"}))
}

fn utf16(body: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(body.to_vec()).unwrap();
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

use Behavior::{After, Before, Frame, Message, Other, Response, Result};

/// Rules of frames.
pub(crate) const FRAMES: &[Rule] = &[
    rule("strict", Passes, Frame(|b| headed("Content-Length: #\r\n\r\n", b))),
    rule("no-blank", Passes, Frame(|b| headed("Content-Length:#\r\n\r\n", b))),
    rule("blanks", Passes, Frame(|b| headed("Content-Length:  \t# \r\n\r\n", b))),
    rule("plus", Passes, Frame(|b| headed("Content-Length: +#\r\n\r\n", b))),
    rule("zeros", Passes, Frame(|b| headed("Content-Length: 000#\r\n\r\n", b))),
    rule("twice", Passes, Frame(|b| headed("Content-Length: #\r\nContent-Length: #\r\n\r\n", b))),
    rule("last", Passes, Frame(|b| headed("Content-Length: 1\r\nContent-Length: #\r\n\r\n", b))),
    rule("other", Passes, Frame(|b| headed("X Trace: a: b\r\nContent-Length: #\r\n\r\n", b))),
    rule("nameless", Passes, Frame(|b| headed(": \r\nContent-Length: #\r\n\r\n", b))),
    rule(
        "long-header",
        Passes,
        Frame(|b| headed(&format!("X: {}\r\nContent-Length: #\r\n\r\n", "x".repeat(20_000)), b)),
    ),
    rule(
        "type",
        Passes,
        Frame(|b| {
            let kind = "Content-Type: application/vscode-jsonrpc; charset=utf-8";
            headed(&format!("{kind}\r\nContent-Length: #\r\n\r\n"), b)
        }),
    ),
    rule(
        "utf16",
        Passes,
        Frame(|b| {
            let kind = "Content-Type: application/vscode-jsonrpc; charset=utf-16";
            headed(&format!("Content-Length: #\r\n{kind}\r\n\r\n"), &utf16(b))
        }),
    ),
    rule(
        "type-invalid",
        Fails("Content-Type \"json\""),
        Frame(|b| headed("Content-Length: #\r\nContent-Type: json\r\n\r\n", b)),
    ),
    rule(
        "charset-unknown",
        Fails("charset must be utf-8"),
        Frame(|b| headed("Content-Length: #\r\nContent-Type: a/b; charset=x-none\r\n\r\n", b)),
    ),
    rule(
        "lower",
        Fails("the header \"content-length\" must be spelled `Content-Length`"),
        Frame(|b| headed("content-length: #\r\n\r\n", b)),
    ),
    rule(
        "blank-before-colon",
        Fails("the header \"Content-Length \" must be spelled"),
        Frame(|b| headed("Content-Length : #\r\n\r\n", b)),
    ),
    rule(
        "blank-before-name",
        Fails("must be spelled `Content-Length`"),
        Frame(|b| headed(" Content-Length: #\r\n\r\n", b)),
    ),
    rule(
        "long-length",
        Fails("at most 20 characters"),
        Frame(|b| headed(&format!("Content-Length: {}#\r\n\r\n", "0".repeat(20)), b)),
    ),
    rule("lf", Fails("must end with CR LF"), Frame(|b| headed("Content-Length: #\n\n", b))),
    rule("lf-end", Fails("must end with CR LF"), Frame(|b| headed("Content-Length: #\r\n\n", b))),
    rule(
        "cr-twice",
        Fails("must end with CR LF"),
        Frame(|b| headed("Content-Length: #\r\r\n\r\n", b)),
    ),
    rule(
        "newline-after",
        Fails("write nothing after the body"),
        Frame(|b| [headed("Content-Length: #\r\n\r\n", b), b"\n".to_vec()].concat()),
    ),
    rule(
        "crlf-after",
        Fails("write nothing after the body"),
        Frame(|b| [headed("Content-Length: #\r\n\r\n", b), b"\r\n".to_vec()].concat()),
    ),
    rule(
        "number",
        Fails("is not a number of bytes"),
        Frame(|b| headed("Content-Length: #b\r\n\r\n", b)),
    ),
    rule("no-length", Fails("without Content-Length"), Frame(|b| headed("X-Length: #\r\n\r\n", b))),
    rule(
        "no-colon",
        Fails("not a frame header"),
        Frame(|b| headed("hello\r\nContent-Length: #\r\n\r\n", b)),
    ),
    rule(
        "bom",
        Fails("byte order mark"),
        Frame(|b| headed("Content-Length: #\r\n\r\n", &[b"\xEF\xBB\xBF", b].concat())),
    ),
    rule(
        "pretty",
        Passes,
        Frame(|b| {
            let value: Value = serde_json::from_slice(b).unwrap();
            headed("Content-Length: #\r\n\r\n", &serde_json::to_vec_pretty(&value).unwrap())
        }),
    ),
    rule(
        "half-surrogate",
        Passes,
        Frame(|b| {
            let text = String::from_utf8_lossy(b).replace("\"a word\"", "\"\\ud800\"");
            headed("Content-Length: #\r\n\r\n", text.as_bytes())
        }),
    ),
];

/// Rules of messages.
pub(crate) const MESSAGES: &[Rule] = &[
    rule(
        "no-version",
        Fails("`jsonrpc` must be \"2.0\", not missing"),
        Message(|m| remove(m, "jsonrpc")),
    ),
    rule(
        "version-1",
        Fails("`jsonrpc` must be \"2.0\", not \"1.0\""),
        Message(|m| m["jsonrpc"] = json!("1.0")),
    ),
    rule("version-number", Fails("`jsonrpc` must be"), Message(|m| m["jsonrpc"] = json!(2.0))),
    rule("id-text", Passes, Response(|m| m["id"] = json!(m["id"].to_string()))),
    rule(
        "id-other",
        Fails("no request is open with `id` 4711"),
        Response(|m| m["id"] = json!(4711)),
    ),
    rule(
        "id-word",
        Fails("no request is open with `id` \"four\""),
        Response(|m| m["id"] = json!("four")),
    ),
    rule(
        "id-null",
        Fails("no request is open with `id` null"),
        Response(|m| m["id"] = Value::Null),
    ),
    rule(
        "id-float",
        Fails("`id` must be a whole number or text"),
        Response(|m| m["id"] = json!(4.5)),
    ),
    rule("id-missing", Fails("a response without `id`"), Response(|m| remove(m, "id"))),
    rule("both", Passes, Response(|m| m["error"] = json!({"code": 1, "message": "m"}))),
    rule("neither", Fails("neither `result` nor `error`"), Response(|m| remove(m, "result"))),
    rule("batch", Fails("not an object"), Response(|m| *m = json!([m.clone()]))),
    rule("extra", Passes, Response(|m| m["extra"] = json!({"x": [1]}))),
    rule(
        "error",
        Fails("boom"),
        Response(|m| {
            remove(m, "result");
            m["error"] = json!({"code": -32000, "message": "boom", "data": {"x": 1}});
        }),
    ),
    rule(
        "error-text",
        Fails("`error` must be an object with `code` and `message`, not \"boom\""),
        Response(|m| {
            remove(m, "result");
            m["error"] = json!("boom");
        }),
    ),
    rule(
        "notification",
        Passes,
        Before(|_| json!({"jsonrpc": "2.0", "method": "log", "params": ["m"]})),
    ),
    rule("request", Passes, Before(|_| json!({"jsonrpc": "2.0", "id": 77, "method": "ask"}))),
    rule(
        "request-same-id",
        Passes,
        Before(|request| json!({"jsonrpc": "2.0", "id": request["id"], "method": "ask"})),
    ),
    rule(
        "notification-no-version",
        Fails("`jsonrpc` must be"),
        Before(|_| json!({"method": "log"})),
    ),
    rule("response-twice", Fails("a request gets exactly one response"), After(Value::clone)),
];

/// Rules of the results of `health` and `initialize`.
pub(crate) const STARTS: &[Rule] = &[
    rule("health-text", Passes, Other("health", || json!("true"))),
    rule("health-one", Passes, Other("health", || json!(1))),
    rule(
        "health-false",
        Fails("Process reader health check failed"),
        Other("health", || json!(false)),
    ),
    rule("health-object", Fails("health check failed"), Other("health", || json!({"ok": true}))),
    rule("health-null", Fails("health check failed"), Other("health", || Value::Null)),
    rule("initialize-false", Passes, Other("initialize", || json!(false))),
    rule("initialize-text", Passes, Other("initialize", || json!("False"))),
    rule("initialize-null", Fails("Failed to initialize"), Other("initialize", || Value::Null)),
    rule("initialize-object", Fails("Failed to initialize"), Other("initialize", || json!({}))),
];

/// Rules of the result of `executeStep`.
pub(crate) const RESULTS: &[Rule] = &[
    rule(
        "result-null",
        Fails("must be an object, not null"),
        Response(|m| m["result"] = Value::Null),
    ),
    rule(
        "result-true",
        Fails("must be an object, not true"),
        Response(|m| m["result"] = json!(true)),
    ),
    rule("result-list", Fails("must be an object, not []"), Response(|m| m["result"] = json!([]))),
    rule("result-empty", Fails("gave no reason"), Response(|m| m["result"] = json!({}))),
    rule("result-lower", Passes, Response(|m| m["result"] = json!({"success": true, "logs": []}))),
    rule("nulls", Passes, Result(|| json!({"Context": null, "Logs": null, "Error": null}))),
    rule("empty-texts", Passes, Result(|| json!({"Context": "", "Logs": "", "Error": ""}))),
    rule("success-text", Passes, Result(|| json!({"Success": "TRUE"}))),
    rule("success-one", Passes, Result(|| json!({"Success": 1}))),
    rule(
        "success-word",
        Fails("`Success` must be true or false"),
        Result(|| json!({"Success": "yes"})),
    ),
    rule(
        "success-null",
        Fails("`Success` must be true or false"),
        Result(|| json!({"Success": null})),
    ),
    rule("success-and-error", Passes, Result(|| json!({"Error": "boom"}))),
    rule("error-number", Fails("5"), Result(|| json!({"Success": false, "Error": 5}))),
    rule(
        "error-object",
        Fails("`Error` must be text or null"),
        Result(|| json!({"Error": {"a": 1}})),
    ),
    rule("context-number", Passes, Result(|| json!({"Context": {"a": 3}}))),
    rule("context-bool", Passes, Result(|| json!({"Context": {"a": true}}))),
    rule("context-null", Passes, Result(|| json!({"Context": {"a": null}}))),
    rule(
        "context-list",
        Fails("`Context.a` must be text"),
        Result(|| json!({"Context": {"a": [1]}})),
    ),
    rule(
        "context-nested",
        Fails("`Context.a` must be text"),
        Result(|| json!({"Context": {"a": {}}})),
    ),
    rule("context-array", Fails("`Context` must be an object"), Result(|| json!({"Context": [1]}))),
    rule("context-word", Fails("`Context` must be an object"), Result(|| json!({"Context": "x"}))),
    rule("logs-object", Fails("`Logs` must be an array"), Result(|| json!({"Logs": {}}))),
    rule("log-text", Fails("`Logs[0]` must be an object"), Result(|| log(json!("x")))),
    rule("log-null", Fails("`Logs[0]` must be an object"), Result(|| log(Value::Null))),
    rule("log-empty", Passes, Result(|| log(json!({})))),
    rule("level-name", Passes, Result(|| level(json!("Information")))),
    rule("level-lower", Passes, Result(|| level(json!("warning")))),
    rule("level-number-text", Passes, Result(|| level(json!("2")))),
    rule("level-nine", Passes, Result(|| level(json!(9)))),
    rule("level-word", Fails("`Logs[0].Level` must be a number"), Result(|| level(json!("INFO")))),
    rule("level-half", Fails("`Logs[0].Level` must be a number"), Result(|| level(json!(2.5)))),
    rule("level-null", Fails("`Logs[0].Level` must be a number"), Result(|| level(Value::Null))),
    rule("time-missing", Passes, Result(|| log(json!({"Level": 2, "Message": "m"})))),
    rule("time-date", Passes, Result(|| time(json!("2026-01-31")))),
    rule(
        "time-word",
        Fails("`Logs[0].Timestamp` must be a time"),
        Result(|| time(json!("yesterday"))),
    ),
    rule(
        "time-number",
        Fails("`Logs[0].Timestamp` must be a time"),
        Result(|| time(json!(1_769_860_800))),
    ),
    rule("message-number", Passes, Result(|| log(json!({"Level": 2, "Message": 5})))),
    rule(
        "message-list",
        Fails("`Logs[0].Message` must be text"),
        Result(|| log(json!({"Message": [1]}))),
    ),
    rule("extra-member", Passes, Result(|| json!({"Extra": {"x": [1]}}))),
];

fn remove(message: &mut Value, member: &str) {
    message.as_object_mut().unwrap().remove(member);
}

/// Serves with the rule of this name until the input ends; returns the exit code.
pub(crate) fn serve_with_rule(name: &str) -> i32 {
    let all = [FRAMES, MESSAGES, STARTS, RESULTS].concat_rules();
    let rule = all.into_iter().find(|rule| rule.name == name).expect("a known rule");
    let mut frames = FrameReader::new(io::stdin());
    let write = |message: &Value| {
        let body = message.to_string();
        let bytes = match rule.behavior {
            Frame(frame) => frame(body.as_bytes()),
            _ => headed("Content-Length: #\r\n\r\n", body.as_bytes()),
        };
        let mut stdout = io::stdout();
        let _ = stdout.write_all(&bytes).and_then(|()| stdout.flush());
    };
    while let Some(body) = frames.next_frame().unwrap() {
        let request: Value = serde_json::from_slice(body).unwrap();
        // An answer to a request of this serve needs none.
        let Some(method) = request["method"].as_str() else { continue };
        if let Before(message) = rule.behavior {
            write(&message(&request));
        }
        let mut result = match method {
            "health" | "initialize" => json!(true),
            "discover" => json!({"steps": [{"type": "given", "pattern": "a word"}]}),
            "executeStep" => json!({"Success": true, "Error": null, "Context": {}, "Logs": []}),
            _ => Value::Null,
        };
        match rule.behavior {
            Other(other, replacement) if other == method => result = replacement(),
            Result(members) if method == "executeStep" => {
                for (name, value) in members().as_object().unwrap() {
                    result[name] = value.clone();
                }
            }
            Frame(_) if method == "executeStep" => result = level(json!(2)),
            _ => {}
        }
        if let (Frame(_), "executeStep") = (&rule.behavior, method) {
            result["Success"] = json!(true);
            result["Logs"][0]["Message"] = json!("a word");
        }
        let mut response = json!({"jsonrpc": "2.0", "id": request["id"], "result": result});
        match rule.behavior {
            Message(change) => change(&mut response),
            Response(change) if method == "executeStep" => change(&mut response),
            _ => {}
        }
        write(&response);
        if let (After(message), "executeStep") = (&rule.behavior, method) {
            write(&message(&response));
        }
    }
    0
}

trait ConcatRules {
    fn concat_rules(self) -> Vec<&'static Rule>;
}

impl<const N: usize> ConcatRules for [&'static [Rule]; N] {
    fn concat_rules(self) -> Vec<&'static Rule> {
        self.into_iter().flatten().collect()
    }
}
