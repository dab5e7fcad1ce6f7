//! `steps`: what this binary registered.

use std::fmt::Write;
use std::process::ExitCode;

use super::{refuse, say};
use crate::engine::Registry;

pub(super) fn steps() -> ExitCode {
    let registry = match Registry::collect() {
        Ok(registry) => registry,
        Err(error) => return refuse(error),
    };
    let mut text = String::new();
    for definition in registry.definitions() {
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            "{:<5} {}\n      {} {}",
            definition.keyword,
            definition.pattern.source,
            definition.place(),
            definition.function
        );
    }
    say(&text)
}
