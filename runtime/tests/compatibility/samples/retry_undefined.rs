//! Definitions for the sample `retry-undefined`.

// Its step has no definition.
