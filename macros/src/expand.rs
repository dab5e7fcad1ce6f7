//! The registration of a step: one static and one thin function.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use crate::attr::{PatternKind, StepAttribute};
use crate::expression::Piece;
use crate::model::{CaptureType, Parameter, Role, StepFunction};
use crate::pattern::{GroupName, Pattern};
use crate::validate::Bound;

/// What goes below the function.
pub(crate) fn step(
    attribute: &StepAttribute,
    pattern: &Pattern,
    function: &StepFunction,
    bound: &Bound,
) -> TokenStream {
    let keyword = Ident::new(attribute.keyword.variant(), Span::call_site());
    let name = function.name.to_string();
    let name = name.trim_start_matches("r#");
    let pattern = pattern_value(attribute, pattern);
    let timeout = match &attribute.timeout_ms {
        Some(ms) => quote!(Some(#ms)),
        None => quote!(None),
    };
    let states = function.parameters.iter().filter_map(|parameter| match &parameter.role {
        Role::State { ty, .. } => Some(quote_spanned!(ty.span()=> __h::StateNeed::of::<#ty>())),
        _ => None,
    });
    let argument = argument_need(function);
    let thunk = thunk(function, bound);
    let body = if function.is_async { quote!(Async) } else { quote!(Sync) };
    quote! {
        const _: () = {
            use ::harmony_bdd::macro_support as __h;
            #thunk
            __h::inventory::submit! {
                __h::StepDefinition {
                    keyword: __h::StepKeyword::#keyword,
                    pattern: #pattern,
                    function: #name,
                    module: module_path!(),
                    file: file!(),
                    line: line!(),
                    options: __h::Options { timeout_ms: #timeout },
                    states: &[#(#states),*],
                    argument: __h::ArgumentNeed::#argument,
                    body: __h::Body::#body(__step),
                }
            }
        };
    }
}

fn pattern_value(attribute: &StepAttribute, pattern: &Pattern) -> TokenStream {
    let source = &attribute.source;
    let kind = match attribute.kind {
        PatternKind::Literal => quote!(Literal),
        PatternKind::Expression => quote!(Expression),
        PatternKind::Regex => quote!(Regex),
    };
    let pieces = pattern.pieces.iter().map(|piece| match piece {
        Piece::Text(text) => quote!(#text),
        Piece::Custom(_) => quote!(compile_error!("custom parameter types")),
    });
    let literals = &pattern.literals;
    let groups = pattern.groups.iter().map(|group| {
        let quoted = group.quoted;
        let name = match &group.name {
            GroupName::BuiltIn(name) | GroupName::Custom(name) | GroupName::Named(name) => name,
            GroupName::Unnamed => "",
        };
        quote!(__h::Group { name: #name, quoted: #quoted })
    });
    quote! {
        __h::Pattern {
            kind: __h::PatternKind::#kind,
            source: #source,
            regex: &[#(#pieces),*],
            groups: &[#(#groups),*],
            literals: &[#(#literals),*],
        }
    }
}

fn argument_need(function: &StepFunction) -> Ident {
    let need = function.parameters.iter().find_map(|parameter| match parameter.role {
        Role::Table { .. } => Some("Table"),
        Role::DocString { .. } => Some("DocString"),
        _ => None,
    });
    Ident::new(need.unwrap_or("Nothing"), Span::call_site())
}

fn thunk(function: &StepFunction, bound: &Bound) -> TokenStream {
    let arguments: Vec<Argument> = function
        .parameters
        .iter()
        .zip(&bound.0)
        .enumerate()
        .map(|(index, (parameter, group))| Argument::of(index, parameter, *group))
        .collect();
    let lets = arguments.iter().map(|a| &a.statement);
    let values = arguments.iter().map(|a| &a.value);
    let name = &function.name;
    let wait = function.is_async.then(|| quote!(.await));
    let call = quote!(#name(#(#values),*) #wait);
    let result = match &function.returns {
        None => quote!({ #call; Ok(__h::Outcome::Passed) }),
        Some(ty) => quote_spanned! { ty.span()=>
            { let returned: #ty = #call; Ok(__h::IntoOutcome::into_outcome(returned)) }
        },
    };
    if function.is_async {
        quote! {
            fn __step<'a>(call: &'a __h::Invocation<'a>) -> __h::BodyFuture<'a> {
                Box::pin(async move { #(#lets)* #result })
            }
        }
    } else {
        quote! {
            fn __step(call: &__h::Invocation<'_>) -> __h::BodyResult { #(#lets)* #result }
        }
    }
}

/// How one parameter gets its value: a statement that makes it, and the expression to pass.
struct Argument {
    statement: TokenStream,
    value: TokenStream,
}

impl Argument {
    fn of(index: usize, parameter: &Parameter, group: Option<usize>) -> Self {
        let variable = format_ident!("argument_{index}");
        let name = &parameter.name;
        let (made, value) = match &parameter.role {
            Role::Capture(capture) => {
                let group = group.expect("every capture parameter is bound by now");
                captured(capture, group, name, &variable)
            }
            Role::State { ty, mutable } => {
                let made = quote_spanned!(ty.span()=> call.state::<#ty>()?);
                let value = if *mutable { quote!(&mut #variable) } else { quote!(&#variable) };
                let mutability = mutable.then(|| quote!(mut));
                return Self { statement: quote!(let #mutability #variable = #made;), value };
            }
            Role::Context => (quote!(call.context()), quote!(#variable)),
            Role::Table { optional: false } => (quote!(call.table(#name)?), quote!(#variable)),
            Role::Table { optional: true } => (quote!(call.optional_table()), quote!(#variable)),
            Role::DocString { optional: false } => {
                (quote!(call.doc_string(#name)?), quote!(#variable))
            }
            Role::DocString { optional: true } => {
                (quote!(call.optional_doc_string()), quote!(#variable))
            }
        };
        Self { statement: quote!(let #variable = #made;), value }
    }
}

fn captured(
    capture: &CaptureType,
    group: usize,
    name: &str,
    variable: &Ident,
) -> (TokenStream, TokenStream) {
    let ty = &capture.ty;
    let text = quote!(#ty).to_string();
    match (capture.borrowed, capture.optional) {
        (true, false) => (quote!(call.text(#group, #name)?), quote!(&#variable)),
        (true, true) => (quote!(call.optional_text(#group)), quote!(#variable.as_deref())),
        (false, false) => {
            (quote_spanned!(ty.span()=> call.arg::<#ty>(#group, #name, #text)?), quote!(#variable))
        }
        (false, true) => (
            quote_spanned!(ty.span()=> call.optional_arg::<#ty>(#group, #name, #text)?),
            quote!(#variable),
        ),
    }
}
