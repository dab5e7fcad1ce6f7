//! The callable: the function itself, or a closure around it if it returns something.

use proc_macro2::TokenStream;

use super::argument::{Source, inputs};
use super::code::{Code, braces, list, parentheses, text, tokens};
use crate::model::Function;

/// The code of a closure around the function.
///
/// Its names begin with underscores: a function, constant or type of the user may have any other name.
pub(super) struct Wrapping {
    /// The type of `value`.
    pub(super) returns: &'static str,
    /// The statements around [`call`].
    pub(super) value: TokenStream,
    /// True if they use the `__call`.
    pub(super) uses_call: bool,
}

/// Returns the call of `function` in a closure.
pub(super) fn call(function: &Function<'_>) -> Code {
    let awaited = if function.is_async { ".await" } else { "" };
    tokens(function.name).then(text(format!("({}){awaited}", arguments(function))))
}

/// Returns the `Body` of `function`, whose captures come from `sources`.
///
/// Without a wrapping it holds a pointer to the function: the code that calls it is shared by all
/// functions of one signature, so that a step compiles to a few bytes of data.
pub(super) fn body(
    function: &Function<'_>,
    sources: &[Option<Source>],
    wrapping: Option<Wrapping>,
) -> Code {
    let mut inputs = inputs(function, sources);
    let arguments = || arguments(function);
    if function.is_async {
        let (returns, value) = match wrapping {
            None => ("()", call(function)),
            Some(Wrapping { returns, value, .. }) => (returns, tokens(value)),
        };
        let value = braces(&format!("let _ = __call; let __value: {returns} ="), value);
        let future = braces("async move", value.then(text("; __value")));
        let closure = text(format!("|__call, {}|", arguments()));
        let closure = closure.then(parentheses("__h::Box::pin", future));
        return parentheses(
            "__h::Callable::Async",
            with_inputs("&__h::AsyncFunction", inputs, closure),
        );
    }
    let callee = match wrapping {
        None if function.is_plain => tokens(function.name),
        None => text(format!("|{}|", arguments())).then(call(function)),
        Some(Wrapping { returns, value, uses_call }) => {
            let mut first = "";
            if uses_call {
                inputs = text("__h::input::Itself,").then(inputs);
                first = "__call,";
            }
            braces(&format!("|{first} {}| -> {returns}", arguments()), tokens(value))
        }
    };
    parentheses("__h::Callable::Sync", with_inputs("&__h::Function", inputs, callee))
}

fn with_inputs(kind: &str, inputs: Code, callee: Code) -> Code {
    braces(kind, parentheses("inputs:", inputs).then(text(", function:")).then(callee))
}

fn arguments(function: &Function<'_>) -> String {
    list((0..function.parameters.len()).map(|index| format!("__argument_{index}")))
}
