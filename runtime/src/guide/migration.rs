//! The same things elsewhere, on one page.
//!
//! | harmony-bdd | cucumber-rs | pytest-bdd | Reqnroll, SpecFlow |
//! |---|---|---|---|
//! | `#[given("text")]` | `#[given("text")]` | `@given("text")` | `[Given("text")]` |
//! | `expr = "{int} items"` | `expr = "{int} items"` | `parsers.parse("{n:d} items")` | `[Given("{int} items")]` |
//! | `regex = r"^(\d+) items$"` | `regex = r"^(\d+) items$"` | `parsers.re(r"(?P<n>\d+) items")` | `[Given(@"^(\d+) items$")]` |
//! | named groups feed parameters by name | by position | by name | by position |
//! | wrong number of parameters: does not compile | run time | run time | run time |
//! | `state: &mut T`, any number of types | `world: &mut World`, one type | fixtures by name | constructor injection |
//! | `#[derive(Default)]` | `#[derive(World)]` | `@pytest.fixture` | a class per context |
//! | `#[fixture]` | `#[world(init = …)]` | `@pytest.fixture` | object container |
//! | `#[fixture(scope = feature)]`, `suite` | statics | `scope="module"`, `"session"` | `FeatureContext`, `TestRunContext` |
//! | `#[param(name, regex)]` | `#[derive(Parameter)] #[param(…)]` | `converters=` | `[StepArgumentTransformation]` |
//! | `Vec<T>` with `#[derive(TableRow)]` | `step.table`, raw cells | `datatable`, lists | `table.CreateSet<T>()` |
//! | `#[table] T` | by hand | by hand | `table.CreateInstance<T>()` |
//! | `&DocString`, `Json<T>` | `step.docstring` | `docstring` | a last `string` parameter |
//! | `&StepContext` | `step: &Step` | `request` | `ScenarioContext` |
//! | `Outcome::skip("why")` | not there | `pytest.skip("why")` | `Assert.Ignore("why")` |
//! | `Outcome::pending("why")` | not there | `pytest.xfail("why")` | `throw new PendingStepException()` |
//! | `catch(E)`, then `&Caught` | keep it in the world | `pytest.raises` in the step | `try`/`catch` in the step |
//! | `timeout_ms = 500` | not there | pytest-timeout | `CancellationToken` |
//! | `#[before_scenario(order, tags)]` | `.before(…)`, one | `pytest_bdd_before_scenario` | `[BeforeScenario("@tag", Order = …)]` |
//! | `#[after_step]` and all others | `.after(…)` for scenarios | `pytest_bdd_after_step` | `[AfterStep]` |
//! | undefined steps fail | `.fail_on_skipped()` | they fail | by configuration |
//! | ambiguous steps fail, both named | they fail | one wins | they fail |
//! | `async fn`, tokio is there | `async fn` | not there | `async Task` |
//!
//! # What a suite costs to build
//!
//! 1,000 mixed steps in a debug build on 2 cores, by `macros/benches/compile_cost.py`, both sides
//! generated from one list and their dependencies built before:
//!
//! | | harmony-bdd | cucumber-rs 0.23 | ratio |
//! |---|---|---|---|
//! | build | 3.5 s | 60.4 s | 17.4 |
//! | build again after writing more into one step | 2.4 s | 24.1 s | 10.2 |
//! | build again after exchanging one digit | 2.0 s | 7.1 s | 3.5 |
//! | size of the binary | 56.5 MB | 324.7 MB | 5.7 |
