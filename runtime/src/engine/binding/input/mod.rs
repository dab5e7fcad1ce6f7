//! Inputs: sources of the arguments of a user's function.
//!
//! The macros write one input per parameter. An input's code depends on its type alone and the
//! attribute's options are data, so that functions of one signature share all of their code.

mod argument;
mod call;
mod capture;
mod optional;
mod owned;
mod reference;
mod state;

pub use argument::{DocValueInput, RowsInput, doc_value, row, rows};
pub use call::InvocationInput;
pub use capture::{CaptureInput, TextInput, custom, text, value};
pub use optional::OptionalInput;
pub use reference::{
    ReferenceInput, argument_of, of_after_hook, of_hook, of_step, only_argument, optional,
};
pub use state::{StateMutInput, state_mut};

pub use super::signature::Input;
