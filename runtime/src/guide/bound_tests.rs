//! Scenarios as ordinary tests: functions of Rust's test harness that are bound to a scenario.
//!
//! [`test_main!`](crate::test_main) makes a test target of feature files alone. If a scenario belongs to a test
//! target with other tests, or a test needs an assertion in Rust behind its steps, bind a function to it:
//!
//! ```
//! # fn main() {}
//! use harmony_bdd::{given, scenario, when};
//!
//! #[derive(Default)]
//! struct Basket {
//!     items: u32,
//! }
//!
//! #[given("an empty basket")]
//! fn empty(_basket: &Basket) {}
//!
//! #[when(expr = "I put in {int} apple(s)")]
//! fn put_in(basket: &mut Basket, count: u32) {
//!     basket.items += count;
//! }
//!
//! # // The package of this example is `harmony-bdd`, which has this feature file.
//! // A test, also without `#[test]`. The function runs after the steps.
//! # /*
//! #[scenario("features/Basket.feature", "Two apples")]
//! # */
//! # #[scenario("tests/bound/guide.feature", "Two apples")]
//! fn two_apples(basket: &Basket) {
//!     assert_eq!(basket.items, 2);
//! }
//!
//! // A test for each scenario of the file.
//! mod basket {
//! # /*
//!     harmony_bdd::scenarios!("features/Basket.feature");
//! # */
//! #   harmony_bdd::scenarios!("tests/bound/guide.feature");
//! }
//! ```
//!
//! `cargo test two_apples` runs it; a failure is that of the scenario, with the step and its definition.
//!
//! # What is checked when it compiles
//!
//! The path is relative to the folder of `Cargo.toml`. A file that is missing or not valid Gherkin, and a scenario that
//! the file does not have, are errors of the compiler; it suggests the most similar name. The file is part of the test:
//! cargo builds it again when the file changes, and the test needs no file when it runs. Steps without a definition fail
//! the test, as in every run.
//!
//! # The function
//!
//! It is the last step of the scenario: it takes `&State`, `&mut State`, fixtures and
//! [`&StepContext`](crate::StepContext), may be `async`, and may return a `Result` or an
//! [`Outcome`](crate::Outcome). It does not run if a step failed, or skipped the scenario. `timeout_ms = 500` behind
//! the name is its deadline. `#[ignore]` and `#[should_panic]` work as for every test. `#[scenario]` goes above
//! `#[test]`, if that is written.
//!
//! # Outlines
//!
//! The name of an outline, as written in the file, stands for all its rows: they run one after the other, and the
//! function runs after each. A name in which the values are filled in selects one row. `scenarios!` makes a test for each
//! row: the scenario `Too many` of the rule `Small` is `small_too_many`, and row 2 of the outline `Many` is
//! `many_row_2`.
//!
//! # A run for each test
//!
//! Each test is a run: hooks before and after all, and fixtures of the suite, are not shared by tests. Settings of
//! `[run]` in `harmony.toml` and the environment apply, such as `step_timeout`, `retry` and `flaky`; reports are not
//! written. Tests run in parallel as the harness decides, so that `@serial` and `@lock(NAME)` have no effect between
//! tests. A scenario that skips itself passes, since the harness knows no other result; `cargo test -- --nocapture` shows
//! the reason.
