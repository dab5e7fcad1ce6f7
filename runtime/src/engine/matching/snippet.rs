//! Snippet to paste: a definition for a step that has none.

use std::fmt::Write as _;

use super::value::value_length;
use crate::model::{StepArgument, StepKeyword};

/// Returns valid Rust that defines a step of this text with a pending body.
pub(in crate::engine) fn snippet(
    keyword: Option<StepKeyword>,
    text: &str,
    argument: Option<&StepArgument>,
) -> String {
    let StepShape { expression, words, mut parameters } = step_shape(text);
    let attribute = match keyword {
        Some(StepKeyword::When) => "when",
        Some(StepKeyword::Then) => "then",
        Some(StepKeyword::Given) | None => "given",
    };
    // A literal that looks like a regex would be taken as one.
    let plain = parameters.is_empty() && !text.starts_with('^') && !text.ends_with('$');
    let pattern = if plain { quoted(text) } else { format!("expr = {}", quoted(&expression)) };
    match argument {
        Some(StepArgument::DataTable(_)) => {
            parameters.push("table: &harmony_bdd::DataTable".to_owned());
        }
        Some(StepArgument::DocString(_)) => {
            parameters.push("doc_string: &harmony_bdd::DocString".to_owned());
        }
        None => {}
    }
    format!(
        "#[{attribute}({pattern})]\n\
         fn {}({}) -> harmony_bdd::Outcome {{\n    \
             harmony_bdd::Outcome::pending(\"not written yet\")\n\
         }}\n",
        function_name(&words),
        parameters.join(", "),
    )
}

struct StepShape {
    expression: String,
    words: String,
    parameters: Vec<String>,
}

fn step_shape(text: &str) -> StepShape {
    let mut shape =
        StepShape { expression: String::new(), words: String::new(), parameters: Vec::new() };
    let mut counts = [0_usize; 3];
    let mut before = None;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = value_length(rest, before);
        if length > 0 {
            let value = &rest[..length];
            let (kind, name, placeholder, ty) = match first {
                '"' | '\'' => (0, "text", "{string}", "String"),
                _ if value.contains('.') => (1, "fraction", "{float}", "f64"),
                _ => (2, "number", "{int}", "i64"),
            };
            counts[kind] += 1;
            let suffix =
                if counts[kind] > 1 { format!("_{}", counts[kind]) } else { String::new() };
            shape.parameters.push(format!("{name}{suffix}: {ty}"));
            shape.expression.push_str(placeholder);
            shape.words.push(' ');
            before = value.chars().next_back();
            rest = &rest[length..];
        } else {
            if matches!(first, '(' | ')' | '{' | '}' | '/' | '\\') {
                shape.expression.push('\\');
            }
            shape.expression.push(first);
            shape.words.push(first);
            before = Some(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    shape
}

/// Maximum length of a generated function name.
const MAX_NAME_LEN: usize = 60;

fn function_name(words: &str) -> String {
    let mut name = String::new();
    let allowed = |c: char| c.is_ascii_alphanumeric() || (!c.is_ascii() && c.is_alphabetic());
    for word in words.split(|c| !allowed(c)).filter(|word| !word.is_empty()) {
        if name.chars().count() + word.chars().count() > MAX_NAME_LEN && !name.is_empty() {
            break;
        }
        if !name.is_empty() {
            name.push('_');
        }
        name.extend(word.chars().flat_map(char::to_lowercase).filter(|c| allowed(*c)));
    }
    // A single word may be a keyword, and a name cannot start with a digit.
    let single = !name.contains('_');
    if single || name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert_str(0, if name.is_empty() { "step" } else { "step_" });
    }
    name
}

fn quoted(text: &str) -> String {
    if text.contains(['"', '\\']) && !text.contains("\"#") && !text.contains(['\n', '\r']) {
        return format!("r#\"{text}\"#");
    }
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(character);
            }
            c if c.is_control() => {
                let _ = write!(quoted, "{}", c.escape_default());
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
