//! Shared-memory ring with zero-copy frames, wire-compatible with ZeroBuffer v1.
