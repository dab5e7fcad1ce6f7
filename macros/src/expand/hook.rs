//! The registration of a hook.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::argument::Call;
use crate::hook::{HookAttribute, TagTerm};
use crate::model::Function;

/// What goes below the function.
pub(crate) fn hook(attribute: &HookAttribute, function: &Function) -> TokenStream {
    let kind = Ident::new(attribute.kind.variant(), Span::call_site());
    let order = attribute.order;
    let terms = attribute.tags.iter().map(|term| match term {
        TagTerm::Tag(name) => quote!(__h::TagTerm::Tag(#name)),
        TagTerm::Not => quote!(__h::TagTerm::Not),
        TagTerm::And => quote!(__h::TagTerm::And),
        TagTerm::Or => quote!(__h::TagTerm::Or),
    });
    let timeout = match &attribute.timeout_ms {
        Some(ms) => quote!(Some(#ms)),
        None => quote!(None),
    };
    let name = function.name.to_string();
    let states = super::states(function);
    let Call { statements, call } = Call::of(function, &[]);
    let result = match &function.returns {
        None => quote!({ #call; Ok(__h::Outcome::Passed) }),
        Some(returned) => {
            let causes = super::causes(returned.span());
            quote_spanned! { returned.span()=>
                {
                    let returned: #returned = #call;
                    #causes
                    Ok(__h::with_causes(__h::IntoOutcome::into_outcome(returned), causes))
                }
            }
        }
    };
    let (body, thunk) = if function.is_async {
        (
            quote!(Async),
            quote! {
                fn __hook<'a>(call: &'a __h::Invocation<'a>) -> __h::BodyFuture<'a> {
                    Box::pin(async move { let _ = call; #statements #result })
                }
            },
        )
    } else {
        (
            quote!(Sync),
            quote! {
                fn __hook(call: &__h::Invocation<'_>) -> __h::BodyResult {
                    let _ = call; #statements #result
                }
            },
        )
    };
    super::registration(&quote! {
        #thunk
        __h::inventory::submit! {
            __h::HookDefinition {
                kind: __h::HookKind::#kind,
                order: #order,
                tags: &[#(#terms),*],
                timeout_ms: #timeout,
                function: #name,
                module: module_path!(),
                file: file!(),
                line: line!(),
                states: #states,
                body: __h::Body::#body(__hook),
            }
        }
    })
}
