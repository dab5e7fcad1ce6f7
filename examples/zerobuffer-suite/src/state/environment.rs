//! Preconditions of a scenario.

use zerobuffer::{BufferConfig, Reader};

use super::BufferNames;

/// The check that this process can use shared memory, done once per scenario.
#[derive(Debug, Default)]
pub struct Environment {
    initialized: bool,
}

impl Environment {
    /// Checks that rings can be created, by creating and removing the smallest one.
    ///
    /// # Errors
    /// Returns the error that prevents this process from creating a ring.
    pub fn initialize(&mut self) -> zerobuffer::Result<()> {
        let mut names = BufferNames::default();
        let probe = format!("probe-{}-{}", std::process::id(), names.unique("environment"));
        Reader::create(&probe, BufferConfig::new(64, 64)?)?.close();
        self.initialized = true;
        Ok(())
    }

    /// Returns whether [`initialize`](Self::initialize) has succeeded.
    pub fn is_initialized(&self) -> bool {
        self.initialized
    }
}
