//! Counters in one or several processes.

use harmony_bdd::{given, then, when};

#[derive(Default)]
struct Counter {
    value: u32,
}

#[given(expr = "the {string} process counts to '{int}'")]
fn count_to(counter: &mut Counter, _process: String, value: u32) {
    counter.value = value;
}

#[when(expr = "the {string} process counts on by '{int}'")]
fn count_on(counter: &mut Counter, _process: String, by: u32) {
    counter.value += by;
}

#[then(expr = "the {string} counter is '{int}'")]
fn counter_is(counter: &Counter, process: String, value: u32) -> Result<(), String> {
    match counter.value {
        actual if actual == value => Ok(()),
        actual => Err(format!("{process} is {actual}")),
    }
}

harmony_bdd::main!();
