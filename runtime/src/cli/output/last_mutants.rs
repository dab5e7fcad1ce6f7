//! The mutants that no step noticed in the last campaign: the next one runs them first.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::program_file::{program_file, replace_file};
use crate::mutation::{Findings, Verdict};

/// The names of the mutants that were unnoticed or undecided when they ran last, in a file of this program.
#[derive(Debug)]
pub(in crate::cli) struct LastMutants {
    path: Option<PathBuf>,
    ids: BTreeSet<String>,
}

impl LastMutants {
    /// Reads `path`, or else the file of this program. Without a file there are no such mutants.
    pub(in crate::cli) fn read(path: Option<&Path>) -> Self {
        let path = path.map(Path::to_owned).or_else(|| program_file("mutants"));
        let text = path.as_deref().and_then(|path| fs::read_to_string(path).ok());
        let ids = text.unwrap_or_default().lines().map(str::to_owned).collect();
        Self { path, ids }
    }

    /// Returns the names.
    pub(in crate::cli) fn ids(&self) -> HashSet<String> {
        self.ids.iter().cloned().collect()
    }

    /// Writes the file for the next campaign; a mutant that did not run stays in it. So do mutants that are
    /// not in `findings` if these are a `part` of a campaign. A file that cannot be written only changes the
    /// order of the next campaign.
    pub(in crate::cli) fn update(mut self, findings: &Findings, part: bool) {
        if !part {
            let known = findings.findings.iter().map(|finding| &finding.id);
            let known: HashSet<&String> = known.collect();
            self.ids.retain(|id| known.contains(id));
        }
        for finding in &findings.findings {
            match finding.verdict {
                Verdict::Noticed { .. } | Verdict::Skipped(_) => drop(self.ids.remove(&finding.id)),
                Verdict::Unnoticed | Verdict::CannotTell(_) => {
                    self.ids.insert(finding.id.clone());
                }
                Verdict::NotRun => {}
            }
        }
        let Some(path) = self.path else { return };
        let _ = match self.ids.is_empty() {
            true => fs::remove_file(path),
            false => {
                let lines: String = self.ids.into_iter().map(|id| id + "\n").collect();
                replace_file(&path, lines.as_bytes())
            }
        };
    }
}
