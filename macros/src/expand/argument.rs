//! The inputs of a function: the source of each argument.

use proc_macro2::Span;
use syn::Type;

use super::at;
use super::code::{Code, brackets, literal, located, parentheses, parentheses_at, text, tokens};
use crate::model::{Function, Parameter, Role, last_segment, with_static_lifetimes, written};

/// The functions whose argument is taken by reference.
const BY_REFERENCE: [&str; 6] =
    ["of_step", "of_hook", "of_after_hook", "optional", "state_mut", "argument_of"];

/// The group that feeds a parameter.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) group: usize,
    /// The constant of the custom parameter type.
    pub(super) custom: Option<String>,
}

/// Returns the inputs of `function`, whose captures come from `sources`, with a comma after each.
pub(super) fn inputs(function: &Function<'_>, sources: &[Option<Source>]) -> Code {
    let mut inputs = Code::default();
    for (index, parameter) in function.parameters.iter().enumerate() {
        let source = sources.get(index).and_then(Option::as_ref);
        inputs = inputs.then(input(function, parameter, source)).then(text(","));
    }
    inputs
}

fn input(function: &Function<'_>, parameter: &Parameter<'_>, source: Option<&Source>) -> Code {
    let name = literal(&parameter.name);
    let typed =
        |constructor: &str, ty: &Type, arguments: &str| typed(function, constructor, ty, arguments);
    let (input, optional) = match &parameter.role {
        Role::Capture(capture) => {
            let source = source.expect("`validate` binds every capture");
            let group = source.group;
            let wanted = literal(&written(capture.ty));
            match &source.custom {
                Some(custom) => (
                    text(format!("__h::input::custom({group}, {name}, {wanted}, {custom})")),
                    capture.optional && capture.borrowed,
                ),
                None if capture.borrowed => {
                    (text(format!("__h::input::text({group}, {name})")), capture.optional)
                }
                None => {
                    let arguments = format!("{group}, {name}, {wanted}");
                    (typed("value", capture.ty, &arguments), capture.optional)
                }
            }
        }
        Role::Reference { ty, optional: true } => (typed("optional", ty, &name), true),
        Role::Reference { ty, .. } => (typed(reference(function), ty, &name), false),
        Role::StateMut { ty } => (typed("state_mut", ty, ""), false),
        Role::Rows { row, optional } => (typed("rows", row, &name), *optional),
        Role::Row { row, optional } => (typed("row", row, &name), *optional),
        Role::DocValue { ty, optional } => (typed("doc_value", ty, &name), *optional),
    };
    if optional { parentheses("__h::input::Optional", input) } else { input }
}

/// Returns the constructor for a parameter that is taken by reference.
fn reference(function: &Function<'_>) -> &'static str {
    match function.attribute {
        "given" | "when" | "then" => "of_step",
        attribute if attribute.starts_with("after_") => "of_after_hook",
        _ => "of_hook",
    }
}

/// Returns a call of the input constructor for `ty`. The type keeps its span, so that the compiler
/// reports a missing trait there.
fn typed(function: &Function<'_>, constructor: &str, ty: &Type, arguments: &str) -> Code {
    let ty_tokens = tokens(with_static_lifetimes(ty, &function.lifetimes));
    if !BY_REFERENCE.contains(&constructor) {
        let (before, after) = (format!("__h::input::{constructor}::<"), format!(">({arguments})"));
        return text(before).then(ty_tokens).then(text(after));
    }
    // Evaluating these calls decides whether the type may be taken by reference.
    let span = last_segment(ty).map_or_else(Span::call_site, |name| at(name.span()));
    let origin =
        located("&__h::OriginOf::<", span).then(ty_tokens).then(located(">::ORIGIN", span));
    let arguments = origin.then(text(format!(", {arguments}")));
    located(&format!("__h::input::{constructor}"), span).then(parentheses_at(span, arguments))
}

/// Returns the part of the step that `function` takes: its table, its doc string or nothing.
pub(super) fn step_argument(function: &Function<'_>) -> Code {
    let mut needs = Vec::new();
    for parameter in &function.parameters {
        match &parameter.role {
            Role::Rows { .. } | Role::Row { .. } => {
                needs.push(text("__h::StepArgumentKind::Table"))
            }
            Role::DocValue { .. } => needs.push(text("__h::StepArgumentKind::DocString")),
            Role::Reference { ty, .. } => needs.push(typed(function, "argument_of", ty, "")),
            Role::Capture(_) | Role::StateMut { .. } => {}
        }
    }
    if needs.len() < 2 {
        return needs.pop().unwrap_or_else(|| text("__h::StepArgumentKind::Nothing"));
    }
    let list =
        needs.into_iter().fold(Code::default(), |list, need| list.then(need).then(text(",")));
    parentheses("__h::input::only_argument", brackets("&", list))
}
