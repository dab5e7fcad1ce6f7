//! Regexes: syntax, captures and fixed texts.

use std::convert::Infallible;
use std::fmt;
use std::ops::Range;

use regex_syntax::ast;
use regex_syntax::hir::{Hir, HirKind, Look};

use super::limits::{has_anchors, is_too_large, never_matches};
use super::{Group, GroupName};

/// The runtime wraps a regex in one more group, and the regex of a parameter type in two.
const MAX_NESTING: u32 = 250 - 3;

/// The reason why a regex cannot be a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RegexError {
    /// The syntax is wrong.
    Syntax {
        /// The regex.
        regex: String,
        /// Number of characters before the place of the error.
        column: usize,
        /// Message of the parser.
        reason: String,
    },
    /// No text of a step matches. Holds the cause, with a remedy.
    NeverMatches(&'static str),
    /// The compiled regex would exceed the runtime's limit.
    TooLarge,
    /// The regex of a parameter type has anchors.
    Anchors,
}

impl fmt::Display for RegexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { regex, column, reason } => write!(
                f,
                "invalid regex, column {}: {reason}\n    {regex}\n    {}^\n\
                 help: if nothing in the text is special, write it without `^` and `$` as `\"…\"`",
                column + 1,
                " ".repeat(*column)
            ),
            Self::NeverMatches(cause) => f.write_str(cause),
            Self::TooLarge => f.write_str(
                "this regex is too large: compiled it would take more than 10 MB\n\
                 help: repeat less, or repeat a smaller class: `[0-9A-Za-z_]` is a small part of `\\w`",
            ),
            Self::Anchors => f.write_str(
                "the regex of a parameter type cannot have anchors: it is a part of a pattern\n\
                 help: remove `^` and `$`; `\\^` and `\\$` are the characters",
            ),
        }
    }
}

/// Parses `regex` and checks that it can match a text, also within the runtime's anchors and limits.
pub(super) fn parse(regex: &str) -> Result<Hir, RegexError> {
    let parsed = regex_syntax::ParserBuilder::new()
        .nest_limit(MAX_NESTING)
        .build()
        .parse(regex)
        .map_err(|error| syntax_error(regex, &error))?;
    if let Some(reason) = never_matches(&parsed) {
        return Err(RegexError::NeverMatches(reason));
    }
    if is_too_large(regex, &parsed) {
        return Err(RegexError::TooLarge);
    }
    Ok(parsed)
}

/// Returns the regex in a form that can be followed by more: a comment at its end is closed.
///
/// The runtime matches `^(?:REGEX)$`, and in `(?x) a # b` the comment would swallow what follows.
pub(super) fn closed(regex: &str) -> Option<String> {
    if !regex.contains('#') {
        return None;
    }
    let commented = ast::parse::Parser::new().parse_with_comments(regex).ok()?;
    let last = commented.comments.last()?;
    let is_open = last.span.end.offset == regex.len() && !regex.ends_with('\n');
    is_open.then(|| format!("{regex}\n"))
}

/// The regex of a parameter type.
pub(crate) struct ParameterRegex {
    /// The regex with its groups, closed.
    pub(crate) whole: String,
    /// The same without capture groups, so that a parameter is one capture.
    pub(crate) plain: String,
    /// The number of its groups.
    pub(crate) groups: usize,
}

/// Parses the regex of a parameter type.
pub(crate) fn parameter(regex: &str) -> Result<ParameterRegex, RegexError> {
    let parsed = parse(regex)?;
    if has_anchors(&parsed) {
        return Err(RegexError::Anchors);
    }
    let whole = closed(regex).unwrap_or_else(|| regex.to_owned());
    let plain = without_groups(&whole)?;
    Ok(ParameterRegex { groups: groups(&parsed).len(), plain, whole })
}

/// Returns the capture groups of a regex, in order.
pub(super) fn groups(regex: &Hir) -> Vec<Group> {
    let mut groups = Vec::new();
    collect(regex, false, &mut groups);
    groups.sort_by_key(|(index, _)| *index);
    groups.into_iter().map(|(_, group)| group).collect()
}

/// Returns the fixed texts of every match of a regex, in the form the runtime's index uses.
pub(super) fn literals(regex: &Hir) -> Vec<String> {
    let parts = match regex.kind() {
        HirKind::Concat(parts) => &parts[..],
        _ => std::slice::from_ref(regex),
    };
    let mut literals = vec![String::new()];
    for part in parts {
        let text = match part.kind() {
            // Redundant, because the whole text is matched anyway.
            HirKind::Look(Look::Start | Look::End) => Some(""),
            HirKind::Literal(literal) => std::str::from_utf8(&literal.0).ok(),
            _ => None,
        };
        match (text, literals.last_mut()) {
            (Some(text), Some(last)) => last.push_str(text),
            _ => literals.push(String::new()),
        }
    }
    literals
}

