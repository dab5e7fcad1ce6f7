//! What runs: the function itself, or a closure around it where it returns something.

use proc_macro2::TokenStream;

use super::argument::{Source, inputs};
use super::code::{Code, braces, list, parentheses, text, tokens};
use crate::model::Function;

/// What a closure around the function makes of its call.
pub(super) struct Wrapping {
    /// The type of `value`.
    pub(super) returns: &'static str,
    /// The statements around [`call`].
    pub(super) value: TokenStream,
    /// Whether they ask something of the `call`.
    pub(super) of_call: bool,
}

/// The call of `function` in a closure.
pub(super) fn call(function: &Function<'_>) -> Code {
    let wait = if function.is_async { ".await" } else { "" };
    tokens(function.name).then(text(format!("({}){wait}", arguments(function))))
}

/// The `Body` of `function`, whose parameters are fed by `sources`.
///
/// Without a wrapping the function stands in it as it is: what calls it is shared with all of its
/// signature, so that a step compiles to a few bytes of data.
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
        let value = braces(&format!("let _ = call; let value: {returns} ="), value);
        let future = braces("async move", value.then(text("; value")));
        let closure = text(format!("|call, {}|", arguments()));
        let closure = closure.then(parentheses("Box::pin", future));
        return parentheses(
            "__h::Body::Async",
            with_inputs("&__h::AsyncFunction", inputs, closure),
        );
    }
    let callee = match wrapping {
        None if function.is_plain => tokens(function.name),
        None => text(format!("|{}|", arguments())).then(call(function)),
        Some(Wrapping { returns, value, of_call }) => {
            let mut own = "";
            if of_call {
                inputs = text("__h::input::Itself,").then(inputs);
                own = "call,";
            }
            braces(&format!("|{own} {}| -> {returns}", arguments()), tokens(value))
        }
    };
    parentheses("__h::Body::Sync", with_inputs("&__h::Function", inputs, callee))
}

fn with_inputs(kind: &str, inputs: Code, callee: Code) -> Code {
    braces(kind, parentheses("inputs:", inputs).then(text(", function:")).then(callee))
}

fn arguments(function: &Function<'_>) -> String {
    list((0..function.parameters.len()).map(|index| format!("argument_{index}")))
}
