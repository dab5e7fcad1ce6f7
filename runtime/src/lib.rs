//! Annotate a function, run it locally, as a Harmony serve process or across processes.
//!
//! The attributes [`given`], [`when`] and [`then`] register functions as step definitions in one
//! registry. [`main!`] makes a binary of them that plays `.feature` files in its own process, serves
//! a Harmony runner, or is that runner. [`guide`] shows every attribute and option with an example.
//!
//! # One path
//!
//! Whatever end a step comes from, it takes the same way:
//!
//! ```text
//!  .feature text                  JSON-RPC bytes                 .feature text
//!    │ gherkin                      │ harmony (serve)               │ gherkin
//!    ▼                              ▼                               ▼
//!  local ──────────────> engine <───┘                           harmony (runner) ──> other processes
//!    │       find the definition, convert the arguments,             │
//!    │       run it with the scenario's state, say what came of it   │
//!    ▼                                                               ▼
//!  events ─────────────────────────> report <──────────────────── events
//! ```
//!
//! Imports go one way, downwards, and a test reads the `use` lines to keep it so:
//!
//! | module | what it is | what it is not |
//! |---|---|---|
//! | [`cli`] | the subcommands, their options and exit codes | any of the work |
//! | [`config`] | settings from file, environment and command line, typed | knowledge of what they mean |
//! | [`local`], [`harmony`] | the ends: select, schedule, play; serve, route, start processes | each other's friend: neither imports the other |
//! | [`engine`] | definitions, matching, state, hooks, the one place a step is executed | a reader of files or a printer |
//! | [`report`] | consumers of events | the source of any |
//! | [`gherkin`] | text to documents to scenarios | a runner |
//! | [`observe`] | log records and spans of what runs, and who listens | a report |
//! | [`model`] | plain data that all of them share | behaviour |
//!
//! Panics of a step are its outcome. A step that hangs is given up at its deadline together with its
//! thread and its scenario's state; the run goes on. State belongs to one scenario and one thread, so
//! neither states nor futures need be `Send`.
//!
//! A suite is built far more often than it is written, so a step compiles to data: its pattern, a
//! pointer to the function, and where each argument comes from. The code that gets the arguments is
//! shared by all functions of one signature. For the same reason the private `sort`, `channel`,
//! `thread` and `json` are compiled once for all types that go through them.
//!
//! # Features
//!
//! None is on unless asked for.
//!
//! | feature | brings |
//! |---|---|
//! | `html-report` | `--report html=FILE`: the stock Cucumber report, about 1 MB in the binary |
//! | `json` | `Json<T>`: doc strings as values |
//! | `tracing-subscriber` | `observe::AttachEvents`: logs of steps, beside a subscriber of your own |
//! | `opentelemetry` | traces and a counter of steps for a collector, see [`guide::observing`] |
//! | `opentelemetry-tls` | the same by `https` |
//!
//! # Deliberately absent
//!
//! - Assertions: people bring their own.
//! - Calling one step's text from another: call the function.
//! - Matching by keyword: `Given`, `When` and `Then` say what a step is for, its text what it means.
//! - Code generation: definitions are statics, and features are read when they run.
//! - `unsafe` code.
#![forbid(unsafe_code)]

// The macros name this crate from outside; its own tests and examples are inside.
extern crate self as harmony_bdd;

mod channel;
pub mod cli;
pub mod config;
pub mod engine;
pub mod gherkin;
pub mod guide;
pub mod harmony;
mod json;
pub mod local;
#[doc(hidden)]
pub mod macro_support;
pub mod model;
pub mod observe;
pub mod report;
mod sort;
mod thread;

#[cfg(feature = "json")]
pub use engine::Json;
pub use engine::{Caught, State, StepArg, StepContext, TableRow};
pub use harmony_bdd_macros::{
    StepArg, TableRow, after_all, after_feature, after_scenario, after_step, before_all,
    before_feature, before_scenario, before_step, fixture, given, param, then, when,
};
pub use model::{DataTable, DocString, Outcome};

/// Writes the `main` of a test target with `harness = false`: each scenario is a test, for
/// `cargo test` and `cargo nextest`.
///
/// The features are those of the folder `features` of the package, or of the folder named, which
/// counts from the package's root:
///
/// ```no_run
/// # mod my_steps {}
/// use my_steps as _;
///
/// harmony_bdd::test_main!("../../features");
/// ```
#[macro_export]
macro_rules! test_main {
    () => {
        $crate::test_main!("features");
    };
    ($folder:literal) => {
        fn main() -> ::std::process::ExitCode {
            $crate::cli::test_main(::core::env!("CARGO_MANIFEST_DIR"), $folder)
        }
    };
}

/// Writes the `main` of a suite binary.
///
/// Link the crate that holds the step definitions with one line above it:
///
/// ```no_run
/// # mod my_steps {}
/// use my_steps as _;
///
/// harmony_bdd::main!();
/// ```
#[macro_export]
macro_rules! main {
    () => {
        fn main() -> ::std::process::ExitCode {
            $crate::cli::main()
        }
    };
}
