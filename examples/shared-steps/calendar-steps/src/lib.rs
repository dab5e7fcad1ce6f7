//! Steps about days, for any suite: it links this crate and has them.
//!
//! The crate brings parameter types (`{date}`, `{period}`), a state ([`Calendar`]) and steps. It
//! depends on `harmony-bdd` alone and knows none of the suites that use it.
#![forbid(unsafe_code)]

mod calendar;
mod date;
mod period;

pub use calendar::Calendar;
pub use date::Date;
pub use period::Period;
