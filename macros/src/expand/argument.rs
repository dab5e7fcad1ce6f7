//! Where the arguments of a function come from.

use super::code::{Code, literal, parentheses, text, tokens};
use crate::model::{CaptureType, Function, Parameter, Role, written};

/// The group that feeds a parameter.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) group: usize,
    /// The constant of the custom parameter type.
    pub(super) custom: Option<String>,
}

/// The inputs of `function`, whose parameters are fed by `sources`; a comma behind each.
pub(super) fn inputs(function: &Function<'_>, sources: &[Option<Source>]) -> Code {
    let mut inputs = Code::default();
    for (index, parameter) in function.parameters.iter().enumerate() {
        let source = sources.get(index).and_then(Option::as_ref);
        inputs = inputs.then(input(parameter, source)).then(text(","));
    }
    inputs
}

fn input(parameter: &Parameter<'_>, source: Option<&Source>) -> Code {
    let name = literal(&parameter.name);
    let (input, optional) = match &parameter.role {
        Role::Capture(capture) => {
            let source = source.expect("every capture parameter is bound by now");
            (captured(capture, source, &name), capture.optional)
        }
        Role::State { ty, mutable: false } => (typed("state", ty, ""), false),
        Role::State { ty, mutable: true } => (typed("state_mut", ty, ""), false),
        Role::Context => (text("__h::input::Context"), false),
        Role::SoFar => (text("__h::input::SoFar"), false),
        Role::Table { optional } => (text(format!("__h::input::Table({name})")), *optional),
        Role::DocString { optional } => (text(format!("__h::input::Doc({name})")), *optional),
        Role::Rows { row, optional } => (typed("rows", row, &name), *optional),
        Role::Row { row, optional } => (typed("row", row, &name), *optional),
        Role::DocValue { ty, optional } => (typed("doc_value", ty, &name), *optional),
    };
    if optional { parentheses("__h::input::Optional", input) } else { input }
}

/// The input that this function makes for `ty`. What the type lacks is told at its tokens.
fn typed(function: &str, ty: &syn::Type, arguments: &str) -> Code {
    let function = text(format!("__h::input::{function}::<"));
    function.then(tokens(ty)).then(text(format!(">({arguments})")))
}

fn captured(capture: &CaptureType<'_>, source: &Source, name: &str) -> Code {
    let group = source.group;
    if source.custom.is_none() && capture.borrowed {
        return text(format!("__h::input::text({group}, {name})"));
    }
    let wanted = literal(&written(capture.ty));
    match &source.custom {
        Some(custom) => text(format!("__h::input::custom({group}, {name}, {wanted}, {custom})")),
        None => typed("value", capture.ty, &format!("{group}, {name}, {wanted}")),
    }
}
