//! The registration of a fixture.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::body::{self, Wrapping};
use super::code::{Code, braces, text, tokens};
use crate::fixture::{FixtureAttribute, Scope};
use crate::model::Function;

/// What goes below the function.
pub(crate) fn fixture(
    attribute: &FixtureAttribute,
    function: &Function<'_>,
    made: &syn::Type,
    fallible: bool,
) -> TokenStream {
    let call = TokenStream::from(body::call(function));
    let causes = super::causes(Span::call_site());
    let wrapped = match attribute.scope {
        Scope::Scenario => quote!(__h::Made::Own(Box::new(value))),
        Scope::Feature | Scope::Suite => {
            quote_spanned!(made.span()=> __h::shared(value))
        }
    };
    let value = match fallible {
        true => quote! {
            let returned = #call;
            #causes
            match __h::fixture_value(returned) {
                Ok(value) => Ok({ let value: #made = value; #wrapped }),
                Err(outcome) => Err(__h::with_causes(outcome, causes)),
            }
        },
        false => quote! {
            let value: #made = #call;
            Ok(#wrapped)
        },
    };
    let wrapping = Wrapping { returns: "__h::MadeResult", value, of_call: false };
    let body = body::body(function, &[], Some(wrapping));
    let state = (!attribute.instead_of_default).then(|| {
        quote_spanned! { made.span()=>
            impl __h::State for #made {
                fn by_default() -> Option<Self> {
                    None
                }
            }
        }
    });
    let fields = format!(
        ">, scope: __h::Scope::{scope}, {place}, body:",
        scope = attribute.scope.variant(),
        place = super::place(function),
    );
    let fields = text("type_id: std::any::TypeId::of::<").then(tokens(made)).then(text(fields));
    let value = braces("__h::FixtureDefinition", fields.then(body));
    super::registration(state.map_or_else(Code::default, tokens), value)
}
