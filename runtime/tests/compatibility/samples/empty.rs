//! Definitions for the sample `empty`.

// Its only scenario has no steps.
