//! The registration of a hook.

use proc_macro2::TokenStream;

use super::body::body;
use super::code::{Code, braces, list, literal, text};
use crate::attr::{HookAttribute, TagTerm};
use crate::model::Function;

/// Generates the registration emitted after the function.
pub(crate) fn hook(attribute: &HookAttribute, function: &Function<'_>) -> TokenStream {
    let terms = attribute.tags.iter().map(|term| match term {
        TagTerm::Tag(name) => format!("__h::TagToken::Tag({})", literal(name)),
        TagTerm::Not => "__h::TagToken::Not".to_owned(),
        TagTerm::And => "__h::TagToken::And".to_owned(),
        TagTerm::Or => "__h::TagToken::Or".to_owned(),
    });
    let fields = format!(
        "kind: __h::HookKind::{kind},
        order: {order},
        tags: &[{terms}],
        timeout_ms: {timeout},
        {location},
        body:",
        kind = attribute.kind.variant(),
        order = attribute.order,
        terms = list(terms),
        timeout = super::option(attribute.timeout_ms.as_ref()),
        location = super::location(function),
    );
    let body = body(function, &[], super::outcome(function));
    let value = braces("__h::HookDefinition", text(fields).then(body));
    super::registration(attribute.library.as_ref(), function, Code::default(), value)
}
