//! Tags that say when and how often a scenario runs.

use std::fmt;
use std::time::Duration;

use crate::model::{Outcome, Tag};
use crate::tag_expression::TagExpression;
use crate::text::parse_duration;

/// The tag of scenarios that run alone, unless the options name others.
pub const SERIAL_TAG: &str = "@serial";

/// The tag of scenarios whose undefined and pending steps are skipped.
const ALLOW_SKIPPED_TAG: &str = "@allow.skipped";

const LOCK_TAG: &str = "@lock";
const RETRY_TAG: &str = "@retry";
const MAX_RETRIES: u32 = 100;

/// The retries that the options ask for. A tag such as `@retry(3).after(1s)` is stronger.
#[derive(Debug, Clone, Default)]
pub struct RetryOptions {
    /// Number of times that a failed scenario is retried.
    pub retries: u32,
    /// Time between two attempts.
    pub delay: Duration,
    /// The scenarios to which the options apply; those of this filter are retried at least once.
    pub filter: Option<TagExpression>,
}

/// The retries of one scenario.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Retries {
    pub(crate) count: u32,
    pub(crate) delay: Duration,
}

/// The form of a tag that begins like one that schedules scenarios.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MalformedTag {
    Retry,
    Lock,
}

impl fmt::Display for MalformedTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Retry => "write @retry, @retry(3), @retry.after(1s) or @retry(3).after(1s)",
            Self::Lock => "write @lock(NAME), such as @lock(database)",
        })
    }
}

impl RetryOptions {
    /// Returns the retries of a scenario with these tags, the innermost last.
    pub(crate) fn of(&self, tags: &[Tag]) -> Retries {
        if let Some(tag) = tags.iter().rev().find_map(|tag| RetryTag::parse(&tag.name)?.ok()) {
            let count = tag.count.unwrap_or(self.retries.max(1));
            return Retries { count, delay: tag.delay.unwrap_or(self.delay) };
        }
        let count = match &self.filter {
            None => self.retries,
            Some(filter) if filter.matches(tags) => self.retries.max(1),
            Some(_) => 0,
        };
        Retries { count, delay: self.delay }
    }
}

