//! The binding of captures to parameters.

use syn::{Error, Result};

use super::{by_reference, catch_has_a_result, is_value, one_step_argument, states_are_distinct};
use crate::attr::{PatternKind, StepAttribute};
use crate::model::{Function, Parameter, Role, last_segment, written};
use crate::pattern::{Group, GroupName, Pattern};

/// For each parameter of the function the group that feeds it, if any.
#[derive(Debug)]
pub(crate) struct Bound(pub(crate) Vec<Option<usize>>);

/// Checks `function` and binds the groups of `pattern` to the parameters of `function`.
pub(crate) fn bind(
    attribute: &StepAttribute,
    pattern: &Pattern,
    function: &mut Function<'_>,
) -> Result<Bound> {
    capture_lookalikes(pattern, function);
    one_step_argument(function)?;
    catch_has_a_result(attribute, function)?;
    states_are_distinct(function)?;
    let bound = groups_to_parameters(attribute, pattern, function)?;
    captures_fit(pattern, function, &bound)?;
    Ok(bound)
}

/// Takes a `Vec` or a `Json` for a capture, rather than for a table or a doc string, if the pattern has a
/// capture for it: a parameter type may make a `Vec`, and a project may have its own `Json`.
fn capture_lookalikes(pattern: &Pattern, function: &mut Function<'_>) {
    let captured = |parameter: &&Parameter<'_>| matches!(parameter.role, Role::Capture(_));
    let captures = function.parameters.iter().filter(captured).count();
    let mut missing = pattern.groups.len().saturating_sub(captures);
    let mut position = 0;
    for parameter in &mut function.parameters {
        if missing > 0 && parameter.may_be_captured() {
            let group = pattern.groups.get(position).map(|group| &group.name);
            let is_json = matches!(parameter.role, Role::DocValue { .. });
            if is_json || matches!(group, Some(GroupName::Custom(_))) {
                parameter.set_captured();
                missing -= 1;
            }
        }
        position += usize::from(matches!(parameter.role, Role::Capture(_)));
    }
}

fn groups_to_parameters(
    attribute: &StepAttribute,
    pattern: &Pattern,
    function: &Function<'_>,
) -> Result<Bound> {
    let captures: Vec<usize> = (0..function.parameters.len())
        .filter(|&i| matches!(function.parameters[i].role, Role::Capture(_)))
        .collect();
    let mut bound = vec![None; function.parameters.len()];

    for (index, group) in pattern.groups.iter().enumerate() {
        let GroupName::Named(name) = &group.name else { continue };
        let wanted = name.trim_start_matches('_');
        let Some(&parameter) = captures.iter().find(|&&p| function.parameters[p].name == wanted)
        else {
            return Err(no_parameter_named(attribute, function, name));
        };
        bound[parameter] = Some(index);
    }

    let unnamed: Vec<usize> = (0..pattern.groups.len())
        .filter(|&i| !matches!(pattern.groups[i].name, GroupName::Named(_)))
        .collect();
    let free: Vec<usize> = captures.iter().copied().filter(|&p| bound[p].is_none()).collect();
    for (&parameter, &group) in free.iter().zip(&unnamed) {
        bound[parameter] = Some(group);
    }
    if let Some(&surplus) = free.get(unnamed.len()) {
        return Err(parameter_without_group(attribute, pattern, function, surplus));
    }
    if unnamed.len() > free.len() {
        return Err(group_without_parameter(attribute, pattern, function, unnamed[free.len()]));
    }
    Ok(Bound(bound))
}

fn no_parameter_named(attribute: &StepAttribute, function: &Function<'_>, name: &str) -> Error {
    let names: Vec<String> = function
        .parameters
        .iter()
        .filter(|p| matches!(p.role, Role::Capture(_)))
        .map(|p| format!("`{}`", p.name))
        .collect();
    let takes = if names.is_empty() {
        "takes no capture".to_owned()
    } else {
        format!("takes {}", names.join(", "))
    };
    Error::new(
        attribute.source.span(),
        format!(
            "the group `{name}` has no parameter of that name: `{}` {takes}\n\
             help: name a parameter `{name}`, or write `(…)` to bind by position or `(?:…)` to capture nothing",
            function.name,
        ),
    )
}

