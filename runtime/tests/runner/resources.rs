//! Resource usage and leaks of scenarios.

use std::fs::{self, File};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use harmony_bdd::{fixture, given};

use super::suite::Suite;

/// The leaked resources, kept until the run ends.
static LEAKED: Mutex<Vec<(File, Option<mpsc::Sender<()>>)>> = Mutex::new(Vec::new());

/// Starts a thread of this name that runs until the sender is dropped.
fn sleeper(name: &str) -> (mpsc::Sender<()>, thread::JoinHandle<()>) {
    let (sender, end) = mpsc::channel();
    let (began, begun) = mpsc::channel();
    let sleep = move || {
        began.send(()).unwrap();
        // Nothing is ever sent.
        let _ = end.recv();
    };
    let thread = thread::Builder::new().name(name.to_owned()).spawn(sleep).unwrap();
    begun.recv().unwrap();
    (sender, thread)
}

#[given(expr = "it leaks the file {string}, the thread {string} and the shared memory {string}")]
fn leaks(file: String, name: String, shared: String) {
    fs::write(format!("/dev/shm/{shared}"), "left").unwrap();
    let (sender, _) = sleeper(&name);
    LEAKED.lock().unwrap().push((File::create(file).unwrap(), Some(sender)));
}

#[given(expr = "it uses the file {string}, the thread {string} and the shared memory {string}")]
fn uses(file: String, name: String, shared: String) {
    let shared = format!("/dev/shm/{shared}");
    fs::write(&shared, "gone").unwrap();
    let (sender, thread) = sleeper(&name);
    drop((File::create(file).unwrap(), sender));
    thread.join().unwrap();
    fs::remove_file(shared).unwrap();
}

#[given("it leaks a child process")]
fn leaks_child() {
    // It exits when the suite's end closes its standard input.
    let mut command = std::process::Command::new("cat");
    let child = command.stdin(std::process::Stdio::piped()).spawn().unwrap();
    std::mem::forget(child);
}

#[given("it waits for a child process")]
fn waits_for_child() {
    assert!(std::process::Command::new("true").status().unwrap().success());
}

#[given(expr = "{int} MiB of memory are leaked")]
fn leaks_memory(mib: usize) {
    std::mem::forget(vec![1_u8; mib * 1024 * 1024]);
}

/// A suite state: created by the first scenario that requests it and dropped at the end of the run.
struct Shared(
    #[expect(dead_code, reason = "only its life matters")] Arc<Mutex<(File, mpsc::Sender<()>)>>,
);

#[fixture(scope = suite)]
fn shared() -> Shared {
    let file = File::create("shared-by-all").unwrap();
    Shared(Arc::new(Mutex::new((file, sleeper("shared-by-all").0))))
}

#[given("what all scenarios share")]
fn takes_shared(_shared: &Shared) {}

/// A guard that removes an object in /dev/shm, also if the test fails.
struct Remove(String);

impl Drop for Remove {
    fn drop(&mut self) {
        // It may not exist if the test failed early.
        let _ = fs::remove_file(&self.0);
    }
}

fn unique(what: &str) -> String {
    format!("runner-{what}-{}", std::process::id())
}

/// Returns the warnings of a run, without the objects of other programs in /dev/shm.
fn warnings(out: &str, ours: &str) -> Vec<String> {
    let lines = out.lines().map(str::trim);
    let lines = lines.filter(|line| {
        let left = ["= open file", "= thread", "= shared memory", "= memory"];
        left.iter().any(|what| line.starts_with(what))
            && (!line.contains("/dev/shm/") || line.contains(ours))
    });
    lines.map(str::to_owned).collect()
}

