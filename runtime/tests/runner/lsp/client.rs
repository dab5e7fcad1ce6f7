//! An editor that sends messages over standard input and reads them from standard output.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::suite::Suite;

pub(crate) struct Client {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    next_id: i64,
    root: String,
    /// Notifications that no test has waited for yet.
    notifications: Vec<Value>,
}

impl Client {
    /// Starts the server in the folder of the suite.
    pub(crate) fn start(suite: &Suite) -> Self {
        Self::start_command(suite, suite.command(&["lsp"]))
    }

    pub(crate) fn start_command(suite: &Suite, mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let root = suite.path("").canonicalize().unwrap();
        let mut client = Self {
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
            next_id: 0,
            root: root.to_str().unwrap().to_owned(),
            notifications: Vec::new(),
        };
        let item = json!({"completionItem": {"snippetSupport": true}});
        let capabilities = json!({"textDocument": {"completion": item}});
        let params = json!({"processId": null, "rootUri": null, "capabilities": capabilities});
        client.request("initialize", params).unwrap();
        client.notify("initialized", json!({}));
        client
    }

    pub(crate) fn uri(&self, path: &str) -> String {
        format!("file://{}/{path}", self.root)
    }

    pub(crate) fn open(&mut self, path: &str, text: &str) {
        let document =
            json!({"uri": self.uri(path), "languageId": "cucumber", "version": 1, "text": text});
        self.notify("textDocument/didOpen", json!({"textDocument": document}));
    }

    pub(crate) fn change(&mut self, path: &str, text: &str) {
        let document = json!({"uri": self.uri(path), "version": 2});
        let params = json!({"textDocument": document, "contentChanges": [{"text": text}]});
        self.notify("textDocument/didChange", params);
    }

    /// Returns the result of a request at a position: a line counted from 0, and UTF-16 units.
    pub(crate) fn at(&mut self, method: &str, path: &str, (line, character): (u32, u32)) -> Value {
        self.request(method, self.position(path, (line, character))).unwrap()
    }

    pub(crate) fn position(&self, path: &str, (line, character): (u32, u32)) -> Value {
        json!({
            "textDocument": {"uri": self.uri(path)},
            "position": {"line": line, "character": character},
            "context": {"includeDeclaration": false, "triggerKind": 1},
        })
    }

    /// Returns the result, or the message of the error.
    pub(crate) fn request(&mut self, method: &str, params: Value) -> Result<Value, String> {
        self.next_id += 1;
        let id = self.next_id;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        loop {
            let message = self.read();
            if message["id"] != id {
                self.notifications.push(message);
            } else if let Some(error) = message.get("error") {
                return Err(error["message"].as_str().unwrap().to_owned());
            } else {
                return Ok(message["result"].clone());
            }
        }
    }

    /// Waits for diagnostics of a file that `is_wanted` accepts.
    pub(crate) fn diagnostics(
        &mut self,
        path: &str,
        is_wanted: impl Fn(&[Value]) -> bool,
    ) -> Vec<Value> {
        let uri = self.uri(path);
        loop {
            let notifications = std::mem::take(&mut self.notifications);
            for message in notifications {
                let params = &message["params"];
                let Some(found) = params["diagnostics"].as_array() else { continue };
                if params["uri"] == uri && is_wanted(found) {
                    return found.clone();
                }
            }
            let message = self.read();
            self.notifications.push(message);
        }
    }

    /// Waits for a message in the log of the editor, and returns it.
    pub(crate) fn logged(&mut self) -> String {
        loop {
            let is_log = |message: &Value| message["method"] == "window/logMessage";
            if let Some(index) = self.notifications.iter().position(is_log) {
                let message = self.notifications.remove(index);
                return message["params"]["message"].as_str().unwrap().to_owned();
            }
            let message = self.read();
            self.notifications.push(message);
        }
    }

    pub(crate) fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        let input = self.input.as_mut().unwrap();
        write!(input, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        input.flush().unwrap();
    }

    fn read(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "the server has ended");
            if line == "\r\n" {
                break;
            }
            if let Some(value) = line.strip_prefix("Content-Length: ") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    /// Ends the server as an editor does, and returns its exit code.
    pub(crate) fn exit(mut self) -> Option<i32> {
        self.request("shutdown", Value::Null).unwrap();
        self.notify("exit", Value::Null);
        self.child.wait().unwrap().code()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // The end of its input ends the server.
        self.input = None;
        let _ = self.child.wait();
    }
}

/// Returns the text of a file after the edits that a workspace edit makes to it.
pub(crate) fn edited(client: &Client, edit: &Value, path: &str, text: &str) -> String {
    let edits = edit["changes"][client.uri(path)].as_array().cloned().unwrap_or_default();
    apply(text, &edits)
}

/// Returns the text after edits that do not overlap.
pub(crate) fn apply(text: &str, edits: &[Value]) -> String {
    let mut units: Vec<u16> = text.encode_utf16().collect();
    let offset = |position: &Value| {
        let line = usize::try_from(position["line"].as_u64().unwrap()).unwrap();
        let start: usize =
            text.split_inclusive('\n').take(line).map(|line| line.encode_utf16().count()).sum();
        start + usize::try_from(position["character"].as_u64().unwrap()).unwrap()
    };
    let mut edits: Vec<_> = edits
        .iter()
        .map(|edit| {
            let range = &edit["range"];
            let new: Vec<u16> = edit["newText"].as_str().unwrap().encode_utf16().collect();
            (offset(&range["start"])..offset(&range["end"]), new)
        })
        .collect();
    edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    for (range, new) in edits {
        units.splice(range, new);
    }
    String::from_utf16(&units).unwrap()
}

/// Returns the text of a range, so that a test shows what an editor marks.
pub(crate) fn marked(text: &str, range: &Value) -> String {
    let (start, end) = (&range["start"], &range["end"]);
    assert_eq!(start["line"], end["line"], "{range}");
    let line = usize::try_from(start["line"].as_u64().unwrap()).unwrap();
    let units: Vec<u16> = text.lines().nth(line).unwrap().encode_utf16().collect();
    let at = |position: &Value| usize::try_from(position["character"].as_u64().unwrap()).unwrap();
    String::from_utf16(&units[at(start)..at(end)]).unwrap()
}

/// Writes the source of the steps where the server looks for it.
pub(crate) fn write_source(suite: &Suite) {
    suite.write(SOURCE, include_str!("../steps.rs"));
    assert!(Path::new(&suite.path(SOURCE)).is_file());
}

pub(crate) const SOURCE: &str = "runtime/tests/runner/steps.rs";
