//! Where the arguments of a function come from.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use crate::model::{CaptureType, Function, Parameter, Role};

/// The group that feeds a parameter.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) group: usize,
    /// The constant of the custom parameter type.
    pub(super) custom: Option<Ident>,
}

/// The inputs of `function`, whose parameters are fed by `sources`.
pub(super) fn inputs(function: &Function, sources: &[Option<Source>]) -> Vec<TokenStream> {
    let source = |index: usize| sources.get(index).and_then(Option::as_ref);
    let parameters = function.parameters.iter().enumerate();
    parameters.map(|(index, parameter)| input(parameter, source(index))).collect()
}

fn input(parameter: &Parameter, source: Option<&Source>) -> TokenStream {
    let name = &parameter.name;
    let (input, optional) = match &parameter.role {
        Role::Capture(capture) => {
            let source = source.expect("every capture parameter is bound by now");
            (captured(capture, source, name), capture.optional)
        }
        Role::State { ty, mutable: false } => (typed("state", ty, &quote!()), false),
        Role::State { ty, mutable: true } => (typed("state_mut", ty, &quote!()), false),
        Role::Context => (quote!(__h::input::Context), false),
        Role::SoFar => (quote!(__h::input::SoFar), false),
        Role::Table { optional } => (quote!(__h::input::Table(#name)), *optional),
        Role::DocString { optional } => (quote!(__h::input::Doc(#name)), *optional),
        Role::Rows { row, optional } => (typed("rows", row, &quote!(#name)), *optional),
        Role::Row { row, optional } => (typed("row", row, &quote!(#name)), *optional),
        Role::DocValue { ty, optional } => (typed("doc_value", ty, &quote!(#name)), *optional),
    };
    if optional { quote!(__h::input::Optional(#input)) } else { input }
}

/// The input that this function makes for `ty`, whose bound speaks at the type.
fn typed(function: &str, ty: &syn::Type, arguments: &TokenStream) -> TokenStream {
    let function = format_ident!("{function}", span = ty.span());
    quote_spanned!(ty.span()=> __h::input::#function::<#ty>(#arguments))
}

fn captured(capture: &CaptureType, source: &Source, name: &str) -> TokenStream {
    let (ty, group) = (&capture.ty, source.group);
    let written = quote!(#ty).to_string();
    match &source.custom {
        Some(custom) => quote!(__h::input::custom(#group, #name, #written, #custom)),
        None if capture.borrowed => quote!(__h::input::text(#group, #name)),
        None => typed("value", ty, &quote!(#group, #name, #written)),
    }
}
