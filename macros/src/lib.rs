//! Attribute in, registration out: the macros behind `harmony_bdd`.
//!
//! An attribute goes through one stage per file: `item` sets the function's body aside, `attr` reads
//! what is written in the attribute, `pattern` turns the pattern into groups, `model` reads the
//! function's signature, `validate` binds the groups to the parameters and `expand` writes the
//! registration. What is wrong goes to `fallback`, which still emits the function so that one
//! mistake gives one message.
//! Nothing here runs a step.
#![forbid(unsafe_code)]

mod attr;
mod expand;
mod expression;
mod fallback;
mod fixture;
mod hook;
mod item;
mod model;
mod param;
mod pattern;
mod row;
mod step;
mod texts;
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

/// Runs a function before the first feature.
///
/// See the documentation of `harmony_bdd` for parameters and options.
#[proc_macro_attribute]
pub fn before_all(arguments: TokenStream, item: TokenStream) -> TokenStream {
    hook::expand(hook::HookKind::BeforeAll, arguments.into(), item.into()).into()
}

/// Runs a function after the last feature, whatever happened.
///
/// See the documentation of `harmony_bdd` for parameters and options.
#[proc_macro_attribute]
pub fn after_all(arguments: TokenStream, item: TokenStream) -> TokenStream {
    hook::expand(hook::HookKind::AfterAll, arguments.into(), item.into()).into()
}

/// Runs a function before the first scenario of every feature.
///
/// See the documentation of `harmony_bdd` for parameters and options.
#[proc_macro_attribute]
pub fn before_feature(arguments: TokenStream, item: TokenStream) -> TokenStream {
    hook::expand(hook::HookKind::BeforeFeature, arguments.into(), item.into()).into()
}

/// Runs a function after the last scenario of every feature, whatever happened.
///
/// See the documentation of `harmony_bdd` for parameters and options.
#[proc_macro_attribute]
pub fn after_feature(arguments: TokenStream, item: TokenStream) -> TokenStream {
    hook::expand(hook::HookKind::AfterFeature, arguments.into(), item.into()).into()
}

/// Runs a function before the first step of every scenario.
///
/// See the documentation of `harmony_bdd` for parameters and options.
#[proc_macro_attribute]
pub fn before_scenario(arguments: TokenStream, item: TokenStream) -> TokenStream {
    hook::expand(hook::HookKind::BeforeScenario, arguments.into(), item.into()).into()
}

/// Runs a function after the last step of every scenario, also when a step failed or panicked.
///
/// See the documentation of `harmony_bdd` for parameters and options.
#[proc_macro_attribute]
pub fn after_scenario(arguments: TokenStream, item: TokenStream) -> TokenStream {
    hook::expand(hook::HookKind::AfterScenario, arguments.into(), item.into()).into()
}

/// Runs a function before every step.
///
/// See the documentation of `harmony_bdd` for parameters and options.
#[proc_macro_attribute]
pub fn before_step(arguments: TokenStream, item: TokenStream) -> TokenStream {
    hook::expand(hook::HookKind::BeforeStep, arguments.into(), item.into()).into()
}

/// Runs a function after every step, also when it failed or panicked.
///
/// See the documentation of `harmony_bdd` for parameters and options.
#[proc_macro_attribute]
pub fn after_step(arguments: TokenStream, item: TokenStream) -> TokenStream {
    hook::expand(hook::HookKind::AfterStep, arguments.into(), item.into()).into()
}

/// Registers a function that makes a state which `Default` cannot make, or which outlives a scenario.
///
/// See the documentation of `harmony_bdd` for parameters and options.
#[proc_macro_attribute]
pub fn fixture(arguments: TokenStream, item: TokenStream) -> TokenStream {
    fixture::expand(arguments.into(), item.into()).into()
}

/// Declares a parameter type of Cucumber Expressions on an enum, a struct or a function.
///
/// See the documentation of `harmony_bdd` for what each of them means.
#[proc_macro_attribute]
pub fn param(arguments: TokenStream, item: TokenStream) -> TokenStream {
    param::expand(arguments.into(), item.into()).into()
}

/// Makes an enum a capture: its variants are its texts.
///
/// `LightBlue` is `light blue`, `light-blue`, `light_blue` or `LightBlue`; `#[text("azure")]` on a
/// variant gives it other texts instead.
#[proc_macro_derive(StepArg, attributes(text))]
pub fn derive_step_arg(item: TokenStream) -> TokenStream {
    texts::derive(item.into()).into()
}

/// Makes a struct with named fields a row of a data table.
///
/// An `Option` field is a column that may be missing or a cell that may be empty;
/// `#[column("Header")]` names the column, `#[column(default)]` fills in what is missing.
#[proc_macro_derive(TableRow, attributes(column))]
pub fn derive_table_row(item: TokenStream) -> TokenStream {
    row::derive(item.into()).into()
}
