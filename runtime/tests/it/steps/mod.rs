//! Annotated functions, executed the way every end executes them.

mod captures;
mod fixtures;
mod hooks;
mod outcomes;
mod parameters;
pub(crate) mod play;
mod signatures;
mod state;
mod tables;
