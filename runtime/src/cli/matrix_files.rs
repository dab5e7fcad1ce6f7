//! The files that the matrix of a run is written to.

use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;

use crate::harmony::matrix::Matrix;

/// Files opened before the run, so that what cannot be written is known before anything is played.
#[derive(Debug)]
pub(super) struct MatrixFiles {
    files: Vec<(PathBuf, File)>,
}

impl MatrixFiles {
    /// Creates every file.
    ///
    /// # Errors
    /// The first that cannot be written.
    pub(super) fn open(paths: &[PathBuf]) -> Result<Self, String> {
        let files = paths.iter().map(|path| match File::create(path) {
            Ok(file) => Ok((path.clone(), file)),
            Err(error) => Err(cannot(path, &error)),
        });
        Ok(Self { files: files.collect::<Result<_, String>>()? })
    }

    /// Writes the matrix: JSON where the file's name ends in `.json`, text elsewhere.
    ///
    /// # Errors
    /// The first file that cannot be written.
    pub(super) fn write(self, matrix: &Matrix) -> Result<(), String> {
        for (path, mut file) in self.files {
            let is_json = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("json"));
            let text = match is_json {
                true => format!("{:#}\n", matrix.to_json()),
                false => matrix.to_text(),
            };
            file.write_all(text.as_bytes()).map_err(|error| cannot(&path, &error))?;
        }
        Ok(())
    }
}

fn cannot(path: &std::path::Path, error: &std::io::Error) -> String {
    format!("the matrix {} cannot be written: {error}", path.display())
}
