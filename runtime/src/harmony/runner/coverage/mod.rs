//! The support of scenarios by platforms: `check` asks the platforms, `format`
//! formats their answers.

pub mod announced_scope;
mod check;
pub mod format;
pub mod mixed;
mod placeholders;

pub use check::{PlatformCoverage, ScenarioCoverage, coverage};
pub use format::{to_json, to_text};