/// Returns the regex with every capture group turned into a non-capturing one.
fn without_groups(regex: &str) -> Result<String, RegexError> {
    let tree = ast::parse::Parser::new()
        .parse(regex)
        .map_err(|error| syntax_error(regex, &error.into()))?;
    let openings = ast::visit(&tree, Openings(Vec::new())).unwrap_or_default();
    let mut plain = String::with_capacity(regex.len() + 2 * openings.len());
    let mut end = 0;
    for opening in openings {
        plain.push_str(&regex[end..opening.start]);
        plain.push_str("(?:");
        end = opening.end;
    }
    plain.push_str(&regex[end..]);
    Ok(plain)
}

/// Returns a regex that matches only this text.
pub(crate) fn escape(text: &str) -> String {
    regex_syntax::escape(text)
}

/// The bytes with which each capture group opens, in order.
struct Openings(Vec<Range<usize>>);

impl ast::Visitor for Openings {
    type Output = Vec<Range<usize>>;
    type Err = Infallible;

    fn finish(self) -> Result<Self::Output, Self::Err> {
        Ok(self.0)
    }

    fn visit_pre(&mut self, node: &ast::Ast) -> Result<(), Self::Err> {
        if let ast::Ast::Group(group) = node {
            let start = group.span.start.offset;
            match &group.kind {
                ast::GroupKind::CaptureIndex(_) => self.0.push(start..start + 1),
                // The name's span is followed by its `>`.
                ast::GroupKind::CaptureName { name, .. } => {
                    self.0.push(start..name.span.end.offset + 1);
                }
                ast::GroupKind::NonCapturing(_) => {}
            }
        }
        Ok(())
    }
}

fn collect(hir: &Hir, optional: bool, groups: &mut Vec<(u32, Group)>) {
    match hir.kind() {
        HirKind::Capture(capture) => {
            let name = match &capture.name {
                Some(name) => GroupName::Named(name.to_string()),
                None => GroupName::Unnamed,
            };
            groups.push((capture.index, Group { name, quoted: false, optional }));
            collect(&capture.sub, optional, groups);
        }
        HirKind::Repetition(repetition) => {
            collect(&repetition.sub, optional || repetition.min == 0, groups);
        }
        HirKind::Alternation(branches) => {
            branches.iter().for_each(|branch| collect(branch, true, groups));
        }
        HirKind::Concat(parts) => parts.iter().for_each(|part| collect(part, optional, groups)),
        _ => {}
    }
}

fn syntax_error(regex: &str, error: &regex_syntax::Error) -> RegexError {
    let (offset, reason) = match error {
        regex_syntax::Error::Parse(e) => (e.span().start.offset, e.kind().to_string()),
        regex_syntax::Error::Translate(e) => (e.span().start.offset, e.kind().to_string()),
        other => (0, other.to_string()),
    };
    let column = regex.get(..offset).map_or(0, |before| before.chars().count());
    RegexError::Syntax { regex: regex.to_owned(), column, reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_leaves_room_for_the_groups_of_the_runtime() {
        let nested = |depth: usize| format!("{}a{}", "(?:".repeat(depth), ")".repeat(depth));
        let wrapped = format!("^(?:({}))$", nested(247));
        assert!(parse(&nested(247)).is_ok() && regex_syntax::parse(&wrapped).is_ok());
        assert!(parse(&nested(248)).unwrap_err().to_string().contains("nested"));
    }

    #[test]
    fn a_comment_at_the_end_is_closed() {
        assert_eq!(closed("(?x) a # b").as_deref(), Some("(?x) a # b\n"));
        for open in ["a # b", "(?x) a # b\n", r"(?x) a \# b", "(?x: a) # b"] {
            assert_eq!(closed(open), None, "{open}");
            assert!(regex_syntax::parse(&format!("^(?:{open})$")).is_ok(), "{open}");
        }
    }

    #[test]
    fn anchors_with_text_on_the_wrong_side_never_match() {
        for wrong in
            ["a^b", "a$b", r"a(^b$)", r"x\A", "(?:a|b)^c", "a(?:^b|^c)", "[a&&b]", "^$", ""]
        {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
        for right in ["^a$", "^(?:^a|b$)$", "(^|x)a($|y)", "a(^b)?", r"a\b b", r"a\^b\$"] {
            assert!(parse(right).is_ok(), "{right}");
        }
    }

    #[test]
    fn too_large_regexes_are_refused() {
        for wrong in [r"\w{250}", r"(?:\w{100}){100}", r"(?:.{100}){120}", r"\p{L}{300}"] {
            assert!(parse(wrong).unwrap_err().to_string().contains("too large"), "{wrong}");
        }
        for right in [r"\w{150}", ".{5000}", "[a-z]{50000}", r"\d{1000}"] {
            assert!(parse(right).is_ok(), "{right}");
        }
    }
}
