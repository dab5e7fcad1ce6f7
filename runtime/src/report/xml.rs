//! Escaping of text in XML.

use crate::text::{ControlFilter, filter_control};

/// Escapes text for an element or an attribute. Control sequences are removed, and characters that XML
/// does not allow become U+FFFD.
pub(super) fn escape_xml(text: &str) -> String {
    let mut escape_xml = String::with_capacity(text.len());
    for c in filter_control(text, ControlFilter::RemoveAll).chars() {
        match c {
            '&' => escape_xml.push_str("&amp;"),
            '<' => escape_xml.push_str("&lt;"),
            '>' => escape_xml.push_str("&gt;"),
            '"' => escape_xml.push_str("&quot;"),
            '\n' => escape_xml.push_str("&#10;"),
            '\t' => escape_xml.push(c),
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => {
                escape_xml.push('\u{FFFD}')
            }
            c => escape_xml.push(c),
        }
    }
    escape_xml
}
