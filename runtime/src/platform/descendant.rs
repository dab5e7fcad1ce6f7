//! A process that another one started, directly or not.

use std::ffi::OsString;

/// A process that another one started, directly or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Descendant {
    /// The process id.
    pub(crate) id: u32,
    /// The id of the process that leads its group.
    pub(crate) group: u32,
    /// Its program and arguments.
    pub(crate) command: Vec<OsString>,
}
