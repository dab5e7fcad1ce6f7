//! Hooks and shared states in a serve process.

use std::collections::HashMap;
use std::fs::OpenOptions;
use std::io::{Read as _, Write as _};
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use harmony_bdd::engine::{HookDefinition, Registry, StepDefinition};
use harmony_bdd::gherkin;
use harmony_bdd::harmony::combinations::CombinationFilter;
use harmony_bdd::harmony::config::Config;
use harmony_bdd::harmony::routing::Mode;
use harmony_bdd::harmony::runner::{RunnerOptions, instances, run};
use harmony_bdd::harmony::verdict::CombinationVerdict;
use harmony_bdd::model::Tag;
use harmony_bdd::{Outcome, StepContext, fixture};
use serde_json::{Value, json};

use super::child::{Serve, command};
use super::runner::{options, platform};

/// The registry of what this module defines, and of the steps of the others.
pub(crate) fn registry() -> Registry {
    let steps = inventory::iter::<StepDefinition>
        .into_iter()
        .filter(|d| d.module == module_path!() || d.module.ends_with("harmony::steps"));
    let hooks =
        inventory::iter::<HookDefinition>.into_iter().filter(|h| h.module == module_path!());
    Registry::from_definitions(steps).with_hooks(hooks).with_fixtures(inventory::iter)
}

const JOURNAL: &str = "HARMONY_BDD_TEST_JOURNAL";
/// The variable that names the failing hook and its failure.
const WRONG: &str = "HARMONY_BDD_TEST_WRONG_HOOK";

fn note(line: &str) {
    let Ok(path) = std::env::var(JOURNAL) else { return };
    let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
    writeln!(file, "{line}").unwrap();
}

fn hook(name: &str) -> Result<(), String> {
    note(name);
    match std::env::var(WRONG).ok().and_then(|w| w.strip_prefix(name).map(str::to_owned)) {
        Some(how) if how == " fails" => Err(format!("{name} on purpose")),
        Some(how) if how == " panics" => panic!("{name} on purpose"),
        Some(how) if how == " hangs" => loop {
            std::thread::park();
        },
        _ => Ok(()),
    }
}

#[harmony_bdd::before_all]
fn before_all() -> Result<(), String> {
    hook("before all")
}

#[harmony_bdd::after_all]
fn after_all(_suite: &OfProcess) -> Result<(), String> {
    hook("after all")
}

#[harmony_bdd::before_feature]
fn before_feature() -> Result<(), String> {
    hook("before feature")
}

#[harmony_bdd::after_feature]
fn after_feature() -> Result<(), String> {
    hook("after feature")
}

#[harmony_bdd::before_scenario(timeout_ms = 300)]
fn before_scenario() -> Result<(), String> {
    hook("before scenario")
}

#[harmony_bdd::after_scenario(timeout_ms = 300)]
fn after_scenario(outcome: &Outcome) -> Result<(), String> {
    note(outcome.as_str());
    hook("after scenario")
}

#[harmony_bdd::before_feature(tags(featured))]
fn before_tagged_feature() -> Result<(), String> {
    hook("before tagged feature")
}

#[harmony_bdd::before_scenario(tags(special))]
fn before_tagged_scenario() -> Result<(), String> {
    hook("before tagged scenario")
}

#[harmony_bdd::after_scenario(tags(special and featured))]
fn after_tagged_scenario(context: &StepContext) -> Result<(), String> {
    hook(&format!("after tagged {}", context.scenario().map_or("", |s| s.name.as_str())))
}

#[harmony_bdd::before_step(tags(special))]
fn before_tagged_step() -> Result<(), String> {
    hook("before tagged step")
}

#[harmony_bdd::before_scenario(tags(unwilling))]
fn unwilling() -> Outcome {
    Outcome::skip("not on this day")
}

struct OfProcess;

impl Drop for OfProcess {
    fn drop(&mut self) {
        note("process dropped");
    }
}

#[fixture(scope = suite)]
fn of_process() -> OfProcess {
    note("process made");
    OfProcess
}

struct Held;

impl Drop for Held {
    fn drop(&mut self) {
        note("scenario dropped");
    }
}

#[fixture]
fn held(_process: &OfProcess) -> Held {
    note("scenario made");
    Held
}

#[harmony_bdd::when("something is held")]
fn holds(_held: &Held) {
    note("step");
}

/// A process whose hooks write into a journal.
struct Hooked {
    serve: Serve,
    folder: tempfile::TempDir,
}

impl Hooked {
    fn start(wrong: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = command("hooked");
        command.env(JOURNAL, step_log(folder.path())).env(WRONG, wrong).stderr(Stdio::piped());
        Self { serve: Serve::start(&mut command), folder }
    }

