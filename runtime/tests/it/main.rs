//! The integration tests of the runtime, in one binary.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails, in its helpers too")]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]
#![expect(clippy::print_stdout, reason = "steps that print are part of what is tested")]

mod gherkin;
mod harmony;
mod steps;
