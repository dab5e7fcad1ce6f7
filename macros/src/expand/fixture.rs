//! The registration of a fixture.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::at;
use super::body::{self, Wrapping};
use super::code::{braces, text, tokens};
use crate::attr::{FixtureAttribute, Scope};
use crate::model::{Function, with_static_lifetimes};
use crate::validate::MadeState;

/// Generates the registration emitted after the function.
pub(crate) fn fixture(
    attribute: &FixtureAttribute,
    function: &Function<'_>,
    made: &MadeState<'_>,
) -> TokenStream {
    let fallible = made.fallible;
    let made = with_static_lifetimes(made.ty, &function.lifetimes);
    let call = TokenStream::from(body::call(function));
    let causes = super::causes(Span::call_site());
    let wrapped = match attribute.scope {
        Scope::Scenario => quote!(__h::FixtureValue::Own(__h::Box::new(__value))),
        Scope::Feature | Scope::Suite => {
            quote_spanned!(at(made.span())=> __h::shared_value(__value))
        }
    };
    let returned = function.returns.map_or_else(Span::call_site, |returned| at(returned.span()));
    let converted = quote_spanned!(returned=> __h::fixture_value(__returned));
    let value = match fallible {
        true => quote! {
            let __returned = #call;
            #causes
            match #converted {
                __h::Ok(__value) => __h::Ok({ let __value: #made = __value; #wrapped }),
                __h::Err(__outcome) => __h::Err(__h::with_causes(__outcome, __causes)),
            }
        },
        false => quote! {
            let __value: #made = #call;
            __h::Ok(#wrapped)
        },
    };
    let wrapping = Wrapping { returns: "__h::FixtureResult", value, uses_call: false };
    let body = body::body(function, &[], Some(wrapping));
    let state = (!attribute.override_default).then(|| {
        quote_spanned! { at(made.span())=>
            impl __h::State for #made {
                fn default_value() -> __h::Option<Self> {
                    __h::None
                }
            }
            const _: () = __h::OriginOf::<#made>::ORIGIN.check_fixture();
        }
    });
    let fields = format!(
        ">, scope: __h::FixtureScope::{scope}, {location}, body:",
        scope = attribute.scope.variant(),
        location = super::location(function),
    );
    let fields = text("type_id: __h::TypeId::of::<").then(tokens(&made)).then(text(fields));
    let value = braces("__h::FixtureDefinition", fields.then(body));
    // Without the `impl` the compiler would not notice that the fixture makes a `Result`.
    let not_a_result = (attribute.override_default && !fallible)
        .then(|| quote_spanned!(at(made.span())=> const _: () = __h::NotAResult::<#made>::VERDICT.check();));
    let state = tokens(quote!(#state #not_a_result));
    super::registration(attribute.library.as_ref(), function, state, value)
}
