//! The code behind the steps as messages: definitions, hooks and parameter types, by file and line.

use std::collections::HashMap;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::groups::Groups;
use super::{Ids, Lines};
use crate::model::{CodePlace, HookKind, HookResult, PatternKind, StepMatch};
use crate::report::{Code, Definition, Hook, ParameterType};
use crate::sort::sort_by;

/// What was told of the code, to refer to.
#[derive(Debug)]
pub(super) struct Source {
    definitions: HashMap<(CodePlace, String), Known>,
    hooks: Vec<(HookKey, String)>,
    groups: Groups,
}

/// A definition that was told.
#[derive(Debug)]
struct Known {
    id: String,
    parameters: Vec<String>,
}

/// What tells hooks apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct HookKey {
    kind: HookKind,
    place: CodePlace,
    function: String,
}

impl From<&Hook> for HookKey {
    fn from(hook: &Hook) -> Self {
        Self { kind: hook.kind, place: hook.place.clone(), function: hook.function.clone() }
    }
}

impl From<&HookResult> for HookKey {
    fn from(result: &HookResult) -> Self {
        let HookResult { kind, place, function, .. } = result;
        Self { kind: *kind, place: place.clone(), function: function.to_string() }
    }
}

enum Item {
    ParameterType(ParameterType),
    Hook(Hook),
    Definition(Definition),
}

impl Item {
    fn place(&self) -> &CodePlace {
        match self {
            Self::ParameterType(parameter) => &parameter.place,
            Self::Hook(hook) => &hook.place,
            Self::Definition(definition) => &definition.place,
        }
    }
}

impl Source {
    pub(super) fn new() -> Self {
        Self { definitions: HashMap::new(), hooks: Vec::new(), groups: Groups::new() }
    }

    /// Tells all there is.
    pub(super) fn tell<W: Write>(
        &mut self,
        code: &dyn Code,
        out: &mut Lines<W>,
        ids: &mut Ids,
    ) -> io::Result<()> {
        let mut items: Vec<_> =
            code.parameter_types().into_iter().map(Item::ParameterType).collect();
        items.extend(code.hooks().into_iter().map(Item::Hook));
        items.extend(code.definitions().into_iter().map(Item::Definition));
        sort_by(&mut items, |one, other| one.place().cmp(other.place()));
        for item in items {
            match item {
                Item::ParameterType(parameter) => self.parameter_type(&parameter, out, ids)?,
                Item::Hook(hook) => drop(self.tell_hook(&hook, out, ids)?),
                Item::Definition(definition) => self.definition(definition, out, ids)?,
            }
        }
        Ok(())
    }

    fn parameter_type<W: Write>(
        &mut self,
        parameter: &ParameterType,
        out: &mut Lines<W>,
        ids: &mut Ids,
    ) -> io::Result<()> {
        self.groups.add(&parameter.name, &parameter.regex);
        out.tell(
            "parameterType",
            json!({
                "id": ids.next(),
                "name": parameter.name,
                "regularExpressions": [parameter.regex],
                "preferForRegularExpressionMatch": false,
                "useForSnippets": true,
                "sourceReference": reference(&parameter.place),
            }),
        )
    }

    fn tell_hook<W: Write>(
        &mut self,
        hook: &Hook,
        out: &mut Lines<W>,
        ids: &mut Ids,
    ) -> io::Result<String> {
        let id = ids.next();
        let mut told = json!({
            "id": id,
            "name": hook.function,
            "sourceReference": reference(&hook.place),
        });
        if let Some(kind) = word(hook.kind) {
            told["type"] = json!(kind);
        }
        if let Some(tags) = &hook.tags {
            told["tagExpression"] = json!(tags);
        }
        out.tell("hook", told)?;
        self.hooks.push((HookKey::from(hook), id.clone()));
        Ok(id)
    }

    fn definition<W: Write>(
        &mut self,
        definition: Definition,
        out: &mut Lines<W>,
        ids: &mut Ids,
    ) -> io::Result<()> {
        let Definition { pattern, kind, place, parameters } = definition;
        let (source, kind) = match kind {
            PatternKind::Regex => (pattern.clone(), "REGULAR_EXPRESSION"),
            PatternKind::Expression => (pattern.clone(), "CUCUMBER_EXPRESSION"),
            PatternKind::Literal => (as_expression(&pattern), "CUCUMBER_EXPRESSION"),
        };
        let id = ids.next();
        out.tell(
            "stepDefinition",
            json!({
                "id": id,
                "pattern": { "source": source, "type": kind },
                "sourceReference": reference(&place),
            }),
        )?;
        self.definitions.insert((place, pattern), Known { id, parameters });
        Ok(())
    }

    /// The id of a hook, which is told now if it was not before.
    pub(super) fn hook<W: Write>(
        &mut self,
        result: &HookResult,
        out: &mut Lines<W>,
        ids: &mut Ids,
    ) -> io::Result<String> {
        let key = HookKey::from(result);
        if let Some(id) = self.hook_id(&key) {
            return Ok(id.clone());
        }
        let HookKey { kind, place, function } = key;
        self.tell_hook(&Hook { kind, function, tags: None, place }, out, ids)
    }

    /// The id of a hook that was told.
    pub(super) fn hook_id(&self, key: &HookKey) -> Option<&String> {
        self.hooks.iter().find(|(told, _)| told == key).map(|(_, id)| id)
    }

    /// The id of a definition, and what it captured of a step's text.
    pub(super) fn matched(&self, found: &StepMatch, text: &str) -> Option<(String, Value)> {
        let place = CodePlace { file: found.file.to_string(), line: found.line };
        let known = self.definitions.get(&(place, found.pattern.to_string()))?;
        let mut arguments = Vec::new();
        for (index, range) in found.captures.iter().enumerate() {
            let name = known.parameters.get(index).filter(|name| !name.is_empty());
            let mut argument = json!({ "group": {} });
            if let Some(range) = range
                && let (Some(before), Some(value)) =
                    (text.get(..range.start), text.get(range.clone()))
            {
                // Readers count as JavaScript does.
                let start = before.encode_utf16().count();
                let mut group = json!({ "start": start, "value": value });
                if let Some(parts) = name.and_then(|name| self.groups.of(name, value, start)) {
                    group["children"] = parts;
                }
                argument["group"] = group;
            }
            if let Some(name) = name {
                argument["parameterTypeName"] = json!(name);
            }
            arguments.push(argument);
        }
        Some((known.id.clone(), json!({ "stepMatchArguments": arguments })))
    }
}

fn reference(place: &CodePlace) -> Value {
    json!({ "uri": place.file, "location": { "line": place.line } })
}

/// The protocol's word; it has none for hooks around a feature.
fn word(kind: HookKind) -> Option<&'static str> {
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

/// A plain text as a Cucumber Expression: what would mean something there is escaped.
fn as_expression(text: &str) -> String {
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
    fn a_plain_text_is_an_expression_of_itself() {
        assert_eq!(as_expression("a (b) {c} d/e \\"), r"a \(b\) \{c\} d\/e \\");
    }
}
