//! Do the scenarios test anything? `SUITE mutate` changes them and lists the changes that no step notices.
//!
//! A step that only logs passes. So does a Then that asserts nothing. No run can show it; a run with a
//! change can: if a step is left out and every later step passes, then no step needs it.
//!
//! # A worked example
//!
//! ```gherkin
//! Feature: Till
//!
//!   Scenario: A customer pays
//!     Given a till with 5 coins
//!     When 2 coins are paid in
//!     And the clerk greets the customer
//!     Then the till holds 7 coins
//!     And the customer is content
//! ```
//!
//! ```
//! use harmony_bdd::model::LogLevel;
//! use harmony_bdd::{StepContext, given, then, when};
//!
//! #[derive(Default)]
//! struct Till {
//!     coins: u32,
//! }
//!
//! #[given(expr = "a till with {int} coins")]
//! fn till_with(till: &mut Till, coins: u32) {
//!     till.coins = coins;
//! }
//!
//! #[when(expr = "{int} coins are paid in")]
//! fn paid_in(till: &mut Till, coins: u32) {
//!     till.coins += coins;
//! }
//!
//! #[when("the clerk greets the customer")]
//! fn greets(context: &StepContext) {
//!     context.log(LogLevel::Info, "good morning"); // only logs
//! }
//!
//! #[then(expr = "the till holds {int} coins")]
//! fn holds(till: &Till, coins: u32) {
//!     assert_eq!(till.coins, coins);
//! }
//!
//! #[then("the customer is content")]
//! fn is_content(_till: &Till) {} // asserts nothing
//! ```
//!
//! `SUITE run` passes. `SUITE mutate` prints:
//!
//! ```text
//! unnoticed: no later step notices that this step did not happen
//!  --> features/till.feature:6:5
//!   |
//! 6 | And the clerk greets the customer
//!   |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//!   = scenario: A customer pays
//!   = change: left out
//!   = definition: greets (src/main.rs:20)
//!   = rerun: cargo run -- mutate features/till.feature:3 --only 671142a0
//!
//! unnoticed: passes though nothing happened
//!  --> features/till.feature:8:5
//!   |
//! 8 | And the customer is content
//!   |     ^^^^^^^^^^^^^^^^^^^^^^^
//!   = scenario: A customer pays
//!   = change: all Whens left out
//!   …
//! unnoticed: has never been seen to fail
//!   …
//! 11 mutants of 1 scenario: 8 noticed, 3 unnoticed; score 72.7 % (21 changed runs in 0.0 s)
//! ```
//!
//! The fix is to do what the words claim: the greeting is kept in the state, and the Then checks it.
//!
//! ```
//! # use harmony_bdd::{then, when};
//! #[derive(Default)]
//! struct Clerk {
//!     has_greeted: bool,
//! }
//!
//! #[when("the clerk greets the customer")]
//! fn greets(clerk: &mut Clerk) {
//!     clerk.has_greeted = true;
//! }
//!
//! #[then("the customer is content")]
//! fn is_content(clerk: &Clerk) {
//!     assert!(clerk.has_greeted, "the customer was not greeted");
//! }
//! ```
//!
//! Now the score is 100 %.
//!
//! # What is changed
//!
//! Each change is made alone, in a scenario that passes.
//!
//! | change | noticed if |
//! |---|---|
//! | `leave-out`: a Given or When does not happen | a later step fails |
//! | `no-whens`: no When happens | the Then fails, alone behind the Givens |
//! | `value`: a number is off by one, or 0; a text is another one | for a Then: it fails for each other value. For a Given or When: a step fails for one of them |
//! | `drop-row`, `double-row`: a row of the table is missing, or is there twice | a step fails |
//! | `cut-doc-string`: half of the text is missing | a step fails |
//! | `swap-role`, across processes: another role executes a step that names its process | a step fails |
//! | `seen-to-fail`: a Then | it fails in one of the runs |
//! | `repeat`, with `--repeat`: a step happens twice | a report, not part of the score |
//!
//! A step of a Background is one mutant for all scenarios of the feature. Another value is one that the
//! same definition matches; a text becomes the one of another example row or step of the same file.
//! The name of the process in a step is not a value.
//!
//! # Verdicts
//!
//! - *noticed*: a step at or behind the change failed, or the end of the scenario did.
//! - *unnoticed*: every step passed.
//! - *cannot tell*: a step timed out, is undefined with the change, or does not accept the value.
//!
//! The score is the part of the decided mutants that was noticed. Every unchanged scenario runs twice
//! before and once among the mutants; one that does not pass each time is not mutated. What a mutant
//! changes outside of its scenario, such as files of a fixed name or servers, is for the suite to isolate:
//! a scenario runs at the same time as its own mutants. `@serial`, `@lock(NAME)` and `--jobs 1` avoid that.
//! A mutant ends as a failed scenario does, with its after-hooks and the drop of its state. All mutants
//! run in this process: a step that ends the process ends the campaign.
//!
//! # Speed
//!
//! Mutants run in parallel, each to its first failure. A step of a mutant first has 5 times the duration of the
//! unchanged scenario, at least `--min-timeout`. A mutant that exceeds it runs once more with the step timeout of
//! unchanged scenarios, together with the others that only wait, four times as many at a time as otherwise (unless
//! `--jobs` is given). So a change that makes a step wait for a message that never comes is decided by the
//! timeout of the step itself; a setting that makes the steps of your suite wait for a shorter time makes the
//! campaign shorter.
//!
//! The mutants that no step noticed, and those that could not be decided, are kept in a file and run first the next
//! time (`--unnoticed-file`, by default below the target folder): with `--budget`, the answer to "is it fixed?"
//! comes first.
//!
//! Every mutant runs from its first step. The steps before the change cannot be skipped: the state of a scenario
//! consists of types that need not be `Clone`, of files, threads and shared memory, and a process with threads cannot
//! be forked safely. There is little to gain: of the campaign over the features of this repository these steps take
//! about a tenth (31 of 360 s), since mutants mostly wait behind their change.
//!
//! # Exceptions
//!
//! A tag of a scenario or feature, or a comment above a step, excludes changes and gives the reason. They
//! are counted as *skipped*:
//!
//! ```gherkin
//! # @mutate.equal(payload size: any size will do)
//! Feature: Ring
//!
//!   @mutate.skip(needs_a_quiet_machine)
//!   Scenario: Timing
//!     # @mutate.skip(a courtesy)
//!     When the clerk greets the customer
//!     # @mutate.equal(0: any number of coins is at least 0)
//!     Then the till holds at least 7 coins
//! ```
//!
//! WHAT in `@mutate.equal(WHAT: reason)` is one or several of: the other value; the kind of change, as in the
//! table above; the words of the step before the value, or around it. Above the feature it applies to the
//! values at these words in all its steps.
//!
//! # In CI
//!
//! ```text
//! SUITE mutate --deny-below 90                # fails below 90 %
//! SUITE mutate --format json > known.json     # the mutants that are unnoticed today
//! SUITE mutate --baseline known.json          # fails for others only; the known ones run first
//! SUITE mutate --budget 60s --seed random     # a random sample, with its seed
//! SUITE mutate --page mutations.html          # the features, with the unnoticed words marked
//! SUITE mutate --report messages=m.ndjson     # the unchanged scenarios, verdicts attached to the steps
//! ```
//!
//! Without `--deny-below` and `--baseline` the exit code is 0 if anything was mutated.
