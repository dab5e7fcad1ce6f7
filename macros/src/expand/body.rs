//! What runs: the function itself, or a closure around it where it returns something.

use proc_macro2::TokenStream;
use quote::ToTokens;

use super::argument::{Source, inputs};
use super::code::{fill, list, text};
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
pub(super) fn call(function: &Function) -> TokenStream {
    let wait = if function.is_async { ".await" } else { "" };
    let mut call = function.name.to_token_stream();
    call.extend(text(&format!("({}){wait}", arguments(function))));
    call
}

/// The `Body` of `function`, whose parameters are fed by `sources`.
///
/// Without a wrapping the function stands in it as it is: what calls it is shared with all of its
/// signature, so that a step compiles to a few bytes of data.
pub(super) fn body(
    function: &Function,
    sources: &[Option<Source>],
    wrapping: Option<Wrapping>,
) -> TokenStream {
    let inputs = inputs(function, sources);
    let arguments = text(&arguments(function));
    let call = call(function);
    match (function.is_async, wrapping) {
        (false, None) if function.is_plain => fill(
            "__h::Body::Sync(&__h::Function { inputs: (#), function: # })",
            [inputs, function.name.to_token_stream()],
        ),
        (false, None) => fill(
            "__h::Body::Sync(&__h::Function { inputs: (#), function: |#| # })",
            [inputs, arguments, call],
        ),
        (false, Some(Wrapping { returns, value, of_call: false })) => fill(
            "__h::Body::Sync(&__h::Function { inputs: (#), function: |#| -> # { # } })",
            [inputs, arguments, text(returns), value],
        ),
        (false, Some(Wrapping { returns, value, of_call: true })) => fill(
            "__h::Body::Sync(&__h::Function {
                inputs: (__h::input::Itself, #),
                function: |call, #| -> # { # }
            })",
            [inputs, arguments, text(returns), value],
        ),
        (true, None) => fill(
            "__h::Body::Async(&__h::AsyncFunction {
                inputs: (#),
                function: |_, #| Box::pin(async move { # })
            })",
            [inputs, arguments, call],
        ),
        (true, Some(Wrapping { returns, value, .. })) => fill(
            "__h::Body::Async(&__h::AsyncFunction {
                inputs: (#),
                function: |call, #| Box::pin(async move {
                    let _ = call;
                    let value: # = { # };
                    value
                })
            })",
            [inputs, arguments, text(returns), value],
        ),
    }
}

fn arguments(function: &Function) -> String {
    list((0..function.parameters.len()).map(|index| format!("argument_{index}")))
}
