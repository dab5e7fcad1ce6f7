//! What is emitted when an attribute is wrong: the item as it was, with one error.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Error;

/// The function, so that what calls it still compiles, and the error.
pub(crate) fn function_with(function: &impl ToTokens, error: &Error) -> TokenStream {
    let error = error.to_compile_error();
    // Nobody calls the function any more; that is no news.
    quote!(#[allow(dead_code, unused_variables)] #function #error)
}

/// The item, whatever it is, and the error.
pub(crate) fn not_a_function(attribute: &str, item: TokenStream, error: &Error) -> TokenStream {
    let is_function =
        syn::parse2::<syn::Item>(item.clone()).is_ok_and(|item| matches!(item, syn::Item::Fn(_)));
    let known = syn::parse2::<syn::Item>(item.clone()).is_ok();
    if is_function || !known {
        // The compiler itself has something to say about these tokens; `error` repeats syn's view.
        return error.to_compile_error();
    }
    let span =
        item.clone().into_iter().next().map_or_else(proc_macro2::Span::call_site, |t| t.span());
    let error = Error::new(
        span,
        format!("`#[{attribute}]` goes on a function\nhelp: put it above a `fn` or an `async fn`"),
    );
    let error = error.to_compile_error();
    let item = item.into_token_stream();
    quote!(#item #error)
}
