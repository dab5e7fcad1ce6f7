//! Signatures of step functions: many parameters, lifetimes, other ABIs, macros.

use harmony_bdd::model::Outcome;
use harmony_bdd::{Caught, StepContext, given, then, when};

use super::test_scenario::{TestScenario, failure};

#[derive(Default)]
struct Seen(Vec<String>);

impl Seen {
    fn add(&mut self, what: impl ToString) {
        self.0.push(what.to_string());
    }
}

#[given(
    expr = "{int} {int} {int} {int} {int} {int} {int} {int} {int} {int} {int} {int} {float} {word} as one"
)]
#[expect(clippy::too_many_arguments, reason = "as many as there may be")]
fn as_many_as_there_may_be(
    a: u8,
    b: i8,
    c: u16,
    d: i16,
    e: u32,
    f: i32,
    g: u64,
    h: i64,
    i: u128,
    j: i128,
    k: usize,
    l: isize,
    m: f64,
    last: &str,
    seen: &mut Seen,
    context: &StepContext,
) {
    seen.add(format!("{a}{b}{c}{d}{e}{f}{g}{h}{i}{j}{k}{l}{m}{last}{}", context.text().len()));
}

#[given(expr = "{word} and {word} with lifetimes")]
fn bound_early<'a, 'b: 'a>(seen: &'a mut Seen, first: &'b str, second: &'a str) {
    let either: [&'a str; 2] = [first, second];
    seen.add(either.join("+"));
}

#[given(expr = "{int} from C")]
extern "C" fn of_another_abi(seen: &mut Seen, count: u8) {
    seen.add(count);
}

#[when(expr = "{word} is refused")]
fn borrowed_error<'a>(seen: &'a mut Seen, word: &str) -> Result<(), &'a str> {
    seen.add(word);
    Err(&seen.0[0])
}

#[when(expr = "{word} is refused later", catch(std::num::ParseIntError))]
async fn caught_late(seen: &mut Seen, word: &str) -> Result<(), std::num::ParseIntError> {
    seen.add("before");
    tokio::task::yield_now().await;
    seen.add(word);
    word.parse::<u8>().map(drop)
}

#[then(r"^there is (.+)$", timeout_ms = 30_000_u32, warn_after_ms = 29_000)]
fn r#match(r#as: &str, seen: &Seen, caught: &Caught) {
    assert_eq!(seen.0.join(","), r#as);
    assert_eq!(caught.text().is_some(), seen.0.contains(&"before".to_owned()));
}

macro_rules! step_of {
    ($name:ident, $text:literal, $kind:ty) => {
        #[given(expr = $text)]
        fn $name(seen: &mut Seen, value: $kind) {
            seen.add(value);
        }
    };
    ($function:item) => {
        #[given("an item of a macro")]
        $function
    };
}

step_of!(number, "the number {int} of a macro", i64);
step_of!(word, "the word {word} of a macro", String);
step_of! {
    fn whole(seen: &mut Seen) {
        seen.add("whole");
    }
}

fn seen_after(steps: &[&str], wanted: &str) {
    let mut scenario = TestScenario::new();
    scenario.passes(steps);
    assert_eq!(scenario.step(&format!("there is {wanted}")), Outcome::Passed);
}

#[test]
fn sixteen_parameters_are_passed_in_order() {
    seen_after(&["1 2 3 4 5 6 7 8 9 10 11 12 13.5 x as one"], "12345678910111213.5x40");
}

#[test]
fn lifetimes_may_be_named() {
    seen_after(&["a and b with lifetimes"], "a+b");
}

#[test]
fn function_of_another_abi_is_called() {
    seen_after(&["7 from C"], "7");
}

#[test]
fn error_may_borrow_a_parameter() {
    let mut scenario = TestScenario::new();
    assert!(failure(scenario.step("it is refused")).contains("it"));
}

#[test]
fn borrows_of_an_async_step_live_until_it_ends() {
    seen_after(&["x is refused later"], "before,x");
}

#[test]
fn macro_rules_may_generate_steps() {
    seen_after(
        &["the number -3 of a macro", "the word up of a macro", "an item of a macro"],
        "-3,up,whole",
    );
}
