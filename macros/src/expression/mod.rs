//! Cucumber Expressions: text in, regex pieces and parameters out.
//!
//! `token` splits the text, `parser` builds the tree, `compile` checks it and writes the
//! regex, `template` what can be matched without one.
//! Positions are counted in characters. Nothing here knows Rust syntax or the attribute it came from.

mod compile;
mod parser;
mod problem;
mod template;
mod token;

pub(crate) use compile::{BUILT_IN, Parameter, Piece, compile};
pub(crate) use parser::{Node, NodeKind, parse};
pub(crate) use problem::Problem;
pub(crate) use template::{Class, Element, push_text};
pub(crate) use token::{Token, TokenKind, tokenize};
