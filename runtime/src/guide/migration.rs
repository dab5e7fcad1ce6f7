//! Moving a suite from another framework.
//!
//! A page for each has the same steps there and here, the latter compiled and run, and a table of what changes without an
//! error: [`cucumber_rs`], [`rstest_bdd`], [`pytest_bdd`], [`behave`], and [`reqnroll`] for Reqnroll and SpecFlow. The
//! page of behave also lists what was found when a public suite of 282 scenarios was moved.
//!
//! `SUITE check` runs nothing and lists what is left to do: undefined steps with a definition to paste, ambiguous
//! ones, tags that another framework obeys and this one does not.
//!
//! # Comparison
//!
//! | harmony-bdd | cucumber-rs | pytest-bdd | Reqnroll, SpecFlow |
//! |---|---|---|---|
//! | `#[given("text")]` | `#[given("text")]` | `@given("text")` | `[Given("text")]` |
//! | `expr = "{int} items"` | `expr = "{int} items"` | `parsers.parse("{n:d} items")` | `[Given("{int} items")]` |
//! | `regex = r"^(\d+) items$"` | `regex = r"^(\d+) items$"` | `parsers.re(r"(?P<n>\d+) items")` | `[Given(@"^(\d+) items$")]` |
//! | named groups are assigned to parameters by name | by position | by name | by position |
//! | wrong number of parameters: compile-time error | run-time error | run-time error | run-time error |
//! | `state: &mut T`, any number of types | `world: &mut World`, one type | fixtures by name | constructor injection |
//! | `#[derive(Default)]` | `#[derive(World)]` | `@pytest.fixture` | a class per context |
//! | `#[fixture]` | `#[world(init = …)]` | `@pytest.fixture` | object container |
//! | `#[fixture(scope = feature)]`, `suite` | statics | `scope="module"`, `"session"` | `FeatureContext`, `TestRunContext` |
//! | `#[param(name, regex)]` | `#[derive(Parameter)] #[param(…)]` | `converters=` | `[StepArgumentTransformation]` |
//! | `Vec<T>` with `#[derive(TableRow)]` | `step.table`, raw cells | `datatable`, lists | `table.CreateSet<T>()` |
//! | `#[table] T` | manual | manual | `table.CreateInstance<T>()` |
//! | `&DocString`, `Json<T>` | `step.docstring` | `docstring` | a last `string` parameter |
//! | `&StepContext` | `step: &Step` | `request` | `ScenarioContext` |
//! | `Outcome::skip("why")` | unsupported | `pytest.skip("why")` | `Assert.Ignore("why")` |
//! | `Outcome::pending("why")` | unsupported | `pytest.xfail("why")` | `throw new PendingStepException()` |
//! | `catch(E)`, then `&Caught` | stored in the world | `pytest.raises` in the step | `try`/`catch` in the step |
//! | `timeout_ms = 500` | unsupported | pytest-timeout | `CancellationToken` |
//! | `#[before_scenario(order, tags)]` | `.before(…)`, only one | `pytest_bdd_before_scenario` | `[BeforeScenario("@tag", Order = …)]` |
//! | `#[after_step]` and all others | `.after(…)` for scenarios | `pytest_bdd_after_step` | `[AfterStep]` |
//! | undefined steps fail | `.fail_on_skipped()` | fail | configurable |
//! | `@serial`, `@retry(3).after(1s)`, `@allow.skipped` | the same | plugins | `[NonParallelizable]`, plugins |
//! | `@lock(database)` | unsupported | plugins | unsupported |
//! | `scope(tags(@api))`, `scope(feature("Orders"))` | one world per run | steps per module | `[Scope(Tag = "api", Feature = "Orders")]` |
//! | `#[scenario("a.feature", "name")]`, `scenarios!` | unsupported | `@scenario("a.feature", "name")`, `scenarios()` | generated |
//! | ambiguous steps fail and list both definitions | fail | one is used | fail |
//! | `async fn`, with a tokio runtime | `async fn` | unsupported | `async Task` |
//!
//! # Build cost
//!
//! 1,000 mixed steps in a debug build on 2 cores, measured by `macros/benches/compile_cost.py`. Both suites
//! are generated from the same list, and their dependencies are built beforehand:
//!
//! | | harmony-bdd | cucumber-rs 0.23 | ratio |
//! |---|---|---|---|
//! | build | 3.5 s | 60.4 s | 17.4 |
//! | rebuild after extending one step function | 2.4 s | 24.1 s | 10.2 |
//! | rebuild after a one-character edit | 2.0 s | 7.1 s | 3.5 |
//! | binary size | 56.5 MB | 324.7 MB | 5.7 |

pub mod behave;
pub mod cucumber_rs;
pub mod pytest_bdd;
pub mod reqnroll;
pub mod rstest_bdd;
