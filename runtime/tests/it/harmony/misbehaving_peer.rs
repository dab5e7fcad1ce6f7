//! Serve processes that misbehave, run by this test binary.
//!
//! A behavior is `what@method`: the misbehavior when that method is requested. All other requests are answered
//! as the reference protocol requires, without additions.
#![expect(clippy::zombie_processes, reason = "a child that is left behind is what a test is about")]

use std::io::{self, Write};
use std::process::{Command, Stdio};

use harmony_bdd::harmony::protocol::framing::{FrameReader, write_frame};
use serde_json::{Value, json};

/// Serves until the input ends; returns the exit code.
pub(crate) fn serve_with_behavior(behavior: &str) -> i32 {
    let (what, at) = behavior.split_once('@').unwrap_or((behavior, "executeStep"));
    let send = |value: Value| write_frame(&mut io::stdout(), value.to_string().as_bytes()).unwrap();
    let mut frames = FrameReader::new(io::stdin());
    if what == "stubborn" {
        // Neither SIGTERM nor the end of the input ends this one.
        let _handled = signal_hook::iterator::Signals::new([signal_hook::consts::SIGTERM]).unwrap();
        std::mem::forget(_handled);
    }
    let mut held_back = None;
    while let Some(body) = frames.next_frame().unwrap() {
        let request: Value = serde_json::from_slice(body).unwrap();
        let method = request["method"].as_str().unwrap();
        if what == "tardy" && method == "discover" {
            // The step that was requested before ends just now.
            held_back.take().into_iter().for_each(send);
            let steps =
                json!([{"type": "when", "pattern": "", "regex": ".*", "timeoutMs": 60_000}]);
            send(json!({"jsonrpc": "2.0", "id": request["id"], "result": {"steps": steps}}));
            continue;
        }
        if method == at {
            match what {
                "dies" => {
                    let _ = writeln!(io::stderr(), "first words\nlast words");
                    return 3;
                }
                "aborts" => std::process::abort(),
                "hangs" => loop {
                    std::thread::park();
                },
                "mute" => continue,
                "tardy" => {
                    held_back = Some(answer(&request));
                    continue;
                }
                "garbles" => {
                    write_frame(&mut io::stdout(), b"this is not JSON").unwrap();
                    continue;
                }
                "prints" => {
                    io::stdout().write_all(b"a line that is not a frame\n").unwrap();
                    io::stdout().flush().unwrap();
                }
                "closes" => {
                    let null = std::fs::File::create("/dev/null").unwrap();
                    nix::unistd::dup2_stdout(&null).unwrap();
                    continue;
                }
                "answers-twice" => send(answer(&request)),
                "answers-another" => {
                    send(json!({"jsonrpc": "2.0", "id": 999, "result": {"success": false}}));
                }
                "refuses" => {
                    let error = json!({"code": -32603, "message": "the reason of the refusal"});
                    send(json!({"jsonrpc": "2.0", "id": request["id"], "error": error}));
                    continue;
                }
                "misses" => {
                    let error = json!({"code": -32601, "message": "no such method"});
                    send(json!({"jsonrpc": "2.0", "id": request["id"], "error": error}));
                    continue;
                }
                "disagrees" => {
                    send(json!({"jsonrpc": "2.0", "id": request["id"], "result": false}));
                    continue;
                }
                "answers-nonsense" => {
                    send(json!({"jsonrpc": "2.0", "id": request["id"], "result": [1, 2]}));
                    continue;
                }
                "floods-stderr" => {
                    let line = "x".repeat(8000);
                    for _ in 0..1000 {
                        let _ = writeln!(io::stderr(), "{line}");
                    }
                }
                "floods-stdout" => loop {
                    send(json!({"jsonrpc": "2.0", "id": 999, "result": "x".repeat(1000)}));
                },
                "goes-after" => {
                    send(answer(&request));
                    return 7;
                }
                "leaves-a-child" => {
                    // Keeps all of the pipes open.
                    Command::new("sleep").arg("1000").spawn().unwrap();
                    return 0;
                }
                "leaves-a-far-child" => {
                    // Leaves the process group as well.
                    Command::new("setsid")
                        .args(["sleep", "1000"])
                        .stdin(Stdio::null())
                        .spawn()
                        .unwrap();
                    return 0;
                }
                _ => {}
            }
        }
        let mut reply = answer(&request);
        if what == "records" && matches!(method, "shutdown" | "crash") {
            // Answers and ends, as the serve with which the routing was recorded.
            send(answer(&request));
            return 0;
        }
        if what == "echoes" && method == "executeStep" {
            reply["result"]["context"] = request["params"][0]["Context"].clone();
        }
        if request["params"][0]["Step"].as_str().is_some_and(|step| step.contains(at))
            && let Some(refusal) = refusal(what)
        {
            for (name, value) in refusal.as_object().unwrap() {
                reply["result"][name] = value.clone();
            }
        }
        send(reply);
    }
    if what == "stubborn" {
        loop {
            std::thread::park();
        }
    }
    0
}

/// Returns the result by which an existing serve declines a step.
fn refusal(what: &str) -> Option<Value> {
    let no = |error: &str| Some(json!({"success": false, "error": error}));
    match what {
        "lacks" => no("No matching step definition found for: Given it"),
        "lacks-in-log" => Some(json!({
            "success": false, "error": "Step execution failed",
            "logs": [
                {"level": 2, "message": "[StepRegistry] Step not found: Given it"},
                {"level": 2, "message": "sent the response"}
            ]
        })),
        "declines" => no("Step not supported: it has no wings"),
        "limits" => no("metadata_size must be positive"),
        "errs" | "records" => no("it fell down"),
        "skips" => Some(json!({
            "success": false, "error": "Step skipped: not here",
            "data": {"outcome": "skipped", "reason": "not here"}
        })),
        _ => None,
    }
}

/// Answers as the reference protocol requires, without capabilities; a step's request is its log, and it
/// counts in the context.
fn answer(request: &Value) -> Value {
    let result = match request["method"].as_str().unwrap() {
        "health" | "initialize" => json!(true),
        "discover" => json!({"steps": [{"type": "given", "pattern": "anything"}]}),
        "executeStep" => {
            let seen = request["params"][0]["Context"]["seen"].as_str().unwrap_or("");
            json!({
                "success": true, "error": null, "context": {"seen": format!("{seen}x")},
                "logs": [{"timestamp": "2026-01-31T12:00:00Z", "level": 2, "message": request.to_string()}]
            })
        }
        _ => Value::Null,
    };
    json!({"jsonrpc": "2.0", "id": request["id"], "result": result})
}
