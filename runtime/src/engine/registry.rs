//! All definitions of this binary, and which of them a step's text means.

use std::any::TypeId;
use std::ops::Range;
use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};

use super::index::Index;
use super::nearest::Outlines;
use super::template::{self, Answer};
use super::{
    FixtureDefinition, HookDefinition, HookKind, ParameterDefinition, PatternKind, StepDefinition,
    nearest,
};
use crate::model::{Candidate, CodePlace, Failure, FailureKind};
use crate::sort::sort_by_key;

/// What the text of a step means.
#[derive(Debug)]
pub enum Match {
    /// Exactly one definition.
    One(Matched),
    /// None; the nearest ones, best first.
    Undefined(Vec<Candidate>),
    /// Several, by file and line.
    Ambiguous(Vec<Candidate>),
}

/// A definition with what it captured.
#[derive(Debug)]
pub struct Matched {
    /// The definition.
    pub definition: &'static StepDefinition,
    /// Byte ranges of the captures in the step's text, `None` for a group that took no part.
    pub captures: Vec<Option<Range<usize>>>,
}

/// Why there is no registry.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// No definition is linked into the binary.
    #[error(
        "this binary registered no steps: name the step crate once in the binary, as in `use my_steps as _;`, \
         and check that its functions carry #[given], #[when] or #[then]"
    )]
    Empty,
    /// A pattern is not a regex.
    #[error("{place}: the pattern {pattern:?} is not a valid regex: {reason}")]
    Pattern {
        /// Where the definition stands.
        place: CodePlace,
        /// The pattern as written.
        pattern: &'static str,
        /// What the regex compiler said.
        reason: String,
    },
}

/// All definitions of this binary, by file and line.
#[derive(Debug)]
pub struct Registry {
    entries: Vec<Entry>,
    index: Index,
    outlines: OnceLock<Outlines>,
    /// By place, with the type they make.
    fixtures: Vec<(TypeId, &'static FixtureDefinition)>,
    /// Of each kind, in the order they run.
    hooks: Vec<(HookKind, Vec<&'static HookDefinition>)>,
    /// By name, then by place.
    parameters: Vec<&'static ParameterDefinition>,
}

#[derive(Debug)]
struct Entry {
    definition: &'static StepDefinition,
    /// Compiled when it is first tried: most runs need few of all definitions.
    regex: OnceLock<Regex>,
}

impl Registry {
    /// Collects what the attributes of every linked crate registered.
    ///
    /// # Errors
    /// [`RegistryError::Empty`] when nothing did.
    pub fn collect() -> Result<Self, RegistryError> {
        let registry = Self::from_definitions(inventory::iter::<StepDefinition>)
            .with_fixtures(inventory::iter::<FixtureDefinition>)
            .with_hooks(inventory::iter::<HookDefinition>)
            .with_parameters(inventory::iter::<ParameterDefinition>);
        if registry.entries.is_empty() { Err(RegistryError::Empty) } else { Ok(registry) }
    }

    /// A registry of just these definitions, without fixtures, hooks and parameter types.
    pub fn from_definitions(
        definitions: impl IntoIterator<Item = &'static StepDefinition>,
    ) -> Self {
        let mut definitions: Vec<&'static StepDefinition> = definitions.into_iter().collect();
        sort_by_key(&mut definitions, |d| (d.at, d.pattern.source));
        let index = Index::new(&definitions);
        let entries = definitions
            .into_iter()
            .map(|definition| Entry { definition, regex: OnceLock::new() })
            .collect();
        let (outlines, fixtures, hooks, parameters) = Default::default();
        Self { entries, index, outlines, fixtures, hooks, parameters }
    }

    /// The same with these fixtures.
    #[must_use]
    pub fn with_fixtures(
        mut self,
        fixtures: impl IntoIterator<Item = &'static FixtureDefinition>,
    ) -> Self {
        for fixture in fixtures {
            self.fixtures.push(((fixture.type_id)(), fixture));
        }
        sort_by_key(&mut self.fixtures, |(_, fixture)| fixture.at);
        self
    }

    /// The same with these hooks.
    #[must_use]
    pub fn with_hooks(mut self, hooks: impl IntoIterator<Item = &'static HookDefinition>) -> Self {
        for hook in hooks {
            match self.hooks.iter_mut().find(|(kind, _)| *kind == hook.kind) {
                Some((_, hooks)) => hooks.push(hook),
                None => self.hooks.push((hook.kind, vec![hook])),
            }
        }
        for (kind, hooks) in &mut self.hooks {
            sort_by_key(hooks, |h| (h.order, h.at));
            if kind.is_after() {
                hooks.reverse();
            }
        }
        self
    }

    /// The same with these parameter types, for listings: the definitions have theirs built in.
    #[must_use]
    pub fn with_parameters(
        mut self,
        parameters: impl IntoIterator<Item = &'static ParameterDefinition>,
    ) -> Self {
        self.parameters.extend(parameters);
        sort_by_key(&mut self.parameters, |p| (p.name, p.at));
        self
    }

    /// The custom parameter types, by name.
    pub fn parameters(&self) -> &[&'static ParameterDefinition] {
        &self.parameters
    }

    /// The hooks of a kind, in the order they run.
    pub fn hooks(&self, kind: HookKind) -> &[&'static HookDefinition] {
        let of_kind = self.hooks.iter().find(|(known, _)| *known == kind);
        of_kind.map_or(&[], |(_, hooks)| hooks)
    }

    /// The fixture that makes a type.
    pub(super) fn fixture(
        &self,
        type_id: TypeId,
    ) -> Result<Option<&'static FixtureDefinition>, Failure> {
        let mut of_type = self.fixtures.iter().filter(|(made, _)| *made == type_id);
        match (of_type.next(), of_type.next()) {
            (None, _) => Ok(None),
            (Some((_, one)), None) => Ok(Some(one)),
            (Some((_, first)), Some((_, second))) => Err(Failure::new(
                FailureKind::State,
                format!(
                    "two fixtures make the same type: `{}` ({}) and `{}` ({})",
                    first.function,
                    first.place(),
                    second.function,
                    second.place()
                ),
            )),
        }
    }

    /// The definitions, by file and line.
    pub fn definitions(&self) -> impl ExactSizeIterator<Item = &'static StepDefinition> {
        self.entries.iter().map(|e| e.definition)
    }

