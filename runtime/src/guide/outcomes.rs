//! Return values, deadlines and expected errors.
//!
//! A step passes if its function returns. It fails on a panic, so any assertion library works, and on an
//! `Err` whose error implements `Display`. Panics are reported with file and line.
//!
//! ```
//! use harmony_bdd::{Outcome, given};
//!
//! #[given("a readable file")]
//! fn file() -> Result<(), std::io::Error> {
//!     std::fs::read("Cargo.toml").map(drop)
//! }
//!
//! #[given("two sockets")]
//! fn sockets() -> Result<Outcome, String> {
//!     Ok(Outcome::skip("this machine has one"))
//! }
//!
//! #[given("an unfinished step")]
//! fn unwritten() -> Outcome {
//!     Outcome::pending("waits for the new protocol")
//! }
//! ```
//!
//! The causes of an error are reported as well, following `source`, for plain errors, `Box<dyn Error>`, and
//! error types such as `anyhow::Error`.
//!
//! ```text
//! error: no answer
//!   = caused by: connection refused
//! ```
//!
//! # Deadlines
//!
//! Every step has a deadline: its own, or the runner's default. At the deadline an async body is
//! cancelled; a blocking body is abandoned: its thread is leaked and the run continues. A step that takes
//! longer than `warn_after_ms` logs a warning.
//!
//! ```
//! use harmony_bdd::when;
//!
//! #[when("the answer arrives", timeout_ms = 500, warn_after_ms = 100)]
//! async fn answer() {}
//! ```
//!
//! # Expected errors
//!
//! With `catch(E)` the step passes if it returns an `E`, or an error with an `E` among its causes: a
//! `Box<dyn Error>`, an `anyhow::Error`, an `eyre::Report`, an `std::io::Error` made from it, or an enum
//! with `#[from]`. An error that cannot have such a cause is refused at compile time. The causes are those
//! that `std::error::Error::source` returns, so an `E` in a variant with `#[error(transparent)]` is not
//! found.
//!
//! A later step must check the error; other errors fail as usual, and a scenario whose expected error is
//! never checked fails.
//!
//! ```
//! use std::num::ParseIntError;
//! use harmony_bdd::{Caught, then, when};
//!
//! #[when(expr = "{word} is read", catch(ParseIntError))]
//! fn read(text: &str) -> Result<(), ParseIntError> {
//!     text.parse::<u8>().map(drop)
//! }
//!
//! #[then("that is refused")]
//! fn refused(caught: &Caught) {
//!     let error: &ParseIntError = caught.error().expect("an error");
//!     assert!(!error.to_string().is_empty());
//! }
//! ```
