//! Step definitions, hooks and parameter types as messages, sorted by file and line.

use std::collections::HashMap;
use std::io::{self, Write};
use std::ops::Range;

use serde::Serialize;
use serde_json::{Value, json};

use super::groups::{GroupMessage, Groups, utf16_length};
use super::lines::{Id, Ids, Lines};
use crate::model::{HookKind, HookResult, PatternKind, SourceLocation, StepMatch};
use crate::report::{DefinitionInfo, HookInfo, ParameterTypeInfo, StepLibrary};

/// The definitions and hooks written so far, with their ids.
#[derive(Debug)]
pub(super) struct LibraryIds {
    /// By pattern; several definitions may have the same one.
    definitions: HashMap<String, Vec<WrittenDefinition>>,
    hooks: Vec<(HookKey, Id)>,
    groups: Groups,
}

/// A definition written so far.
#[derive(Debug)]
struct WrittenDefinition {
    id: Id,
    location: SourceLocation,
    parameters: Vec<String>,
}

/// The captures of one definition.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ArgumentsMessage<'a> {
    step_match_arguments: Vec<MatchArgumentMessage<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct MatchArgumentMessage<'a> {
    group: GroupMessage<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter_type_name: Option<&'a str>,
}

/// The identity of a hook.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct HookKey {
    kind: HookKind,
    location: SourceLocation,
    function: String,
}

impl From<&HookInfo> for HookKey {
    fn from(hook: &HookInfo) -> Self {
        Self { kind: hook.kind, location: hook.location.clone(), function: hook.function.clone() }
    }
}

impl From<&HookResult> for HookKey {
    fn from(result: &HookResult) -> Self {
        let HookResult { kind, location, function, .. } = result;
        Self { kind: *kind, location: location.clone(), function: function.to_string() }
    }
}

/// A declaration in source code.
enum Declaration {
    ParameterType(ParameterTypeInfo),
    Hook(HookInfo),
    Definition(DefinitionInfo),
}

impl Declaration {
    fn location(&self) -> &SourceLocation {
        match self {
            Self::ParameterType(parameter) => &parameter.location,
            Self::Hook(hook) => &hook.location,
            Self::Definition(definition) => &definition.location,
        }
    }
}

impl LibraryIds {
    pub(super) fn new() -> Self {
        Self { definitions: HashMap::new(), hooks: Vec::new(), groups: Groups::new() }
    }

    /// Writes all parameter types, hooks and definitions.
    pub(super) fn write_library<W: Write>(
        &mut self,
        library: &dyn StepLibrary,
        out: &mut Lines<W>,
        ids: &mut Ids,
    ) -> io::Result<()> {
        let mut declarations: Vec<_> =
            library.parameter_types().into_iter().map(Declaration::ParameterType).collect();
        declarations.extend(library.hooks().into_iter().map(Declaration::Hook));
        declarations.extend(library.definitions().into_iter().map(Declaration::Definition));
        declarations.sort_by(|one, other| one.location().cmp(other.location()));
        for declaration in declarations {
            match declaration {
                Declaration::ParameterType(parameter) => {
                    self.write_parameter_type(&parameter, out, ids)?
                }
                Declaration::Hook(hook) => drop(self.write_hook(&hook, out, ids)?),
                Declaration::Definition(definition) => {
                    self.write_definition(definition, out, ids)?
                }
            }
        }
        Ok(())
    }

    fn write_parameter_type<W: Write>(
        &mut self,
        parameter: &ParameterTypeInfo,
        out: &mut Lines<W>,
        ids: &mut Ids,
    ) -> io::Result<()> {
        self.groups.add(&parameter.name, &parameter.regex);
        out.write(
            "parameterType",
            json!({
                "id": ids.next(),
                "name": parameter.name,
                "regularExpressions": [parameter.regex],
                "preferForRegularExpressionMatch": false,
                "useForSnippets": true,
                "sourceReference": reference(&parameter.location),
            }),
        )
    }

    fn write_hook<W: Write>(
        &mut self,
        hook: &HookInfo,
        out: &mut Lines<W>,
        ids: &mut Ids,
    ) -> io::Result<Id> {
        let id = ids.next();
        let mut message = json!({
            "id": id,
            "name": hook.function,
            "sourceReference": reference(&hook.location),
        });
        if let Some(kind) = hook_type(hook.kind) {
            message["type"] = json!(kind);
        }
        if let Some(tags) = &hook.tags {
            message["tagExpression"] = json!(tags);
        }
        out.write("hook", message)?;
        self.hooks.push((HookKey::from(hook), id));
        Ok(id)
    }

