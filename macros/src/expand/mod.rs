//! The registration of a function: one static with a pointer to it and the sources of its arguments.

mod argument;
mod body;
mod code;
mod fixture;
mod hook;
mod param;
mod scenario;
mod scope;
mod step;

pub(crate) use fixture::fixture;
pub(crate) use hook::hook;
pub(crate) use param::{made_by, param_on_function, param_on_type, param_stand_in};
pub(crate) use scenario::{scenario, scenarios};
pub(crate) use scope::Scope;
pub(crate) use step::step;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::LitInt;
use syn::spanned::Spanned;

use crate::attr::TagTerm;
use crate::model::{Function, Parameter, last_segment, with_static_lifetimes};
use body::Wrapping;
use code::{Code, braces, list, literal, tokens};

/// Returns the code that converts the value of a step or hook to an outcome; `None` for unit.
fn outcome(function: &Function<'_>) -> Option<Wrapping> {
    let returned = function.returns?;
    let call = TokenStream::from(body::call(function));
    let causes = causes(at(returned.span()));
    Some(Wrapping {
        returns: "__h::Outcome",
        value: quote_spanned! { at(returned.span())=>
            let __returned = #call;
            #causes
            __h::with_causes(__h::IntoOutcome::into_outcome(__returned), __causes)
        },
        uses_call: false,
    })
}

/// Returns `span` with the name resolution of the expansion: names that come from `macro_rules!` would
/// resolve differently. The location stays in the user's code, so that lints apply to it.
pub(crate) fn at(span: Span) -> Span {
    span.resolved_at(Span::call_site())
}

/// Returns a statement that sets `__causes` from the error in `__returned`. Only these two names are at
/// `span`: lints would take references with a span of the user's tokens for code of the user.
fn causes(span: Span) -> TokenStream {
    let (causes, returned) = (Ident::new("__causes", span), Ident::new("__returned", span));
    quote! {
        let #causes = {
            use __h::causes::*;
            (&&&Returned::of(&#returned)).causes(&#returned)
        };
    }
}

/// Returns the fields for the location of a function.
fn location(function: &Function<'_>) -> String {
    let name = literal(function.name.to_string().trim_start_matches("r#"));
    format!(
        "function: {name}, module: __h::module_path!(), at: __h::StaticSourceLocation {{ file: __h::file!(), line: __h::line!() }}"
    )
}

/// Returns the value of an optional number.
fn option(number: Option<&LitInt>) -> String {
    // Without a suffix: the field determines the type.
    number.map_or_else(
        || "__h::None".to_owned(),
        |number| format!("__h::Some({})", number.base10_digits()),
    )
}

/// Returns a tag filter.
fn tag_filter(terms: &[TagTerm]) -> String {
    let tokens = terms.iter().map(|term| match term {
        TagTerm::Tag(name) => format!("__h::TagToken::Tag({})", literal(name)),
        TagTerm::Not => "__h::TagToken::Not".to_owned(),
        TagTerm::And => "__h::TagToken::And".to_owned(),
        TagTerm::Or => "__h::TagToken::Or".to_owned(),
    });
    format!("&[{}]", list(tokens))
}

/// Returns checks for states that may be of one type: the last parts of their paths are the same.
fn distinct_states(function: &Function<'_>) -> TokenStream {
    let states: Vec<_> = function.parameters.iter().filter_map(Parameter::state).collect();
    let mut checks = TokenStream::new();
    for (index, second) in states.iter().enumerate() {
        for first in &states[..index] {
            if last_segment(first).is_some_and(|last| Some(last) == last_segment(second)) {
                let [first, second] =
                    [first, second].map(|ty| with_static_lifetimes(ty, &function.lifetimes));
                checks.extend(quote_spanned! { at(second.span())=>
                    const _: () = __h::Distinct::<#first, #second>::VERDICT.check();
                });
            }
        }
    }
    checks
}

/// Submits a value to the inventory, in a scope that keeps its names and those of `declarations` apart
/// from the user's.
fn registration(
    library: Option<&TokenStream>,
    function: &Function<'_>,
    declarations: Code,
    value: Code,
) -> TokenStream {
    let scope = Scope { library, is_deprecated: function.is_deprecated };
    let declarations = declarations.then(tokens(distinct_states(function)));
    scope.code(declarations.then(braces("__h::inventory::submit!", value))).into()
}