    fn step(&mut self, text: &str) -> Value {
        self.serve.step(text)
    }

    fn error(&mut self, text: &str) -> String {
        let result = self.step(text);
        assert_eq!(result["success"], false, "{result}");
        result["error"].as_str().unwrap().to_owned()
    }

    /// Ends the input; returns the lines of the journal and the text on stderr.
    fn end(mut self) -> (Vec<String>, String) {
        let status = self.serve.end();
        assert_eq!(status.code(), Some(0), "{status}");
        let mut written = String::new();
        self.serve.child.stderr.take().unwrap().read_to_string(&mut written).unwrap();
        let text = std::fs::read_to_string(step_log(self.folder.path())).unwrap_or_default();
        (text.lines().map(str::to_owned).collect(), written)
    }
}

fn step_log(folder: &Path) -> std::path::PathBuf {
    folder.join("journal")
}

const BEGIN: [&str; 3] = ["before all", "before feature", "before scenario"];
const FIRST: [&str; 4] = ["process made", "scenario made", "step", "passed"];
const ENDS: [&str; 3] = ["after scenario", "scenario dropped", "after feature"];
const LAST: [&str; 2] = ["after all", "process dropped"];

#[test]
fn hooks_surround_a_scenario_from_its_first_step_to_the_end_of_the_input() {
    let mut hooked = Hooked::start("");
    hooked.serve.call("initialize", json!([{"Role": "reader"}]));
    assert_eq!(hooked.step("something is held")["success"], true);
    let (lines, written) = hooked.end();
    assert_eq!(lines, [&BEGIN[..], &FIRST, &ENDS, &LAST].concat());
    assert!(!written.contains("hook `"), "{written}");
}

#[test]
fn cleanup_and_initialize_end_the_scenario_alone() {
    for ending in ["cleanup", "initialize"] {
        let mut hooked = Hooked::start("");
        assert_eq!(hooked.step("something is held")["success"], true);
        hooked.serve.call(ending, json!([]));
        assert_eq!(hooked.step("nothing happens")["success"], true);
        let (lines, _) = hooked.end();
        let second =
            ["before feature", "before scenario", "passed", "after scenario", "after feature"];
        assert_eq!(lines, [&BEGIN[..], &FIRST, &ENDS, &second, &LAST].concat(), "{ending}");
    }
}

#[test]
fn a_process_that_got_no_step_runs_no_hook() {
    let mut hooked = Hooked::start("");
    hooked.serve.call("health", json!([]));
    hooked.serve.call("cleanup", json!([]));
    assert_eq!(hooked.end().0, [""; 0]);
}

#[test]
fn failing_before_hook_fails_every_step() {
    for (wrong, function) in [
        ("before scenario fails", "`before_scenario` before the scenario"),
        ("before scenario panics", "`before_scenario` before the scenario"),
        ("before feature fails", "`before_feature` before the feature"),
        ("before all fails", "`before_all` before all"),
    ] {
        let mut hooked = Hooked::start(wrong);
        for _ in 0..2 {
            let error = hooked.error("something is held");
            assert!(error.contains(&format!("hook {function} (")), "{wrong}: {error}");
            assert!(error.contains("on purpose"), "{wrong}: {error}");
        }
        let (lines, _) = hooked.end();
        assert!(!lines.contains(&"step".to_owned()), "{wrong}: {lines:?}");
        assert_eq!(lines.iter().filter(|l| *l == "before all").count(), 1, "{wrong}: {lines:?}");
        assert_eq!(lines.last().unwrap(), "process dropped", "{wrong}: {lines:?}");
        let began = lines.iter().any(|l| l == "before scenario");
        let ended = lines.iter().any(|l| l == "after scenario");
        assert_eq!(began, ended, "only what began ends, {wrong}: {lines:?}");
    }
}

#[test]
fn hanging_before_hook_fails_the_step() {
    let mut hooked = Hooked::start("before scenario hangs");
    let error = hooked.error("something is held");
    assert!(error.contains("hook `before_scenario` before the scenario ("), "{error}");
    assert!(error.contains("still running after 300 ms"), "{error}");
    let (lines, _) = hooked.end();
    assert!(lines.contains(&"after scenario".to_owned()), "{lines:?}");
}

#[test]
fn an_after_hook_that_fails_is_reported_in_the_response_or_on_stderr() {
    for (wrong, reason) in [
        ("after scenario fails", "after scenario on purpose"),
        ("after feature panics", "after feature on purpose"),
        ("after scenario hangs", "still running after 300 ms"),
    ] {
        let mut hooked = Hooked::start(wrong);
        assert_eq!(hooked.step("something is held")["success"], true);
        let reply = hooked.serve.call("cleanup", json!([]));
        let message = reply["error"]["message"].as_str().unwrap();
        assert!(message.contains("hook `after_"), "{message}");
        assert!(message.contains(reason), "{message}");
    }
    let mut hooked = Hooked::start("after scenario fails");
    assert_eq!(hooked.step("something is held")["success"], true);
    let (lines, written) = hooked.end();
    assert!(written.contains("hook `after_scenario` after the scenario ("), "{written}");
    assert_eq!(lines.last().unwrap(), "process dropped");
}

