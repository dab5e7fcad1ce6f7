//! Selection: from paths, lines, names and tags to the scenarios of a run, in their order.
//!
//! It reads feature files. It runs nothing and checks no step.
//!
//! Imports between the files go one way: `selection` -> `selector` -> `files` -> `error`, and
//! `selection` -> `lines`, `rerun_file`, `shard`, `shuffle`.

mod error;
mod files;
mod lines;
mod rerun_file;
mod selection;
mod selector;
mod shard;
mod shuffle;

pub use error::SelectError;
pub use files::feature_files;
pub use rerun_file::{RerunEntry, read_rerun_file};
pub use selection::{SelectOptions, Selection, select};
pub use shard::{InvalidShard, Shard};
