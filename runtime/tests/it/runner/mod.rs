//! The command line of a suite, as a process of its own.

mod reruns;
mod scheduling;
mod selection;
mod settings;
mod steps;
mod suite;
mod terminal;
