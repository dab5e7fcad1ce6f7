//! The registration of a function: one static that names it and says where its arguments come from.

mod argument;
mod body;
mod fixture;
mod hook;
mod step;

pub(crate) use fixture::fixture;
pub(crate) use hook::hook;
pub(crate) use step::step;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use crate::model::Function;
use body::Wrapping;

/// What makes an outcome of the value that a step or hook returns; nothing where there is none.
fn outcome(function: &Function) -> Option<Wrapping> {
    let returned = function.returns.as_ref()?;
    let call = body::call(function);
    let causes = causes(returned.span());
    Some(Wrapping {
        returns: quote!(__h::Outcome),
        value: quote_spanned! { returned.span()=>
            let returned: #returned = #call;
            #causes
            __h::with_causes(__h::IntoOutcome::into_outcome(returned), causes)
        },
        of_call: false,
    })
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
