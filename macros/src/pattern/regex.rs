//! What a regex captures, and what is wrong with one that does not compile.

use std::convert::Infallible;
use std::ops::Range;

use regex_syntax::ast;
use regex_syntax::hir::{Hir, HirKind, Look};

use super::{Group, GroupName};

/// What `regex` means, or what is wrong with it.
pub(crate) fn parse(regex: &str) -> Result<Hir, String> {
    regex_syntax::parse(regex).map_err(|error| explain(regex, &error))
}

/// The capture groups of a regex, in order.
pub(crate) fn groups(regex: &Hir) -> Vec<Group> {
    let mut groups = Vec::new();
    collect(regex, false, &mut groups);
    groups.sort_by_key(|(index, _)| *index);
    groups.into_iter().map(|(_, group)| group).collect()
}

/// The text that every match of a regex holds, as the index of the runtime wants it.
pub(crate) fn literals(regex: &Hir) -> Vec<String> {
    let parts = match regex.kind() {
        HirKind::Concat(parts) => &parts[..],
        _ => std::slice::from_ref(regex),
    };
    let mut literals = vec![String::new()];
    for part in parts {
        let text = match part.kind() {
            // The whole text is matched anyway, so these two say nothing.
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

/// The regex with every group that captures turned into one that does not.
pub(crate) fn without_groups(regex: &str) -> Result<String, String> {
    parse(regex)?;
    let tree = ast::parse::Parser::new().parse(regex).map_err(|e| e.to_string())?;
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

/// Text as regex that matches just it.
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

fn explain(regex: &str, error: &regex_syntax::Error) -> String {
    let (offset, reason) = match error {
        regex_syntax::Error::Parse(e) => (e.span().start.offset, e.kind().to_string()),
        regex_syntax::Error::Translate(e) => (e.span().start.offset, e.kind().to_string()),
        other => (0, other.to_string()),
    };
    let column = regex.get(..offset).map_or(0, |before| before.chars().count());
    format!(
        "invalid regex, column {}: {reason}\n    {regex}\n    {}^\n\
         help: if nothing in the text is special, write it without `^` and `$` as `\"…\"`",
        column + 1,
        " ".repeat(column)
    )
}
