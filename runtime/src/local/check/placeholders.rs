//! Placeholders in the texts of an outline.

/// Names of HTML elements that texts of steps may contain.
const HTML_ELEMENTS: [&str; 56] = [
    "a",
    "abbr",
    "article",
    "aside",
    "audio",
    "b",
    "blockquote",
    "body",
    "br",
    "button",
    "canvas",
    "caption",
    "code",
    "dd",
    "div",
    "dl",
    "dt",
    "em",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "head",
    "header",
    "hr",
    "html",
    "i",
    "iframe",
    "img",
    "input",
    "label",
    "li",
    "link",
    "main",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "script",
    "section",
    "select",
    "small",
    "span",
    "strong",
    "style",
    "table",
    "tbody",
    "td",
    "th",
    "tr",
    "u",
    "ul",
    "video",
];

/// Returns the texts in `<…>` that look like the name of a column.
pub(super) fn placeholders(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('<') {
        let Some((name, after)) = after.split_once('>') else { break };
        let nested = name.rfind('<').map_or(name, |at| &name[at + 1..]);
        let looks_like_name = !nested.is_empty()
            && nested.trim() == nested
            && nested.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.'));
        if looks_like_name {
            names.push(nested);
        }
        rest = after;
    }
    names
}

/// Returns true if `<name>` in `text` is rather a tag of HTML or XML than a placeholder.
pub(super) fn looks_like_tag(name: &str, text: &str) -> bool {
    HTML_ELEMENTS.contains(&name) || text.contains(&format!("</{name}>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_look_like_names() {
        assert_eq!(placeholders("a <b c> of <d> and < e > 1 < 2 <<f>> </p>"), ["b c", "d", "f"]);
    }

    #[test]
    fn tags_are_known_or_closed() {
        assert!(looks_like_tag("br", "a<br>b"));
        assert!(looks_like_tag("price", "<price>3</price>"));
        assert!(!looks_like_tag("price", "<price>"));
    }
}