fn parameter_without_group(
    attribute: &StepAttribute,
    pattern: &Pattern,
    function: &Function<'_>,
    index: usize,
) -> Error {
    let parameter = &function.parameters[index];
    let what = match attribute.kind {
        PatternKind::Literal => "this text captures nothing".to_owned(),
        PatternKind::Expression => {
            format!("the expression has {}", plural(pattern.groups.len(), "parameter"))
        }
        PatternKind::Regex => format!("the regex has {}", plural(pattern.groups.len(), "group")),
    };
    let help = match attribute.kind {
        _ if by_reference(parameter.ty()).is_some() => {
            by_reference(parameter.ty()).unwrap_or_default()
        }
        _ if last_segment(parameter.ty()).is_some_and(|last| last == "String") => {
            "add a `{string}` or a `(…)` to the pattern; for the text below the step write `#[doc_string]` before the parameter"
        }
        PatternKind::Literal => {
            "write a parameter into the text, as in `expr = \"… {string} …\"`; for scenario state take a reference"
        }
        PatternKind::Expression => {
            "add a `{…}` to the expression or remove this parameter; for scenario state take a reference"
        }
        PatternKind::Regex => {
            "add a `(…)` to the regex or remove this parameter; for scenario state take a reference"
        }
    };
    Error::new(
        parameter.span(),
        format!("nothing is captured for parameter `{}`: {what}\nhelp: {help}", parameter.shown()),
    )
}

fn group_without_parameter(
    attribute: &StepAttribute,
    pattern: &Pattern,
    function: &Function<'_>,
    index: usize,
) -> Error {
    let takes = function.parameters.iter().filter(|p| matches!(p.role, Role::Capture(_))).count();
    let references = || function.parameters.iter().filter(|p| is_reference(p));
    let (what, each, help) = match attribute.kind {
        PatternKind::Regex => (
            "group",
            format!("group {}", index + 1),
            "add a parameter for it, or write `(?:…)` to capture nothing",
        ),
        _ => (
            "parameter",
            format!("`{{{}}}` at position {}", group_name(&pattern.groups[index]), index + 1),
            "add a parameter for it to the function",
        ),
    };
    if let Some(value) = references().find(|parameter| refers_to_value(parameter)) {
        let (Role::Reference { ty, .. } | Role::StateMut { ty }) = &value.role else {
            return value.type_error("a capture is taken by value");
        };
        let (ty, name) = (written(ty), value.shown());
        let or_text = if ty == "String" { " or `&str`" } else { "" };
        return value.type_error(format!(
            "`&` means state, so nothing captures {each}\n\
             help: take the value of a capture, as in `{name}: {ty}`{or_text}"
        ));
    }
    let note = match references().next() {
        Some(_) => "; `&` means state, so take the capture by value or as `&str`",
        None => "",
    };
    Error::new(
        attribute.source.span(),
        format!(
            "the pattern captures {}, but `{}` takes {takes}: {each} would be lost\nhelp: {help}{note}",
            plural(pattern.groups.len(), what),
            function.name,
        ),
    )
}

fn is_reference(parameter: &Parameter<'_>) -> bool {
    matches!(parameter.role, Role::Reference { .. } | Role::StateMut { .. })
}

fn refers_to_value(parameter: &Parameter<'_>) -> bool {
    matches!(&parameter.role, Role::Reference { ty, .. } | Role::StateMut { ty } if is_value(ty))
}

/// Checks that each parameter can take its group.
fn captures_fit(pattern: &Pattern, function: &Function<'_>, bound: &Bound) -> Result<()> {
    for (parameter, group) in function.parameters.iter().zip(&bound.0) {
        let (Role::Capture(capture), Some(index)) = (&parameter.role, group) else { continue };
        let group = &pattern.groups[*index];
        let ty = written(capture.ty);
        let ty = if capture.borrowed { format!("&{ty}") } else { ty };
        if group.optional && !capture.optional {
            return Err(parameter.type_error(format!(
                "group {} of the regex is optional, so `{}` may have no value\n\
                 help: take an `Option<{ty}>`",
                index + 1,
                parameter.shown(),
            )));
        }
        if capture.is_static() && !matches!(group.name, GroupName::Custom(_)) {
            return Err(parameter.type_error(
                "the text of a capture lives as long as the call of the function\n\
                 help: take `&str`, or a `String` to keep it",
            ));
        }
    }
    Ok(())
}

fn group_name(group: &Group) -> &str {
    match &group.name {
        GroupName::BuiltIn(name) | GroupName::Custom(name) | GroupName::Named(name) => name,
        GroupName::Unnamed => "",
    }
}

fn plural(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}