/// Returns the names that a scenario with these tags locks while it runs: its tags among `lock_tags`, and
/// the names of its `@lock(NAME)`.
pub(super) fn locks<'a>(tags: &'a [Tag], lock_tags: &[String]) -> Vec<&'a str> {
    let mut names = Vec::new();
    for tag in tags {
        let name = match lock_name(&tag.name) {
            Some(Ok(name)) => name,
            _ if lock_tags.contains(&tag.name) => &tag.name,
            _ => continue,
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Returns whether undefined and pending steps of a scenario with these tags are skipped.
pub(crate) fn allows_skipped(tags: &[Tag]) -> bool {
    tags.iter().any(|tag| tag.name == ALLOW_SKIPPED_TAG)
}

/// Returns the reason why a step with this outcome is skipped in a scenario with these tags; `None` if it is
/// not.
pub(crate) fn allowed_skip(outcome: &Outcome, tags: &[Tag]) -> Option<String> {
    let is_missing = matches!(outcome, Outcome::Undefined { .. } | Outcome::Pending { .. });
    (is_missing && allows_skipped(tags))
        .then(|| format!("{}, which {ALLOW_SKIPPED_TAG} allows", outcome.as_str()))
}

/// Returns the reason if a tag begins like one that schedules scenarios, but has no effect.
pub(crate) fn malformed_tag(tag: &str) -> Option<MalformedTag> {
    let retry = RetryTag::parse(tag).and_then(Result::err);
    retry.or_else(|| lock_name(tag).and_then(Result::err))
}

/// The parts of `@retry(3).after(1s)`.
struct RetryTag {
    count: Option<u32>,
    delay: Option<Duration>,
}

impl RetryTag {
    /// Returns the parts of a tag; `None` if it has another name.
    fn parse(tag: &str) -> Option<Result<Self, MalformedTag>> {
        let rest = tag.strip_prefix(RETRY_TAG)?;
        if !(rest.is_empty() || rest.starts_with('(') || rest.starts_with(".after")) {
            return None;
        }
        let parts = || {
            let (count, rest) = match argument(rest, "(") {
                Some((count, rest)) => {
                    (Some(count.parse().ok().filter(|count| *count <= MAX_RETRIES)?), rest)
                }
                None => (None, rest),
            };
            let (delay, rest) = match argument(rest, ".after(") {
                Some((delay, rest)) => (Some(parse_duration(delay)?), rest),
                None => (None, rest),
            };
            rest.is_empty().then_some(Self { count, delay })
        };
        Some(parts().ok_or(MalformedTag::Retry))
    }
}

/// Returns the name in `@lock(NAME)`; `None` for another tag, also for `@lock` alone.
fn lock_name(tag: &str) -> Option<Result<&str, MalformedTag>> {
    let rest = tag.strip_prefix(LOCK_TAG)?.strip_prefix('(')?;
    Some(match rest.split_once(')') {
        Some((name, "")) if !name.is_empty() => Ok(name),
        _ => Err(MalformedTag::Lock),
    })
}

/// Splits `text` into what is between `open` at its start and the next `)`, and the rest.
fn argument<'a>(text: &'a str, open: &str) -> Option<(&'a str, &'a str)> {
    text.strip_prefix(open)?.split_once(')')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Location;

    fn tags(names: &[&str]) -> Vec<Tag> {
        let location = Location { path: "a.feature".into(), line: 1, column: 1 };
        let tag = |name: &&str| Tag { name: (*name).to_owned(), location: location.clone() };
        names.iter().map(tag).collect()
    }

    fn retries(options: &RetryOptions, names: &[&str]) -> (u32, u128) {
        let Retries { count, delay } = options.of(&tags(names));
        (count, delay.as_millis())
    }

    #[test]
    fn innermost_retry_tag_decides() {
        let none = RetryOptions::default();
        assert_eq!(retries(&none, &[]), (0, 0));
        assert_eq!(retries(&none, &["@retry"]), (1, 0));
        assert_eq!(retries(&none, &["@retry.after(1s)"]), (1, 1000));
        assert_eq!(retries(&none, &["@retry(5)", "@x", "@retry(10).after(100ms)"]), (10, 100));
        assert_eq!(retries(&none, &["@retry(2)", "@retry(0)"]), (0, 0));
        let some =
            RetryOptions { retries: 3, delay: Duration::from_secs(2), ..RetryOptions::default() };
        assert_eq!(retries(&some, &["@x"]), (3, 2000));
        assert_eq!(retries(&some, &["@retry"]), (3, 2000));
        assert_eq!(retries(&some, &["@retry(1).after(5ms)"]), (1, 5));
    }

    #[test]
    fn filter_limits_the_options_and_not_the_tags() {
        let filter = "@net".parse().ok();
        let options = RetryOptions { filter: filter.clone(), ..RetryOptions::default() };
        assert_eq!(retries(&options, &["@net"]), (1, 0));
        assert_eq!(retries(&options, &["@disk"]), (0, 0));
        assert_eq!(retries(&options, &["@disk", "@retry(2)"]), (2, 0));
        let options = RetryOptions { retries: 4, filter, ..RetryOptions::default() };
        assert_eq!(retries(&options, &["@net"]), (4, 0));
    }

    #[test]
    fn locks_are_names_and_tags() {
        let tags = tags(&["@lock(db)", "@gpu", "@x", "@lock(db)", "@lock()", "@locked"]);
        assert_eq!(locks(&tags, &["@gpu".to_owned()]), ["db", "@gpu"]);
    }

    #[test]
    fn malformed_tags_are_found() {
        for wrong in ["@retry(x)", "@retry(", "@retry(101)", "@retry.after(1)x", "@retry.after"] {
            assert_eq!(malformed_tag(wrong), Some(MalformedTag::Retry), "{wrong}");
        }
        for wrong in ["@lock()", "@lock(a", "@lock(a)b"] {
            assert_eq!(malformed_tag(wrong), Some(MalformedTag::Lock), "{wrong}");
        }
        for other in ["@retry", "@retrying", "@retry-1", "@retry.x", "@lock", "@lock(a)", "@a"] {
            assert_eq!(malformed_tag(other), None, "{other}");
        }
    }
}
