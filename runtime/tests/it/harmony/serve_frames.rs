//! Frames that a serve receives, case by case.

use serde_json::{Value, json};

use super::serve_io::*;

#[test]
fn headers_in_every_form() {
    check(vec![
        (
            "as the reference runner writes it",
            health_under("Content-Length: #\r\n\r\n"),
            vec![ok(2)],
        ),
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
fn reading_continues_after_a_wrong_header() {
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
            "bytes that are not text",
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
fn bodies_that_are_not_requests() {
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
            "a method that is not a string",
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
