//! Loads a feature file from disk.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::ast::GherkinDocument;
use super::error::ParseErrors;
use super::parser;

/// Reads and parses the file at `path`.
///
/// # Errors
///
/// Returns an error if the file cannot be read, is not UTF-8 or is not valid Gherkin.
pub fn load(path: &Path) -> Result<GherkinDocument, LoadError> {
    let io_error = |source| LoadError::Io { path: path.to_owned(), source };
    let bytes = std::fs::read(path).map_err(io_error)?;
    let text = String::from_utf8(bytes).map_err(|error| not_utf8(path, &error))?;
    parser::parse(&path.to_string_lossy(), &text).map_err(LoadError::Parse)
}

/// An error of [`load`].
#[derive(Debug)]
#[non_exhaustive]
pub enum LoadError {
    /// The file could not be read: it is missing, a directory, or not readable.
    Io {
        /// The path, as given by the caller.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The file is not UTF-8.
    NotUtf8 {
        /// The path, as given by the caller.
        path: PathBuf,
        /// The offset of the first invalid byte.
        offset: usize,
        /// The line of the first invalid byte, counted from 1.
        line: usize,
        /// The first invalid byte.
        byte: u8,
    },
    /// The file is not valid Gherkin.
    Parse(ParseErrors),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, source } => {
                let path = path.display();
                match source.kind() {
                    io::ErrorKind::NotFound => write!(f, "{path}: no such feature file"),
                    io::ErrorKind::IsADirectory => {
                        write!(f, "{path}: this is a directory, not a feature file")
                    }
                    io::ErrorKind::PermissionDenied => {
                        write!(f, "{path}: no permission to read this feature file")
                    }
                    _ => write!(f, "{path}: cannot read this feature file: {source}"),
                }
            }
            Self::NotUtf8 { path, offset, line, byte } => write!(
                f,
                "{}:{line}: not UTF-8: byte 0x{byte:02X} at offset {offset}; save the file as UTF-8",
                path.display()
            ),
            Self::Parse(errors) => errors.fmt(f),
        }
    }
}

impl std::error::Error for LoadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            Self::NotUtf8 { .. } | Self::Parse(_) => None,
        }
    }
}

fn not_utf8(path: &Path, error: &std::string::FromUtf8Error) -> LoadError {
    let offset = error.utf8_error().valid_up_to();
    let bytes = error.as_bytes();
    LoadError::NotUtf8 {
        path: path.to_owned(),
        offset,
        line: bytes[..offset].iter().filter(|&&byte| byte == b'\n').count() + 1,
        byte: bytes.get(offset).copied().unwrap_or_default(),
    }
}
