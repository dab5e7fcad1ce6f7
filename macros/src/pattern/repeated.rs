//! The same pattern in two attributes of one function.

use syn::{Attribute, Error};

use super::Pattern;
use crate::attr::{PatternKind, StepAttribute, step_keyword};
use crate::expression::Element;

/// Returns the error if one of the attributes `below` matches the same texts as `attribute`. Keywords do not
/// distinguish steps, so that each of its steps would be ambiguous.
pub(crate) fn repeated(attribute: &StepAttribute, below: &[Attribute]) -> Option<Error> {
    below.iter().find_map(|other| {
        let keyword = step_keyword(other)?;
        let other = StepAttribute::parse(keyword, other.meta.require_list().ok()?.tokens.clone());
        let other = other.ok()?;
        (attribute.scope == other.scope && is_same(attribute, &other)).then(|| {
            Error::new(
                other.source.span(),
                "this function has the same pattern twice, so its steps would be ambiguous\n\
                 help: remove one of the two attributes; the keyword does not distinguish steps",
            )
        })
    })
}

fn is_same(one: &StepAttribute, other: &StepAttribute) -> bool {
    if one.kind == other.kind && one.source.value() == other.source.value() {
        return true;
    }
    let fixed = fixed_text(one);
    fixed.is_some() && fixed == fixed_text(other)
}

/// Returns the only text that the pattern matches.
fn fixed_text(attribute: &StepAttribute) -> Option<String> {
    if attribute.kind == PatternKind::Literal {
        return Some(attribute.source.value());
    }
    match Pattern::compile(attribute).ok()?.template?.as_slice() {
        [Element::Text(text)] => Some(text.clone()),
        _ => None,
    }
}
