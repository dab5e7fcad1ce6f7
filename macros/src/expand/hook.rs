//! The registration of a hook.

use proc_macro2::TokenStream;

use super::body::body;
use super::code::{Code, braces, list, literal, text};
use crate::hook::{HookAttribute, TagTerm};
use crate::model::Function;

/// What goes below the function.
pub(crate) fn hook(attribute: &HookAttribute, function: &Function<'_>) -> TokenStream {
    let terms = attribute.tags.iter().map(|term| match term {
        TagTerm::Tag(name) => format!("__h::TagTerm::Tag({})", literal(name)),
        TagTerm::Not => "__h::TagTerm::Not".to_owned(),
        TagTerm::And => "__h::TagTerm::And".to_owned(),
        TagTerm::Or => "__h::TagTerm::Or".to_owned(),
    });
    let fields = format!(
        "kind: __h::HookKind::{kind},
        order: {order},
        tags: &[{terms}],
        timeout_ms: {timeout},
        {place},
        body:",
        kind = attribute.kind.variant(),
        order = attribute.order,
        terms = list(terms),
        timeout = super::option(attribute.timeout_ms.as_ref()),
        place = super::place(function),
    );
    let body = body(function, &[], super::outcome(function));
    super::registration(Code::default(), braces("__h::HookDefinition", text(fields).then(body)))
}
