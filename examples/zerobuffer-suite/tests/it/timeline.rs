//! The timeline of a run across processes.

use std::fs;

use serde_json::Value;

use crate::command_line::{root, stdout};
use crate::harmony_run::{finish, harmony};

/// Returns the scenarios in the page of a run of the feature whose last scenario fails between two
/// processes.
fn scenarios() -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("timeline.html");
    let mut command = harmony(&["rust_rust"]);
    command.arg(root().join("runtime/docs/two-processes.feature"));
    command.arg("--report").arg(format!("timeline={}", page.display()));
    let output = finish(command.spawn().unwrap());
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
    let page = fs::read_to_string(page).unwrap();
    let lines = page.split("id=\"lines\">\n").nth(1).unwrap().split("</script>").next().unwrap();
    let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut found: Vec<_> =
        lines.filter_map(|mut line| Some(line.get_mut("scenario")?.take())).collect();
    found.sort_by_key(|scenario| scenario["number"].as_u64());
    assert_eq!(found.len(), 2);
    found
}

fn array<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

#[test]
fn timeline_has_the_exchanges_of_a_failure() {
    let scenarios = scenarios();
    let (passed, failed) = (&scenarios[0], &scenarios[1]);
    assert_eq!((&passed["status"], &failed["status"]), (&"passed".into(), &"failed".into()));
    let labels: Vec<_> = array(failed, "processes").iter().map(|p| &p["process"]).collect();
    assert_eq!(labels.len(), 2, "{labels:?}");
    for process in array(failed, "processes") {
        let kinds: Vec<_> =
            array(process, "changes").iter().map(|change| &change["kind"]).collect();
        assert_eq!(kinds, ["started", "ready", "exited"]);
        let times: Vec<_> = array(process, "changes").iter().map(|c| c["at"].as_u64()).collect();
        assert!(times.is_sorted(), "{times:?}");
    }
    let bodies: Vec<_> = array(failed, "processes")
        .iter()
        .flat_map(|process| array(process, "messages"))
        .filter_map(|message| serde_json::from_str::<Value>(message["body"].as_str()?).ok())
        .collect();
    let asked = bodies.iter().any(|body| {
        body["params"][0]["Step"].as_str().is_some_and(|step| step.contains("size '256'"))
    });
    let answered = bodies.iter().any(|body| body["result"]["success"] == false);
    assert!(asked && answered, "{bodies:#?}");
    // Those of passed scenarios have their times only.
    let messages = || array(passed, "processes").iter().flat_map(|p| array(p, "messages"));
    assert!(messages().count() > 4 && messages().all(|message| message.get("body").is_none()));
}

#[test]
fn processes_of_a_timeline_are_those_of_its_steps() {
    for scenario in scenarios() {
        let started: Vec<_> =
            array(&scenario, "processes").iter().map(|process| &process["process"]).collect();
        let parts: Vec<_> =
            array(&scenario, "steps").iter().flat_map(|step| array(step, "parts")).collect();
        assert!(parts.len() >= 4, "{parts:?}");
        for part in parts {
            assert!(started.contains(&&part["process"]), "{part} in {started:?}");
            // A message to the process is within the part.
            let process = array(&scenario, "processes")
                .iter()
                .find(|process| process["process"] == part["process"])
                .unwrap();
            let (start, length) = (part["start"].as_u64(), part["length"].as_u64());
            let end = start.unwrap() + length.unwrap();
            let inside = array(process, "messages").iter().any(|message| {
                message["request"] == true
                    && (start.unwrap()..=end).contains(&message["at"].as_u64().unwrap())
            });
            assert!(inside, "{part} in {process}");
        }
    }
}
