//! A variant that does not exist has no text.

use harmony_bdd::{StepArg, given, param};

#[param(name = "system")]
#[derive(Debug, PartialEq)]
pub enum System {
    Linux,
    #[cfg(any())]
    Amiga,
    #[cfg_attr(all(), text("mac"))]
    Apple,
}

#[derive(StepArg)]
pub enum Answer {
    Yes,
    #[cfg(any())]
    Perhaps,
}

#[given(expr = "a {system}")]
fn system(_system: System) {}

#[given("a step for another system")]
#[cfg(any())]
fn missing() {}

#[test]
fn missing_variants_have_no_text() {
    assert!("amiga".parse::<System>().is_err());
    assert_eq!("mac".parse::<System>(), Ok(System::Apple));
    assert!("perhaps".parse::<Answer>().is_err());
}
