//! What a regex captures, and what is wrong with one that does not compile.

use regex_syntax::hir::{Hir, HirKind};

use super::{Group, GroupName};

/// The capture groups of `regex`, in order, or what is wrong with it.
pub(super) fn groups(regex: &str) -> Result<Vec<Group>, String> {
    let whole = regex_syntax::parse(regex).map_err(|error| explain(regex, &error))?;
    let mut groups = Vec::new();
    collect(&whole, false, &mut groups);
    groups.sort_by_key(|(index, _)| *index);
    Ok(groups.into_iter().map(|(_, group)| group).collect())
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
