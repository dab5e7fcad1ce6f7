//! Hints for parse errors: a similar keyword, or the position where the line is allowed.

use super::ast::Position;
use super::error::Expected;
use super::grammar::{State, StepArguments};
use super::language::{self, Language, Title};
use super::line::{Line, is_blank};
use super::similarity;

/// Returns a hint for a line that is not allowed at its position.
pub(super) fn unexpected_line(
    line: &Line<'_>,
    state: State,
    language: &Language,
) -> Option<String> {
    let text = line.trimmed;
    if line.is_tags() && state.accepted().contains(&Expected::Tags) {
        // Invalid tags have their own error.
        return None;
    }
    misplaced_title(text, state, language)
        .or_else(|| misplaced_argument(line, state))
        .or_else(|| misplaced_tags(line, state))
        .or_else(|| similar_keyword(text, state, language))
        .or_else(|| misplaced_step(text, state, language))
        .or_else(|| other_language(text, language))
        .or_else(|| stray_text(state))
}

/// Returns the step keyword that a line of a description most likely starts with, mistyped.
pub(super) fn suggest_step_keyword(line: &str, code: &str) -> Option<&'static str> {
    let text = line.trim_matches(is_blank);
    let language = Language::find(code)?;
    let words: Vec<&'static str> = language
        .steps
        .iter()
        .map(|step| step.word.trim_end())
        .filter(|word| similarity::is_long(word))
        .collect();
    let word = nearest(&words, |word| first_words(text, word))?;
    // A step has text after its keyword.
    (text.len() > first_words(text, word).len()).then_some(word)
}

/// Returns a hint for a file that ends too early.
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
            "add the element that the tag belongs to below it, such as a scenario, or remove the tag"
                .to_owned(),
        ),
        State::AfterLanguage => Some("add a feature below the language line".to_owned()),
        _ => None,
    }
}

/// Returns a hint for an unknown language code.
pub(super) fn unknown_language(code: &str) -> String {
    let is_near = |(known, name): &(&str, &str)| {
        similarity::is_typo(code, known)
            || similarity::is_typo(code, name)
            || known.split('-').next() == code.split(['-', '_']).next()
    };
    let near: Vec<String> = language::names()
        .filter(is_near)
        .take(5)
        .map(|(known, name)| format!("`{known}` ({name})"))
        .collect();
    if near.is_empty() {
        "without a language line the file is parsed as English (`en`)".to_owned()
    } else {
        format!("did you mean {}?", near.join(", "))
    }
}

/// Returns a hint for a row of the wrong length.
pub(super) fn uneven_row(cells: usize, first_cells: usize) -> String {
    let advice = "write a `|` before and after every cell, and `\\|` for a `|` inside a cell";
    if cells < first_cells {
        format!("add the missing cells: {advice}")
    } else {
        format!("remove the extra cells: {advice}")
    }
}

/// Returns a hint for a tag that contains whitespace.
pub(super) fn blank_in_tag(tag: &str) -> String {
    let words: Vec<&str> = tag.split(is_blank).filter(|word| !word.is_empty()).collect();
    if words.len() > 3 {
        return "start every tag with `@`, or write ` #` before a comment".to_owned();
    }
    let tags: Vec<String> = words
        .iter()
        .map(|word| word.trim_start_matches('@'))
        .map(|word| format!("@{word}"))
        .collect();
    format!("write `{}`, or `{}` for two tags", words.join("-"), tags.join(" "))
}

/// Returns a hint for a valid title line at the wrong position.
fn misplaced_title(text: &str, state: State, language: &Language) -> Option<String> {
    let (title, word) = language.title(text)?;
    let help = match (title, state) {
        (Title::Feature, State::DocString { .. }) => return None,
        (Title::Feature, _) => "a file can have only one feature: move this one to another file",
        (_, State::Start | State::AfterLanguage | State::Tags(Title::Feature)) => {
            return Some(format!("a file starts with its feature: add one above `{word}:`"));
        }
        (Title::Background, State::Tags(_)) => "a background cannot have tags",
        (Title::Background, _) => {
            "a feature or rule can have one background, above its first scenario"
        }
        (Title::Examples, State::Tags(_)) => {
            "tags of examples are only allowed in a scenario outline"
        }
        (Title::Examples, _) => "examples belong below the steps of a scenario outline",
        (Title::Scenario, State::Tags(_)) => {
            "the tags above are not valid tags of a scenario; see the line before"
        }
        (Title::Scenario | Title::Rule, _) => return None,
    };
    Some(help.to_owned())
}

