//! Regexes that match no step text, or are too large for the runtime.

use regex_syntax::hir::{Class, Hir, HirKind, Look};
use regex_syntax::utf8::Utf8Sequences;

/// The runtime's limit for a compiled regex, in bytes.
const MAX_SIZE: usize = 10 << 20;

/// Shorter regexes without counted repetitions are always below the limit.
const ALWAYS_SMALL: usize = 150;

/// Returns why no text of a step matches, with a remedy.
pub(super) fn never_matches(regex: &Hir) -> Option<&'static str> {
    if regex.properties().minimum_len().is_none() {
        return Some(
            "this regex matches nothing: it has a class without characters\nhelp: write a class that has some",
        );
    }
    if regex.properties().maximum_len() == Some(0) {
        return Some(
            "this regex matches only an empty text\nhelp: write the text of the step, without its keyword",
        );
    }
    if is_misplaced(regex, false, false) {
        return Some(
            "this regex never matches: text comes before its `^` or after its `$`\n\
             help: remove the anchor: the whole text has to match anyway; `\\^` and `\\$` are the characters",
        );
    }
    None
}

/// Returns true if the regex has an anchor for the start or the end of the text or of a line.
pub(super) fn has_anchors(regex: &Hir) -> bool {
    let looks = regex.properties().look_set();
    looks.contains_anchor()
}

/// Returns true if every match needs text before a start or after an end.
fn is_misplaced(hir: &Hir, before: bool, after: bool) -> bool {
    let consumes = |parts: &[Hir]| {
        parts.iter().any(|part| part.properties().minimum_len().is_some_and(|length| length > 0))
    };
    match hir.kind() {
        HirKind::Look(Look::Start) => before,
        HirKind::Look(Look::End) => after,
        HirKind::Capture(capture) => is_misplaced(&capture.sub, before, after),
        HirKind::Repetition(repetition) => {
            repetition.min > 0 && is_misplaced(&repetition.sub, before, after)
        }
        HirKind::Alternation(branches) => {
            branches.iter().all(|branch| is_misplaced(branch, before, after))
        }
        HirKind::Concat(parts) => parts.iter().enumerate().any(|(index, part)| {
            let before = before || consumes(&parts[..index]);
            let after = after || consumes(&parts[index + 1..]);
            is_misplaced(part, before, after)
        }),
        _ => false,
    }
}

/// Returns true if the compiled regex would exceed the runtime's limit.
pub(super) fn is_too_large(source: &str, regex: &Hir) -> bool {
    (source.len() > ALWAYS_SMALL || source.contains('{')) && size(regex) > MAX_SIZE
}

/// Returns an upper bound for the bytes of the compiled regex. The factors are measured.
fn size(hir: &Hir) -> usize {
    const STATE: usize = 72;
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => STATE,
        HirKind::Literal(literal) => literal.0.len().saturating_mul(35),
        HirKind::Class(Class::Bytes(class)) => class.ranges().len() * 101,
        HirKind::Class(Class::Unicode(class)) => {
            let sequences = class
                .ranges()
                .iter()
                .map(|range| Utf8Sequences::new(range.start(), range.end()).count());
            // Large classes share the ends of their sequences.
            match sequences.sum::<usize>() {
                few @ 0..=29 => few * 101,
                many => many * 60 + 1230,
            }
        }
        HirKind::Capture(capture) => size(&capture.sub).saturating_add(STATE),
        HirKind::Repetition(repetition) => {
            let copies = repetition.max.unwrap_or(repetition.min.saturating_add(1)).max(1);
            let is_exact = repetition.max == Some(repetition.min);
            let copy = size(&repetition.sub).saturating_add(if is_exact { 0 } else { STATE });
            copy.saturating_mul(usize::try_from(copies).unwrap_or(usize::MAX))
        }
        HirKind::Concat(parts) => {
            parts.iter().fold(STATE, |sum, part| sum.saturating_add(size(part)))
        }
        HirKind::Alternation(branches) => branches
            .iter()
            .fold(STATE, |sum, branch| sum.saturating_add(size(branch)).saturating_add(STATE)),
    }
}
