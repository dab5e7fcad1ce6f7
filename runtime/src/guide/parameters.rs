//! Parameters of step functions. The type of a parameter determines its source.
//!
//! | parameter | value |
//! |---|---|
//! | `T: FromStr`, `Option<T>` | a capture, converted |
//! | `&str`, `Option<&str>` | the captured text |
//! | `&T`, `&mut T` | the scenario's [state](super::state) of that type |
//! | `&DataTable`, `Option<&DataTable>` | the table below the step |
//! | `Vec<T>`, `Option<Vec<T>>` | the rows of the table, `T: TableRow` |
//! | `#[table] T`, `#[table] Option<T>` | the single row of the table |
//! | `&DocString`, `Option<&DocString>` | the text below the step, with its media type |
//! | `#[doc_string] String`, `Json<T>` (feature `json`) | the text, converted |
//! | `&StepContext` | the step, its scenario, tags and role; log, attachments, and values shared with steps of other processes |
//!
//! Each capture is assigned to exactly one parameter; a mismatch is a compile-time error. A step
//! fails if it has a table or doc string that its function does not accept. A function has at most 16
//! parameters.
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
//!     frames: Option<u32>,        // missing columns and empty cells are `None`
//!     #[column(default)]
//!     quiet: bool,                // `false` if the column is missing
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
//! // One row, or two columns with the field names in the first.
//! #[given("the buffer")]
//! fn buffer(#[table] buffer: Buffer) {
//!     buffers(vec![buffer]);
//! }
//! ```
//!
//! # Parameter types
//!
//! `#[param]` defines a parameter type for expressions. It is available wherever the crate is linked.
//!
//! ```
//! use std::time::Duration;
//! use harmony_bdd::{param, when};
//!
//! // An enum: `LightBlue` matches `light blue`, `light-blue`, `light_blue` and `LightBlue`.
//! #[param(name = "colour", regex = "red|light blue|azure")]
//! enum Colour {
//!     Red,
//!     #[text("light blue", "azure")]
//!     LightBlue,
//! }
//!
//! // A struct that implements `FromStr`.
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
//! // A function, for a type from another crate: one parameter per group, or the whole text.
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
//! `#[param]` implements `FromStr` for an enum. One that implements it itself takes the option `from_str`, and needs a
//! `regex`; `#[text]` is then an error:
//!
//! ```
//! use harmony_bdd::{given, param};
//!
//! #[param(name = "switch", regex = "on|off|0|1", from_str)]
//! enum Switch { On, Off }
//!
//! impl std::str::FromStr for Switch {
//!     type Err = String;
//!     fn from_str(text: &str) -> Result<Self, Self::Err> {
//!         match text {
//!             "on" | "1" => Ok(Self::On),
//!             "off" | "0" => Ok(Self::Off),
//!             other => Err(format!("{other} is not a switch")),
//!         }
//!     }
//! }
//!
//! #[given(expr = "the light is {switch}")]
//! fn light(switch: Switch) {
//!     assert!(matches!(switch, Switch::On | Switch::Off));
//! }
//! ```
//!
//! An enum that is not a parameter type of expressions derives `StepArg`, or implements `FromStr`:
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
//! # The step context
//!
//! ```
//! use harmony_bdd::{StepContext, then};
//! use harmony_bdd::model::LogLevel;
//!
//! #[then("the results are attached")]
//! fn attach_results(context: &StepContext) -> std::io::Result<()> {
//!     context.log(LogLevel::Info, format!("in role {:?}", context.role()));
//!     if context.has_tag("@verbose") {
//!         context.attach_text("numbers", "1 2 3");
//!         context.attach_bytes("picture", "image/png", [0x89, 0x50]);
//!         context.attach_file("trace.log", "text/plain")?;
//!     }
//!     Ok(())
//! }
//! ```
