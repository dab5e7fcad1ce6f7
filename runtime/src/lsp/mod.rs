//! The language server: feature files in an editor, with the definitions of this binary.
//!
//! ```text
//!  messages of the editor ── server ──> workspace: open buffers over the files on disk
//!  workspace + registry ── diagnostics, navigation, hover, completion, rename, actions ──> answers
//!  a newer build of the binary ── successor ──> a second process answers
//! ```
//!
//! Steps are looked up by the registry of the runner, so that the editor and a run agree. Nothing here
//! runs a step.
//!
//! Imports go one way: `server` -> `successor`, the answers -> `steps` -> `workspace` -> `position`, `uri`;
//! the answers -> `source`, `pattern`.

mod actions;
mod completion;
mod diagnostics;
mod hover;
mod navigation;
mod pattern;
mod position;
mod refusal;
mod rename;
mod server;
mod source;
mod steps;
mod successor;
mod symbols;
mod uri;
mod workspace;

pub(crate) use server::{LanguageServerError, serve};

use crate::engine::Registry;
use crate::local::Selection;
use crate::local::check::Finding;

/// The level of a diagnostic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Severity {
    /// A run would fail.
    Error,
    /// Probably a mistake.
    Warning,
}

/// Returns the findings about a selection, as `check` reports them.
pub(crate) type FindProblems<'a> = dyn Fn(&Registry, &Selection) -> Vec<(Severity, Finding)> + 'a;
