//! Moving a suite from Reqnroll or SpecFlow.
//!
//! Feature files stay as they are. A binding class becomes free functions, and the context classes that its
//! constructor takes become parameters.
//!
//! # There
//!
//! ```csharp
//! [Binding]
//! public class OrderSteps(OrderContext order, Shop shop, ScenarioContext scenario)
//! {
//!     [BeforeScenario("@clean", Order = 10)]
//!     public void Clean() => shop.Clear();
//!
//!     [Given("a {colour} shop")]
//!     public void Open(Colour colour) => shop.Open(colour);
//!
//!     [StepArgumentTransformation("(red|dark green)")]
//!     public Colour ToColour(string text) => …;
//!
//!     [When(@"^(\d+) items? (?:is|are) ordered$")]
//!     public async Task Order(int count) => order.Number = await shop.Order(count);
//!
//!     [When("the items are ordered")]
//!     public void Order(DataTable table)
//!     {
//!         foreach (var item in table.CreateSet<Item>()) order.Add(item);
//!     }
//!
//!     [Then("the order has {int} items")]
//!     public void Has(int count) => Assert.Equal(count, order.Count);
//!
//!     [Then("the mail is")]
//!     public void Mail(string text) => Assert.Equal(text, order.Mail);
//! }
//! ```
//!
//! # Here
//!
//! ```standalone_crate
//! use harmony_bdd::{DocString, TableRow, before_scenario, given, param, then, when};
//!
//! #[derive(Default)]
//! struct Shop { colour: Option<Colour>, dirty: bool }
//!
//! #[derive(Default)]
//! struct Order { items: Vec<Item> }
//!
//! // `[StepArgumentTransformation]`; `DarkGreen` matches `dark green`.
//! #[param(name = "colour", regex = "red|dark green")]
//! #[derive(Clone, Copy, Debug, PartialEq)]
//! enum Colour { Red, DarkGreen }
//!
//! #[derive(TableRow)]
//! struct Item { name: String, count: usize }
//!
//! #[before_scenario(tags(@clean), order = 10)]
//! fn clean(shop: &mut Shop) {
//!     shop.dirty = false;
//! }
//!
//! #[given(expr = "a {colour} shop")]
//! fn open(shop: &mut Shop, colour: Colour) {
//!     shop.colour = Some(colour);
//! }
//!
//! #[when(regex = r"^(\d+) items? (?:is|are) ordered$")]
//! async fn order(shop: &Shop, order: &mut Order, count: usize) {
//!     assert!(shop.colour == Some(Colour::DarkGreen) && !shop.dirty);
//!     order.items.push(Item { name: "item".to_owned(), count });
//! }
//!
//! // `table.CreateSet<Item>()`; `table.CreateInstance<Item>()` is `#[table] item: Item`.
//! #[when("the items are ordered")]
//! fn order_all(order: &mut Order, items: Vec<Item>) {
//!     order.items.extend(items);
//! }
//!
//! #[then(expr = "the order has {int} items")]
//! fn has(order: &Order, count: usize) {
//!     assert_eq!(order.items.iter().map(|item| item.count).sum::<usize>(), count);
//! }
//!
//! #[then("the mail is")]
//! fn mail(order: &Order, text: &DocString) {
//!     let names: Vec<_> = order.items.iter().map(|item| item.name.as_str()).collect();
//!     assert_eq!(text.content, names.join("\n"));
//! }
//! # const FEATURE: &str = r#"
//! # @clean
//! # Feature: f
//! #   Scenario: s
//! #     Given a dark green shop
//! #     When 3 items are ordered
//! #     And the items are ordered
//! #       | name | count |
//! #       | pear | 2     |
//! #     Then the order has 5 items
//! #     And the mail is
//! #       """
//! #       item
//! #       pear
//! #       """
//! # "#;
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/migration/run_feature.in"));
//! ```
//!
//! # What changes silently
//!
//! | subject | there | here |
//! |---|---|---|
//! | the same text under Given and Then | two bindings | one; two functions with the same text are ambiguous |
//! | `[StepDefinition]` | every keyword | every attribute matches every keyword |
//! | `[Scope(Tag = "api")]` | limits a binding | all steps are in one registry |
//! | a method without an attribute text | its name is the text | compile-time error: write the text |
//! | regex or expression | decided by what the text looks like | `expr = …` or `regex = …`; a plain text with `{int}` is a compile-time error |
//! | numbers and dates | by the culture of the feature file (`binding/culture`) | as Rust's `FromStr`: `1.5`, never `1,5` |
//! | enums | by name, in any case | by the texts of their variants |
//! | a table that is not used | ignored | the step fails |
//! | columns of `CreateSet<T>` without a property | ignored | the step fails and lists the columns |
//! | `[BeforeScenario("a", "b")]` | one of the tags | `tags(@a or @b)` |
//! | `[BeforeTestRun]` on each worker | once per thread or process | `#[before_all]` once per run |
//! | `@ignore` | the scenario is skipped | a tag without an effect, which `check` reports as `foreign-tag`. Write the hook below |
//! | undefined steps | inconclusive, or `missingOrPendingStepsOutcome` | fail; `@allow.skipped` skips the scenario |
//! | parallel scenarios | features in parallel, if the test framework is configured so | scenarios in parallel; `--parallel features`, `-j 1` |
//! | `--filter`, `dotnet test` categories | select tests | `--tags`, `--name` |
//! | time limits | none | 30 s for each step |
//!
//! ```
//! use harmony_bdd::{Outcome, before_scenario};
//!
//! #[before_scenario(tags(@ignore))]
//! fn ignore() -> Outcome {
//!     Outcome::skip("ignored by its tag")
//! }
//! # assert_eq!(ignore().as_str(), "skipped");
//! ```
