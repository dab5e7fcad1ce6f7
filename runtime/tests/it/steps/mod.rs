//! Annotated functions, executed the way every end executes them.

mod captures;
pub(crate) mod play;
mod state;
