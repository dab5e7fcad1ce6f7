//! The registration of a hook.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

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
    let body = super::body::body(function, &[], super::outcome(function).as_ref());
    super::registration(&quote! {
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
                body: #body,
            }
        }
    })
}
