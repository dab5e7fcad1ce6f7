//! `fmt`: formats feature files.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::error::CommandError;
use crate::cli::exit_code::{EXIT_FAILED, EXIT_USAGE};
use crate::cli::output::print_stdout;
use crate::cli::settings::{FormatOptions, with_default_features};
use crate::gherkin::{self, FormatError, LoadError};
use crate::local::feature_files;
use crate::text::pluralize;

const STDIN: &str = "-";

/// A file that cannot be formatted.
#[derive(Debug, thiserror::Error)]
enum FileError {
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Format(#[from] FormatError),
    #[error("{path}: cannot write the formatted file: {error}", path = .path.display())]
    Write { path: PathBuf, error: io::Error },
}

/// A line that formatting changes.
struct Change {
    /// The line in the file, counted from 1.
    line: usize,
    found: String,
    wanted: String,
}

pub(super) fn fmt(options: &FormatOptions) -> Result<ExitCode, CommandError> {
    if options.paths == [STDIN] {
        return format_stdin(options.check);
    }
    let mut paths = with_default_features(options.paths.clone());
    if paths.is_empty() {
        paths.push("features".to_owned());
    }
    let mut files = feature_files(&paths)?;
    let found = files.len();
    files.retain(|path| !gherkin::is_markdown_path(path));
    let markdown = found - files.len();
    let mut text = String::new();
    let (mut changed, mut failed) = (0, 0);
    for path in &files {
        match format_file(path, options.check) {
            Ok(None) => {}
            Ok(Some(change)) => {
                changed += 1;
                text.push_str(&describe(path, &change, options.check));
            }
            Err(error) => {
                failed += 1;
                text.push_str(&format!("error: {error}\n"));
            }
        }
    }
    let state = if options.check { "not formatted" } else { "formatted" };
    let files = pluralize(files.len(), "feature file");
    text.push_str(&format!("{files}: {changed} {state}, {failed} with errors\n"));
    if markdown > 0 {
        let files = pluralize(markdown, "Markdown file");
        text.push_str(&format!("{files} not touched: use a formatter for Markdown\n"));
    }
    print_stdout(text);
    Ok(exit_code(options.check && changed > 0, failed > 0))
}

fn exit_code(is_different: bool, has_failed: bool) -> ExitCode {
    match (has_failed, is_different) {
        (true, _) => ExitCode::from(EXIT_USAGE),
        (false, true) => ExitCode::from(EXIT_FAILED),
        (false, false) => ExitCode::SUCCESS,
    }
}

/// Formats a file, unless `check` is set, and returns the first change.
fn format_file(path: &Path, check: bool) -> Result<Option<Change>, FileError> {
    let source = gherkin::load(path)?.source;
    let formatted = gherkin::format(&path.to_string_lossy(), &source)?;
    let change = first_change(&source, &formatted);
    if change.is_some() && !check {
        fs::write(path, formatted)
            .map_err(|error| FileError::Write { path: path.to_owned(), error })?;
    }
    Ok(change)
}

fn format_stdin(check: bool) -> Result<ExitCode, CommandError> {
    let mut source = String::new();
    io::stdin().read_to_string(&mut source).map_err(CommandError::Stdin)?;
    let formatted = gherkin::format("<stdin>", &source)?;
    if !check {
        return Ok(print_stdout(formatted));
    }
    let change = first_change(&source, &formatted);
    if let Some(change) = &change {
        print_stdout(describe(Path::new("<stdin>"), change, check));
    }
    Ok(exit_code(change.is_some(), false))
}

fn first_change(source: &str, formatted: &str) -> Option<Change> {
    if source == formatted {
        return None;
    }
    let (mut found, mut wanted) = (source.split('\n'), formatted.split('\n'));
    let mut line = 1;
    loop {
        match (found.next(), wanted.next()) {
            (Some(a), Some(b)) if a == b => line += 1,
            (a, b) => {
                let text = |line: Option<&str>| line.unwrap_or_default().to_owned();
                return Some(Change { line, found: text(a), wanted: text(b) });
            }
        }
    }
}

fn describe(path: &Path, change: &Change, check: bool) -> String {
    let path = path.display();
    if !check {
        return format!("formatted {path}\n");
    }
    let Change { line, found, wanted } = change;
    format!("{path}:{line}: not formatted\n  - {found:?}\n  + {wanted:?}\n")
}
