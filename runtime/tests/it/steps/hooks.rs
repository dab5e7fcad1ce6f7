//! Hooks: order, tags, state, and that they run after failures.

use std::sync::{Arc, Mutex};

use harmony_bdd::engine::{HookDefinition, Registry, Session, StepCall, StepDefinition, Suite};
use harmony_bdd::model::{Location, Outcome, Scenario, Tag};
use harmony_bdd::{
    StepContext, after_all, after_feature, after_scenario, after_step, before_all, before_feature,
    before_scenario, before_step, fixture, given,
};

use super::test_scenario::LIMIT;

/// The hooks and steps of a suite that ran, in order.
struct Diary(Mutex<Vec<String>>);

impl Diary {
    fn note(&self, line: impl Into<String>) {
        self.0.lock().expect("no panic under the lock").push(line.into());
    }
}

#[fixture(scope = suite)]
fn diary() -> Diary {
    Diary(Mutex::new(Vec::new()))
}

#[derive(Default)]
struct Steps(u32);

#[before_all]
async fn before_everything(diary: &Diary) {
    diary.note("before all");
}

#[after_all]
fn after_everything(diary: &Diary) -> Result<(), String> {
    diary.note("after all");
    let lines = diary.0.lock().expect("no panic under the lock").join("\n");
    Err(lines)
}

#[before_feature]
fn before_a_feature(diary: &Diary) {
    diary.note("before feature");
}

#[after_feature(tags(@hooked))]
fn after_a_feature(diary: &Diary) {
    diary.note("after feature");
}

#[before_scenario(order = 2)]
fn second(diary: &Diary) {
    diary.note("second");
}

#[before_scenario(order = -1)]
fn first(diary: &Diary, context: &StepContext) {
    let name = context.scenario().map_or("", |s| &s.name);
    diary.note(format!("first {name}"));
}

#[before_scenario(order = 1, tags(fails and not (slow or very-slow)))]
fn fails(diary: &Diary) {
    diary.note("fails");
    panic!("hook on purpose");
}

#[after_scenario(order = 1)]
fn after_first(diary: &Diary, outcome: &Outcome) {
    diary.note(format!("after first: {}", outcome.as_str()));
}

#[after_scenario(order = 2, timeout_ms = 1000)]
async fn after_second(diary: &Diary, steps: &Steps) {
    diary.note(format!("after second: {} steps", steps.0));
}

#[after_scenario(order = 3, tags(@after-fails))]
fn after_third(diary: &Diary) -> Result<(), String> {
    diary.note("after third");
    Err("too late".to_owned())
}

#[before_step(tags(@step-hooks))]
fn around(steps: &mut Steps, context: &StepContext) -> Result<(), String> {
    steps.0 += 1;
    if context.text().contains("refused") { Err("not this one".to_owned()) } else { Ok(()) }
}

#[after_step(tags(@step-hooks))]
fn behind(diary: &Diary, outcome: &Outcome, context: &StepContext) -> Result<(), String> {
    diary.note(format!("{}: {}", context.text(), outcome.as_str()));
    if context.text().contains("spoilt") { Err("spoilt it".to_owned()) } else { Ok(()) }
}

#[given("hooked step")]
fn step(diary: &Diary) {
    diary.note("step");
}

#[given("hooked panic")]
fn panics() {
    panic!("step on purpose");
}

#[given("hooked and refused")]
fn refused(diary: &Diary) {
    diary.note("never");
}

#[given("hooked and spoilt")]
fn spoilt() {}

/// A suite with the hooks of this module only.
fn suite() -> Arc<Suite> {
    let ours = |module: &str| module == module_path!();
    let steps = inventory::iter::<StepDefinition>.into_iter().filter(|d| ours(d.module));
    let hooks = inventory::iter::<HookDefinition>.into_iter().filter(|h| ours(h.module));
    let fixtures = inventory::iter.into_iter();
    Suite::new(Arc::new(
        Registry::from_definitions(steps).with_hooks(hooks).with_fixtures(fixtures),
    ))
}

fn tags(names: &[&str]) -> Vec<Tag> {
    let location = Location::new("a.feature", 1, 1);
    names.iter().map(|name| Tag { name: (*name).to_owned(), location: location.clone() }).collect()
}

/// Runs one scenario; returns the outcomes of its steps and the failures around them.
fn run_scenario(suite: &Arc<Suite>, names: &[&str], steps: &[&str]) -> (Vec<Outcome>, Vec<String>) {
    let feature = Arc::clone(suite).feature(tags(&["@hooked"]));
    let mut failures: Vec<String> = Vec::new();
    let started = feature.start(LIMIT).expect("an async runtime");
    failures.extend(started.iter().filter_map(|r| r.failure()).map(|f| f.to_string()));
    let scenario = Scenario { tags: tags(names), ..scenario() };
    let mut session =
        Session::new_in(&feature, Some(Arc::new(scenario))).expect("an async runtime");
    let begun = session.begin_scenario(LIMIT);
    failures.extend(begun.iter().filter_map(|r| r.failure()).map(|f| f.to_string()));
    let mut outcomes = Vec::new();
    if failures.is_empty() {
        for text in steps {
            let call = StepCall { text: (*text).to_owned(), ..StepCall::default() };
            outcomes.push(session.execute(session.resolve(call, LIMIT)).outcome);
        }
    }
    failures.extend(session.end_scenario(LIMIT).all_failures().map(|f| f.to_string()));
    let ended = feature.finish(LIMIT).expect("an async runtime");
    failures.extend(ended.all_failures().map(|f| f.to_string()));
    (outcomes, failures)
}

