//! Merges JUnit files: suites of the same name and file become one suite, and runs of one case become
//! attempts at it.
//!
//! A case that only one input has is copied verbatim.

mod case;
mod report;

pub use report::merge_junit;
