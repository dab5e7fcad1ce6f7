//! The data that an OpenTelemetry collector receives from a run; the test is the collector.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use serde_json::Value;

use super::suite::{Ran, Suite};

/// A server that accepts all requests until the test ends.
struct Collector {
    endpoint: String,
    /// The path of each request, and its body.
    requests: Receiver<(String, Value)>,
}

impl Collector {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let (sender, requests) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let sender = sender.clone();
                thread::spawn(move || serve(stream.unwrap(), &sender));
            }
        });
        Self { endpoint, requests }
    }
}

fn serve(stream: TcpStream, requests: &Sender<(String, Value)>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    // One connection carries several requests.
    while reader.read_line(&mut line).unwrap_or(0) > 0 {
        let path = line.split(' ').nth(1).unwrap().to_owned();
        let mut length = 0;
        loop {
            line.clear();
            reader.read_line(&mut line).unwrap();
            let header = line.trim().to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            if let Some(number) = header.strip_prefix("content-length:") {
                length = number.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        requests.send((path, serde_json::from_slice(&body).unwrap())).unwrap();
        let answer =
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
        (&stream).write_all(answer.as_bytes()).unwrap();
        line.clear();
    }
}

/// Returns all objects below `value` under this key.
fn below<'v>(value: &'v Value, key: &str, found: &mut Vec<&'v Value>) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                match inner {
                    Value::Array(items) if name == key => found.extend(items),
                    other => below(other, key, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| below(item, key, found)),
        _ => {}
    }
}

/// Returns an attribute, text or number.
fn attribute(of: &Value, key: &str) -> Option<String> {
    let attributes = of["attributes"].as_array()?;
    let value = &attributes.iter().find(|attribute| attribute["key"] == key)?["value"];
    let value = value.as_object()?.values().next()?;
    Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

const FEATURE: &str = "\
Feature: Watched
  Scenario: good
    When it emits the event 'all quiet'
    Given all is well
  Scenario: bad
    Given all is well
    When it fails for a reason behind a reason
    Then all is well
  Scenario: stuck
    When it emits the event 'hello' and nothing comes back
  Scenario: unknown
    When no step matches
";

#[test]
fn collector_receives_one_trace_per_run() {
    let collector = Collector::start();
    let suite = Suite::new(FEATURE);
    let mut command = suite.command(&["run", "-j", "2", "-v"]);
    command
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.endpoint)
        .env("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")
        .env("OTEL_SERVICE_NAME", "watched-suite");
    let ran = Ran::of(command.output().unwrap());
    ran.assert(1, &["4 scenarios (1 passed, 3 failed)", "info runner::steps: all quiet size=3"]);
    assert!(!ran.err.contains("warning"), "{}", ran.err);
    let requests: Vec<_> = collector.requests.try_iter().collect();
    let bodies =
        |path: &'static str| requests.iter().filter(move |(p, _)| p == path).map(|(_, body)| body);

    let mut spans = Vec::new();
    bodies("/v1/traces").for_each(|body| below(body, "spans", &mut spans));
    let by_id: HashMap<&str, &Value> =
        spans.iter().map(|span| (span["spanId"].as_str().unwrap(), *span)).collect();
    let named =
        |name: &str| -> Vec<&&Value> { spans.iter().filter(|s| s["name"] == name).collect() };
    let one = |name: &str| -> &Value {
        let found = named(name);
        assert_eq!(found.len(), 1, "{name}: {spans:#?}");
        found[0]
    };
    let path = |span: &Value| {
        let mut path = Vec::new();
        let mut at = Some(span);
        while let Some(span) = at {
            path.insert(0, span["name"].as_str().unwrap().to_owned());
            at = span["parentSpanId"].as_str().filter(|id| !id.is_empty()).map(|id| by_id[id]);
        }
        path
    };
    let run = one("run");
    assert!(spans.iter().all(|span| span["traceId"] == run["traceId"]), "one trace");
    assert_eq!(attribute(run, "outcome").as_deref(), Some("failed"));
    assert_eq!(attribute(run, "scenarios").as_deref(), Some("4"));
    assert_eq!(path(one("Scenario: good")), ["run", "Feature: Watched", "Scenario: good"]);
    let failed = one("When it fails for a reason behind a reason");
    assert_eq!(
        path(failed),
        ["run", "Feature: Watched", "Scenario: bad", "When it fails for a reason behind a reason"]
    );
    assert_eq!(attribute(failed, "outcome").as_deref(), Some("failed"));
    assert_eq!(failed["status"]["code"], 2, "{failed:#}");
    assert_eq!(failed["status"]["message"], "no answer: no line: unplugged");
    assert!(attribute(failed, "definition").unwrap().contains("steps.rs:"));
    assert_eq!(one("Scenario: bad")["status"]["code"], 2);
    assert_ne!(one("Scenario: good")["status"]["code"], 2);
    // The span of a hung step ends when the step is abandoned, and so do the spans around it.
    let stuck = one("When it emits the event 'hello' and nothing comes back");
    assert_eq!(attribute(stuck, "outcome").as_deref(), Some("timed out"));
    assert_eq!(attribute(one("Scenario: stuck"), "outcome").as_deref(), Some("timed out"));
    assert_eq!(attribute(one("When no step matches"), "outcome").as_deref(), Some("undefined"));
    let time = |span: &Value, key: &str| span[key].as_str().unwrap().parse::<u64>().unwrap();
    for span in &spans {
        if let Some(parent) = span["parentSpanId"].as_str().and_then(|id| by_id.get(id)) {
            let (start, end) = ("startTimeUnixNano", "endTimeUnixNano");
            assert!(time(parent, start) <= time(span, start), "{parent:#} {span:#}");
            assert!(time(parent, end) >= time(span, end), "{parent:#} {span:#}");
        }
    }
    let reported = one("When it emits the event 'all quiet'");
    let events: Vec<_> =
        reported["events"].as_array().unwrap().iter().map(|e| &e["name"]).collect();
    assert!(events.contains(&&Value::from("all quiet")), "{events:?}");

    let mut points = Vec::new();
    // The last export has the sums.
    let last = bodies("/v1/metrics").next_back().unwrap();
    let mut metrics = Vec::new();
    below(last, "metrics", &mut metrics);
    let steps = metrics.iter().find(|metric| metric["name"] == "harmony_bdd.steps").unwrap();
    below(steps, "dataPoints", &mut points);
    let mut counts: Vec<_> = points
        .iter()
        .map(|point| {
            let text = |key| attribute(point, key).unwrap();
            let count = &point["asInt"];
            let count = count.as_str().map_or_else(|| count.to_string(), str::to_owned);
            format!("{} {} {count}", text("keyword"), text("outcome"))
        })
        .collect();
    counts.sort();
    let wanted = [
        "Given passed 2",
        "When failed 1",
        "When passed 1",
        "When timed out 1",
        "When undefined 1",
    ];
    assert_eq!(counts, wanted, "{last:#}");
    assert!(last.to_string().contains("watched-suite"), "{last:#}");
}

#[test]
fn unreachable_collector_is_a_warning() {
    let suite = Suite::new("Feature: f\n  Scenario: a\n    Given all is well\n");
    // A port that was free a moment ago, without a listener.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = suite.command(&["run"]);
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://127.0.0.1:{port}"));
    let ran = Ran::of(command.output().unwrap());
    ran.assert(0, &["1 scenario (1 passed)"]);
    assert!(ran.err.contains("warning: the collector did not receive the "), "{}", ran.err);
}
