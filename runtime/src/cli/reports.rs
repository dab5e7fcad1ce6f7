//! Which reports a run writes, and where.

use std::borrow::Cow;
use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use crate::engine::{
    HookDefinition, HookKind, Matched, ParameterDefinition, Pattern, PatternKind, Registry,
    StepDefinition,
};
use crate::model::{Scenario, StepMatch};
use crate::report::{
    Code, Definition, Hook, Junit, Knowledge, Messages, ParameterType, Reports, Rerun, Timeline,
};

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

/// What is known of the definitions, hooks and parameter types of a binary.
pub(super) struct Linked {
    registry: Arc<Registry>,
    /// Whether hooks run: not in a dry run.
    hooks: bool,
}

impl Linked {
    pub(super) fn code(registry: Arc<Registry>, hooks: bool) -> Arc<dyn Code> {
        Arc::new(Self { registry, hooks })
    }
}

impl Code for Linked {
    fn definitions(&self) -> Vec<Definition> {
        let definition = |definition: &StepDefinition| {
            let Pattern { source, kind, groups, .. } = definition.pattern;
            // What a regex names its groups is no type.
            let names = match kind {
                PatternKind::Expression => groups.iter().map(|g| g.name.to_owned()).collect(),
                _ => Vec::new(),
            };
            let (pattern, place) = (source.to_owned(), definition.place());
            Definition { pattern, kind, place, parameters: names }
        };
        self.registry.definitions().map(definition).collect()
    }

    fn hooks(&self) -> Vec<Hook> {
        let mut hooks = Vec::new();
        for kind in HookKind::ALL {
            hooks.extend(self.registry.hooks(kind).iter().map(|hook| named(hook)));
        }
        hooks
    }

    fn parameter_types(&self) -> Vec<ParameterType> {
        let parameter_type = |parameter: &&'static ParameterDefinition| ParameterType {
            name: parameter.name.to_owned(),
            regex: parameter.regex.to_owned(),
            place: parameter.place(),
        };
        self.registry.parameters().iter().map(parameter_type).collect()
    }

    fn matches(&self, text: &str) -> Vec<StepMatch> {
        // A pattern that is no regex has stopped the run by now.
        let matches = self.registry.matches(text).unwrap_or_default().into_iter();
        let found = matches.map(|Matched { definition, captures }| StepMatch {
            pattern: Cow::Borrowed(definition.pattern.source),
            function: Cow::Borrowed(definition.function),
            file: Cow::Borrowed(definition.at.file),
            line: definition.at.line,
            captures,
        });
        found.collect()
    }

    fn hooks_around(&self, scenario: &Scenario) -> [Vec<Hook>; 2] {
        let applies = |hook: &&&'static HookDefinition| {
            self.hooks && hook.applies_to(scenario.tags.iter().map(|tag| tag.name.as_str()))
        };
        [HookKind::BeforeScenario, HookKind::AfterScenario].map(|kind| {
            self.registry.hooks(kind).iter().filter(applies).map(|hook| named(hook)).collect()
        })
    }
}

fn named(hook: &HookDefinition) -> Hook {
    Hook {
        kind: hook.kind,
        function: hook.function.to_owned(),
        tags: hook.tag_expression(),
        place: hook.place(),
    }
}

impl ReportSpec {
    /// Whether the report needs the feature files' documents.
    pub(super) fn wants_documents(&self) -> bool {
        matches!(self.kind, Kind::Messages | Kind::Html)
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
                match kind {
                    Kind::Junit => reports.add(name, Junit::new(out)),
                    Kind::Messages => reports.add(name, Messages::new(out, knowledge.clone())),
                    #[cfg(feature = "html-report")]
                    Kind::Html => {
                        reports.add(name, crate::report::Html::new(out, knowledge.clone()));
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
