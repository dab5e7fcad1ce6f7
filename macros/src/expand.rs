//! The registration of a function: one static and one thin function that calls the user's.

mod argument;
mod fixture;
mod hook;
mod step;

pub(crate) use fixture::fixture;
pub(crate) use hook::hook;
pub(crate) use step::step;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use crate::model::{Function, Role};

/// The states a function takes.
fn states(function: &Function) -> TokenStream {
    let needs = function.parameters.iter().filter_map(|parameter| match &parameter.role {
        Role::State { ty, .. } => Some(quote_spanned!(ty.span()=> __h::StateNeed::of::<#ty>())),
        _ => None,
    });
    quote!(&[#(#needs),*])
}

/// The `causes` of the error in `returned`, two names at `span`. Only they: with that of the user's
/// tokens the references would look like the user's.
fn causes(span: Span) -> TokenStream {
    let (causes, returned) = (Ident::new("causes", span), Ident::new("returned", span));
    quote! {
        let #causes = {
            use __h::causes::*;
            (&&&Returned::of(&#returned)).causes(&#returned)
        };
    }
}

/// Wraps a registration so that its names meet nobody else's.
fn registration(content: &TokenStream) -> TokenStream {
    quote! {
        const _: () = {
            use ::harmony_bdd::macro_support as __h;
            #content
        };
    }
}
