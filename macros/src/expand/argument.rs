//! Where the arguments of a function come from.

use proc_macro2::TokenStream;
use quote::ToTokens;

use super::code::{fill, join, literal, text};
use crate::model::{CaptureType, Function, Parameter, Role, written};

/// The group that feeds a parameter.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) group: usize,
    /// The constant of the custom parameter type.
    pub(super) custom: Option<String>,
}

/// The inputs of `function`, whose parameters are fed by `sources`; a comma behind each.
pub(super) fn inputs(function: &Function, sources: &[Option<Source>]) -> TokenStream {
    let mut inputs = Vec::new();
    for (index, parameter) in function.parameters.iter().enumerate() {
        let source = sources.get(index).and_then(Option::as_ref);
        inputs.push(input(parameter, source));
        inputs.push(text(","));
    }
    join(inputs)
}

fn input(parameter: &Parameter, source: Option<&Source>) -> TokenStream {
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
        Role::Table { optional } => (text(&format!("__h::input::Table({name})")), *optional),
        Role::DocString { optional } => (text(&format!("__h::input::Doc({name})")), *optional),
        Role::Rows { row, optional } => (typed("rows", row, &name), *optional),
        Role::Row { row, optional } => (typed("row", row, &name), *optional),
        Role::DocValue { ty, optional } => (typed("doc_value", ty, &name), *optional),
    };
    if optional { fill("__h::input::Optional(#)", [input]) } else { input }
}

/// The input that this function makes for `ty`. What the type lacks is told at its tokens.
fn typed(function: &str, ty: &syn::Type, arguments: &str) -> TokenStream {
    join(vec![
        text(&format!("__h::input::{function}::<")),
        ty.to_token_stream(),
        text(&format!(">({arguments})")),
    ])
}

fn captured(capture: &CaptureType, source: &Source, name: &str) -> TokenStream {
    let group = source.group;
    if source.custom.is_none() && capture.borrowed {
        return text(&format!("__h::input::text({group}, {name})"));
    }
    let wanted = literal(&written(&capture.ty));
    match &source.custom {
        Some(custom) => text(&format!("__h::input::custom({group}, {name}, {wanted}, {custom})")),
        None => typed("value", &capture.ty, &format!("{group}, {name}, {wanted}")),
    }
}
