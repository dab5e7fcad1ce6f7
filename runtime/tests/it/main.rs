//! The integration tests of the runtime, one binary.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails, in its helpers too")]

mod harmony;
