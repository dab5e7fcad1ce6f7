//! Scenarios bound to functions of Rust's test harness.

use std::sync::atomic::{AtomicU32, Ordering};

use harmony_bdd::{Outcome, StepContext, given, scenario, scenarios, when};

#[derive(Default)]
struct Basket {
    items: u32,
}

#[given("an empty basket")]
fn empty(basket: &Basket) {
    assert_eq!(basket.items, 0);
}

#[when(regex = r"^I put in (\d+) (?:apples|pears)$")]
fn put_in(basket: &mut Basket, count: u32) -> Result<(), String> {
    if count > 10 {
        return Err(format!("no room for {count}"));
    }
    basket.items += count;
    Ok(())
}

#[when("it is closed")]
fn close() -> Outcome {
    Outcome::skip("it has no lid")
}

#[scenario("tests/bound/basket.feature", "Apples and pears")]
fn body_sees_the_state(basket: &Basket, context: &StepContext) {
    assert_eq!(basket.items, 3);
    assert_eq!(context.scenario().map(|scenario| scenario.name.as_str()), Some("Apples and pears"));
}

#[scenario("tests/bound/basket.feature", "Apples and pears")]
#[test]
async fn body_may_be_async(basket: &mut Basket) -> Result<(), String> {
    tokio::task::yield_now().await;
    basket.items += 1;
    if basket.items == 4 { Ok(()) } else { Err(basket.items.to_string()) }
}

/// The sum of the rows of the outline.
static SUM: AtomicU32 = AtomicU32::new(0);

#[scenario("tests/bound/basket.feature", "<count> apples")]
fn outline_runs_each_row(basket: &Basket) {
    // The rows run one after the other, in order.
    let sum = SUM.fetch_add(basket.items, Ordering::SeqCst);
    assert_eq!((sum, basket.items), if sum == 0 { (0, 2) } else { (2, 4) });
}

#[scenario("tests/bound/basket.feature", "4 apples")]
fn row_runs_alone(basket: &Basket) {
    assert_eq!(basket.items, 4);
}

#[scenario("tests/bound/basket.feature", "Too many")]
#[should_panic(expected = "no room for 100")]
fn failed_step_fails_the_test() {
    unreachable!("the body runs after the steps");
}

#[scenario("tests/bound/basket.feature", "Apples and pears")]
#[should_panic(expected = "three are not enough")]
fn failed_body_fails_the_test() {
    panic!("three are not enough");
}

#[scenario("tests/bound/basket.feature", "Apples and pears", timeout_ms = 50)]
#[should_panic(expected = "was still running after 50")]
async fn body_has_a_deadline() {
    std::future::pending::<()>().await;
}

#[scenario("tests/bound/basket.feature", "1 apple stays")]
fn skipped_scenario_does_not_run_the_body() {
    unreachable!("the scenario skips itself");
}

mod whole_file {
    super::scenarios!("tests/bound/whole.feature");

    #[test]
    fn every_scenario_and_row_is_a_test() {
        // They exist by these names.
        let tests: [fn(); 4] = [one_apple, many_row_1, many_row_2, small_one_apple];
        tests.iter().for_each(|test| test());
    }
}
