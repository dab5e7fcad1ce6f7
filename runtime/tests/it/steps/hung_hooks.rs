//! Hooks and destructors that hang, guarded by a deadline.

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use harmony_bdd::engine::{
    Deadline, Expired, HookDefinition, HungHook, Registry, Session, StepCall, StepDefinition,
    Suite, Watchdog,
};
use harmony_bdd::model::{Location, LogLevel, Outcome, Scenario, Tag};
use harmony_bdd::{StepContext, after_scenario, before_scenario, before_step, given};

use super::test_scenario::LIMIT;

const MS_10: Duration = Duration::from_millis(10);

/// Blocks its thread for good.
fn hang() {
    loop {
        thread::park();
    }
}

/// A state whose destructor hangs.
#[derive(Default)]
struct Hanging;

impl Drop for Hanging {
    fn drop(&mut self) {
        hang();
    }
}

#[before_scenario(order = 1, tags(@hung))]
fn returns() {}

#[before_scenario(order = 2, tags(@hung), timeout_ms = 10)]
fn hangs(context: &StepContext) {
    context.log(LogLevel::Info, "about to hang");
    hang();
}

#[before_scenario(tags(@hung-drop))]
fn makes_state(_state: &Hanging) {}

#[after_scenario(tags(@hung-drop))]
fn runs_before_the_drop() {}

#[before_step(tags(@hung-step), timeout_ms = 3_600_000)]
fn hangs_before_a_step() {
    hang();
}

#[given("a step behind a hook that hangs")]
fn never_runs() {}

fn session(tag: &str) -> Session {
    let here = |module: &str| module == module_path!();
    let steps = inventory::iter::<StepDefinition>.into_iter().filter(|d| here(d.module));
    let hooks = inventory::iter::<HookDefinition>.into_iter().filter(|h| here(h.module));
    let registry = Registry::from_definitions(steps).with_hooks(hooks);
    let feature = Suite::new(Arc::new(registry)).feature(Vec::new());
    let text = "Feature: hooks\n  Scenario: of hooks\n    Given a step behind a hook that hangs\n";
    let document = harmony_bdd::gherkin::parse("a.feature", text).expect("a feature");
    let scenario = harmony_bdd::gherkin::scenarios(&document).remove(0);
    let tag = Tag { name: tag.to_owned(), location: Location::new("a.feature", 1, 1) };
    let scenario = Scenario { tags: vec![tag], ..scenario };
    Session::new_in(&feature, Some(Arc::new(scenario))).expect("an async runtime")
}

/// Runs the hooks of a scenario with this tag on a new thread, and returns the hang.
fn hung_hook(tag: &'static str, limit: Duration) -> HungHook {
    let (sender, hung) = channel();
    thread::spawn(move || {
        let watchdog = Watchdog::start().expect("a thread");
        let on_hang = move |hung| sender.send(hung).expect("a receiver");
        let watch = watchdog.guard_hooks(Deadline::after(limit), on_hang);
        let mut session = session(tag);
        session.begin_scenario(LIMIT);
        session.end_scenario(LIMIT);
        watch.disarm().expect("one of the hooks hangs");
    });
    hung.recv_timeout(LIMIT).expect("one of the hooks hangs")
}

#[test]
fn hung_hook_is_named_in_the_failure() {
    let message = hung_hook("@hung", LIMIT).failure.to_string();
    assert!(message.starts_with("hook `hangs` before the scenario ("), "{message}");
    assert!(message.ends_with(&Outcome::TimedOut { limit: MS_10 }.to_string()), "{message}");
}

#[test]
fn hooks_before_the_hung_one_are_reported_with_it() {
    let reports = hung_hook("@hung", LIMIT).reports;
    let outcomes: Vec<_> =
        reports.iter().map(|report| (report.definition.function, &report.outcome)).collect();
    assert_eq!(
        outcomes,
        [("returns", &Outcome::Passed), ("hangs", &Outcome::TimedOut { limit: MS_10 })]
    );
}

#[test]
fn log_of_a_hung_hook_is_kept() {
    let reports = hung_hook("@hung", LIMIT).reports;
    assert_eq!(reports[1].logs[0].message, "about to hang");
}

#[test]
fn hung_destructor_is_a_teardown_failure() {
    let message = hung_hook("@hung-drop", MS_10).failure.to_string();
    assert!(message.starts_with("setup or teardown: "), "{message}");
}

#[test]
fn after_hooks_are_reported_with_a_hung_destructor() {
    let reports = hung_hook("@hung-drop", MS_10).reports;
    let functions: Vec<_> = reports.iter().map(|report| report.definition.function).collect();
    assert_eq!(functions, ["runs_before_the_drop"]);
}

#[test]
fn hook_of_a_step_does_not_extend_its_deadline() {
    let (sender, expired) = channel();
    let (result, results) = channel();
    thread::spawn(move || {
        let watchdog = Watchdog::start().expect("a thread");
        let mut session = session("@hung-step");
        let text = "a step behind a hook that hangs".to_owned();
        let step = session.resolve(StepCall { text, ..StepCall::default() }, LIMIT);
        let watch = watchdog.arm(Deadline::after(MS_10), move || {
            sender.send(()).expect("a receiver");
        });
        session.execute(step);
        let _ = result.send(watch.disarm());
    });
    expired.recv_timeout(LIMIT).expect("the step hangs");
    let disarmed: Option<Result<(), Expired>> = results.try_recv().ok();
    assert_eq!(disarmed, None, "the thread is still in the hook");
}
