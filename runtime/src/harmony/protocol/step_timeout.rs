//! The environment variable that sets the time limit of steps in a serve process of this project.

/// The environment variable, in ms or [`NO_STEP_TIMEOUT`].
pub const STEP_TIMEOUT_VARIABLE: &str = "HARMONY_BDD_STEP_TIMEOUT_MS";

/// The value for steps without a time limit, also those whose definitions have one.
pub const NO_STEP_TIMEOUT: &str = "off";
