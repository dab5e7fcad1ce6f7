//! The text of a step.
//!
//! `#[given]`, `#[when]` and `#[then]` differ only for the reader: steps are matched by text, not by
//! keyword. The whole text must match. If two definitions match a step, the step is ambiguous and the error
//! lists both.
//!
//! # A literal
//!
//! Matched verbatim.
//!
//! ```
//! use harmony_bdd::{given, then};
//!
//! #[given("a (small) buffer and/or two")]
//! fn buffer() {}
//!
//! // The exception: a literal that begins with `^` or ends with `$` is a regex.
//! #[then(r"^it costs (\d+)€$")]
//! fn cost(amount: u32) {
//!     assert!(amount > 0);
//! }
//! # buffer(); cost(1);
//! ```
//!
//! # A Cucumber Expression
//!
//! `{name}` captures, `(s)` is optional text, `a/b` are alternatives (delimited by whitespace); a backslash
//! escapes `{`, `(`, `/` and `\`.
//!
//! | parameter | matches | use with |
//! |---|---|---|
//! | `{int}` `{byte}` `{short}` `{long}` `{biginteger}` | `-12` | any integer |
//! | `{float}` `{double}` `{bigdecimal}` | `-1.5`, `.5`, `1.5E3` | `f64`, a decimal type |
//! | `{word}` | `reader` | `String`, `&str`, an enum |
//! | `{string}` | `"a \"b\""`, `'c'` | `String`, `&str`: without the quotes, `\"` and `\'` unescaped |
//! | `{}` | anything | anything |
//! | `{yours}` | the regex of the [`#[param]`](super::parameters) | your type |
//!
//! ```
//! use harmony_bdd::when;
//!
//! #[when(expr = "the {string} process writes {int} frame(s) in/within {float} s")]
//! fn write(process: String, count: u32, seconds: f64) {
//!     assert!(!process.is_empty() && count > 0 && seconds > 0.0);
//! }
//! # write("writer".to_owned(), 1, 0.5);
//! ```
//!
//! # A regex
//!
//! The whole text must match, with or without anchors. A named group is assigned to the parameter of that
//! name, the other groups to the other parameters in order. An optional group needs an `Option` parameter;
//! `(?:…)` captures nothing.
//!
//! ```
//! use harmony_bdd::given;
//!
//! #[given(regex = r"^(?<count>\d+) (?:big )?buffers(?: called (\w+))?$")]
//! fn buffers(name: Option<&str>, count: usize) {
//!     assert!(name.is_none() || count > 0);
//! }
//! # buffers(None, 2);
//! ```
//!
//! # Several patterns
//!
//! Each attribute is its own definition. All of them have the same parameters, so this does not compile:
//!
//! ```compile_fail
//! use harmony_bdd::{given, when};
//!
//! #[given("the buffer is closed")]
//! #[when(expr = "someone closes {word}")]
//! fn close() {}
//! ```
//!
//! but this does:
//!
//! ```
//! use harmony_bdd::{given, when};
//!
//! #[given(expr = "buffer {word} is closed")]
//! #[when(expr = "someone closes {word}")]
//! fn close(name: &str) {
//!     assert!(!name.is_empty());
//! }
//! # close("a");
//! ```
//!
//! # The crate under another name
//!
//! The attributes use the crate as `::harmony_bdd`. A crate that has renamed it, or knows it through a
//! facade with `pub use harmony_bdd::*;`, declares the name once, at its root:
//!
//! ```text
//! extern crate facade as harmony_bdd;
//! ```
//!
//! Or each attribute gets the path, as in `#[given("a step", crate = facade::bdd)]` and
//! `#[table_row(crate = facade::bdd)]`.
