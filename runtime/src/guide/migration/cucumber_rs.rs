//! Moving a suite from cucumber-rs.
//!
//! Feature files stay as they are. Most step functions need their `use` line changed, and what the compiler then
//! reports. [What changes silently](#what-changes-silently) is the part to read.
//!
//! 1. In `Cargo.toml` replace `cucumber` with `harmony-bdd = "0.1"`; `[[test]]` with `harness = false` stays.
//! 2. Replace `use cucumber::{given, then, when, World};` with `use harmony_bdd::{given, then, when};`.
//! 3. Remove `World` from the derives; the type keeps `Default`. `#[world(init = Self::new)]` becomes a
//!    [`#[fixture]`](crate::guide::state#fixtures), and the type loses its `Default`.
//! 4. Replace `main` with `harmony_bdd::test_main!("tests/features");`. In a binary instead of a test target, write
//!    `harmony_bdd::main!();`, which has more commands.
//! 5. Run `cargo check --tests` and follow its errors, then `cargo test`.
//!
//! A test target has no commands. For `cargo run -- check` and the others move the steps into the library of the package,
//! and link them from the test target and from a `src/main.rs`, as `harmony-bdd new` does.
//!
//! # There
//!
//! ```text
//! use cucumber::{gherkin::Step, given, then, when, Parameter, World};
//!
//! #[derive(Debug, Default, World)]
//! struct Shop { stock: HashMap<String, u32>, receipt: String, state: State }
//!
//! #[derive(Parameter)]
//! #[param(name = "state", regex = "open|closed")]
//! enum State { Open, Closed }                       // with FromStr
//!
//! #[given("the stock")]
//! fn stock(shop: &mut Shop, step: &Step) {
//!     for row in step.table().unwrap().rows.iter().skip(1) {
//!         shop.stock.insert(row[0].clone(), row[1].parse().unwrap());
//!     }
//! }
//!
//! #[given(expr = "the shop is {state}")]
//! #[when(expr = "the shop is {state}")]
//! async fn is(shop: &mut Shop, state: State) { shop.state = state; }
//!
//! #[when(regex = r"sells? (\d+) (apple|pear)s?")]
//! fn sell(shop: &mut Shop, count: u32, what: String) { … }
//!
//! #[then("the receipt is")]
//! fn receipt(shop: &mut Shop, step: &Step) {
//!     assert_eq!(shop.receipt, step.docstring().unwrap().trim());
//! }
//!
//! #[tokio::main]
//! async fn main() {
//!     Shop::cucumber()
//!         .before(|_, _, scenario, shop| log(scenario, shop).boxed_local())
//!         .fail_on_skipped()
//!         .run_and_exit("tests/features")
//!         .await;
//! }
//! ```
//!
//! # Here
//!
//! ```standalone_crate
//! use std::collections::HashMap;
//! use harmony_bdd::{DocString, StepContext, TableRow, before_scenario, given, param, then, when};
//!
//! #[derive(Default)]
//! struct Shop { stock: HashMap<String, u32>, receipt: String, state: State }
//!
//! // One declaration; the texts are the names of the variants.
//! #[param(name = "state", regex = "open|closed")]
//! #[derive(Default)]
//! enum State { Open, #[default] Closed }
//!
//! #[derive(TableRow)]
//! struct Item { name: String, count: u32 }
//!
//! // `step.table()` is a parameter: `&DataTable` with all rows, or typed rows without the header.
//! #[given("the stock")]
//! fn stock(shop: &mut Shop, items: Vec<Item>) {
//!     shop.stock.extend(items.into_iter().map(|item| (item.name, item.count)));
//! }
//!
//! // One attribute: the keyword does not distinguish steps.
//! #[given(expr = "the shop is {state}")]
//! async fn is(shop: &mut Shop, state: State) {
//!     shop.state = state;
//! }
//!
//! // The whole text has to match.
//! #[when(regex = r".* sells? (\d+) (apple|pear)s?")]
//! fn sell(shop: &mut Shop, count: u32, what: String) -> Result<(), String> {
//!     let stock = shop.stock.get_mut(&what).ok_or("not in stock")?;
//!     *stock = stock.checked_sub(count).ok_or("sold out")?;
//!     shop.receipt = format!("{count} x {what}\nThank you");
//!     Ok(())
//! }
//!
//! // `step.docstring()` is a parameter as well, without line breaks around it.
//! #[then("the receipt is")]
//! fn receipt(shop: &Shop, expected: &DocString) {
//!     assert_eq!(shop.receipt, expected.content);
//! }
//!
//! // The rest of `&Step` is in `&StepContext`.
//! #[before_scenario]
//! fn log(shop: &mut Shop, context: &StepContext) {
//!     println!("{:?}", context.scenario().map(|scenario| &scenario.name));
//!     shop.receipt.clear();
//! }
//! # const FEATURE: &str = r#"
//! # Feature: f
//! #   Scenario: s
//! #     Given the stock
//! #       | name  | count |
//! #       | apple | 3     |
//! #     When the shop is open
//! #     And Ann sells 2 apples
//! #     Then the receipt is
//! #       """
//! #       2 x apple
//! #       Thank you
//! #       """
//! #     Given the shop is closed
//! # "#;
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/migration/run_feature.in"));
//! ```
//!
//! # What changes silently
//!
//! | subject | there | here |
//! |---|---|---|
//! | doc strings | begin and end with a line break | the lines between the delimiters, nothing around them; remove what you trimmed, or compare without |
//! | a regex without `^` and `$` | matches a part of the text | has to match the whole text: write `.*` where more may stand. `check` shows such steps as undefined |
//! | the same text under Given, When and Then | three definitions | one: two functions with the same text are ambiguous, two attributes on one function a compile-time error |
//! | undefined steps | skipped, and the run passes without `fail_on_skipped` | fail; `@allow.skipped` is obeyed |
//! | a panic in a hook | fails the scenario | the same, and the failure names the hook |
//! | `@serial`, `@retry(3).after(1s)`, `--retry-tag-filter` | obeyed | [obeyed](crate::guide::scheduling); serial scenarios run after all others |
//! | scenarios at the same time | 64, as tasks of one thread | one per core, each on its own thread: a step that blocks stops no other scenario, and statics are used from several threads. `-j 64` sets another number |
//! | the runtime | yours (`#[tokio::main]`): lives as long as the run | one for each scenario. What a static keeps, such as a connection pool, belongs to a runtime that ends: make it a [suite fixture](crate::guide::tasks) |
//! | the world | one type for each test binary, made before the first step | any number of types, each made when a step first takes it; a scenario whose steps do not take it has none |
//! | two worlds in one binary | each has its own steps | all steps are in one registry: the same text in two of them is ambiguous |
//! | steps in another crate | need the type of the world | [are linked](crate::guide::state) with `use my_steps as _;` |
//! | writers | `with_writer(…)`, features `output-json`, `output-junit` | `--report junit=F`, `json=F`, `messages=F` and others; `run_with` for [your own](crate::cli::run_with) |
//! | time limits | none | [30 s for each step](crate::guide::outcomes), `--step-timeout` |
//!
//! Not silent, since the compiler reports them: your `FromStr` of an enum that is a parameter type (`conflicting
//! implementations`: keep it with `#[param(…, from_str)]`, or remove it, since the texts of the variants replace it); `^` and `$` in the regex of a parameter type; groups without a parameter
//! (`(?:…)` captures nothing) and parameters without a group; `&Step`, which is `&StepContext`, `&DataTable` and
//! `&DocString`.
//!
//! # Arguments of `cargo test`
//!
//! | there | here, in a test target | here, in a binary |
//! |---|---|---|
//! | `cargo test -- -t '@a and not @b'`, `--tags` | the same | `cargo run -- run -t …` |
//! | `cargo test -- -n REGEX`, `--name` | the same | `cargo run -- run -n …` |
//! | `cargo test -- -c 8`, `--concurrency 8` | the same, or `--test-threads 8` | `cargo run -- run -j 8` |
//! | `cargo test -- --fail-fast`, `--retry 2`, `--retry-after 1s`, `--retry-tag-filter EXPR` | the same | the same |
//! | `cargo test -- -i 'a*.feature'`, `--input` | a part of the name of a test: `cargo test -- a::` | a path, or a part of a name |
//! | `cargo test -- -vv` | `--no-capture`, `--show-output` | `-v` |
//!
//! All settings of `run` can be in `harmony.toml` and in the environment, which also apply to a test target.