    fn write_definition<W: Write>(
        &mut self,
        definition: DefinitionInfo,
        out: &mut Lines<W>,
        ids: &mut Ids,
    ) -> io::Result<()> {
        let DefinitionInfo { pattern, kind, location, parameters } = definition;
        let (source, kind) = match kind {
            PatternKind::Regex => (pattern.clone(), "REGULAR_EXPRESSION"),
            PatternKind::Expression => (pattern.clone(), "CUCUMBER_EXPRESSION"),
            PatternKind::Literal => (escape_expression(&pattern), "CUCUMBER_EXPRESSION"),
        };
        let id = ids.next();
        out.write(
            "stepDefinition",
            json!({
                "id": id,
                "pattern": { "source": source, "type": kind },
                "sourceReference": reference(&location),
            }),
        )?;
        let definition = WrittenDefinition { id, location, parameters };
        self.definitions.entry(pattern).or_default().push(definition);
        Ok(())
    }

    /// Returns the id of a hook, which is written now if it was not before.
    pub(super) fn id_of_hook<W: Write>(
        &mut self,
        result: &HookResult,
        out: &mut Lines<W>,
        ids: &mut Ids,
    ) -> io::Result<Id> {
        let key = HookKey::from(result);
        if let Some(id) = self.hook_id(&key) {
            return Ok(id);
        }
        let HookKey { kind, location, function } = key;
        self.write_hook(&HookInfo { kind, function, tags: None, location }, out, ids)
    }

    /// Returns the id of a hook, if it was written before.
    pub(super) fn hook_id(&self, key: &HookKey) -> Option<Id> {
        self.hooks.iter().find(|(written, _)| written == key).map(|(_, id)| *id)
    }

    /// Returns the id of a definition, and its captures of the text of a step.
    pub(super) fn matched<'a>(
        &'a self,
        found: &StepMatch,
        text: &'a str,
    ) -> Option<(Id, ArgumentsMessage<'a>)> {
        let is_found = |written: &&WrittenDefinition| {
            written.location.line == found.line && written.location.file == found.file
        };
        let known = self.definitions.get(&*found.pattern)?.iter().find(is_found)?;
        let argument = |(index, range): (usize, &Option<Range<usize>>)| {
            let name = known.parameters.get(index).filter(|name| !name.is_empty());
            MatchArgumentMessage {
                group: self.capture(range.as_ref(), name, text),
                parameter_type_name: name.map(String::as_str),
            }
        };
        let step_match_arguments = found.captures.iter().enumerate().map(argument).collect();
        Some((known.id, ArgumentsMessage { step_match_arguments }))
    }

    /// Returns a capture of a text with the groups of its parameter type.
    fn capture<'a>(
        &self,
        range: Option<&Range<usize>>,
        parameter: Option<&String>,
        text: &'a str,
    ) -> GroupMessage<'a> {
        let parts =
            range.and_then(|range| Some((text.get(..range.start)?, text.get(range.clone())?)));
        let Some((before, value)) = parts else { return GroupMessage::default() };
        let start = utf16_length(before);
        let children = parameter.map(|name| self.groups.groups_of(name, value, start));
        GroupMessage {
            start: Some(start),
            value: Some(value),
            children: children.unwrap_or_default(),
        }
    }
}

fn reference(location: &SourceLocation) -> Value {
    json!({ "uri": location.file, "location": { "line": location.line } })
}

/// Returns the protocol's name of a kind of hook; it has none for hooks of a feature.
fn hook_type(kind: HookKind) -> Option<&'static str> {
    match kind {
        HookKind::BeforeAll => Some("BEFORE_TEST_RUN"),
        HookKind::AfterAll => Some("AFTER_TEST_RUN"),
        HookKind::BeforeFeature | HookKind::AfterFeature => None,
        HookKind::BeforeScenario => Some("BEFORE_TEST_CASE"),
        HookKind::AfterScenario => Some("AFTER_TEST_CASE"),
        HookKind::BeforeStep => Some("BEFORE_TEST_STEP"),
        HookKind::AfterStep => Some("AFTER_TEST_STEP"),
    }
}

/// Converts a literal pattern to a Cucumber Expression by escaping its special characters.
fn escape_expression(text: &str) -> String {
    let mut expression = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '(' | ')' | '{' | '}' | '/' | '\\') {
            expression.push('\\');
        }
        expression.push(c);
    }
    expression
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_characters_of_literals_are_escaped() {
        assert_eq!(escape_expression("a (b) {c} d/e \\"), r"a \(b\) \{c\} d\/e \\");
    }
}
