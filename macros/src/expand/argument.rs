//! How each parameter of a function gets its value.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use crate::model::{CaptureType, Function, Parameter, Role};

/// The statements that make the arguments, and the call itself.
pub(super) struct Call {
    pub(super) statements: TokenStream,
    pub(super) call: TokenStream,
}

/// The group that feeds a parameter.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) group: usize,
    /// The constant of the custom parameter type.
    pub(super) custom: Option<Ident>,
}

impl Call {
    /// The call of `function`, whose parameters are fed by `sources`.
    pub(super) fn of(function: &Function, sources: &[Option<Source>]) -> Self {
        let mut statements = TokenStream::new();
        let mut values = Vec::new();
        for (index, parameter) in function.parameters.iter().enumerate() {
            let variable = format_ident!("argument_{index}");
            let source = sources.get(index).and_then(Option::as_ref);
            let (statement, value) = argument(parameter, source, &variable);
            statements.extend(statement);
            values.push(value);
        }
        let name = &function.name;
        let wait = function.is_async.then(|| quote!(.await));
        Self { statements, call: quote!(#name(#(#values),*) #wait) }
    }
}

fn argument(
    parameter: &Parameter,
    source: Option<&Source>,
    variable: &Ident,
) -> (TokenStream, TokenStream) {
    let name = &parameter.name;
    let mut value = quote!(#variable);
    let made = match &parameter.role {
        Role::Capture(capture) => {
            let source = source.expect("every capture parameter is bound by now");
            let (made, passed) = captured(capture, source, name, variable);
            value = passed;
            made
        }
        Role::State { ty, mutable: false } => {
            value = quote!(&#variable);
            or_stop(&quote_spanned!(ty.span()=> call.state::<#ty>()))
        }
        Role::State { ty, mutable: true } => {
            let made = or_stop(&quote_spanned!(ty.span()=> call.state_mut::<#ty>()));
            return (quote!(let mut #variable = #made;), quote!(&mut #variable));
        }
        Role::Context => quote!(call.context()),
        Role::SoFar => quote!(call.so_far()),
        Role::Table { optional: false } => or_stop(&quote!(call.table(#name))),
        Role::Table { optional: true } => quote!(call.optional_table()),
        Role::DocString { optional: false } => or_stop(&quote!(call.doc_string(#name))),
        Role::DocString { optional: true } => quote!(call.optional_doc_string()),
        Role::Rows { row, optional } => converted("rows", *optional, row, name),
        Role::Row { row, optional } => converted("row", *optional, row, name),
        Role::DocValue { ty, optional } => converted("from_doc_string", *optional, ty, name),
    };
    (quote!(let #variable = #made;), value)
}

/// The value of a result, or the end of the body with its outcome.
///
/// `?` does the same with three times the code, in every step of a suite.
fn or_stop(result: &TokenStream) -> TokenStream {
    quote!(match #result { Ok(value) => value, Err(stop) => return Err(stop) })
}

fn converted(method: &str, optional: bool, ty: &syn::Type, name: &str) -> TokenStream {
    let prefix = if optional { "optional_" } else { "" };
    let method = format_ident!("{prefix}{method}", span = ty.span());
    or_stop(&quote_spanned!(ty.span()=> call.#method::<#ty>(#name)))
}

fn captured(
    capture: &CaptureType,
    source: &Source,
    name: &str,
    variable: &Ident,
) -> (TokenStream, TokenStream) {
    let (ty, group) = (&capture.ty, source.group);
    let written = quote!(#ty).to_string();
    if let Some(custom) = &source.custom {
        let made = or_stop(&quote!(call.custom::<#ty>(#group, #name, #written, #custom)));
        let made = if capture.optional { quote!(Some(#made)) } else { made };
        return (made, quote!(#variable));
    }
    match (capture.borrowed, capture.optional) {
        (true, false) => (or_stop(&quote!(call.text(#group, #name))), quote!(&#variable)),
        (true, true) => (quote!(call.optional_text(#group)), quote!(#variable.as_deref())),
        (false, false) => (
            or_stop(&quote_spanned!(ty.span()=> call.arg::<#ty>(#group, #name, #written))),
            quote!(#variable),
        ),
        (false, true) => (
            or_stop(&quote_spanned!(ty.span()=> call.optional_arg::<#ty>(#group, #name, #written))),
            quote!(#variable),
        ),
    }
}
