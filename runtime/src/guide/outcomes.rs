//! What a function may return, how long it may take and which errors it may expect.
//!
//! A step that returns passes. It fails by a panic, so every assertion of every crate works, or by
//! an `Err` whose error is `Display`. A panic is told with file and line.
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
//! #[given("a thing nobody wrote yet")]
//! fn unwritten() -> Outcome {
//!     Outcome::pending("waits for the new protocol")
//! }
//! ```
//!
//! An error tells its causes too: those that `source` leads to, whether the function returns the error
//! itself, a `Box<dyn Error>`, or what `anyhow` and its kin make of it.
//!
//! ```text
//! error: no answer
//!   = caused by: connection refused
//! ```
//!
//! # Deadlines
//!
//! Every step has a deadline: the runner's, or its own. An async body is cancelled; a body that
//! blocks is given up, and the run goes on without its thread. Whatever takes longer than
//! `warn_after_ms` leaves a warning in the log.
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
//! `catch(E)` lets the step pass when it returns an `E`, or a `Box<dyn Error>` that holds one. A
//! later step looks at it; every other error fails as usual, and so does a scenario in which nobody
//! looks at what was caught.
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
