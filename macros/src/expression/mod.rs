//! Cucumber Expressions: from text to regex pieces and parameters.
//!
//! `token` splits the text, `parser` builds the tree, `compile` checks it and generates the regex, and
//! `template` the form that is matched without a regex. Positions are counted in characters. Nothing here
//! knows Rust syntax or the attribute.

mod compile;
mod parser;
mod problem;
mod template;
mod token;

pub(crate) use compile::{BUILT_IN, Parameter, Piece, compile, similar_built_in};
pub(crate) use parser::{Node, NodeKind, parse};
pub(crate) use problem::Problem;
pub(crate) use template::{Class, Element, push_text};
pub(crate) use token::{Token, TokenKind, tokenize};
