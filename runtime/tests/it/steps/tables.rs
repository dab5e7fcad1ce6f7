//! Tables and doc strings as values.

use harmony_bdd::model::{DataTable, DocString, Outcome, Place, StepArgument};
use harmony_bdd::{TableRow, given};

use super::play::{Play, failure};

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
    StepArgument::DataTable(DataTable { rows, place: Place::new("a.feature", 4, 7) })
}

#[track_caller]
fn reads(step: &str, argument: StepArgument, wanted: &str) {
    let mut play = Play::new();
    assert_eq!(play.step_with(step, argument), Outcome::Passed);
    play.passes(&[&format!("the table was '{}'", wanted.replace('\'', "\\'"))]);
}

#[track_caller]
fn refuses(step: &str, argument: StepArgument, part: &str) {
    let message = failure(Play::new().step_with(step, argument));
    assert!(message.contains(part), "{message}");
    assert!(message.contains("at a.feature:4:7"), "{message}");
}

const A: &str = r#"Buffer { name: "a", payload_size: 10, frames: Some(3), quiet: true }"#;
const B: &str = r#"Buffer { name: "b", payload_size: 20, frames: None, quiet: false }"#;

#[test]
fn rows_find_their_columns_by_name() {
    let header = ["Payload size", "frames TO write", "name", "quiet"];
    let rows = table(&[&header, &["10", "3", "a", "true"], &["20", "", "b", ""]]);
    reads("the buffers of a table", rows, &format!("[{A}, {B}]"));
    let rows = table(&[&["name", "payload_size"], &["b", "20"]]);
    reads("the buffers of a table", rows, &format!("[{B}]"));
    reads("the buffers of a table", table(&[&["name", "payload_size"]]), "[]");
}

#[test]
fn a_vertical_table_has_its_names_in_the_first_column() {
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
fn a_table_may_be_optional() {
    let rows = table(&[&["name", "payload_size"], &["b", "20"]]);
    reads("perhaps the buffers of a table", rows.clone(), &format!("Some([{B}])"));
    reads("perhaps one buffer of a table", rows, "true");
    Play::new().passes(&["perhaps one buffer of a table", "the table was 'false'"]);
    Play::new().passes(&["perhaps the buffers of a table", "the table was 'None'"]);
}

#[test]
fn a_table_that_does_not_fit_says_where() {
    let step = "the buffers of a table";
    refuses(step, table(&[&["name", "size"], &["a", "1"]]), "there is no column `size`");
    refuses(step, table(&[&["name"], &["a"]]), "the column `payload_size` is missing");
    refuses(step, table(&[&["name", "Name", "payload size"]]), "`Name` is there twice");
    let wrong = table(&[&["name", "payload size"], &["a", "1"], &["b", "-1"]]);
    refuses(step, wrong, "row 2, column `payload_size`: \"-1\" does not fit `usize`");
    let two = table(&[&["name", "payload size"], &["a", "1"], &["b", "2"]]);
    refuses("one buffer of a table", two, "2 rows below its header");
}

#[test]
fn a_doc_string_is_a_string() {
    let content = "two\nlines".to_owned();
    let place = Place::new("a.feature", 4, 7);
    let argument = StepArgument::DocString(DocString { media_type: None, content, place });
    reads("a text to keep", argument, "two\nlines");
    assert!(failure(Play::new().step("a text to keep")).contains("wants a doc string"));
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
            place: Place::new("a.feature", 4, 7),
        })
    }

    #[test]
    fn json_becomes_a_value() {
        reads("numbers in JSON", doc_string(Some("json"), "[1, 2]"), "[1, 2]");
        reads("numbers in JSON", doc_string(None, "[3]"), "[3]");
        refuses("numbers in JSON", doc_string(None, "[300]"), "invalid value: integer `300`");
        refuses("numbers in JSON", doc_string(Some("yaml"), "[3]"), "media type is `yaml`");
    }
}
