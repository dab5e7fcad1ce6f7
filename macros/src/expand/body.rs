//! What runs: the function itself, or a closure around it where it returns something.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::argument::{Source, inputs};
use crate::model::Function;

/// What a closure around the function makes of its call.
pub(super) struct Wrapping {
    /// The type of `value`.
    pub(super) returns: TokenStream,
    /// The statements around [`Wrapping::call`].
    pub(super) value: TokenStream,
    /// Whether they ask something of the `call`.
    pub(super) of_call: bool,
}

/// The call of `function` in a closure.
pub(super) fn call(function: &Function) -> TokenStream {
    let name = &function.name;
    let arguments = arguments(function);
    let wait = function.is_async.then(|| quote!(.await));
    quote!(#name(#(#arguments),*) #wait)
}

/// The `Body` of `function`, whose parameters are fed by `sources`.
///
/// Without a wrapping the function stands in it as it is: what calls it is shared with all of its
/// signature, so that a step compiles to a few bytes of data.
pub(super) fn body(
    function: &Function,
    sources: &[Option<Source>],
    wrapping: Option<&Wrapping>,
) -> TokenStream {
    let mut inputs = inputs(function, sources);
    let arguments = arguments(function);
    let name = &function.name;
    if function.is_async {
        let called = match wrapping {
            None => quote!(#name(#(#arguments),*)),
            Some(Wrapping { returns, value, .. }) => quote! {
                async move {
                    let value: #returns = { #value };
                    value
                }
            },
        };
        return quote! {
            __h::Body::Async(&__h::AsyncFunction {
                inputs: (#(#inputs,)*),
                function: |call, #(#arguments),*| { let _ = call; Box::pin(#called) },
            })
        };
    }
    let function = match wrapping {
        None => quote!(#name),
        Some(Wrapping { returns, value, of_call }) => {
            let of_call = of_call.then(|| {
                inputs.insert(0, quote!(__h::input::Itself));
                quote!(call,)
            });
            quote!(|#of_call #(#arguments),*| -> #returns { #value })
        }
    };
    quote! {
        __h::Body::Sync(&__h::Function { inputs: (#(#inputs,)*), function: #function })
    }
}

fn arguments(function: &Function) -> Vec<Ident> {
    (0..function.parameters.len()).map(|index| format_ident!("argument_{index}")).collect()
}
