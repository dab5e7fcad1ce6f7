//! Tables and doc strings as values.

use harmony_bdd::model::{DataTable, DocString, Location, Outcome, StepArgument};
use harmony_bdd::{TableRow, given};

use super::test_scenario::{TestScenario, failure};

#[derive(TableRow, Debug, PartialEq)]
struct Buffer {
    name: String,
    payload_size: usize,
    #[column("Frames to write")]
    frames: Option<u8>,
    #[column(default)]
    quiet: bool,
}

#[derive(Default)]
struct Seen(String);

#[given("the buffers of a table")]
fn buffers(seen: &mut Seen, buffers: Vec<Buffer>) {
    seen.0 = format!("{buffers:?}");
}

#[given("perhaps the buffers of a table")]
fn perhaps_buffers(seen: &mut Seen, buffers: Option<Vec<Buffer>>) {
    seen.0 = format!("{buffers:?}");
}

#[given("one buffer of a table")]
fn one_buffer(seen: &mut Seen, #[table] buffer: Buffer) {
    seen.0 = format!("{buffer:?}");
}

#[given("perhaps one buffer of a table")]
fn perhaps_one_buffer(seen: &mut Seen, #[table] buffer: Option<Buffer>) {
    seen.0 = format!("{}", buffer.is_some());
}

#[given("a text to keep")]
fn text(seen: &mut Seen, #[doc_string] text: String) {
    seen.0 = text;
}

#[given(expr = "the table was {string}")]
fn was(seen: &Seen, wanted: &str) {
    assert_eq!(seen.0, wanted);
}

fn table(rows: &[&[&str]]) -> StepArgument {
    let rows = rows.iter().map(|r| r.iter().map(|c| (*c).to_owned()).collect()).collect();
    StepArgument::DataTable(DataTable { rows, location: Location::new("a.feature", 4, 7) })
}

#[track_caller]
fn reads(step: &str, argument: StepArgument, wanted: &str) {
    let mut scenario = TestScenario::new();
    assert_eq!(scenario.step_with(step, argument), Outcome::Passed);
    scenario.passes(&[&format!("the table was '{}'", wanted.replace('\'', "\\'"))]);
}

#[track_caller]
fn refuses(step: &str, argument: StepArgument, part: &str) {
    let message = failure(TestScenario::new().step_with(step, argument));
    assert!(message.contains(part), "{message}");
    assert!(message.contains("at a.feature:4:7"), "{message}");
}

const A: &str = r#"Buffer { name: "a", payload_size: 10, frames: Some(3), quiet: true }"#;
const B: &str = r#"Buffer { name: "b", payload_size: 20, frames: None, quiet: false }"#;

#[test]
fn columns_are_matched_by_name() {
    let header = ["Payload size", "frames TO write", "name", "quiet"];
    let rows = table(&[&header, &["10", "3", "a", "true"], &["20", "", "b", ""]]);
    reads("the buffers of a table", rows, &format!("[{A}, {B}]"));
    let rows = table(&[&["name", "payload_size"], &["b", "20"]]);
    reads("the buffers of a table", rows, &format!("[{B}]"));
    reads("the buffers of a table", table(&[&["name", "payload_size"]]), "[]");
}

#[test]
fn vertical_table_has_its_names_in_the_first_column() {
    let rows = table(&[
        &["name", "a", "b"],
        &["payload-size", "10", "20"],
        &["Frames to write", "3", ""],
        &["quiet", "true", ""],
    ]);
    reads("the buffers of a table", rows, &format!("[{A}, {B}]"));
    let rows = table(&[&["name", "b"], &["payload size", "20"]]);
    reads("one buffer of a table", rows, B);
}

#[test]
fn table_may_be_optional() {
    let rows = table(&[&["name", "payload_size"], &["b", "20"]]);
    reads("perhaps the buffers of a table", rows.clone(), &format!("Some([{B}])"));
    reads("perhaps one buffer of a table", rows, "true");
    TestScenario::new().passes(&["perhaps one buffer of a table", "the table was 'false'"]);
    TestScenario::new().passes(&["perhaps the buffers of a table", "the table was 'None'"]);
}

#[test]
fn table_error_names_row_and_column() {
    let step = "the buffers of a table";
    refuses(step, table(&[&["name", "size"], &["a", "1"]]), "unknown column `size`");
    refuses(step, table(&[&["name"], &["a"]]), "missing column `payload_size`");
    refuses(step, table(&[&["name", "Name", "payload size"]]), "duplicate column `Name`");
    let wrong = table(&[&["name", "payload size"], &["a", "1"], &["b", "-1"]]);
    refuses(step, wrong, "row 2, column `payload_size`: \"-1\" does not fit `usize`");
    let two = table(&[&["name", "payload size"], &["a", "1"], &["b", "2"]]);
    refuses("one buffer of a table", two, "2 rows below its header");
}

#[test]
fn doc_string_converts_to_string() {
    let content = "two\nlines".to_owned();
    let location = Location::new("a.feature", 4, 7);
    let argument = StepArgument::DocString(DocString { media_type: None, content, location });
    reads("a text to keep", argument, "two\nlines");
    assert!(failure(TestScenario::new().step("a text to keep")).contains("needs a doc string"));
}

#[cfg(feature = "json")]
mod json {
    use super::*;
    use harmony_bdd::Json;

    #[given("numbers in JSON")]
    fn numbers(seen: &mut Seen, Json(numbers): Json<Vec<u8>>) {
        seen.0 = format!("{numbers:?}");
    }

    fn doc_string(media_type: Option<&str>, content: &str) -> StepArgument {
        StepArgument::DocString(DocString {
            media_type: media_type.map(str::to_owned),
            content: content.to_owned(),
            location: Location::new("a.feature", 4, 7),
        })
    }

    #[test]
    fn json_doc_string_converts_to_a_value() {
        reads("numbers in JSON", doc_string(Some("json"), "[1, 2]"), "[1, 2]");
        reads("numbers in JSON", doc_string(None, "[3]"), "[3]");
        refuses("numbers in JSON", doc_string(None, "[300]"), "invalid value: integer `300`");
        refuses("numbers in JSON", doc_string(Some("yaml"), "[3]"), "media type is `yaml`");
    }
}
