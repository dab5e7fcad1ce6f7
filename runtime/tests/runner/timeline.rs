//! The timeline: what a run writes, and the page in a browser.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::npm;
use super::reports::{dump_dom, report};
use super::suite::Suite;

/// Returns the lines of a page.
fn lines(page: &str) -> Vec<Value> {
    let lines = page.split("id=\"lines\">\n").nth(1).expect("the page has lines");
    let lines = lines.split("</script>").next().unwrap().lines();
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Returns the attempts at scenarios in a page.
pub(super) fn scenarios(page: &str) -> Vec<Value> {
    lines(page).into_iter().filter_map(|mut line| Some(line.get_mut("scenario")?.take())).collect()
}

/// The folder of the page's source.
fn page_source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("report-ui")
}

/// Runs a script of the page's source with its packages, if they can be installed.
fn run_node(arguments: &[&str], variables: &[(&str, &str)]) {
    let folder = page_source();
    if !npm::installed_in(&folder) {
        return;
    }
    let output = Command::new("node")
        .args(arguments)
        .envs(variables.iter().copied())
        .current_dir(&folder)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn committed_page_is_bundled_from_its_source() {
    run_node(&["build.mjs", "--check"], &[]);
}

#[test]
fn page_of_a_run_works_with_the_keyboard() {
    let (_suite, path) = report("timeline");
    let page = format!("file://{}", path.display());
    let variables = [("PAGE", page.as_str()), ("REASON", "does not fit parameter")];
    run_node(&["--test", "--test-name-pattern=real run", "tests/keyboard.test.mjs"], &variables);
}

#[test]
fn page_shows_the_first_failure() {
    let (_suite, path) = report("timeline");
    let Some(page) = dump_dom(&path, "") else { return };
    for part in
        ["failure 1 of 6", "1 flaky", "1 undefined", "<h3>Reason</h3>", "does not fit parameter"]
    {
        assert!(page.contains(part), "{part} is missing in:\n{page}");
    }
}

#[test]
fn every_attempt_is_a_line() {
    let (suite, _) = report("timeline");
    let page = suite.read("out.timeline.html");
    let found = scenarios(&page);
    let flaky: Vec<_> = found.iter().filter(|scenario| scenario["name"] == "Flaky").collect();
    assert_eq!(flaky.len(), 2);
    assert_eq!((&flaky[0]["attempt"], &flaky[0]["status"]), (&1.into(), &"retried".into()));
    assert_eq!((&flaky[1]["attempt"], &flaky[1]["status"]), (&2.into(), &"flaky".into()));
    let steps: usize = found.iter().map(|s| s["steps"].as_array().map_or(0, Vec::len)).sum();
    assert!(steps > 12, "{steps} steps");
    let lines = lines(&page);
    assert!(lines[0]["run"]["began"].is_string() && lines.last().unwrap()["end"].is_object());
}

#[test]
fn definition_is_written_once_before_its_first_step() {
    let suite = Suite::new(
        "Feature: f\n  Scenario: a\n    Given all is well\n    Given all is well\n  Scenario: b\n    Given all is well\n",
    );
    suite.run(&["run", "-j", "1", "--report=timeline=t.html"]).assert(0, &[]);
    let lines = lines(&suite.read("t.html"));
    let kinds: Vec<_> =
        lines.iter().map(|line| line.as_object().unwrap().keys().next().unwrap().clone()).collect();
    assert_eq!(kinds, ["run", "definition", "scenario", "scenario", "end"]);
    assert_eq!(lines[1]["definition"]["pattern"], "all is well");
    assert_eq!(lines[3]["scenario"]["steps"][0]["definition"], lines[1]["definition"]["id"]);
}

#[test]
fn page_needs_no_network() {
    let (suite, _) = report("timeline");
    let page = suite.read("out.timeline.html");
    let (before, _) = page.split_once("id=\"lines\"").unwrap();
    for part in ["src=\"http", "href=\"http", "@import", "url(http", "fetch("] {
        assert!(!before.contains(part), "{part}");
    }
}

#[test]
fn paths_do_not_name_the_folder_of_the_workspace() {
    let suite = Suite::new("Feature: f\n  Scenario: s\n    When the roof burns\n");
    let absolute = suite.path("features/a.feature");
    suite.run(&["run", "--report=timeline=t.html", absolute.to_str().unwrap()]).assert(1, &[]);
    let page = suite.read("t.html");
    let folder = suite.path("").canonicalize().unwrap();
    assert!(!page.contains(folder.to_str().unwrap()), "{}", folder.display());
    assert_eq!(scenarios(&page)[0]["path"], "features/a.feature");
}

/// Returns a suite after runs of two shards with a timeline each.
fn shards() -> Suite {
    let text = "Feature: f\n  Scenario: good\n    Given all is well\n";
    let suite = Suite::new(text);
    suite.write("features/b.feature", "Feature: g\n  Scenario: bad\n    When the roof burns\n");
    for shard in ["1", "2"] {
        let report = format!("--report=timeline={shard}.html");
        suite.run(&["run", &report, "--shard", &format!("{shard}/2")]);
    }
    suite
}

#[test]
fn timelines_of_shards_are_merged() {
    let suite = shards();
    // The second one twice.
    let arguments = ["report", "merge", "--report=timeline=all.html", "1.html", "2.html", "2.html"];
    suite.run(&arguments).assert(0, &[]);
    let names: Vec<_> =
        scenarios(&suite.read("all.html")).iter().map(|s| s["name"].clone()).collect();
    assert_eq!(names, ["good", "bad"]);
    let Some(page) = dump_dom(&suite.path("all.html"), "") else { return };
    for part in ["2 runs", "1 failed", "1 passed", "the roof is on fire"] {
        assert!(page.contains(part), "{part} is missing in:\n{page}");
    }
}

#[test]
fn timeline_of_a_killed_run_is_merged_on_request_only() {
    let suite = shards();
    let page = suite.read("2.html");
    let (whole, _) = page.split_once("{\"end\":").unwrap();
    suite.write("2.html", &format!("{whole}{{\"scen"));
    suite.write("other.html", "<!DOCTYPE html>\n<p>");
    let merge = ["report", "merge", "--report=timeline=all.html"];
    let arguments = |inputs: &[&'static str]| [&merge[..], inputs].concat();
    let refused = suite.run(&arguments(&["1.html", "2.html"]));
    refused.refused(2, &["2.html:", "the run did not finish"]);
    suite.run(&arguments(&["other.html"])).refused(2, &["not a timeline"]);
    let accepted = suite.run(&arguments(&["--partial", "1.html", "2.html"]));
    accepted.assert(0, &[]);
    assert_eq!(scenarios(&suite.read("all.html")).len(), 2);
}
