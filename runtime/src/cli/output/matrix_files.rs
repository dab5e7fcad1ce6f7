//! The files that receive the result matrix of a run.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::error::OutputError;
use crate::harmony::matrix::Matrix;

/// The files, open since before the run.
#[derive(Debug)]
pub(in crate::cli) struct MatrixFiles {
    files: Vec<(PathBuf, File)>,
}

impl MatrixFiles {
    /// Creates every file.
    ///
    /// # Errors
    /// [`OutputError::Matrix`] for the first file that cannot be created.
    pub(in crate::cli) fn open(paths: &[PathBuf]) -> Result<Self, OutputError> {
        let files = paths.iter().map(|path| match File::create(path) {
            Ok(file) => Ok((path.clone(), file)),
            Err(error) => Err(matrix_error(path, error)),
        });
        Ok(Self { files: files.collect::<Result<_, OutputError>>()? })
    }

    /// Writes the matrix: JSON if the file's name ends in `.json`, else text.
    ///
    /// # Errors
    /// [`OutputError::Matrix`] for the first file that cannot be written.
    pub(in crate::cli) fn write(self, matrix: &Matrix) -> Result<(), OutputError> {
        for (path, mut file) in self.files {
            let is_json = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("json"));
            let text = match is_json {
                true => format!("{:#}\n", matrix.to_json()),
                false => matrix.to_text(),
            };
            file.write_all(text.as_bytes()).map_err(|error| matrix_error(&path, error))?;
        }
        Ok(())
    }
}

fn matrix_error(path: &Path, error: std::io::Error) -> OutputError {
    OutputError::Matrix { path: path.to_owned(), error }
}
