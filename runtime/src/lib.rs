//! BDD test framework: annotate functions as Gherkin steps and run them locally, as a Harmony server, or
//! across processes.
//!
//! `cargo install harmony-bdd` installs a command that writes a new suite: `harmony-bdd new NAME`. By hand, add
//! `harmony-bdd = "0.1"` to the dependencies of a package. A feature file, `features/Basket.feature`, describes
//! behavior:
//!
//! ```gherkin
//! Feature: Basket
//!
//!   Scenario: Apples and pears
//!     Given an empty basket
//!     When I put in 2 apples
//!     And I put in 1 pear
//!     Then there are 3 items
//! ```
//!
//! Step functions, here in `src/main.rs`, implement its steps:
//!
//! ```no_run
//! use harmony_bdd::{given, then, when};
//!
//! #[derive(Default)]
//! struct Basket {
//!     items: Vec<String>,
//! }
//!
//! #[given("an empty basket")]
//! fn empty_basket(basket: &Basket) {
//!     assert!(basket.items.is_empty());
//! }
//!
//! #[when(expr = "I put in {int} {word}")]
//! fn put_in(basket: &mut Basket, count: usize, item: String) {
//!     basket.items.extend(std::iter::repeat_n(item, count));
//! }
//!
//! #[then(expr = "there are {int} item(s)")]
//! fn item_count(basket: &Basket, count: usize) {
//!     assert_eq!(basket.items.len(), count);
//! }
//!
//! harmony_bdd::main!();
//! ```
//!
//! The binary checks and runs the feature files:
//!
//! ```text
//! cargo run -- check   # reports undefined, ambiguous and unused steps
//! cargo run -- run     # runs every scenario in features/
//! ```
//!
//! Every scenario has its own `Basket`, created on first use and dropped at the end. Scenarios run in
//! parallel. A panic fails the step; a step that exceeds its deadline is abandoned together with its
//! thread and the scenario's state, and the run continues. State belongs to one scenario and one thread,
//! so neither state nor futures need to be `Send`.
//!
//! The same binary serves its steps to a Harmony runner in any language (`serve`), and runs scenarios
//! across processes, one per role (`harmony`). With [`test_main!`] each scenario is a test for `cargo
//! test` and `cargo nextest`.
//!
//! # Features
//!
//! No feature is enabled by default.
//!
//! | feature | adds |
//! |---|---|
//! | `html-report` | `--report html=FILE`: the standard Cucumber report, about 1 MB in the binary |
//! | `json` | `Json<T>`: doc strings as values |
//! | `lsp` | `SUITE lsp`: a language server for editors, see [`guide::editors`] |
//! | `tracing-subscriber` | `observe::StepLogLayer`: step logs next to your own subscriber |
//! | `opentelemetry` | traces and a counter of steps for a collector, see [`guide::observing`] |
//! | `opentelemetry-tls` | the same over `https` |
//!
//! # Guide
//!
//! The [`guide`] has an example for every attribute and option:
//!
//! | topic | page |
//! |---|---|
//! | step texts: literals, Cucumber Expressions, regexes | [`guide::patterns`] |
//! | function parameters, tables, parameter types | [`guide::parameters`] |
//! | state and fixtures | [`guide::state`] |
//! | return values, deadlines, expected errors | [`guide::outcomes`] |
//! | hooks | [`guide::hooks`] |
//! | logs, spans, telemetry, resources | [`guide::observing`] |
//! | selecting, reporting, `cargo test`, several machines | [`guide::running`] |
//! | one text in several worlds | [`guide::scopes`] |
//! | scenarios as functions of Rust's test harness | [`guide::bound_tests`] |
//! | order, locks, retries | [`guide::scheduling`] |
//! | your own reporter | [`guide::reporters`] |
//! | scenarios across processes | [`guide::processes`] |
//! | processes that are killed, paused and delayed at random | [`guide::faults`] |
//! | editors: diagnostics, navigation, rename | [`guide::editors`] |
//! | steps that test nothing | [`guide::mutations`] |
//! | what works on Linux, macOS and Windows | [`guide::platforms`] |
//! | moving from another framework; comparison | [`guide::migration`] |
#![forbid(unsafe_code)]

// The macros expand to paths that start with `harmony_bdd`, in this crate too.
extern crate self as harmony_bdd;

pub mod cli;
pub mod config;
pub mod guide;
pub mod model;
pub mod observe;

// Public for the tests and benchmarks of this crate only, and free to change with every version.
#[doc(hidden)]
pub mod engine;
#[doc(hidden)]
pub use harmony_bdd_gherkin as gherkin;
#[doc(hidden)]
pub mod harmony;
#[doc(hidden)]
pub mod local;
#[doc(hidden)]
pub mod macro_support;
#[doc(hidden)]
pub mod mutation;
#[doc(hidden)]
pub mod report;
#[doc(hidden)]
pub mod schedule;
#[doc(hidden)]
pub mod tag_expression;

#[cfg(feature = "lsp")]
mod lsp;
mod platform;
mod random;
mod text;

// The code of the book is compiled with the doc tests.
#[cfg(doctest)]
mod book {
    #[doc = include_str!("../docs/book/src/getting-started.md")]
    struct GettingStarted;
    #[doc = include_str!("../docs/book/src/recipes/command-line.md")]
    struct CommandLine;
    #[doc = include_str!("../docs/book/src/recipes/database.md")]
    struct Database;
    #[doc = include_str!("../docs/book/src/recipes/peers.md")]
    struct Peers;
    #[doc = include_str!("../docs/book/src/recipes/processes.md")]
    struct Processes;
    #[doc = include_str!("../docs/book/src/recipes/web-service.md")]
    struct WebService;
}

#[cfg(feature = "json")]
pub use engine::Json;
pub use engine::{Caught, Measure, RunNumbers, State, StepArg, StepContext, TableRow};
pub use harmony_bdd_macros::{
    StepArg, TableRow, after_all, after_feature, after_scenario, after_step, before_all,
    before_feature, before_scenario, before_step, fixture, given, param, scenario, scenarios, then,
    when,
};
pub use model::{DataTable, DocString, Outcome};

/// Expands to the `main` function of a test target with `harness = false`: each scenario is a test, for
/// `cargo test` and `cargo nextest`.
///
/// In `Cargo.toml` the target needs `harness = false`; without it, one failing test asks for it:
///
/// ```toml
/// [[test]]
/// name = "features"
/// harness = false
/// ```
///
/// The feature files are those in the folder `features` of the package, or in the given folder, which is
/// relative to the package's root:
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

        // Compiled only by Rust's test harness, which would find no other test and succeed.
        #[::core::prelude::v1::test]
        fn harness_is_disabled() {
            ::core::panic!(
                "no scenario runs: write `harness = false` below `[[test]]` for this target in Cargo.toml"
            )
        }
    };
}

/// Expands to the `main` function of a suite binary.
///
/// Link the crate that contains the step definitions with one line above it:
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
