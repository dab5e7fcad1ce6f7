//! Step definitions for the shared-memory ring.
