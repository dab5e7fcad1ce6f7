//! Matching without a regex: text with a few values in between, by trying and going back.
//!
//! The order in which ends are tried is that of a regex engine, so both give the same captures.

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

/// One element of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element {
    /// Just this text.
    Text(&'static str),
    /// One of these texts, tried in order.
    OneOf {
        /// The texts.
        texts: &'static [&'static str],
        /// Whether it is a capture.
        captured: bool,
    },
    /// As many characters of a class as possible.
    Run {
        /// The class.
        class: Class,
        /// At least so many.
        min: u32,
        /// At most so many.
        max: u32,
        /// Whether it is a capture.
        captured: bool,
    },
    /// What `{int}` captures.
    Int,
    /// What `{float}` captures.
    Float,
    /// What `{string}` captures, quotes included.
    Quoted,
}

/// A set of characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// From the first to the last of each range.
    Ranges(&'static [(char, char)]),
    /// `\d`
    Digit,
    /// `\w`
    Word,
    /// `\s`
    Space,
    /// `\S`
    NotSpace,
    /// `.`
    NotNewline,
}

/// What a template says of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It matches, with these captures.
    Match(Vec<Option<Range<usize>>>),
    /// It does not match.
    NoMatch,
    /// Trying took too long; a regex takes time linear in the text.
    TooHard,
}

/// Far more tries than any step in practice takes.
const MOST_TRIES: u32 = 10_000;

/// Matches the whole of `text`.
pub(super) fn matches(template: &[Element], text: &str) -> Answer {
    let mut attempt = Attempt { text, captures: Vec::new(), tries: 0 };
    let matched = attempt.from(template, 0);
    if matched {
        Answer::Match(attempt.captures.into_iter().map(Some).collect())
    } else if attempt.tries > MOST_TRIES {
        Answer::TooHard
    } else {
        Answer::NoMatch
    }
}

struct Attempt<'a> {
    text: &'a str,
    captures: Vec<Range<usize>>,
    tries: u32,
}

impl Attempt<'_> {
    /// Whether the text from `start` on matches the rest of the template.
    fn from(&mut self, template: &[Element], start: usize) -> bool {
        self.tries += 1;
        if self.tries > MOST_TRIES {
            return false;
        }
        let Some((first, rest)) = template.split_first() else { return start == self.text.len() };
        match *first {
            Element::Text(text) => {
                self.text[start..].starts_with(text) && self.from(rest, start + text.len())
            }
            Element::OneOf { texts, captured } => texts.iter().any(|text| {
                self.text[start..].starts_with(text)
                    && self.then(rest, start, start + text.len(), captured)
            }),
            Element::Run { class, min, max, captured } => {
                self.run(rest, start, start, class, (min, max), captured)
            }
            Element::Int => {
                let digits = start + usize::from(self.text[start..].starts_with('-'));
                self.run(rest, start, digits, Class::Digit, (1, u32::MAX), true)
            }
            Element::Float => float_ends(self.text, start)
                .into_iter()
                .any(|end| self.then(rest, start, end, true)),
            Element::Quoted => {
                quoted_end(self.text, start).is_some_and(|end| self.then(rest, start, end, true))
            }
        }
    }

    fn then(&mut self, rest: &[Element], start: usize, end: usize, captured: bool) -> bool {
        let before = self.captures.len();
        if captured {
            self.captures.push(start..end);
        }
        let matched = self.from(rest, end);
        if !matched {
            self.captures.truncate(before);
        }
        matched
    }

    /// A run that begins at `first`, the longest first.
    fn run(
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
            if count == max || !class.holds(character) {
                break;
            }
            count += 1;
            end += character.len_utf8();
        }
        loop {
            if count < min {
                return false;
            }
            if self.then(rest, start, end, captured) {
                return true;
            }
            let Some(last) = self.text[first..end].chars().next_back() else { return false };
            count -= 1;
            end -= last.len_utf8();
        }
    }
}

impl Class {
    fn holds(self, character: char) -> bool {
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
            Self::NotNewline => character != '\n',
        }
    }
}

static DIGIT: OnceLock<Option<Regex>> = OnceLock::new();
static WORD: OnceLock<Option<Regex>> = OnceLock::new();

/// Asks the regex crate, whose tables say what these classes hold beyond ASCII.
fn unicode(class: &OnceLock<Option<Regex>>, regex: &str, character: char) -> bool {
    let regex = class.get_or_init(|| Regex::new(regex).ok());
    regex.as_ref().is_some_and(|r| r.is_match(character.encode_utf8(&mut [0; 4])))
}

/// The end of the quoted text that begins at `start`.
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

/// All places where a decimal number that begins at `start` may end, in the order a regex tries.
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

/// The ends of the digits at `start`, the farthest first.
fn digit_ends(text: &str, start: usize) -> Vec<usize> {
    let mut ends: Vec<usize> = text[start..]
        .char_indices()
        .take_while(|(_, c)| Class::Digit.holds(*c))
        .map(|(at, c)| start + at + c.len_utf8())
        .collect();
    ends.reverse();
    ends
}
