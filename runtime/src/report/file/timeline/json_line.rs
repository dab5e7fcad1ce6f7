//! One line of JSON, written field by field.
//!
//! A tree of values costs several times the memory of its text; a run writes its lines directly.

use std::fmt::{self, Write as _};
use std::time::Duration;

use crate::text::{ControlFilter, filter_control};

/// An object on one line, safe inside a script element. Fields without content are left out.
#[derive(Debug)]
pub(super) struct JsonLine {
    text: String,
}

impl JsonLine {
    /// Returns the line `{"name":{…}}`.
    pub(super) fn of(name: &str, fill: impl FnOnce(&mut Self)) -> String {
        let mut line = Self { text: String::from("{") };
        line.object(name, fill);
        line.text.push_str("}\n");
        line.text
    }

    /// Writes a field that is an object.
    pub(super) fn object(&mut self, name: &str, fill: impl FnOnce(&mut Self)) {
        self.name(name);
        self.value(fill);
    }

    /// Writes a field that is an array of objects.
    pub(super) fn objects<T>(
        &mut self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        mut fill: impl FnMut(&mut Self, T),
    ) {
        self.array(name, items, |line, item| line.value(|line| fill(line, item)));
    }

    /// Writes a field that is an array of texts.
    pub(super) fn texts<T: AsRef<str>>(&mut self, name: &str, items: impl IntoIterator<Item = T>) {
        self.array(name, items, |line, item| line.quoted(item.as_ref()));
    }

    /// Writes a field that is an array of arrays of texts.
    pub(super) fn rows(&mut self, name: &str, rows: &[Vec<String>]) {
        self.array(name, rows, |line, row| {
            line.text.push('[');
            for (index, cell) in row.iter().enumerate() {
                line.text.push_str(if index == 0 { "" } else { "," });
                line.quoted(cell);
            }
            line.text.push(']');
        });
    }

    /// Writes a field that is a text.
    pub(super) fn text(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.name(name);
            self.quoted(value);
        }
    }

    /// Writes a field that is a number.
    pub(super) fn number(&mut self, name: &str, value: impl Into<i128> + fmt::Display) {
        self.name(name);
        let _ = write!(self.text, "{value}");
    }

    /// Writes a field that is a time, in nanoseconds.
    pub(super) fn time(&mut self, name: &str, value: Duration) {
        self.name(name);
        // Numbers of 128 bits take several times as long to format.
        let nanos = u64::try_from(value.as_nanos()).unwrap_or(u64::MAX);
        let _ = write!(self.text, "{nanos}");
    }

    /// Writes a field that is true.
    pub(super) fn flag(&mut self, name: &str, value: bool) {
        if value {
            self.name(name);
            self.text.push_str("true");
        }
    }

    fn array<T>(
        &mut self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T),
    ) {
        let mut items = items.into_iter().peekable();
        if items.peek().is_none() {
            return;
        }
        self.name(name);
        let mut separator = '[';
        for item in items {
            self.text.push(separator);
            separator = ',';
            write(self, item);
        }
        self.text.push(']');
    }

    fn value(&mut self, fill: impl FnOnce(&mut Self)) {
        self.text.push('{');
        fill(self);
        self.text.push('}');
    }

    fn name(&mut self, name: &str) {
        if !self.text.ends_with('{') {
            self.text.push(',');
        }
        self.text.push('"');
        self.text.push_str(name);
        self.text.push_str("\":");
    }

    /// Writes a string without control sequences, which a browser shows as garbage.
    fn quoted(&mut self, value: &str) {
        let value = filter_control(value, ControlFilter::RemoveAll);
        self.text.push('"');
        let mut written = 0;
        for (at, byte) in value.bytes().enumerate() {
            let Some(escape) = escape(byte) else { continue };
            // Escaped bytes are separate characters.
            self.text.push_str(&value[written..at]);
            self.text.push_str(escape);
            written = at + 1;
        }
        self.text.push_str(&value[written..]);
        self.text.push('"');
    }
}

fn escape(byte: u8) -> Option<&'static str> {
    match byte {
        b'"' => Some("\\\""),
        b'\\' => Some("\\\\"),
        b'\n' => Some("\\n"),
        b'\t' => Some("\\t"),
        // An unescaped `</script>` would end the element.
        b'<' => Some("\\u003C"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_json_without_empty_fields() {
        let line = JsonLine::of("a", |line| {
            line.text("empty", "");
            line.text("name", "\"x\\y\"\n</script>\u{1b}[31m\u{7}");
            line.number("n", 7_u64);
            line.flag("yes", true);
            line.flag("no", false);
            line.texts("none", [""; 0]);
            line.texts("two", ["{", "b"]);
            line.objects("all", [1_u64, 2], |line, n| line.number("n", n));
            line.rows("rows", &[vec!["a".to_owned(), "b".to_owned()], Vec::new()]);
        });
        assert!(!line.contains('<') && line.ends_with("}\n"), "{line}");
        let value: serde_json::Value = serde_json::from_str(&line).unwrap();
        let expected = serde_json::json!({ "a": {
            "name": "\"x\\y\"\n</script>\u{fffd}", "n": 7, "yes": true, "two": ["{", "b"],
            "all": [{ "n": 1 }, { "n": 2 }], "rows": [["a", "b"], []],
        }});
        assert_eq!(value, expected);
    }
}
