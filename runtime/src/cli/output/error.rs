//! Errors of outputs.

use std::io;
use std::path::PathBuf;

/// An output that cannot be used.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum OutputError {
    /// A report file.
    #[error("cannot write report {path}: {error}", path = .path.display())]
    Report {
        /// The file.
        path: PathBuf,
        /// Reason.
        error: io::Error,
    },
    /// Two reports share a file.
    #[error("{path}: used by more than one --report", path = .0.display())]
    SharedReport(PathBuf),
    /// A file for the result matrix.
    #[error("cannot write matrix {path}: {error}", path = .path.display())]
    Matrix {
        /// The file.
        path: PathBuf,
        /// Reason.
        error: io::Error,
    },
    /// The file for messages between runner and processes.
    #[error("cannot write trace {path}: {error}", path = .path.display())]
    Trace {
        /// The file.
        path: PathBuf,
        /// Reason.
        error: io::Error,
    },
    /// Standard output.
    #[error("cannot write to standard output: {0}")]
    Stdout(io::Error),
    /// The exporter of traces and metrics.
    #[cfg(feature = "opentelemetry")]
    #[error("{0}")]
    Telemetry(String),
    /// Several of these errors.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\nerror: "))]
    Several(Vec<OutputError>),
}
