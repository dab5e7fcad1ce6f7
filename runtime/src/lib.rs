//! Annotate a function, run it locally, as a Harmony serve process or across processes.
#![forbid(unsafe_code)]

// The macros name this crate from outside; its own tests and examples are inside.
extern crate self as harmony_bdd;

pub mod cli;
pub mod config;
pub mod engine;
pub mod gherkin;
pub mod guide;
pub mod harmony;
pub mod local;
#[doc(hidden)]
pub mod macro_support;
pub mod model;
pub mod report;

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
            $crate::cli::test_main(::core::concat!(
                ::core::env!("CARGO_MANIFEST_DIR"),
                "/",
                $folder
            ))
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