#[test]
fn leak_is_reported_with_its_scenario() {
    let shared = unique("leak");
    let _remove = Remove(format!("/dev/shm/{shared}"));
    let suite = Suite::new(&format!(
        "Feature: f\n  Scenario: clean\n    Given it uses the file 'used', the thread 'brief' and the shared memory '{shared}-used'\n    And what all scenarios share\n  Scenario: dirty\n    Given it leaks the file 'kept', the thread 'leaky' and the shared memory '{shared}'\n    And 64 MiB of memory are leaked\n  Scenario: after it\n    Given all is well\n",
    ));
    let ran = suite.run(&["run", "--resources"]);
    ran.assert(
        0,
        &[
            "3 scenarios (3 passed)",
            "warning: \"dirty\" leaked 4 resources\n --> features/a.feature:5:3\n",
        ],
    );
    let reported = warnings(&ran.out, &shared);
    assert_eq!(reported.len(), 4, "{reported:?} in {}", ran.out);
    for part in [
        "/kept (descriptor ",
        "= thread: leaky (id ",
        "= memory: grew by 6",
        &format!("= shared memory: /dev/shm/{shared}"),
    ] {
        assert_eq!(
            reported.iter().filter(|line| line.contains(part)).count(),
            1,
            "{part} in {reported:?}"
        );
    }
    let warning = ran.out.split("warning: \"dirty\"").nth(1).unwrap().split("\n\n").next().unwrap();
    assert!(warning.contains("leaky"), "all of it is the one scenario's: {}", ran.out);
}

#[test]
fn scenario_without_leak_has_no_warning() {
    let shared = unique("clean");
    let suite = Suite::new(&format!(
        "Feature: f\n  Scenario Outline: clean\n    Given it uses the file 'used', the thread 'brief' and the shared memory '{shared}'\n    And what all scenarios share\n    Examples:\n      | n |\n      | 1 |\n      | 2 |\n",
    ));
    let ran = suite.run(&["run", "--resources"]);
    ran.assert(0, &["2 scenarios (2 passed)"]);
    assert_eq!(warnings(&ran.out, &shared), Vec::<String>::new(), "{}", ran.out);
    let unseen = unique("unseen");
    let _remove = Remove(format!("/dev/shm/{unseen}"));
    let silent = Suite::new(&format!(
        "Feature: f\n  Scenario: s\n    Given it leaks the file 'kept', the thread 'leaky' and the shared memory '{unseen}'\n",
    ));
    let ran = silent.run(&["run"]);
    ran.assert(0, &["1 scenario (1 passed)"]);
    assert!(!ran.out.contains("warning"), "only where it is asked for: {}", ran.out);
}

#[test]
fn stats_show_resource_usage() {
    let suite = Suite::new(
        "Feature: f\n  Scenario: a\n    Given all is well\n  Scenario: b\n    Given 40 MiB of memory are leaked\n",
    );
    suite.write("harmony.toml", "[run]\nresources = true\njobs = 4\n");
    let ran = suite.run(&["run", "-q", "--stats"]);
    ran.assert(
        0,
        &[
            "Resources by scenario:\n",
            "memory    grown by         cpu       files     threads         shm  scenario\n",
        ],
    );
    let line = |part: &str| ran.out.lines().find(|line| line.ends_with(part)).unwrap().to_owned();
    let b = line("features/a.feature:4:3 b");
    let words: Vec<_> = b.split_whitespace().collect();
    assert_eq!((words[1], words[3]), ("MiB", "MiB"), "{b}");
    assert!(words[2].parse::<f64>().unwrap() >= 40.0, "{b}");
    assert!(words[6].parse::<usize>().unwrap() >= 3, "open files: {b}");
    line("features/a.feature:2:3 a");
    let mut command = suite.command(&["run", "-j", "2"]);
    let refused =
        super::suite::Ran::of(command.env("HARMONY_BDD_RESOURCES", "1").output().unwrap());
    refused.refused(
        2,
        &["environment variable HARMONY_BDD_RESOURCES: --resources runs scenarios one at a time"],
    );
}

#[test]
fn child_process_left_behind_is_a_leak() {
    let suite = Suite::new(
        "Feature: f\n  Scenario: clean\n    Given it waits for a child process\n  Scenario: dirty\n    Given it leaks a child process\n",
    );
    let ran = suite.run(&["run", "--resources"]);
    ran.assert(0, &["warning: \"dirty\" leaked", "= child process: cat (id "]);
    assert!(!ran.out.contains("\"clean\" leaked"), "{}", ran.out);
}
