//! Which reports a run writes, and where.

use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use crate::engine::{PatternKind, Registry};
use crate::gherkin::ast::GherkinDocument;
use crate::report::{Definition, Junit, Messages, Reports, Rerun, Timeline};

/// A report asked for by `--report KIND=FILE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReportSpec {
    kind: Kind,
    path: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Junit,
    Messages,
    Html,
    Timeline,
    Rerun,
}

const KINDS: [(&str, Kind); 5] = [
    ("junit", Kind::Junit),
    ("messages", Kind::Messages),
    ("html", Kind::Html),
    ("timeline", Kind::Timeline),
    ("rerun", Kind::Rerun),
];

/// What some reports need to know beside the events.
#[derive(Debug, Default)]
pub(super) struct Knowledge {
    /// The documents of the scenarios.
    pub(super) documents: Vec<Arc<GherkinDocument>>,
    /// The definitions of this binary.
    pub(super) definitions: Vec<Definition>,
}

impl Knowledge {
    pub(super) fn of(registry: &Registry, documents: Vec<Arc<GherkinDocument>>) -> Self {
        let definitions = registry
            .definitions()
            .map(|definition| Definition {
                pattern: definition.pattern.source.to_owned(),
                is_regex: definition.pattern.kind == PatternKind::Regex,
                file: definition.file.to_owned(),
                line: definition.line,
            })
            .collect();
        Self { documents, definitions }
    }
}

impl ReportSpec {
    /// Whether the report needs the feature files' documents.
    pub(super) fn wants_documents(&self) -> bool {
        matches!(self.kind, Kind::Messages | Kind::Html)
    }

    /// Whether the report needs what passed steps captured.
    pub(super) fn wants_captures(&self) -> bool {
        self.wants_documents()
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
        if kind == "html" && !cfg!(feature = "html-report") {
            return Err("html needs a binary built with the feature `html-report` of harmony-bdd"
                .to_owned());
        }
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
pub(super) fn open(
    specs: &[ReportSpec],
    knowledge: &Knowledge,
    reports: &mut Reports,
) -> Result<(), String> {
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
                let known = || (knowledge.documents.clone(), knowledge.definitions.clone());
                match kind {
                    Kind::Junit => reports.add(name, Junit::new(out)),
                    Kind::Messages => {
                        let (documents, definitions) = known();
                        reports.add(name, Messages::new(out, documents, definitions));
                    }
                    #[cfg(feature = "html-report")]
                    Kind::Html => {
                        let (documents, definitions) = known();
                        reports.add(name, crate::report::Html::new(out, documents, definitions));
                    }
                    #[cfg(not(feature = "html-report"))]
                    Kind::Html => {}
                    Kind::Timeline => reports.add(name, Timeline::new(out)),
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
