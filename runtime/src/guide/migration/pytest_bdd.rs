//! Moving a suite from pytest-bdd.
//!
//! Feature files stay as they are. Fixtures become types, parsers become expressions, and tags stay tags, which select
//! scenarios but change nothing else.
//!
//! # There
//!
//! ```python
//! from pytest_bdd import given, parsers, scenarios, then, when
//!
//! scenarios("features")
//!
//! @pytest.fixture(scope="session")
//! def server():
//!     with start_server() as server:
//!         yield server
//!
//! @given(parsers.parse("{count:d} cucumbers"), target_fixture="basket")
//! def basket(count, server):
//!     return {"count": count, "server": server}
//!
//! @when(parsers.re(r"I eat (?P<eaten>\d+) cucumbers?"), converters={"eaten": int})
//! def eat(basket, eaten):
//!     basket["count"] -= eaten
//!
//! @when("I add")
//! def add(basket, datatable):
//!     for row in datatable[1:]:
//!         basket["count"] += int(row[1])
//!
//! @then(parsers.parse("{left:d} are left"))
//! def left(basket, left):
//!     assert basket["count"] == left
//!
//! @then("eating more is refused")
//! def refused(basket):
//!     with pytest.raises(NotEnough):
//!         take(basket, 100)
//! ```
//!
//! # Here
//!
//! ```standalone_crate
//! use harmony_bdd::{TableRow, fixture, given, then, when};
//!
//! struct Server { name: &'static str }
//!
//! // What follows `yield` is the `Drop` of the type.
//! #[fixture(scope = suite)]
//! fn server() -> Server {
//!     Server { name: "shop" }
//! }
//!
//! #[derive(Default)]
//! struct Basket { count: u32, server: String }
//!
//! // `target_fixture` is a change of state.
//! #[given(expr = "{int} cucumbers")]
//! fn basket(basket: &mut Basket, count: u32, server: &Server) {
//!     *basket = Basket { count, server: server.name.to_owned() };
//! }
//!
//! // Named groups are assigned by name; the type of the parameter is the converter.
//! #[when(regex = r"I eat (?P<eaten>\d+) cucumbers?")]
//! fn eat(basket: &mut Basket, eaten: u32) -> Result<(), String> {
//!     basket.count = basket.count.checked_sub(eaten).ok_or("not enough cucumbers")?;
//!     Ok(())
//! }
//!
//! #[derive(TableRow)]
//! struct Delivery { what: String, count: u32 }
//!
//! #[when("I add")]
//! fn add(basket: &mut Basket, rows: Vec<Delivery>) {
//!     let cucumbers = rows.iter().filter(|row| row.what == "cucumbers");
//!     basket.count += cucumbers.map(|row| row.count).sum::<u32>();
//! }
//!
//! #[then(expr = "{int} are left")]
//! fn left(basket: &Basket, left: u32) {
//!     assert_eq!(basket.count, left);
//! }
//!
//! #[then("eating more is refused")]
//! fn refused(basket: &mut Basket) {
//!     assert!(eat(basket, 100).is_err());
//! }
//! # const FEATURE: &str = r#"
//! # Feature: f
//! #   Scenario: s
//! #     Given 5 cucumbers
//! #     When I eat 2 cucumbers
//! #     And I add
//! #       | what      | count |
//! #       | cucumbers | 4     |
//! #     Then 7 are left
//! #     And eating more is refused
//! # "#;
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/migration/run_feature.in"));
//! ```
//!
//! A step that is expected to fail can also keep its error for a later step: [`catch(E)`](crate::guide::outcomes).
//!
//! # What changes silently
//!
//! | subject | there | here |
//! |---|---|---|
//! | `{name}` of `parsers.parse` | anything, at least one character | `{}` does the same; `{word}` ends at a blank, `{string}` has quotes in the text |
//! | `parsers.re` | the whole text, since it uses `fullmatch` | the whole text |
//! | two definitions for one text | the last one that pytest finds is used | an error that lists both |
//! | the same text under Given and Then | two definitions | one |
//! | steps in `conftest.py` | override those of a folder above | all linked steps are in one registry |
//! | fixtures | by name, overridden by `target_fixture` | by type; a step changes the state |
//! | `datatable` | lists with the header | `&DataTable` the same; `Vec<T>` without the header |
//! | `docstring` | the lines between the delimiters | the same |
//! | tags | marks: `@skip`, `@xfail`, `@usefixtures` and those of plugins act | only select: `--tags`, hooks with `tags(…)`. `check` reports those that pytest obeys, as `foreign-tag` |
//! | `-k`, `-m`, `-x`, `-n 4`, `--lf` | select, end early, run in parallel | a word or `--name`, `--tags`, `--fail-fast`, `-j 4`, `--rerun FILE` |
//! | the order | one after the other, in the order of the files | in parallel, unless `-j 1`, [`@serial` or locks](crate::guide::scheduling) |
//! | output of a passing step | captured | captured |
//! | time limits | none | 30 s for each step |
