//! Templates of regexes that consist of text and a few simple groups.

use std::sync::LazyLock;

use regex_syntax::hir::{Class as HirClass, ClassUnicode, Hir, HirKind, Look};

use crate::expression::{Class, Element, push_text};

/// A class with more ranges has no template, unless it is a named class.
const MAX_RANGES: usize = 8;

/// Returns the template of a regex; `None` if it has more than text and simple groups.
pub(super) fn template(regex: &Hir) -> Option<Vec<Element>> {
    let parts = match regex.kind() {
        HirKind::Concat(parts) => &parts[..],
        _ => std::slice::from_ref(regex),
    };
    let mut elements = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        match part.kind() {
            HirKind::Look(Look::Start) if index == 0 => {}
            HirKind::Look(Look::End) if index + 1 == parts.len() => {}
            HirKind::Literal(literal) => {
                push_text(&mut elements, std::str::from_utf8(&literal.0).ok()?);
            }
            HirKind::Capture(capture) => elements.push(simple(&capture.sub, true)?),
            _ => elements.push(simple(part, false)?),
        }
    }
    Some(elements)
}

fn simple(hir: &Hir, captured: bool) -> Option<Element> {
    Some(match hir.kind() {
        HirKind::Class(_) => Element::Run { class: class(hir)?, min: 1, max: 1, captured },
        HirKind::Repetition(repetition) if !repetition.greedy => return None,
        HirKind::Repetition(repetition) => {
            let max = repetition.max.unwrap_or(u32::MAX);
            match repetition.sub.kind() {
                // An optional group would have to distinguish "empty" from "missing".
                HirKind::Literal(literal) if !captured && repetition.min == 0 && max == 1 => {
                    let text = String::from_utf8(literal.0.to_vec()).ok()?;
                    Element::OneOf { texts: vec![text, String::new()], captured }
                }
                _ => Element::Run {
                    class: class(&repetition.sub)?,
                    min: repetition.min,
                    max,
                    captured,
                },
            }
        }
        HirKind::Literal(literal) => {
            let text = String::from_utf8(literal.0.to_vec()).ok()?;
            Element::OneOf { texts: vec![text], captured }
        }
        HirKind::Alternation(branches) => {
            let texts = branches.iter().map(text).collect::<Option<Vec<_>>>()?;
            Element::OneOf { texts, captured }
        }
        _ => return None,
    })
}

fn text(hir: &Hir) -> Option<String> {
    match hir.kind() {
        HirKind::Empty => Some(String::new()),
        HirKind::Literal(literal) => String::from_utf8(literal.0.to_vec()).ok(),
        _ => None,
    }
}

fn class(hir: &Hir) -> Option<Class> {
    let HirKind::Class(HirClass::Unicode(class)) = hir.kind() else { return None };
    if let Some((_, named)) = NAMED.iter().find(|(known, _)| known == class) {
        return Some(named.clone());
    }
    let ranges: Vec<(char, char)> = class.iter().map(|r| (r.start(), r.end())).collect();
    (ranges.len() <= MAX_RANGES).then_some(Class::Ranges(ranges))
}

/// Parsed once for all attributes of a crate: some of these classes have hundreds of ranges.
static NAMED: LazyLock<Vec<(ClassUnicode, Class)>> = LazyLock::new(|| {
    let named = [
        (r"\d", Class::Digit),
        (r"\w", Class::Word),
        (r"\s", Class::Space),
        (r"\S", Class::NotSpace),
        (".", Class::NotNewline),
    ];
    named.into_iter().filter_map(|(regex, class)| Some((parsed(regex)?, class))).collect()
});

fn parsed(regex: &str) -> Option<ClassUnicode> {
    match regex_syntax::parse(regex).ok()?.into_kind() {
        HirKind::Class(HirClass::Unicode(class)) => Some(class),
        _ => None,
    }
}
