//! Whether pattern and signature fit, and which group feeds which parameter.

use syn::{Error, Result};

use crate::attr::{PatternKind, StepAttribute};
use crate::model::{Function, Role, written};
use crate::pattern::{Group, GroupName, Pattern};

/// For each parameter of the function the group that feeds it, where one does.
#[derive(Debug)]
pub(crate) struct Bound(pub(crate) Vec<Option<usize>>);

/// Binds the groups of `pattern` to the parameters of `function`.
pub(crate) fn bind(
    attribute: &StepAttribute,
    pattern: &Pattern,
    function: &Function<'_>,
) -> Result<Bound> {
    one_argument_below_the_line(function)?;
    catch_needs_result(attribute, function)?;
    each_state_once(function)?;
    let bound = groups_to_parameters(attribute, pattern, function)?;
    optional_groups_as_options(pattern, function, &bound)?;
    Ok(bound)
}

/// Checks what holds for hooks and fixtures as well: states once, and nothing that is captured.
pub(crate) fn takes_states_only(attribute: &str, function: &Function<'_>) -> Result<()> {
    each_state_once(function)?;
    let wrong = function.parameters.iter().find(|p| {
        !matches!(p.role, Role::State { .. } | Role::Context | Role::SoFar)
            || (matches!(p.role, Role::SoFar) && !attribute.starts_with("after_"))
    });
    match wrong {
        None => Ok(()),
        Some(parameter) => Err(Error::new(
            parameter.span(),
            format!(
                "nothing is captured for parameter `{}`: `#[{attribute}]` has no step text\n\
                 help: take state by reference, or `&StepContext`",
                parameter.name
            ),
        )),
    }
}

fn one_argument_below_the_line(function: &Function<'_>) -> Result<()> {
    if let Some(so_far) = function.parameters.iter().find(|p| matches!(p.role, Role::SoFar)) {
        return Err(Error::new(
            so_far.span(),
            "only an after-hook can look at an outcome\nhelp: return the `Outcome` of a step",
        ));
    }
    let below = |role: &Role<'_>| role.takes_table() || role.takes_doc_string();
    match function.parameters.iter().filter(|p| below(&p.role)).nth(1) {
        None => Ok(()),
        Some(second) => Err(Error::new(
            second.span(),
            "a step carries one table or one doc string, not both and not two\nhelp: remove this parameter",
        )),
    }
}

fn catch_needs_result(attribute: &StepAttribute, function: &Function<'_>) -> Result<()> {
    match (&attribute.catch, &function.returns) {
        (Some(caught), None) => Err(Error::new_spanned(
            caught,
            "`catch` has nothing to catch: the function returns no `Result`\nhelp: return `Result<(), …>` with this error",
        )),
        _ => Ok(()),
    }
}

fn each_state_once(function: &Function<'_>) -> Result<()> {
    let mut seen = Vec::new();
    for parameter in &function.parameters {
        let Role::State { ty, .. } = &parameter.role else { continue };
        let ty = written(ty);
        if seen.contains(&ty) {
            return Err(Error::new(
                parameter.span(),
                format!(
                    "the state `{ty}` is taken twice, but a scenario has one value of each type\n\
                     help: take it once, or wrap one of the two in a struct of its own"
                ),
            ));
        }
        seen.push(ty);
    }
    Ok(())
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
        PatternKind::Literal => {
            "write the place of the value into the text, as in `expr = \"… {string} …\"`; for scenario state take a reference"
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
        format!("nothing is captured for parameter `{}`: {what}\nhelp: {help}", parameter.name),
    )
}

fn group_without_parameter(
    attribute: &StepAttribute,
    pattern: &Pattern,
    function: &Function<'_>,
    index: usize,
) -> Error {
    let takes = function.parameters.iter().filter(|p| matches!(p.role, Role::Capture(_))).count();
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
    Error::new(
        attribute.source.span(),
        format!(
            "the pattern captures {}, but `{}` takes {takes}: {each} would be lost\nhelp: {help}",
            plural(pattern.groups.len(), what),
            function.name,
        ),
    )
}

fn optional_groups_as_options(
    pattern: &Pattern,
    function: &Function<'_>,
    bound: &Bound,
) -> Result<()> {
    for (parameter, group) in function.parameters.iter().zip(&bound.0) {
        let (Role::Capture(capture), Some(group)) = (&parameter.role, group) else { continue };
        if pattern.groups[*group].optional && !capture.optional {
            let ty = capture.ty;
            let ty = written(ty);
            let ty = if capture.borrowed { format!("&{ty}") } else { ty };
            return Err(Error::new(
                parameter.span(),
                format!(
                    "group {} of the regex may take no part in a match, and then `{}` has no value\n\
                     help: take an `Option<{ty}>`",
                    group + 1,
                    parameter.name,
                ),
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
