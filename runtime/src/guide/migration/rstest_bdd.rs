//! Moving a suite from rstest-bdd.
//!
//! Its fixtures are found by the names of parameters, here state is found by type. Scenarios are not bound to
//! functions: one test target runs all feature files of a folder.
//!
//! # There
//!
//! ```text
//! use rstest::fixture;
//! use rstest_bdd_macros::{given, scenario, then, when};
//!
//! #[fixture]
//! fn basket() -> Basket { Basket::default() }
//!
//! #[fixture]
//! fn prices() -> Prices { Prices::load("prices.toml") }
//!
//! #[given("an empty basket")]
//! fn empty(basket: &mut Basket) { basket.items.clear(); }
//!
//! #[when("I add {count:u32} pumpkins")]
//! fn add(basket: &mut Basket, prices: &Prices, count: u32) { … }
//!
//! #[when("I add")]
//! fn add_all(basket: &mut Basket, #[datatable] rows: Vec<Vec<String>>) { … }
//!
//! #[then("the label is {label:string}")]
//! fn label(basket: &Basket, label: String) { … }
//!
//! #[then("the receipt is")]
//! fn receipt(basket: &Basket, docstring: String) { … }
//!
//! #[scenario(path = "tests/features/basket.feature", name = "Pumpkins")]
//! fn pumpkins(basket: Basket, prices: Prices) {
//!     assert!(basket.is_closed());
//! }
//! ```
//!
//! # Here
//!
//! ```standalone_crate
//! use harmony_bdd::{TableRow, after_scenario, fixture, given, then, when};
//!
//! // `Default` is enough for a fixture.
//! #[derive(Default)]
//! struct Basket { items: Vec<(String, u32)> }
//!
//! struct Prices { pumpkin: u32 }
//!
//! // Found by the type that it returns; `scope = suite` makes one for all scenarios.
//! #[fixture]
//! fn prices() -> Prices {
//!     Prices { pumpkin: 3 }
//! }
//!
//! #[given("an empty basket")]
//! fn empty(basket: &mut Basket) {
//!     basket.items.clear();
//! }
//!
//! // `{count:u32}` is `{int}`: the parameter of the function has the type, and the order counts.
//! #[when(expr = "I add {int} pumpkins")]
//! fn add(basket: &mut Basket, prices: &Prices, count: u32) {
//!     basket.items.push(("pumpkin".to_owned(), count * prices.pumpkin));
//! }
//!
//! #[derive(TableRow)]
//! struct Item { name: String, price: u32 }
//!
//! #[when("I add")]
//! fn add_all(basket: &mut Basket, rows: Vec<Item>) {
//!     basket.items.extend(rows.into_iter().map(|row| (row.name, row.price)));
//! }
//!
//! // `{label:string}` is `{string}`: the quotes are part of the text and not of the value.
//! #[then(expr = "the label is {string}")]
//! fn label(basket: &Basket, label: &str) {
//!     assert_eq!(format!("{} items", basket.items.len()), label);
//! }
//!
//! #[then("the receipt is")]
//! fn receipt(basket: &Basket, #[doc_string] text: String) {
//!     let lines: Vec<_> = basket.items.iter().map(|(name, price)| format!("{name} {price}")).collect();
//!     assert_eq!(lines.join("\n"), text);
//! }
//!
//! // The body of `#[scenario]`, which runs after the steps.
//! #[after_scenario(tags(@pumpkins))]
//! fn is_paid(basket: &Basket) {
//!     assert!(basket.items.iter().all(|(_, price)| *price > 0));
//! }
//! # const FEATURE: &str = r#"
//! # Feature: f
//! #   @pumpkins
//! #   Scenario: s
//! #     Given an empty basket
//! #     When I add 2 pumpkins
//! #     And I add
//! #       | name  | price |
//! #       | plum  | 1     |
//! #     Then the label is "2 items"
//! #     And the receipt is
//! #       """
//! #       pumpkin 6
//! #       plum 1
//! #       """
//! # "#;
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/migration/run_feature.in"));
//! ```
//!
//! The test target is one line, `harmony_bdd::test_main!("tests/features");`, with `harness = false` in `Cargo.toml`.
//!
//! # What changes silently
//!
//! | subject | there | here |
//! |---|---|---|
//! | `{name}` in a plain text | a placeholder | a compile-time error asks for `expr = …`, with `{}` or `{word}` |
//! | a placeholder without a type | anything, up to the next text | `{}` does the same; `{word}` ends at a blank |
//! | the same text under Given and Then | two definitions | one; two functions with the same text are ambiguous |
//! | fixtures | by the name of the parameter, so that two may have one type | by type: wrap the second in another type |
//! | a fixture | made by rstest before the first step | made when a step first takes it |
//! | a value that a step returns | replaces the fixture of its type | compile-time error: take `&mut T` |
//! | scenarios without `#[scenario]` | are not run | are run |
//! | the body of `#[scenario]` | runs after the steps | an `#[after_scenario]` hook, with a tag |
//! | an undefined step | a compile-time error, with the feature `compile-time-validation` | `SUITE check`, and the scenario fails |
//! | `@allow_skipped` | obeyed | `@allow.skipped`, for undefined and pending steps; a step that skips is never a failure |
//! | `skip!("why")` | skips | `Outcome::skip("why")` |
//! | doc strings | as the parser has them | the lines between the delimiters |
//! | time limits | none | 30 s for each step |
