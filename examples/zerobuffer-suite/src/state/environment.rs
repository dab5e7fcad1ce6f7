//! What must be there before a scenario can begin.

use zerobuffer::{BufferConfig, Reader};

use super::BufferNames;

/// Whether this process can use shared memory; found out once per scenario.
#[derive(Debug, Default)]
pub struct Environment {
    initialized: bool,
}

impl Environment {
    /// Proves that rings can be made here by making the smallest one and removing it again.
    ///
    /// # Errors
    /// Whatever keeps this process from making a ring.
    pub fn initialize(&mut self) -> zerobuffer::Result<()> {
        let mut names = BufferNames::default();
        let probe = format!("probe-{}-{}", std::process::id(), names.unique("environment"));
        Reader::create(&probe, BufferConfig::new(64, 64)?)?.close();
        self.initialized = true;
        Ok(())
    }

    /// Whether [`initialize`](Self::initialize) has succeeded.
    pub fn is_initialized(&self) -> bool {
        self.initialized
    }
}
