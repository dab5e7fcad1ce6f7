//! Matching of templates by backtracking, so that most patterns need no compiled regex.
//!
//! With a hundred definitions a look-up is 1.6 to 3 times as fast as with compiled regexes, with two thousand
//! 7 to 14 times, and a run compiles hardly any regex. The benchmark `lookup` prints the ratios.
//! Ends are tried in the order of a regex engine, so both return the same captures.

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

use crate::engine::definition::{Class, Element};

/// The result of matching a template.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum MatchResult {
    /// The text matches, with these captures.
    Match(Vec<Option<Range<usize>>>),
    /// The text does not match.
    NoMatch,
    /// The budget of attempts was exceeded; a regex takes time linear in the text.
    BudgetExceeded,
}

/// The digits of `{int}` and `{float}`.
const ASCII_DIGIT: Class = Class::Ranges(&[('0', '9')]);

/// Maximum number of attempts; far more than any step needs in practice.
const MAX_ATTEMPTS: u32 = 10_000;

/// Matches the whole of `text`.
pub(super) fn matches(template: &[Element], text: &str) -> MatchResult {
    let mut matcher = Matcher { text, captures: Vec::new(), attempts: 0 };
    let matched = matcher.match_from(template, 0);
    if matched {
        MatchResult::Match(matcher.captures)
    } else if matcher.attempts > MAX_ATTEMPTS {
        MatchResult::BudgetExceeded
    } else {
        MatchResult::NoMatch
    }
}

struct Matcher<'a> {
    text: &'a str,
    captures: Vec<Option<Range<usize>>>,
    attempts: u32,
}

impl Matcher<'_> {
    /// Returns whether the text from `start` matches the template.
    fn match_from(&mut self, template: &[Element], start: usize) -> bool {
        self.attempts += 1;
        if self.attempts > MAX_ATTEMPTS {
            return false;
        }
        let Some((first, rest)) = template.split_first() else { return start == self.text.len() };
        match *first {
            Element::Text(text) => {
                self.text[start..].starts_with(text) && self.match_from(rest, start + text.len())
            }
            Element::OneOf { texts, captured } => texts.iter().any(|text| {
                self.text[start..].starts_with(text)
                    && self.continue_after(rest, start, start + text.len(), captured)
            }),
            Element::Run { class, min, max, captured } => {
                self.match_run(rest, start, start, class, (min, max), captured)
            }
            Element::Int => {
                let digits = start + usize::from(self.text[start..].starts_with('-'));
                self.match_run(rest, start, digits, ASCII_DIGIT, (1, u32::MAX), true)
            }
            Element::Float => float_ends(self.text, start)
                .into_iter()
                .any(|end| self.continue_after(rest, start, end, true)),
            Element::Quoted => quoted_end(self.text, start)
                .is_some_and(|end| self.continue_after(rest, start, end, true)),
        }
    }

    fn continue_after(
        &mut self,
        rest: &[Element],
        start: usize,
        end: usize,
        captured: bool,
    ) -> bool {
        let before = self.captures.len();
        if captured {
            self.captures.push(Some(start..end));
        }
        let matched = self.match_from(rest, end);
        if !matched {
            self.captures.truncate(before);
        }
        matched
    }

    /// Matches a run of characters that starts at `first`, trying the longest run first.
    fn match_run(
        &mut self,
        rest: &[Element],
        start: usize,
        first: usize,
        class: Class,
        (min, max): (u32, u32),
        captured: bool,
    ) -> bool {
        let mut count = 0;
        let mut end = first;
        for character in self.text[first..].chars() {
            if count == max || !class.contains(character) {
                break;
            }
            count += 1;
            end += character.len_utf8();
        }
        loop {
            if count < min {
                return false;
            }
            if self.continue_after(rest, start, end, captured) {
                return true;
            }
            let Some(last) = self.text[first..end].chars().next_back() else { return false };
            count -= 1;
            end -= last.len_utf8();
        }
    }
}

impl Class {
    fn contains(self, character: char) -> bool {
        match self {
            Self::Ranges(ranges) => ranges.iter().any(|(a, z)| (*a..=*z).contains(&character)),
            Self::Digit if character.is_ascii() => character.is_ascii_digit(),
            Self::Digit => unicode(&DIGIT, r"^\d$", character),
            Self::Word if character.is_ascii() => {
                character.is_ascii_alphanumeric() || character == '_'
            }
            Self::Word => unicode(&WORD, r"^\w$", character),
            Self::Space => character.is_whitespace(),
            Self::NotSpace => !character.is_whitespace(),
            Self::NotScriptSpace => {
                character == '\u{85}' || !(character.is_whitespace() || character == '\u{FEFF}')
            }
            Self::NotNewline => character != '\n',
        }
    }
}

static DIGIT: OnceLock<Option<Regex>> = OnceLock::new();
static WORD: OnceLock<Option<Regex>> = OnceLock::new();

/// Returns whether the class contains a character beyond ASCII, by the tables of the regex crate.
fn unicode(class: &OnceLock<Option<Regex>>, regex: &str, character: char) -> bool {
    let regex = class.get_or_init(|| Regex::new(regex).ok());
    regex.as_ref().is_some_and(|r| r.is_match(character.encode_utf8(&mut [0; 4])))
}

/// Returns the end of the quoted text that starts at `start`.
fn quoted_end(text: &str, start: usize) -> Option<usize> {
    let mut characters = text[start..].char_indices();
    let quote = characters.next().map(|(_, c)| c).filter(|c| matches!(c, '"' | '\''))?;
    while let Some((at, character)) = characters.next() {
        if character == '\\' {
            characters.next().filter(|(_, escaped)| *escaped != '\n')?;
        } else if character == quote {
            return Some(start + at + 1);
        }
    }
    None
}

/// Returns all positions at which a decimal number that starts at `start` may end, in the order in
/// which a regex tries them.
fn float_ends(text: &str, start: usize) -> Vec<usize> {
    let mut ends = Vec::new();
    let first = start + usize::from(text[start..].starts_with(['-', '+']));
    for whole in digit_ends(text, first) {
        if text[whole..].starts_with('.') {
            for fraction in digit_ends(text, whole + 1) {
                push_with_exponent(text, fraction, &mut ends);
            }
        }
        push_with_exponent(text, whole, &mut ends);
    }
    if text[first..].starts_with('.') {
        for fraction in digit_ends(text, first + 1) {
            push_with_exponent(text, fraction, &mut ends);
        }
    }
    ends
}

fn push_with_exponent(text: &str, end: usize, ends: &mut Vec<usize>) {
    if text[end..].starts_with('E') {
        let digits = end + 1;
        let digits = digits + usize::from(text[digits..].starts_with(['-', '+']));
        ends.extend(digit_ends(text, digits));
    }
    ends.push(end);
}

/// Returns the possible ends of the digits at `start`, the farthest first.
fn digit_ends(text: &str, start: usize) -> Vec<usize> {
    let digits = text[start..].bytes().take_while(u8::is_ascii_digit).count();
    (start + 1..=start + digits).rev().collect()
}
