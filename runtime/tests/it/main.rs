//! The integration tests of the runtime, in one binary.

mod gherkin;
mod steps;