    /// Which definition `text` means. The whole text must match.
    ///
    /// # Errors
    /// [`RegistryError::Pattern`] when a pattern that had to be tried is not a regex.
    pub fn find(&self, text: &str) -> Result<Match, RegistryError> {
        let mut found = self.matches(text)?;
        Ok(match found.len() {
            0 => Match::Undefined(self.nearest(text)?),
            1 => Match::One(found.remove(0)),
            _ => Match::Ambiguous(found.iter().map(|m| m.candidate(text)).collect()),
        })
    }

    /// All definitions that match `text`, by file and line.
    ///
    /// # Errors
    /// [`RegistryError::Pattern`] when a pattern that had to be tried is not a regex.
    pub fn matches(&self, text: &str) -> Result<Vec<Matched>, RegistryError> {
        let mut found = Vec::new();
        for position in self.index.candidates(text) {
            let entry = &self.entries[position];
            if let Some(captures) = entry.captures(text)? {
                found.push(Matched { definition: entry.definition, captures });
            }
        }
        Ok(found)
    }

    /// What the author of `text` may have meant: the same under another spelling, else the nearest.
    fn nearest(&self, text: &str) -> Result<Vec<Candidate>, RegistryError> {
        for (variant, hint) in nearest::spellings(text) {
            let found = self.matches(&variant)?;
            if !found.is_empty() {
                return Ok(found
                    .iter()
                    .map(|m| Candidate { hint: Some(hint.clone()), ..m.definition.candidate() })
                    .collect());
            }
        }
        Ok(self.outlines.get_or_init(|| Outlines::of(self.definitions())).nearest(text))
    }
}

impl Matched {
    fn candidate(&self, text: &str) -> Candidate {
        let captures =
            self.captures.iter().map(|range| range.clone().map(|r| text[r].to_owned())).collect();
        Candidate { captures, ..self.definition.candidate() }
    }
}

impl Entry {
    fn captures(&self, text: &str) -> Result<Option<Vec<Option<Range<usize>>>>, RegistryError> {
        let pattern = &self.definition.pattern;
        if pattern.kind == PatternKind::Literal {
            return Ok((pattern.source == text).then(Vec::new));
        }
        if !pattern.template.is_empty() {
            match template::matches(pattern.template, text) {
                Answer::Match(captures) => return Ok(Some(captures)),
                Answer::NoMatch => return Ok(None),
                Answer::TooHard => {}
            }
        }
        let regex = match self.regex.get() {
            Some(regex) => regex,
            None => {
                let regex = compile(self.definition)?;
                self.regex.get_or_init(|| regex)
            }
        };
        Ok(regex
            .captures(text)
            .map(|groups| groups.iter().skip(1).map(|g| g.map(|g| g.range())).collect()))
    }
}

fn compile(definition: &StepDefinition) -> Result<Regex, RegistryError> {
    let whole = format!("^(?:{})$", definition.pattern.regex());
    RegexBuilder::new(&whole).build().map_err(|e| RegistryError::Pattern {
        place: definition.place(),
        pattern: definition.pattern.source,
        reason: e.to_string(),
    })
}
