//! Functions whose error is a text: a caller cannot tell one from another.

use std::fs;

use super::{root, rust_files};

#[test]
fn no_function_returns_a_text_as_its_error() {
    let folders = ["macros/src", "runtime/src", "zerobuffer/src", "zerobuffer/cli/src"];
    for file in folders.iter().flat_map(|folder| rust_files(&root().join(folder))) {
        let text = fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default().lines();
        let code: Vec<_> = code.map(str::trim).filter(|line| !line.starts_with("//")).collect();
        assert_eq!(text_errors(&code.join(" ")), [""; 0], "{}", file.display());
    }
}

#[test]
fn text_errors_are_found_across_lines_and_inside_other_types() {
    let found = "fn a() -> Result<Vec<(u8, u8)>, String> { b::<Result<u8, String,>>() }";
    assert_eq!(text_errors(found).len(), 2);
    let right = "fn a() -> io::Result<String>; fn b() -> Result<HashMap<u8, String>, Error>";
    assert_eq!(text_errors(right), [""; 0]);
}

/// Returns each `Result<_, String>` in `code`.
fn text_errors(code: &str) -> Vec<&str> {
    let starts = code.match_indices("Result<").map(|(at, name)| &code[at + name.len()..]);
    starts.filter_map(arguments).filter(|arguments| is_text(last(arguments))).collect()
}

/// Returns the text before the `>` that closes a list of generic arguments.
fn arguments(list: &str) -> Option<&str> {
    let mut depth = 0_usize;
    for (at, character) in list.char_indices() {
        match character {
            '<' | '(' | '[' => depth += 1,
            '>' if depth == 0 => return Some(&list[..at]),
            // The arrow of a function type.
            '>' if list[..at].ends_with('-') => {}
            '>' | ')' | ']' => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    None
}

/// Returns what follows the last comma that is outside every bracket; nothing without one.
fn last(arguments: &str) -> &str {
    let arguments = arguments.trim_end().trim_end_matches(',');
    let mut depth = 0_i32;
    for (at, character) in arguments.char_indices().rev() {
        match character {
            '>' | ')' | ']' => depth += 1,
            '<' | '(' | '[' => depth -= 1,
            ',' if depth == 0 => return arguments[at + 1..].trim(),
            _ => {}
        }
    }
    ""
}

fn is_text(ty: &str) -> bool {
    ["String", "std::string::String", "__h::String", "&'static str", "&str"].contains(&ty)
}
