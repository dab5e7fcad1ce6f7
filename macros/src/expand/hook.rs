//! The registration of a hook.

use proc_macro2::TokenStream;

use super::body::body;
use super::code::{Code, braces, text};
use crate::attr::HookAttribute;
use crate::model::Function;

/// Generates the registration emitted after the function.
pub(crate) fn hook(attribute: &HookAttribute, function: &Function<'_>) -> TokenStream {
    let fields = format!(
        "kind: __h::HookKind::{kind},
        order: {order},
        tags: {tags},
        timeout_ms: {timeout},
        {location},
        body:",
        kind = attribute.kind.variant(),
        order = attribute.order,
        tags = super::tag_filter(&attribute.tags),
        timeout = super::option(attribute.timeout_ms.as_ref()),
        location = super::location(function),
    );
    let body = body(function, &[], super::outcome(function));
    let value = braces("__h::HookDefinition", text(fields).then(body));
    super::registration(attribute.library.as_ref(), function, Code::default(), value)
}
