//! Annotated functions, executed as every runner executes them.

mod captures;
mod catching;
mod fixtures;
mod hooks;
mod hung_hooks;
mod outcomes;
mod parameters;
mod signatures;
mod state;
mod tables;
pub(crate) mod test_scenario;
