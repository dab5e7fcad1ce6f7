//! The binary that runs `features/` locally, as a serve process or across processes.
fn main() {}
