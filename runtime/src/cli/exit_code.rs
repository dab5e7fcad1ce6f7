//! Exit codes.

/// Exit code for failures, and for a run in which nothing ran.
pub const EXIT_FAILED: u8 = 1;
/// Exit code for an error in the command line, a path, a feature file, the configuration or the
/// registry.
pub const EXIT_USAGE: u8 = 2;
/// Exit code of a run that Ctrl-C interrupted.
pub const EXIT_INTERRUPTED: u8 = 130;
