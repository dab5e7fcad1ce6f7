//! The step definitions the tests serve, written by hand so that no macro takes part.
#![expect(clippy::print_stdout, reason = "what a step prints is what a test is about")]

use std::cell::RefCell;
use std::io::Write as _;
use std::rc::Rc;
use std::time::Duration;

use harmony_bdd::engine::{
    Body, Invocation, Options, Pattern, PatternKind, Registry, StepDefinition,
};
use harmony_bdd::model::{Failure, FailureKind, LogLevel, Outcome, StepArgument, StepKeyword};

/// The registry of all of them.
pub(crate) fn registry() -> Registry {
    Registry::from_definitions(&STEPS)
}

const fn step(
    keyword: StepKeyword,
    source: &'static str,
    regex: &'static [&'static str],
    line: u32,
    timeout_ms: Option<u64>,
    body: fn(&Invocation<'_>) -> Outcome,
) -> StepDefinition {
    StepDefinition {
        keyword,
        pattern: Pattern {
            kind: if regex.is_empty() { PatternKind::Literal } else { PatternKind::Regex },
            source,
            regex,
        },
        function: "step",
        module: module_path!(),
        file: file!(),
        line,
        options: Options { timeout_ms },
        body: Body::Sync(body),
    }
}

static STEPS: [StepDefinition; 15] = [
    step(StepKeyword::Given, "nothing happens", &[], 1, None, |_| Outcome::Passed),
    step(StepKeyword::When, "(.*) is counted", &["(.*) is counted"], 2, None, count),
    step(StepKeyword::Then, r"the count is (\d+)", &[r"the count is (\d+)"], 3, None, |call| {
        let counted = counted(call);
        match call.arg::<usize>(0, "wanted", "usize") {
            Ok(wanted) if *counted.borrow() == wanted => Outcome::Passed,
            Ok(wanted) => error(format!("{} counted, {wanted} wanted", counted.borrow())),
            Err(error) => error.into(),
        }
    }),
    step(StepKeyword::When, "it blocks for ever", &[], 4, Some(200), |_| {
        loop {
            std::thread::park();
        }
    }),
    step(StepKeyword::When, "it panics", &[], 5, None, |_| panic!("the reason of the panic")),
    step(StepKeyword::When, "it returns an error", &[], 6, None, |_| {
        error("the reason of the error".to_owned())
    }),
    step(StepKeyword::When, "it is seen twice", &[], 7, None, |_| Outcome::Passed),
    step(StepKeyword::When, "it is .* twice", &["it is .* twice"], 8, None, |_| Outcome::Passed),
    step(
        StepKeyword::When,
        r"it prints (\d+) bytes",
        &[r"it prints (\d+) bytes"],
        9,
        None,
        |call| {
            let bytes = call.arg::<usize>(0, "bytes", "usize").unwrap_or(0);
            println!("{}", "p".repeat(bytes));
            print!("half a line");
            Outcome::Passed
        },
    ),
    step(StepKeyword::When, "a child of it prints", &[], 10, None, |_| {
        let status = std::process::Command::new("sh")
            .args(["-c", "echo from a child; cat; readlink /proc/$$/fd/*"])
            .status();
        if status.is_ok_and(|s| s.success()) {
            Outcome::Passed
        } else {
            error("sh failed".to_owned())
        }
    }),
    step(StepKeyword::When, "it logs", &[], 11, None, |call| {
        call.context().log(LogLevel::Warn, "\"quoted\" and ü");
        Outcome::Passed
    }),
    step(StepKeyword::Given, "rows", &[], 12, None, |call| match call.argument() {
        Some(StepArgument::DataTable(table)) => {
            call.context().log(LogLevel::Info, format!("{:?}", table.rows));
            Outcome::Passed
        }
        Some(StepArgument::DocString(doc)) => {
            call.context().log(LogLevel::Info, format!("{:?} {:?}", doc.media_type, doc.content));
            Outcome::Passed
        }
        None => error("neither table nor doc string".to_owned()),
    }),
    step(StepKeyword::Given, "who am I", &[], 13, None, |call| {
        call.context().log(LogLevel::Info, call.context().process().unwrap_or("nobody"));
        Outcome::Passed
    }),
    step(StepKeyword::When, r"it takes (\d+) ms", &[r"it takes (\d+) ms"], 14, None, |call| {
        std::thread::sleep(Duration::from_millis(call.arg(0, "ms", "u64").unwrap_or(0)));
        Outcome::Passed
    }),
    step(StepKeyword::Given, "a file that goes with the state", &[], 15, None, |call| {
        let cell = call.world().state::<Goes>();
        let path = std::env::var("HARMONY_BDD_TEST_FILE").unwrap_or_default();
        match std::fs::File::create(&path).and_then(|mut file| file.write_all(b"held")) {
            Ok(()) => {
                cell.borrow_mut().0 = Some(path);
                Outcome::Passed
            }
            Err(e) => error(format!("{path}: {e}")),
        }
    }),
];

#[derive(Default)]
struct Counted(Rc<RefCell<usize>>);

fn counted(call: &Invocation<'_>) -> Rc<RefCell<usize>> {
    call.world().state::<Counted>().borrow().0.clone()
}

fn count(call: &Invocation<'_>) -> Outcome {
    *counted(call).borrow_mut() += 1;
    Outcome::Passed
}

/// A file that is removed when the scenario's state is dropped.
#[derive(Default)]
struct Goes(Option<String>);

impl Drop for Goes {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            // The test looks whether it is gone.
            let _ = std::fs::remove_file(path);
        }
    }
}

fn error(message: String) -> Outcome {
    Outcome::Failed(Failure { kind: FailureKind::Error, message, causes: Vec::new(), place: None })
}