#[test]
fn after_hooks_run_after_steps_that_panicked_or_hung() {
    for (step, word) in [("it panics", "failed"), ("it blocks for ever", "timed out")] {
        let mut hooked = Hooked::start("");
        hooked.error(step);
        let (lines, _) = hooked.end();
        let wanted = [word, "after scenario", "after feature"];
        assert!(lines.windows(3).any(|three| three == wanted), "{step}: {lines:?}");
    }
}

#[test]
fn hooks_with_tags_run_for_scenarios_whose_tags_were_announced() {
    let mut hooked = Hooked::start("");
    let recorded = json!([{
        "Role": "reader", "Scenario": "one", "Tags": ["@featured", "@special"],
        "FeatureTags": ["@featured"]
    }]);
    hooked.serve.call("initialize", recorded);
    assert_eq!(hooked.step("nothing happens")["success"], true);
    // The next scenario has no tags.
    hooked.serve.call("initialize", json!([{"Role": "reader"}]));
    assert_eq!(hooked.step("nothing happens")["success"], true);
    let (lines, _) = hooked.end();
    let tagged: Vec<&str> =
        lines.iter().map(String::as_str).filter(|line| line.contains("tagged")).collect();
    assert_eq!(
        tagged,
        [
            "before tagged feature",
            "before tagged scenario",
            "before tagged step",
            "after tagged one"
        ]
    );
    assert_eq!(lines.iter().filter(|line| *line == "before scenario").count(), 2, "{lines:?}");
}

#[test]
fn before_hook_can_skip_every_step() {
    let mut hooked = Hooked::start("");
    hooked.serve.call("initialize", json!([{"Scenario": "one", "Tags": ["@unwilling"]}]));
    for _ in 0..2 {
        let result = hooked.step("something is held");
        assert_eq!(result["success"], false);
        assert_eq!(result["data"]["outcome"], "skipped", "{result}");
        assert_eq!(result["data"]["reason"], "not on this day", "{result}");
    }
    let (lines, _) = hooked.end();
    assert!(!lines.contains(&"step".to_owned()), "{lines:?}");
}

#[test]
fn the_runner_sends_tags_to_a_serve_that_announces_them() {
    let folder = tempfile::tempdir().unwrap();
    let step_log = step_log(folder.path());
    let text = "@featured\nFeature: f\n  @special\n  Scenario: one\n    Given nothing happens\n  \
                @unwilling\n  Scenario: two\n    Given nothing happens\n";
    let document = gherkin::parse("93-Tags.feature", text).unwrap();
    let scenarios: Vec<_> = gherkin::scenarios(&document).into_iter().map(Arc::new).collect();
    let mut platform = platform("hooked");
    platform.environment.push((JOURNAL.to_owned(), step_log.to_str().unwrap().to_owned()));
    // A serve that does not announce them is sent nothing that it would refuse.
    let config =
        Config { platforms: vec![platform, super::runner::platform("plain")], ..Config::default() };
    let assigned =
        instances(&scenarios, &config, &CombinationFilter::default(), Mode::Strict).unwrap();
    let tags = document.feature.as_ref().unwrap().tags.iter();
    let tags =
        tags.map(|t| Tag { name: t.name.clone(), location: t.position.in_file(&document.path) });
    let path = Arc::clone(&document.path);
    let options = RunnerOptions {
        feature_tags: HashMap::from([(path, tags.collect())]),
        jobs: NonZeroUsize::MIN,
        ..options()
    };
    let verdicts = run(assigned, options, |_| {}).unwrap();
    let skipped = "step 1: [default (hooked)] skipped it: not on this day".to_owned();
    let passed = CombinationVerdict::Passed;
    // One role, two platforms, two scenarios; `hooked` is not the name of our own platform.
    assert_eq!(
        verdicts,
        [passed.clone(), passed.clone(), CombinationVerdict::Unsupported(skipped), passed],
    );
    let lines = std::fs::read_to_string(step_log).unwrap();
    let tagged: Vec<&str> = lines.lines().filter(|line| line.contains("tagged")).collect();
    assert_eq!(
        tagged,
        [
            "before tagged feature",
            "before tagged scenario",
            "before tagged step",
            "after tagged one",
            "before tagged feature"
        ]
    );
}
