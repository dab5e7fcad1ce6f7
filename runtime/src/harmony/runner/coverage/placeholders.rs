//! Patterns with placeholders.

/// Converts a pattern with placeholders such as `{int}`, as the C++ serve writes them, to a regex. A
/// pattern without them already is one.
pub(super) fn without_placeholders(pattern: &str) -> String {
    let pattern = pattern.strip_prefix('^').unwrap_or(pattern);
    let pattern = pattern.strip_suffix('$').unwrap_or(pattern);
    let is_regex = pattern.contains(['(', '[', '\\', '*', '+']);
    let has_placeholder =
        ["{int}", "{float}", "{word}", "{string}", "{}"].iter().any(|p| pattern.contains(p));
    if is_regex || !has_placeholder {
        return pattern.to_owned();
    }
    [
        (r"\{int\}", r"-?\d+"),
        (r"\{float\}", r"-?\d*\.?\d+"),
        (r"\{word\}", r"\S+"),
        (r"\{string\}", r#"(?:"[^"]*"|'[^']*')"#),
        (r"\{\}", ".*"),
    ]
    .iter()
    .fold(regex::escape(pattern), |text, (from, to)| text.replace(from, to))
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;

    #[test]
    fn placeholders_become_regexes_and_regexes_stay() {
        let matches = |pattern: &str, text: &str| {
            Regex::new(&format!("^(?:{})$", without_placeholders(pattern))).unwrap().is_match(text)
        };
        assert!(matches("waits {int} ms.", "waits -5 ms."));
        assert!(!matches("waits {int} ms.", "waits -5 msx"));
        assert!(matches("a {word} and {string} and {}", "a b and 'c d' and e f"));
        assert!(matches("{float} s", "0.5 s"));
        assert!(matches(r"^the '([^']+)' process has (\d{1,3})$", "the 'a' process has 12"));
        assert!(matches("plain.", "plainx"), "without a placeholder it is a regex");
    }
}
