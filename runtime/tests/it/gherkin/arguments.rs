//! Tables and doc strings below steps.

use harmony_bdd::gherkin::ast::{DocString, Step};

use super::feature;

fn step(argument: &str) -> Step {
    let text = format!("Feature: f\n  Scenario: s\n    Given a\n{argument}\n    Then b\n");
    let mut scenario = feature(&text).scenarios.remove(0);
    assert_eq!(scenario.steps.len(), 2, "{text}");
    scenario.steps.remove(0)
}

fn doc_string(argument: &str) -> DocString {
    step(argument).doc_string.unwrap()
}

fn row(line: &str) -> Vec<(String, u32)> {
    let row = step(line).data_table.unwrap().rows.remove(0);
    row.cells.into_iter().map(|cell| (cell.value, cell.position.column)).collect()
}

fn cell(value: &str, column: u32) -> (String, u32) {
    (value.to_owned(), column)
}

#[test]
fn cells_are_trimmed() {
    assert_eq!(row("  | a |b|  c d\u{A0}\t|"), [cell("a", 5), cell("b", 8), cell("c d", 12)]);
}

#[test]
fn empty_cells_are_kept() {
    assert_eq!(row("||  |"), [cell("", 2), cell("", 5)]);
}

#[test]
fn cell_escapes_are_resolved() {
    let values: Vec<String> =
        row(r#"| \| | \\ | a\nb | \x\" |"#).into_iter().map(|c| c.0).collect();
    assert_eq!(values, ["|", r"\", "a\nb", r#"\x\""#]);
    assert_eq!(row(r"| \\| \\\| |"), [cell(r"\", 3), cell(r"\|", 7)]);
}

#[test]
fn escaped_line_break_is_not_trimmed() {
    assert_eq!(row(r"|  \n a \n  |"), [cell("\n a \n", 4)]);
}

#[test]
fn text_after_last_pipe_is_ignored() {
    assert_eq!(row("| a | b"), [cell("a", 3)]);
    assert_eq!(row("| a | b \\"), [cell("a", 3)]);
}

#[test]
fn blank_lines_do_not_end_a_table() {
    let table = step("  | a |\n\n   \n  | b |").data_table.unwrap();
    assert_eq!(table.rows.len(), 2);
    assert_eq!((table.position.line, table.position.column), (4, 3));
}

#[test]
fn both_delimiters_accept_a_media_type() {
    let doc = doc_string("    \"\"\"  application/json \n    {}\n    \"\"\"");
    assert_eq!((doc.delimiter, doc.media_type.as_deref()), ("\"\"\"", Some("application/json")));
    assert_eq!((doc.content.as_str(), doc.position.line, doc.position.column), ("{}", 4, 5));
    let doc = doc_string("```md\n# x\n```");
    assert_eq!((doc.delimiter, doc.media_type.as_deref()), ("```", Some("md")));
    assert_eq!(doc.content, "# x");
    assert_eq!(doc_string("```\n```").media_type, None);
}

#[test]
fn doc_string_is_unindented() {
    let doc =
        doc_string("    \"\"\"\n  less\n    same\n      more  \n\n       \n\t\ttabs\n    \"\"\"");
    assert_eq!(doc.content, "less\nsame\n  more  \n\n   \ntabs");
}

#[test]
fn doc_string_can_be_blank() {
    assert_eq!(doc_string("  \"\"\"\n  \"\"\"").content, "");
    assert_eq!(doc_string("  \"\"\"\n\n  \"\"\"").content, "");
    assert_eq!(doc_string("  \"\"\"\n\n\n  \"\"\"").content, "\n");
}

#[test]
fn doc_string_is_not_parsed() {
    let inside = "Feature: x\n@t u\n# c\n| a\nScenario: y\n\nGiven z\n```";
    assert_eq!(doc_string(&format!("\"\"\"\n{inside}\n\"\"\"")).content, inside);
}

#[test]
fn escaped_delimiter_does_not_close() {
    let doc = doc_string("  \"\"\"\n  \\\"\\\"\\\" and \\\"\\\"\\\"\n  \\`\\`\\`\n  \\n\n  \"\"\"");
    assert_eq!(doc.content, "\"\"\" and \"\"\"\n\\`\\`\\`\n\\n");
    let doc = doc_string("```\n\\`\\`\\`\n\\\"\\\"\\\"\n```");
    assert_eq!(doc.content, "```\n\\\"\\\"\\\"");
}

#[test]
fn step_can_have_table_and_doc_string() {
    for argument in ["| a |\n```\nx\n```", "```\nx\n```\n\n# c\n| a |"] {
        let step = step(argument);
        assert_eq!(step.doc_string.unwrap().content, "x");
        assert_eq!(step.data_table.unwrap().rows[0].cells[0].value, "a");
    }
}
