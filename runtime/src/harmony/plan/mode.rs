//! The rules that a run follows.

/// The rules that a run follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// By the words of the steps: a killed process gets SIGKILL, a new process is a new process.
    #[default]
    Strict,
    /// Exactly as the reference Harmony runner, oddities included.
    Compat,
}
