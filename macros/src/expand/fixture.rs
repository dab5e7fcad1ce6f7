//! The registration of a fixture.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::argument::Call;
use crate::fixture::{FixtureAttribute, Scope};
use crate::model::Function;

/// What goes below the function.
pub(crate) fn fixture(
    attribute: &FixtureAttribute,
    function: &Function,
    made: &syn::Type,
    fallible: bool,
) -> TokenStream {
    let scope = Ident::new(attribute.scope.variant(), Span::call_site());
    let name = function.name.to_string();
    let states = super::states(function);
    let Call { statements, call } = Call::of(function, &[]);
    let causes = super::causes(Span::call_site());
    let value = match fallible {
        true => quote!({
            let returned = #call;
            #causes
            __h::fixture_value(returned).map_err(|outcome| __h::with_causes(outcome, causes))?
        }),
        false => call,
    };
    let wrapped = match attribute.scope {
        Scope::Scenario => quote!(__h::Made::Own(Box::new(value))),
        Scope::Feature | Scope::Suite => {
            quote_spanned!(made.span()=> __h::shared(value))
        }
    };
    let (maker, thunk) = if function.is_async {
        (
            quote!(Async),
            quote! {
                fn __make<'a>(
                    call: &'a __h::Invocation<'a>,
                ) -> std::pin::Pin<Box<dyn std::future::Future<Output = __h::MadeResult> + 'a>> {
                    Box::pin(async move {
                        let _ = call;
                        #statements
                        let value: #made = #value;
                        Ok(#wrapped)
                    })
                }
            },
        )
    } else {
        (
            quote!(Sync),
            quote! {
                fn __make(call: &__h::Invocation<'_>) -> __h::MadeResult {
                    let _ = call;
                    #statements
                    let value: #made = #value;
                    Ok(#wrapped)
                }
            },
        )
    };
    let state = (!attribute.instead_of_default).then(|| {
        quote_spanned! { made.span()=>
            impl __h::State for #made {
                fn by_default() -> Option<Self> {
                    None
                }
            }
        }
    });
    super::registration(&quote! {
        #state
        #thunk
        __h::inventory::submit! {
            __h::FixtureDefinition {
                type_id: std::any::TypeId::of::<#made>,
                scope: __h::Scope::#scope,
                function: #name,
                module: module_path!(),
                file: file!(),
                line: line!(),
                states: #states,
                maker: __h::Maker::#maker(__make),
            }
        }
    })
}
