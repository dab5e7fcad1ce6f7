//! What may help with an error: a near keyword, a place where the line could stand.

use super::ast::Position;
use super::error::Expected;
use super::grammar::{Carried, State};
use super::language::{self, Language, Title};
use super::line::{Line, is_blank};
use super::nearness;

/// Help with a line that cannot stand where it stands.
pub(super) fn unexpected_line(
    line: &Line<'_>,
    state: State,
    language: &Language,
) -> Option<String> {
    let text = line.trimmed;
    if line.is_tags() && state.accepted().contains(&Expected::Tags) {
        // Tags that could not be read: they have an error of their own.
        return None;
    }
    misplaced_title(text, state, language)
        .or_else(|| misplaced_argument(line, state))
        .or_else(|| misplaced_tags(line, state))
        .or_else(|| near_keyword(text, state, language))
        .or_else(|| misplaced_step(text, state, language))
        .or_else(|| other_language(text, language))
        .or_else(|| stray_text(state))
}

/// The step keyword that a line of a description is most likely a slip for, in the language of this
/// code.
pub(super) fn mistyped_step(line: &str, code: &str) -> Option<&'static str> {
    let text = line.trim_matches(is_blank);
    let language = Language::find(code)?;
    let words: Vec<&'static str> = language
        .steps
        .iter()
        .map(|step| step.word.trim_end())
        .filter(|word| nearness::is_long(word))
        .collect();
    let word = nearest(&words, |word| first_words(text, word))?;
    // The word alone is no step.
    (text.len() > first_words(text, word).len()).then_some(word)
}