fn scenario() -> Scenario {
    let text = "Feature: hooks\n  Scenario: of hooks\n    Given hooked step\n";
    let document = harmony_bdd::gherkin::parse("a.feature", text).expect("a feature");
    harmony_bdd::gherkin::scenarios(&document).remove(0)
}

/// Returns the lines of the diary, which the last hook reports.
fn end(suite: &Arc<Suite>) -> Vec<String> {
    let ending = suite.finish(LIMIT).expect("an async runtime");
    let failures: Vec<String> = ending.all_failures().map(|f| f.to_string()).collect();
    assert_eq!(failures.len(), 1, "{failures:?}");
    let (head, lines) = failures[0].split_once("): ").expect("a place");
    assert!(head.starts_with("hook `after_everything` after all ("), "{head}");
    lines.lines().map(str::to_owned).collect()
}

#[test]
fn hooks_run_in_order_around_everything() {
    let suite = suite();
    let reports = suite.start(LIMIT).expect("an async runtime");
    assert_eq!(reports.len(), 1);
    assert_eq!(run_scenario(&suite, &[], &["hooked step"]), (vec![Outcome::Passed], vec![]));
    assert_eq!(
        end(&suite),
        [
            "before all",
            "before feature",
            "first of hooks",
            "second",
            "step",
            "after second: 0 steps",
            "after first: passed",
            "after feature",
            "after all"
        ]
    );
}

#[test]
fn failing_before_hook_fails_the_scenario() {
    let (outcomes, failures) = run_scenario(&suite(), &["@fails"], &["hooked step"]);
    assert_eq!(outcomes, []);
    assert_eq!(failures.len(), 1, "{failures:?}");
    assert!(failures[0].starts_with("hook `fails` before the scenario ("), "{failures:?}");
    assert!(failures[0].contains("): hook on purpose"), "{failures:?}");
}

#[test]
fn after_hooks_run_after_a_failing_before_hook() {
    let suite = suite();
    run_scenario(&suite, &["@fails"], &["hooked step"]);
    let lines = end(&suite);
    assert_eq!(lines[1..4], ["first of hooks", "fails", "after second: 0 steps"]);
    assert_eq!(lines[4], "after first: failed");
}

#[test]
fn failing_after_hook_fails_the_scenario() {
    let (outcomes, failures) = run_scenario(&suite(), &["@after-fails"], &["hooked panic"]);
    assert_eq!(outcomes[0].as_str(), "failed");
    assert_eq!(failures.len(), 1, "{failures:?}");
    assert!(failures[0].starts_with("hook `after_third` after the scenario ("), "{failures:?}");
    assert!(failures[0].ends_with("): too late"), "{failures:?}");
}

#[test]
fn failing_after_hook_does_not_stop_the_others() {
    let suite = suite();
    run_scenario(&suite, &["@after-fails"], &["hooked panic"]);
    let lines = end(&suite);
    let after: Vec<&str> = lines.iter().map(String::as_str).skip(3).take(3).collect();
    assert_eq!(after, ["after third", "after second: 0 steps", "after first: failed"]);
}

#[test]
fn hook_runs_only_for_matching_tags() {
    let suite = suite();
    for names in [&["@fails", "@slow"], &["@fails", "@very-slow"]] {
        let (outcomes, failures) = run_scenario(&suite, names, &["hooked step"]);
        assert_eq!((outcomes, failures), (vec![Outcome::Passed], vec![]), "{names:?}");
    }
}

const HOOKED_STEPS: [&str; 4] =
    ["hooked step", "hooked panic", "hooked and refused", "hooked and spoilt"];

#[test]
fn failing_step_hook_fails_the_step() {
    let (outcomes, failures) = run_scenario(&suite(), &["@step-hooks"], &HOOKED_STEPS);
    assert_eq!(failures, Vec::<String>::new());
    let texts: Vec<String> = outcomes.iter().map(ToString::to_string).collect();
    assert_eq!(texts[0], "passed");
    assert!(texts[1].starts_with("step on purpose (panicked at "), "{texts:?}");
    assert!(texts[2].starts_with("hook `around` before the step ("), "{texts:?}");
    assert!(texts[2].ends_with("): not this one"), "{texts:?}");
    assert!(texts[3].starts_with("hook `behind` after the step ("), "{texts:?}");
    assert!(texts[3].ends_with("): spoilt it"), "{texts:?}");
}

#[test]
fn step_hooks_run_after_a_failed_step() {
    let suite = suite();
    run_scenario(&suite, &["@step-hooks"], &HOOKED_STEPS);
    let lines = end(&suite);
    let of_steps: Vec<&str> =
        lines.iter().map(String::as_str).filter(|l| l.starts_with("hooked")).collect();
    assert_eq!(
        of_steps,
        [
            "hooked step: passed",
            "hooked panic: failed",
            "hooked and refused: failed",
            "hooked and spoilt: passed"
        ]
    );
    assert!(lines.contains(&"after second: 4 steps".to_owned()), "{lines:?}");
    assert!(!lines.contains(&"never".to_owned()), "{lines:?}");
}