/// Returns a hint for a table or doc string that the step cannot have.
fn misplaced_argument(line: &Line<'_>, state: State) -> Option<String> {
    let is_doc_string = super::doc_string::opening_delimiter(line).is_some();
    if !is_doc_string && !line.is_row() {
        return None;
    }
    let help = match state {
        State::Step(_, StepArguments::DocString | StepArguments::DocStringThenTable)
            if is_doc_string =>
        {
            "the step above already has a doc string; it can have one, and one table"
        }
        State::Step(_, StepArguments::TableThenDocString) => {
            "the step above already has a table and a doc string"
        }
        State::ExamplesRows => "examples have a table but no doc string",
        _ => "a table or doc string belongs below its step",
    };
    Some(help.to_owned())
}

fn misplaced_tags(line: &Line<'_>, state: State) -> Option<String> {
    (line.is_tags() && !state.accepted().contains(&Expected::Tags))
        .then(|| "tags belong above a feature, rule, scenario or examples".to_owned())
}

/// Returns a hint for a mistyped keyword, of those allowed in this state.
fn similar_keyword(text: &str, state: State, language: &Language) -> Option<String> {
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
        return Some(format!("missing colon: write `{word}:`"));
    }
    if accepted.contains(&Expected::Step) {
        let words: Vec<&str> = language.steps.iter().map(|step| step.word.trim_end()).collect();
        if let Some(word) = words.iter().find(|word| text.trim_end_matches(is_blank) == **word) {
            return Some(format!("write the step text after `{word}`"));
        }
        if let Some(word) = nearest(&words, |word| first_words(text, word)) {
            return Some(format!("did you mean `{word}`?"));
        }
    }
    let long: Vec<&str> = titles.into_iter().filter(|word| similarity::is_long(word)).collect();
    nearest(&long, |word| first_words(text, word)).map(|word| format!("did you mean `{word}:`?"))
}

/// Returns the word that `written`, which may depend on the word, is most likely a typing mistake for.
fn nearest<'w, 't>(words: &[&'w str], written: impl Fn(&str) -> &'t str) -> Option<&'w str> {
    words
        .iter()
        .copied()
        .filter_map(|word| Some((similarity::typo_distance(written(word), word)?, word)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

fn misplaced_step(text: &str, state: State, language: &Language) -> Option<String> {
    language.step(text)?;
    let help = match state {
        State::Start | State::AfterLanguage | State::Tags(Title::Feature) => {
            "a file starts with its feature, and a step belongs in a scenario or background"
        }
        State::Tags(_) => "a step cannot have tags",
        State::ExamplesRows => "steps belong above the examples",
        _ => return None,
    };
    Some(help.to_owned())
}

/// Returns a hint for a keyword of another language: the language line may be missing or wrong.
fn other_language(text: &str, current: &Language) -> Option<String> {
    let codes: Vec<&str> = Language::all()
        .filter(|other| other.code != current.code)
        .filter(|other| {
            let is_step = |word: &str| similarity::is_long(word.trim_end());
            other.title(text).is_some() || other.step(text).is_some_and(|step| is_step(step.word))
        })
        .map(|other| other.code)
        .collect();
    let first = codes.first()?;
    // Prefer English to its dialects.
    let code = if codes.contains(&"en") { &"en" } else { first };
    Some(format!(
        "the file is parsed as language `{}`; for `{code}` write `# language: {code}` on the first line",
        current.code
    ))
}

fn stray_text(state: State) -> Option<String> {
    let help = match state {
        State::Step(..) | State::ExamplesRows => {
            "a description is only allowed directly below a title line; start a comment with `#`"
        }
        State::Start | State::AfterLanguage => "a file starts with its feature",
        State::Tags(_) => "only other tags, comments and blank lines may follow a tag",
        _ => return None,
    };
    Some(help.to_owned())
}

/// Returns the first words of `text`, as many as `keyword` has.
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
