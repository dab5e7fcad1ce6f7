//! The numbers that distinguish the processes and buffers of one scenario from all others.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, OnceLock};

use crate::harmony::plan::mode::Mode;
use crate::platform::pid_namespace;

/// The bits of a process id.
const PID_BITS: u32 = 22;

/// The identity of one scenario that runs in this process.
pub(in crate::harmony) struct ScenarioId {
    /// The number that serves put into the names of buffers as the host's process id. It fits the signed
    /// 32 bits of the existing serves.
    pub(in crate::harmony) host: u64,
    /// The value of the variable that tags the scenario's processes.
    pub(in crate::harmony) tag: String,
}

impl ScenarioId {
    /// Returns an id that no other scenario of this process has. In compat mode the host is this process,
    /// as it is in the reference runner.
    pub(in crate::harmony) fn next(mode: Mode) -> Self {
        const NUMBERS: u64 = 1 << (31 - PID_BITS);
        static SEQUENCE: AtomicU64 = AtomicU64::new(0);
        static RUN: LazyLock<u64> = LazyLock::new(random_number);
        // Relaxed: only the number itself matters.
        let sequence = SEQUENCE.fetch_add(1, Ordering::Relaxed);
        let (pid, run) = (u64::from(std::process::id()), *RUN);
        let host = match mode {
            Mode::Strict => {
                (run.wrapping_add(sequence) % NUMBERS) << PID_BITS | run_number(std::process::id())
            }
            Mode::Compat => pid,
        };
        // A run outside of this pid namespace sees processes of this one, and may have its process id.
        Self { host, tag: format!("{pid}-{run:x}-{sequence}") }
    }
}

/// Returns a number that differs from run to run.
fn random_number() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// Returns the number of the run of a process in this pid namespace: the low bits of the host numbers of
/// its scenarios.
///
/// Two processes of one namespace have different numbers. Those of different namespaces may share
/// /dev/shm, and have the same process id; their numbers differ by that of the namespace.
#[must_use]
pub fn run_number(pid: u32) -> u64 {
    static NAMESPACE: OnceLock<u64> = OnceLock::new();
    let namespace = *NAMESPACE.get_or_init(pid_namespace);
    mix(u64::from(pid), namespace)
}

fn mix(pid: u64, namespace: u64) -> u64 {
    // Namespaces have consecutive numbers; the multiplication spreads them over all bits.
    let spread = namespace.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (u64::BITS - PID_BITS);
    (pid ^ spread) & ((1 << PID_BITS) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_differ_by_process_and_by_namespace() {
        let numbers = |namespace| (1..1000).map(move |pid| mix(pid, namespace));
        let mut own: Vec<_> = numbers(4_026_531_836).collect();
        own.sort_unstable();
        own.dedup();
        assert_eq!(own.len(), 999);
        // Two namespaces that were created one after the other.
        assert!(
            numbers(4_026_532_300).zip(numbers(4_026_532_301)).all(|(one, other)| one != other)
        );
    }

    #[test]
    fn host_fits_into_31_bits_and_has_the_number_of_the_run() {
        let (one, other) = (ScenarioId::next(Mode::Strict), ScenarioId::next(Mode::Strict));
        assert!(one.host < 1 << 31);
        assert_ne!(one.host, other.host);
        assert_eq!(one.host & ((1 << PID_BITS) - 1), run_number(std::process::id()));
    }

    #[test]
    fn two_runs_have_different_tags_and_random_numbers() {
        assert_ne!(random_number(), random_number());
        let tag = ScenarioId::next(Mode::Strict).tag;
        let pid = format!("{}-", std::process::id());
        assert!(tag.starts_with(&pid) && tag.matches('-').count() == 2, "{tag}");
    }
}
