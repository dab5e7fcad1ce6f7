//! Attribute in, registration out: the macros behind `harmony_bdd`.
//!
//! An attribute goes through one stage per file: `attr` reads what is written in it, `pattern`
//! turns the pattern into groups, `model` reads the function's signature, `validate` binds the
//! groups to the parameters and `expand` writes the registration. What is wrong goes to
//! `fallback`, which still emits the function so that one mistake gives one message.
//! Nothing here runs a step.
#![forbid(unsafe_code)]

mod attr;
mod expand;
mod expression;
mod fallback;
mod model;
mod pattern;
mod step;
mod validate;

use proc_macro::TokenStream;

/// Registers a function as the definition of a step that arranges what a scenario starts from.
///
/// See the documentation of `harmony_bdd` for patterns, parameters and options.
#[proc_macro_attribute]
pub fn given(arguments: TokenStream, item: TokenStream) -> TokenStream {
    step::expand(model::Keyword::Given, arguments.into(), item.into()).into()
}

/// Registers a function as the definition of a step that acts.
///
/// See the documentation of `harmony_bdd` for patterns, parameters and options.
#[proc_macro_attribute]
pub fn when(arguments: TokenStream, item: TokenStream) -> TokenStream {
    step::expand(model::Keyword::When, arguments.into(), item.into()).into()
}

/// Registers a function as the definition of a step that checks what came of a scenario.
///
/// See the documentation of `harmony_bdd` for patterns, parameters and options.
#[proc_macro_attribute]
pub fn then(arguments: TokenStream, item: TokenStream) -> TokenStream {
    step::expand(model::Keyword::Then, arguments.into(), item.into()).into()
}
