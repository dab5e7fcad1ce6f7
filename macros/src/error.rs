//! The output for a wrong attribute: the item as it was, and one error.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Error, Item};

/// Emits the function, so that its callers still compile, and the error.
pub(crate) fn emit_error(function: &impl ToTokens, error: &Error) -> TokenStream {
    let error = error.to_compile_error();
    // Suppresses the lints for the now unregistered function.
    quote!(#[allow(dead_code, unused_variables)] #function #error)
}

/// Emits the item of the attribute `#[attribute]`, which is not a function, and the error.
pub(crate) fn emit_not_a_function(
    attribute: &str,
    item: TokenStream,
    error: &Error,
) -> TokenStream {
    match syn::parse2::<Item>(item.clone()) {
        // The compiler reports these tokens itself; `error` repeats the view of syn.
        Err(_) | Ok(Item::Fn(_)) => error.to_compile_error(),
        Ok(_) => emit_wrong_item(
            item,
            &format!(
                "`#[{attribute}]` goes on a function\nhelp: put it above a `fn` or an `async fn`"
            ),
        ),
    }
}

/// Emits an item of a kind that the attribute does not take, and the error at its first token.
pub(crate) fn emit_wrong_item(item: TokenStream, message: &str) -> TokenStream {
    let first = item.clone().into_iter().next();
    let span = first.map_or_else(proc_macro2::Span::call_site, |token| token.span());
    let error = Error::new(span, message).to_compile_error();
    quote!(#item #error)
}
