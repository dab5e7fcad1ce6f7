//! Which reports a run writes, and where.

use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;
use std::str::FromStr;

use crate::report::{Reports, Rerun};

/// A report asked for by `--report KIND=FILE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReportSpec {
    kind: Kind,
    path: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Rerun,
}

const KINDS: [(&str, Kind); 1] = [("rerun", Kind::Rerun)];

impl ReportSpec {
    /// Whether the report needs the feature files' documents.
    pub(super) fn wants_documents(&self) -> bool {
        false
    }

    /// Whether the report needs what passed steps captured.
    pub(super) fn wants_captures(&self) -> bool {
        false
    }
}

impl FromStr for ReportSpec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = || KINDS.map(|(name, _)| name).join(", ");
        let (kind, path) = text
            .split_once('=')
            .filter(|(_, path)| !path.is_empty())
            .ok_or_else(|| format!("takes KIND=FILE with a KIND of {}, not {text:?}", known()))?;
        match KINDS.iter().find(|(name, _)| *name == kind) {
            Some((_, kind)) => Ok(Self { kind: *kind, path: PathBuf::from(path) }),
            None => Err(format!("there is no report {kind:?}; known: {}", known())),
        }
    }
}

/// Opens every file and adds its report, so that what cannot be written is known before the run.
///
/// # Errors
/// All files that cannot be written, one on a line.
pub(super) fn open(specs: &[ReportSpec], reports: &mut Reports) -> Result<(), String> {
    let mut problems = Vec::new();
    for (index, ReportSpec { kind, path }) in specs.iter().enumerate() {
        if specs[..index].iter().any(|before| before.path == *path) {
            problems.push(format!("{}: two reports cannot go to one file", path.display()));
            continue;
        }
        match File::create(path) {
            Ok(file) => {
                let out = BufWriter::new(file);
                let name = path.display().to_string();
                match kind {
                    Kind::Rerun => reports.add(name, Rerun::new(out)),
                }
            }
            Err(error) => {
                problems.push(format!("the report {} cannot be written: {error}", path.display()));
            }
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\nerror: ")) }
}
