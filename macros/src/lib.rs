//! The attributes and derives of `harmony_bdd`. Each one turns an item into itself and a registration.
//!
//! An attribute goes through one stage per module, in the order of `pipeline`: `item` splits the
//! function's body off, `attr` reads the arguments of the attribute, `pattern` parses the pattern,
//! `model` reads the function's signature, `validate` binds the captures to the parameters, and
//! `expand` generates the registration. `error` emits a wrong attribute's function together with the
//! error, so that one mistake gives one message, and `enclosing` finds functions of an
//! `impl`. `feature_file` reads the scenario of a bound test. `step_arg_derive` and `table_row_derive` hold the
//! derives.
//!
//! No code here runs a step.
#![forbid(unsafe_code)]

mod attr;
mod enclosing;
mod error;
mod expand;
mod expression;
mod feature_file;
mod item;
mod keyword;
mod model;
mod pattern;
mod pipeline;
mod step_arg_derive;
mod table_row_derive;
mod validate;

use proc_macro::TokenStream;

use attr::HookKind;
use keyword::Keyword;

/// Registers a function as the definition of a step that arranges the start of a scenario.
///
/// See the documentation of `harmony_bdd` for patterns, parameters and options.
#[proc_macro_attribute]
pub fn given(arguments: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::step(Keyword::Given, arguments.into(), item.into()).into()
}

/// Registers a function as the definition of a step that acts.
///
/// See the documentation of `harmony_bdd` for patterns, parameters and options.
#[proc_macro_attribute]
pub fn when(arguments: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::step(Keyword::When, arguments.into(), item.into()).into()
}

/// Registers a function as the definition of a step that checks the result of a scenario.
///
/// See the documentation of `harmony_bdd` for patterns, parameters and options.
#[proc_macro_attribute]
pub fn then(arguments: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::step(Keyword::Then, arguments.into(), item.into()).into()
}

/// Runs a function before the first feature.
///
/// See the documentation of `harmony_bdd` for parameters and options.
#[proc_macro_attribute]
pub fn before_all(arguments: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::hook(HookKind::BeforeAll, arguments.into(), item.into()).into()
}

/// Runs a function after the last feature, whatever the result.
///
/// See the documentation of `harmony_bdd` for parameters and options.
#[proc_macro_attribute]
pub fn after_all(arguments: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::hook(HookKind::AfterAll, arguments.into(), item.into()).into()
}

/// Runs a function before the first scenario of every feature.
///
/// See the documentation of `harmony_bdd` for parameters and options.
#[proc_macro_attribute]
pub fn before_feature(arguments: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::hook(HookKind::BeforeFeature, arguments.into(), item.into()).into()
}

/// Runs a function after the last scenario of every feature, whatever the result.
///
/// See the documentation of `harmony_bdd` for parameters and options.
#[proc_macro_attribute]
pub fn after_feature(arguments: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::hook(HookKind::AfterFeature, arguments.into(), item.into()).into()
}

/// Runs a function before the first step of every scenario.
///
/// See the documentation of `harmony_bdd` for parameters and options.
#[proc_macro_attribute]
pub fn before_scenario(arguments: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::hook(HookKind::BeforeScenario, arguments.into(), item.into()).into()
}

/// Runs a function after the last step of every scenario, also when a step failed or panicked.
///
/// See the documentation of `harmony_bdd` for parameters and options.
#[proc_macro_attribute]
pub fn after_scenario(arguments: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::hook(HookKind::AfterScenario, arguments.into(), item.into()).into()
}

/// Runs a function before every step.
///
/// See the documentation of `harmony_bdd` for parameters and options.
#[proc_macro_attribute]
pub fn before_step(arguments: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::hook(HookKind::BeforeStep, arguments.into(), item.into()).into()
}

/// Runs a function after every step, also when it failed or panicked.
///
/// See the documentation of `harmony_bdd` for parameters and options.
#[proc_macro_attribute]
pub fn after_step(arguments: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::hook(HookKind::AfterStep, arguments.into(), item.into()).into()
}

/// Registers a function that makes a state for which `Default` is not enough, or one that outlives a
/// scenario.
///
/// See the documentation of `harmony_bdd` for parameters and options.
#[proc_macro_attribute]
pub fn fixture(arguments: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::fixture(arguments.into(), item.into()).into()
}

/// Makes a function a test of Rust's harness that runs a scenario, and then the function with its states.
///
/// See the documentation of `harmony_bdd` for parameters and options.
#[proc_macro_attribute]
pub fn scenario(arguments: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::scenario(arguments.into(), item.into()).into()
}

/// Expands to a test of Rust's harness for each scenario of a feature file.
///
/// See the documentation of `harmony_bdd` for the names of the tests.
#[proc_macro]
pub fn scenarios(arguments: TokenStream) -> TokenStream {
    pipeline::scenarios(arguments.into()).into()
}

/// Declares a parameter type of Cucumber Expressions on an enum, a struct or a function.
///
/// See the documentation of `harmony_bdd` for the meaning of each.
#[proc_macro_attribute]
pub fn param(arguments: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::param(arguments.into(), item.into()).into()
}

/// Implements conversion from a capture for an enum without fields.
///
/// `LightBlue` matches `light blue`, `light-blue`, `light_blue` and `LightBlue`; `#[text("azure")]` on a
/// variant replaces these texts.
#[proc_macro_derive(StepArg, attributes(text))]
pub fn derive_step_arg(item: TokenStream) -> TokenStream {
    step_arg_derive::expand(item.into()).into()
}

/// Implements the parameter type of an enum whose variants depend on `cfg`, for `#[param]`: derives see
/// only the variants that exist.
#[doc(hidden)]
#[proc_macro_derive(ParamEnum, attributes(text, __param))]
pub fn derive_param_enum(item: TokenStream) -> TokenStream {
    pipeline::param_enum(item.into()).into()
}

/// Implements conversion from a row of a data table for a struct with named fields.
///
/// An `Option` field is a column that may be missing or a cell that may be empty;
/// `#[column("Header")]` names the column, and `#[column(default)]` uses the `Default` for a missing value. `#[table_row(crate = path)]` names
/// the path of `harmony_bdd`.
#[proc_macro_derive(TableRow, attributes(column, table_row))]
pub fn derive_table_row(item: TokenStream) -> TokenStream {
    table_row_derive::expand(item.into()).into()
}
