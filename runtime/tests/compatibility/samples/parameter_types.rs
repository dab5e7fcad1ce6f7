//! Definitions for the sample `parameter-types`.

use harmony_bdd::{given, param};

struct Flight {
    from: String,
    to: String,
}

#[param(name = "flight", regex = "([A-Z]{3})-([A-Z]{3})")]
fn flight(from: &str, to: &str) -> Flight {
    Flight { from: from.to_owned(), to: to.to_owned() }
}

#[given(expr = "{flight} has been delayed")]
fn delayed(flight: Flight) {
    assert_eq!((flight.from.as_str(), flight.to.as_str()), ("LHR", "CDG"));
}