/// Help with a file that ends too early.
pub(super) fn unexpected_end(
    state: State,
    open_doc_string: Option<(Position, &'static str)>,
) -> Option<String> {
    if let Some((position, delimiter)) = open_doc_string {
        return Some(format!(
            "the doc string opened on line {} needs a line of {delimiter} to close it",
            position.line
        ));
    }
    match state {
        State::Tags(_) => Some(
            "put what the tag belongs to below it, such as a scenario, or remove the tag"
                .to_owned(),
        ),
        State::AfterLanguage => Some("put a feature below the language line".to_owned()),
        _ => None,
    }
}

/// Help with a language code nobody knows.
pub(super) fn unknown_language(code: &str) -> String {
    let is_near = |(known, name): &(&str, &str)| {
        nearness::are_near(code, known)
            || nearness::are_near(code, name)
            || known.split('-').next() == code.split(['-', '_']).next()
    };
    let near: Vec<String> = language::names()
        .filter(is_near)
        .take(5)
        .map(|(known, name)| format!("`{known}` ({name})"))
        .collect();
    if near.is_empty() {
        "without a language line a file is read as English (`en`)".to_owned()
    } else {
        format!("did you mean {}?", near.join(", "))
    }
}

/// Help with a row of the wrong length.
pub(super) fn uneven_row(cells: usize, first_cells: usize) -> String {
    let advice = "a `|` belongs before and after every cell, and `\\|` is a `|` inside a cell";
    if cells < first_cells {
        format!("add what is missing: {advice}")
    } else {
        format!("remove what is too much: {advice}")
    }
}

/// Help with a tag that has a blank in it.
pub(super) fn blank_in_tag(tag: &str) -> String {
    let words: Vec<&str> = tag.split(is_blank).filter(|word| !word.is_empty()).collect();
    if words.len() > 3 {
        return "begin every tag with `@`, or write ` #` before a comment".to_owned();
    }
    let tags: Vec<String> = words
        .iter()
        .map(|word| word.trim_start_matches('@'))
        .map(|word| format!("@{word}"))
        .collect();
    format!("write `{}`, or `{}` for two tags", words.join("-"), tags.join(" "))
}

/// A title line that is right in itself.
fn misplaced_title(text: &str, state: State, language: &Language) -> Option<String> {
    let (title, word) = language.title(text)?;
    let help = match (title, state) {
        (Title::Feature, State::DocString { .. }) => return None,
        (Title::Feature, _) => "a file holds one feature: move this one to a file of its own",
        (_, State::Start | State::AfterLanguage | State::Tags(Title::Feature)) => {
            return Some(format!("a file begins with its feature: put one above `{word}:`"));
        }
        (Title::Background, State::Tags(_)) => "a background takes no tags",
        (Title::Background, _) => "a feature or rule has one background, above its first scenario",
        (Title::Examples, State::Tags(_)) => "examples take their tags inside a scenario outline",
        (Title::Examples, _) => "examples stand below the steps of a scenario outline",
        (Title::Scenario, State::Tags(_)) => {
            "the tags above cannot be read as tags of a scenario, see the line before"
        }
        (Title::Scenario | Title::Rule, _) => return None,
    };
    Some(help.to_owned())
}

/// A table or doc string the step cannot carry.
fn misplaced_argument(line: &Line<'_>, state: State) -> Option<String> {
    let is_doc_string = super::doc_string::opening_delimiter(line).is_some();
    if !is_doc_string && !line.is_row() {
        return None;
    }
    let help = match state {
        State::Step(_, Carried::DocString | Carried::DocStringThenTable) if is_doc_string => {
            "the step above has a doc string already; it can carry one, and one table"
        }
        State::Step(_, Carried::TableThenDocString) => {
            "the step above has its table and its doc string already"
        }
        State::ExamplesRows => "examples take a table and no doc string",
        _ => "a table or doc string stands below the step it belongs to",
    };
    Some(help.to_owned())
}

fn misplaced_tags(line: &Line<'_>, state: State) -> Option<String> {
    (line.is_tags() && !state.accepted().contains(&Expected::Tags))
        .then(|| "tags stand above a feature, rule, scenario or examples".to_owned())
}

/// A keyword that is nearly right, of those that can stand here.
fn near_keyword(text: &str, state: State, language: &Language) -> Option<String> {
    let accepted = state.accepted();
    let titles: Vec<&str> = language
        .titles
        .iter()
        .filter(|(title, _)| accepted.contains(&title.expected()))
        .map(|&(_, word)| word)
        .collect();
    if let Some((written, _)) = text.split_once(':')
        && let Some(word) = nearest(&titles, |_| written.trim_end_matches(is_blank))
    {
        return Some(format!("did you mean `{word}:`?"));
    }
    let without_colon = titles.iter().filter(|word| {
        let rest = text.strip_prefix(**word);
        rest.is_some_and(|rest| rest.chars().next().is_none_or(is_blank))
    });
    if let Some(word) = without_colon.max_by_key(|word| word.len()) {
        return Some(format!("a colon is missing: write `{word}:`"));
    }
    if accepted.contains(&Expected::Step) {
        let words: Vec<&str> = language.steps.iter().map(|step| step.word.trim_end()).collect();
        if let Some(word) = words.iter().find(|word| text.trim_end_matches(is_blank) == **word) {
            return Some(format!("put the text of the step behind `{word}`"));
        }
        if let Some(word) = nearest(&words, |word| first_words(text, word)) {
            return Some(format!("did you mean `{word}`?"));
        }
    }
    let long: Vec<&str> = titles.into_iter().filter(|word| nearness::is_long(word)).collect();
    nearest(&long, |word| first_words(text, word)).map(|word| format!("did you mean `{word}:`?"))
}

/// The word that `written`, which may depend on the word, is most likely a slip for.
fn nearest<'w, 't>(words: &[&'w str], written: impl Fn(&str) -> &'t str) -> Option<&'w str> {
    words
        .iter()
        .copied()
        .filter(|word| nearness::are_near(written(word), word))
        .min_by_key(|word| nearness::distance(written(word), word))
}

fn misplaced_step(text: &str, state: State, language: &Language) -> Option<String> {
    language.step(text)?;
    let help = match state {
        State::Start | State::AfterLanguage | State::Tags(Title::Feature) => {
            "a file begins with its feature, and a step stands in a scenario or background"
        }
        State::Tags(_) => "tags cannot stand above a step",
        State::ExamplesRows => "steps stand above the examples",
        _ => return None,
    };
    Some(help.to_owned())
}

/// A keyword of another language: the language line may be missing or wrong.
fn other_language(text: &str, current: &Language) -> Option<String> {
    let codes: Vec<&str> = Language::all()
        .filter(|other| other.code != current.code)
        .filter(|other| {
            let is_step = |word: &str| nearness::is_long(word.trim_end());
            other.title(text).is_some() || other.step(text).is_some_and(|step| is_step(step.word))
        })
        .map(|other| other.code)
        .collect();
    let first = codes.first()?;
    // English dialects make poor advice next to English itself.
    let code = if codes.contains(&"en") { &"en" } else { first };
    Some(format!(
        "this is read as language `{}`; if it is `{code}`, put `# language: {code}` on the first line",
        current.code
    ))
}

fn stray_text(state: State) -> Option<String> {
    let help = match state {
        State::Step(..) | State::ExamplesRows => {
            "free text stands directly below a title line; for a comment begin it with `#`"
        }
        State::Start | State::AfterLanguage => "the first line of a file is its feature",
        State::Tags(_) => "only further tags, comments and blank lines may follow a tag",
        _ => return None,
    };
    Some(help.to_owned())
}

/// As many words of `text` as `keyword` has.
fn first_words<'t>(text: &'t str, keyword: &str) -> &'t str {
    let words = keyword.split_whitespace().count();
    let mut end = 0;
    let mut rest = text;
    for _ in 0..words {
        let word = rest.trim_start_matches(is_blank);
        let length = word.find(is_blank).unwrap_or(word.len());
        rest = &word[length..];
        end = text.len() - rest.len();
    }
    &text[..end]
}
