//! Integration tests of the runtime crate, one binary.

mod gherkin;
