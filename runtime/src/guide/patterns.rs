//! The text of a step.
//!
//! `#[given]`, `#[when]` and `#[then]` differ only in what they tell the reader: a step of any
//! keyword is found by its text alone. The whole text must match. Two definitions that match one
//! text are an error that names both, whatever their order.
//!
//! # A literal
//!
//! Nothing in it is special.
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
//! `{name}` captures, `(s)` is optional text, `a/b` are alternatives between blanks, and a
//! backslash takes the meaning from `{`, `(`, `/` and `\`.
//!
//! | parameter | matches | use with |
//! |---|---|---|
//! | `{int}` `{byte}` `{short}` `{long}` `{biginteger}` | `-12` | any integer |
//! | `{float}` `{double}` `{bigdecimal}` | `-1.5`, `.5`, `1.5E3` | `f64`, a decimal type |
//! | `{word}` | `reader` | `String`, `&str`, an enum |
//! | `{string}` | `"a \"b\""`, `'c'` | `String`, `&str`: without the quotes, `\"` and `\'` resolved |
//! | `{}` | anything | anything |
//! | `{yours}` | what [`#[param]`](super::parameters) says | your type |
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
//! With or without anchors: the whole text must match. A named group feeds the parameter of that
//! name, the other groups feed the other parameters in order. A group that may take no part in a
//! match needs an `Option`; `(?:…)` captures nothing.
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
//! Each attribute is a definition of its own. All of them feed the same parameters, so this does
//! not compile:
//!
//! ```compile_fail
//! use harmony_bdd::{given, when};
//!
//! #[given("the buffer is closed")]
//! #[when(expr = "someone closes {word}")]
//! fn close() {}
//! ```
//!
//! and this does:
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
