//! Death of the process during a run: `process::exit` in a step, an abort, a stack overflow, a signal.
//!
//! ```text
//!  supervisor ── starts this program again ──> run ── journal ──> a file in memory
//!  supervisor <── exit status; the journal shows whether the run had finished
//!  supervisor ── replays the journal, with the death as a failure ──> reports
//! ```
//!
//! The process that runs the scenarios cannot report its own death. So another process of the same
//! program waits for it, and completes the reports if it dies. Where none does, `exit_guard` keeps an exit
//! from looking like a success.
//!
//! `followed_journal` does the same for the workers of a run with `--isolation process`, as they go.
//!
//! Imports between the files go one way: `supervisor`, `followed_journal` -> `replay` -> `journal` -> `wire`;
//! `supervisor` -> `exit_guard` -> `run_output`.

mod exit_guard;
mod followed_journal;
pub(super) mod journal;
mod replay;
mod run_output;
mod supervisor;
mod wire;

pub(super) use exit_guard::ExitGuard;
pub(super) use followed_journal::{FollowedJournal, JournalReader};
pub(super) use replay::{has_crash, take_crash};
pub use run_output::RunOutput;
pub(super) use supervisor::{death, shared_output};
pub use supervisor::{is_restartable, record_exit, record_interrupt, supervise};
