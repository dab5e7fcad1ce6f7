//! The phrases of a step's text that concern the runner: the process that a step names, a wait, and the
//! end of a process.

use std::ops::Range;
use std::sync::LazyLock;
use std::time::Duration;

use regex::Regex;

use super::mode::Mode;
use super::target::{ProcessEnd, Suspension, Target};
use crate::model::StepKeyword;

/// A character of a word by the rules of .NET, which differ from those of `regex`.
const WORD: &str = r"[\p{L}\p{Mn}\p{Nd}\p{Pc}]";

/// The longest wait that the reference runner can express, in seconds.
const MAX_WAIT_SECONDS: u64 = i32::MAX as u64;

/// Returns the process that a step names at its beginning.
pub(super) fn named_process(text: &str, mode: Mode) -> Option<Target> {
    static QUOTED: LazyLock<[Regex; 4]> = LazyLock::new(|| {
        [
            r"(?is)^(?:(?:given|when|then|and|but)\s+)?the\s+'([^']+)'\s+process\s+.+$".to_owned(),
            format!(r"(?is)^'({WORD}+)'\s+process\s+.+$"),
            format!(r"(?is)^the\s+'({WORD}+)'\s+.+$"),
            format!(r"(?is)^'({WORD}+)'\s+.+$"),
        ]
        .map(hard_coded)
    });
    if mode == Mode::Strict
        && let Some(target) = strict_process(text)
    {
        return Some(target);
    }
    let quoted =
        QUOTED.iter().find_map(|name| name.captures(text)).map(|found| found[1].to_owned());
    quoted
        .or_else(|| match mode {
            Mode::Strict => unquoted_role(text),
            Mode::Compat => compat_unquoted_role(text),
        })
        .map(Target::Process)
}

/// Returns the bytes of `text` that name its process.
pub(super) fn role_in(text: &str) -> Option<Range<usize>> {
    let target = named_process(text, Mode::Strict)?;
    let role = target.role()?;
    // Names in quotes only: `the reader is 'a'` has a role and a value.
    let start = text.find(&format!("'{role}'"))?;
    Some(start..start + role.len() + 2)
}

/// Returns the new, second or other process that a step names with an article, which the reference
/// runner ignores.
fn strict_process(text: &str) -> Option<Target> {
    static ARTICLE: LazyLock<Regex> = LazyLock::new(|| {
        hard_coded(
            r"(?is)^(?:the\s+)?(an?|new|second|a\s+new|a\s+second)\s+'([^']+)'\s+process\s+.+$",
        )
    });
    let found = ARTICLE.captures(text)?;
    let article = found[1].to_ascii_lowercase();
    let the = text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("the "));
    let role = found[2].to_owned();
    Some(if article.ends_with("second") {
        Target::SecondProcess(role)
    } else if article.ends_with("new") && !the {
        Target::NewProcess(role)
    } else {
        Target::Process(role)
    })
}

/// Returns the role of `the reader is '…'` and `two readers '…' and '…'`.
fn unquoted_role(text: &str) -> Option<String> {
    static UNQUOTED: LazyLock<[Regex; 2]> = LazyLock::new(|| {
        [
            r"(?is)^the\s+(writer|reader)\s+is\s+'[^']+'.*$",
            r"(?is)^two\s+(writer|reader)s\s+'[^']+'\s+and\s+'[^']+'.*$",
        ]
        .map(hard_coded)
    });
    let found = UNQUOTED.iter().find_map(|role| role.captures(text))?;
    Some(found[1].to_lowercase())
}

/// The same as the reference runner reads it: the quoted names are single words, and roles keep their
/// case. Only the plural in lower case becomes a singular.
fn compat_unquoted_role(text: &str) -> Option<String> {
    static UNQUOTED: LazyLock<[Regex; 2]> = LazyLock::new(|| {
        [
            format!(r"(?i)^the\s+(writer|reader)\s+is\s+'{WORD}+'.*$"),
            format!(r"(?i)^two\s+(readers|writers)\s+'{WORD}+'\s+and\s+'{WORD}+'.*$"),
        ]
        .map(hard_coded)
    });
    let found = UNQUOTED.iter().find_map(|role| role.captures(text))?;
    Some(match &found[1] {
        "readers" => "reader".to_owned(),
        "writers" => "writer".to_owned(),
        as_written => as_written.to_owned(),
    })
}

/// Returns the wait that a step asks for, anywhere in its text.
pub(super) fn wait_step(text: &str) -> Option<Target> {
    static WAIT: LazyLock<Regex> =
        LazyLock::new(|| hard_coded(r"(?i)wait\s+for\s+'(\d+)'\s+seconds"));
    let found = WAIT.captures(text)?;
    let written = &found[1];
    let invalid = |why: &str| Target::InvalidWait(format!("cannot wait for '{written}' s: {why}"));
    Some(if !written.bytes().all(|byte| byte.is_ascii_digit()) {
        invalid("the number must consist of the digits 0 to 9")
    } else {
        match written.parse() {
            Ok(seconds @ ..=MAX_WAIT_SECONDS) => Target::Wait(Duration::from_secs(seconds)),
            _ => invalid(&format!("the longest wait is {MAX_WAIT_SECONDS} s")),
        }
    })
}

/// Returns the end of a process that a step asks for, anywhere in its text.
pub(super) fn lifecycle_step(text: &str, keyword: StepKeyword, mode: Mode) -> Option<Target> {
    static END: LazyLock<Regex> = LazyLock::new(|| {
        hard_coded(r"(?i)the\s+'([^']+)'\s+process\s+(?:(?:is\s+)?(shutdown|killed)|crashes)")
    });
    let acts = match mode {
        Mode::Compat => keyword == StepKeyword::When,
        // A process that is killed in a given step is as dead; a then step only asserts it.
        Mode::Strict => keyword != StepKeyword::Then,
    };
    let found = acts.then(|| END.captures(text)).flatten()?;
    let end = match found.get(2).map(|word| word.as_str().to_ascii_lowercase()).as_deref() {
        Some("shutdown") => ProcessEnd::Shutdown,
        Some(_) => ProcessEnd::Kill,
        None => ProcessEnd::Crash,
    };
    Some(Target::End(found[1].to_owned(), end))
}

/// Returns the pause or the end of a pause that a step asks for, anywhere in its text. The reference runner
/// knows neither; a then step only asserts it.
pub(super) fn suspension_step(text: &str, keyword: StepKeyword, mode: Mode) -> Option<Target> {
    static SUSPENSION: LazyLock<Regex> =
        LazyLock::new(|| hard_coded(r"(?i)the\s+'([^']+)'\s+process\s+is\s+(paused|resumed)\b"));
    let acts = mode == Mode::Strict && keyword != StepKeyword::Then;
    let found = acts.then(|| SUSPENSION.captures(text)).flatten()?;
    let suspension = match found[2].eq_ignore_ascii_case("paused") {
        true => Suspension::Pause,
        false => Suspension::Resume,
    };
    Some(Target::Suspend(found[1].to_owned(), suspension))
}

/// Returns the type of a keyword as the reference runner reads it: by the English word alone.
pub(super) fn english_keyword(keyword: &str) -> Option<StepKeyword> {
    match keyword.trim().to_lowercase().as_str() {
        "given" => Some(StepKeyword::Given),
        "when" => Some(StepKeyword::When),
        "then" => Some(StepKeyword::Then),
        _ => None,
    }
}

fn hard_coded(pattern: impl AsRef<str>) -> Regex {
    Regex::new(pattern.as_ref()).expect("hard-coded regex is valid")
}
