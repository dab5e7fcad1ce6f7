//! Behaviour of the crate through its public interface, with real shared memory and processes.

mod support;

mod lifecycle;
