//! Steps about dates, for every suite that links this crate.
//!
//! The crate defines parameter types (`{date}`, `{period}`), a state ([`Calendar`]) and steps. It
//! depends only on `harmony-bdd`, not on the suites that use it.
#![forbid(unsafe_code)]

mod calendar;
mod date;
mod period;

pub use calendar::Calendar;
pub use date::Date;
pub use period::Period;
