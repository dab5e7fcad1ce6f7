//! Annotated functions, executed the way every end executes them.

mod captures;
mod play;
mod state;
