//! The numbers that distinguish the processes and buffers of one scenario from all others.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::harmony::plan::mode::Mode;

/// The identity of one scenario that runs in this process.
pub(super) struct ScenarioId {
    /// The number that serves put into the names of buffers as the host's process id. It fits the signed
    /// 32 bits of the existing serves.
    pub(super) host: u64,
    /// The value of the variable that tags the scenario's processes.
    pub(super) tag: String,
}

impl ScenarioId {
    /// Returns an id that no other scenario of this process has. In compat mode the host is this process,
    /// as it is in the reference runner.
    pub(super) fn next(mode: Mode) -> Self {
        // Process ids have 22 bits.
        const PID_BITS: u32 = 22;
        const NUMBERS: u64 = 1 << (31 - PID_BITS);
        static SEQUENCE: AtomicU64 = AtomicU64::new(0);
        // Relaxed: only the number itself matters.
        let sequence = SEQUENCE.fetch_add(1, Ordering::Relaxed);
        let pid = u64::from(std::process::id());
        let host = match mode {
            Mode::Strict => (sequence % NUMBERS) << PID_BITS | (pid & ((1 << PID_BITS) - 1)),
            Mode::Compat => pid,
        };
        Self { host, tag: format!("{pid}-{sequence}") }
    }
}
