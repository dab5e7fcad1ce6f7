//! What a function may take. The signature says where each value comes from.
//!
//! | parameter | value |
//! |---|---|
//! | `T: FromStr`, `Option<T>` | a capture, converted |
//! | `&str`, `Option<&str>` | a capture as it stands |
//! | `&T`, `&mut T` | the scenario's [state](super::state) of that type |
//! | `&DataTable`, `Option<&DataTable>` | the cells below the step |
//! | `Vec<T>`, `Option<Vec<T>>` | the rows of the table, `T: TableRow` |
//! | `#[table] T`, `#[table] Option<T>` | the only row of the table |
//! | `&DocString`, `Option<&DocString>` | the text below the step, with its media type |
//! | `#[doc_string] String`, `Json<T>` (feature `json`) | the text, converted |
//! | `&StepContext` | the step, its scenario, tags and role; log, attachments, and texts shared with steps of other processes |
//!
//! Each capture feeds exactly one parameter, and the compiler says so when the counts differ. A
//! step that carries a table or doc string which its function does not take fails. A function takes
//! at most 16 parameters.
//!
//! # Rows
//!
//! ```
//! use harmony_bdd::{TableRow, given};
//!
//! #[derive(TableRow)]
//! struct Buffer {
//!     name: String,
//!     payload_size: usize,        // header `payload_size`, `Payload size` or `payload-size`
//!     #[column("Frames to write")]
//!     frames: Option<u32>,        // the column may be missing, a cell may be empty
//!     #[column(default)]
//!     quiet: bool,                // `false` where it is missing
//! }
//!
//! #[given("the buffers")]
//! fn buffers(buffers: Vec<Buffer>) {
//!     for buffer in buffers {
//!         assert!(buffer.quiet || !buffer.name.is_empty() || buffer.payload_size > 0);
//!         assert!(buffer.frames != Some(0));
//!     }
//! }
//!
//! // One row, or a table of two columns with the names on the left.
//! #[given("the buffer")]
//! fn buffer(#[table] buffer: Buffer) {
//!     buffers(vec![buffer]);
//! }
//! ```
//!
//! # Parameter types
//!
//! `#[param]` names a type that expressions may capture. It is known wherever the type is: a suite
//! that links the crate needs no further line.
//!
//! ```
//! use std::time::Duration;
//! use harmony_bdd::{param, when};
//!
//! // An enum: `LightBlue` is `light blue`, `light-blue`, `light_blue` or `LightBlue`.
//! #[param(name = "colour", regex = "red|light blue|azure")]
//! enum Colour {
//!     Red,
//!     #[text("light blue", "azure")]
//!     LightBlue,
//! }
//!
//! // A struct that is `FromStr`.
//! #[param(name = "version", regex = r"v\d+")]
//! struct Version(u32);
//!
//! impl std::str::FromStr for Version {
//!     type Err = std::num::ParseIntError;
//!     fn from_str(text: &str) -> Result<Self, Self::Err> {
//!         text[1..].parse().map(Self)
//!     }
//! }
//!
//! // A function, for a type of another crate: one parameter per group, or the whole text.
//! #[param(name = "duration", regex = r"(\d+) ?(ms|s)")]
//! fn duration(count: u64, unit: &str) -> Result<Duration, String> {
//!     match unit {
//!         "s" => Ok(Duration::from_secs(count)),
//!         _ => Ok(Duration::from_millis(count)),
//!     }
//! }
//!
//! #[when(expr = "{version} turns {colour} for {duration}")]
//! fn turn(version: Version, colour: Colour, time: Duration) {
//!     assert!(version.0 > 0 || time.is_zero() || matches!(colour, Colour::Red | Colour::LightBlue));
//! }
//! ```
//!
//! An enum that needs no name of its own in expressions derives `StepArg`:
//!
//! ```
//! use harmony_bdd::{StepArg, then};
//!
//! #[derive(StepArg)]
//! enum Size { Small, ExtraLarge }
//!
//! #[then(regex = "^the size is (.+)$")]
//! fn size(size: Size) {
//!     assert!(matches!(size, Size::Small | Size::ExtraLarge));
//! }
//! ```
//!
//! # The running step
//!
//! ```
//! use harmony_bdd::{StepContext, then};
//! use harmony_bdd::model::LogLevel;
//!
//! #[then("the evidence is kept")]
//! fn evidence(context: &StepContext) -> std::io::Result<()> {
//!     context.log(LogLevel::Info, format!("in role {:?}", context.process()));
//!     if context.has_tag("@verbose") {
//!         context.attach_text("numbers", "1 2 3");
//!         context.attach_bytes("picture", "image/png", [0x89, 0x50]);
//!         context.attach_file("trace.log", "text/plain")?;
//!     }
//!     Ok(())
//! }
//! ```
