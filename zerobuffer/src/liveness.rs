//! Whether the process at the other end still runs.

use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::unistd::Pid;

use crate::config::Liveness;
use crate::deadline::monotonic_now;

/// For how long an answer is good enough, so that a reader may poll without asking the system each
/// time.
const FRESH_NANOS: u64 = 10_000_000;

/// A process id found in a control block, with what is known about its process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer {
    policy: Liveness,
    /// Id and start time of the process when it was first seen alive.
    seen: Option<(u64, u64)>,
    last: Option<Observation>,
}

#[derive(Clone, Copy, Debug)]
struct Observation {
    pid: u64,
    alive: bool,
    at: u64,
}

impl Peer {
    pub(crate) fn new(policy: Liveness) -> Self {
        Self { policy, seen: None, last: None }
    }

    /// [`Self::is_alive`] as of the last few milliseconds, remembering the process so that a later
    /// one of the same id is told apart.
    pub(crate) fn observe(&mut self, pid: u64) -> bool {
        let at = monotonic_now();
        let fresh = |last: &Observation| last.pid == pid && at - last.at < FRESH_NANOS;
        if let Some(last) = self.last.filter(fresh) {
            return last.alive;
        }
        let alive = self.is_alive(pid);
        self.last = Some(Observation { pid, alive, at });
        let known = self.seen.is_some_and(|(seen, _)| seen == pid);
        if alive && !known && self.policy == Liveness::Pid {
            self.seen = ProcessStatus::of(pid).map(|status| (pid, status.start_time));
        }
        alive
    }

    /// Whether `pid` is a running process, and the one remembered under that id.
    pub(crate) fn is_alive(&self, pid: u64) -> bool {
        if self.policy == Liveness::TrustNonZero {
            return pid != 0;
        }
        let Some(process) = i32::try_from(pid).ok().filter(|&pid| pid > 0) else { return false };
        match kill(Pid::from_raw(process), None) {
            // EPERM: it runs, under another user.
            Ok(()) | Err(Errno::EPERM) => {}
            Err(_) => return false,
        }
        // Without /proc the signal's answer has to do.
        let Some(status) = ProcessStatus::of(pid) else { return true };
        let another =
            self.seen.is_some_and(|(seen, start)| seen == pid && start != status.start_time);
        !status.exited && !another
    }
}

/// What /proc tells about a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ProcessStatus {
    /// It has ended and waits for its parent to notice.
    exited: bool,
    /// Clock ticks from boot to its start.
    start_time: u64,
}

impl ProcessStatus {
    fn of(pid: u64) -> Option<Self> {
        Self::parse(&std::fs::read(format!("/proc/{pid}/stat")).ok()?)
    }

    /// Reads `pid (command) state …`; the command may hold any byte, also ')'.
    fn parse(stat: &[u8]) -> Option<Self> {
        let command_end = stat.iter().rposition(|&byte| byte == b')')?;
        let rest = std::str::from_utf8(&stat[command_end + 1..]).ok()?;
        let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
        let (state, threads, start_time) = (fields.first()?, fields.get(17)?, fields.get(19)?);
        // A process whose first thread alone has ended shows as a zombie with more threads.
        let exited = matches!(*state, "Z" | "X" | "x") && threads.parse::<u32>().ok()? <= 1;
        Some(Self { exited, start_time: start_time.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stat(state: &str, threads: u32, start: u64) -> Vec<u8> {
        format!("7 (a) b) {state} 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 {threads} 0 {start} 22 23")
            .into_bytes()
    }

    #[test]
    fn running_and_ended_processes_are_told_apart() {
        let peer = Peer::new(Liveness::Pid);
        assert!(peer.is_alive(u64::from(std::process::id())));
        assert!(peer.is_alive(1), "a process of another user is alive");
        for impossible in [0, u64::from(u32::MAX), u64::MAX, 1 << 31, (1 << 32) + 1] {
            assert!(!peer.is_alive(impossible), "{impossible}");
        }
    }

    #[test]
    fn a_zombie_is_dead_and_its_id_is_not_taken_for_it_later() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let pid = u64::from(child.id());
        let mut peer = Peer::new(Liveness::Pid);
        assert!(peer.observe(pid));
        peer.seen = peer.seen.map(|(pid, start)| (pid, start - 1));
        assert!(!peer.is_alive(pid), "a process started at another time is another process");
        peer.seen = None;
        child.kill().unwrap();
        // It ends as a zombie soon; a bound, so that a missing guard fails instead of hanging.
        let bound = monotonic_now() + 10_000_000_000;
        while peer.is_alive(pid) && monotonic_now() < bound {
            std::thread::yield_now();
        }
        let noticed = !peer.is_alive(pid);
        child.wait().unwrap();
        assert!(noticed, "a zombie is dead");
        assert!(!peer.is_alive(pid));
    }

    #[test]
    fn an_observation_is_believed_for_a_moment_only() {
        let me = u64::from(std::process::id());
        let mut peer = Peer::new(Liveness::Pid);
        assert!(peer.observe(me));
        peer.last = peer.last.map(|last| Observation { alive: false, ..last });
        let began = monotonic_now();
        let mut asked_again = peer.observe(me);
        assert!(!asked_again || monotonic_now() - began >= FRESH_NANOS);
        while !asked_again {
            std::thread::yield_now();
            asked_again = peer.observe(me);
        }
        assert!(!peer.observe(0), "another id is another question");
    }

    #[test]
    fn trust_believes_every_id_but_zero() {
        let peer = Peer::new(Liveness::TrustNonZero);
        assert!(peer.is_alive(u64::MAX));
        assert!(!peer.is_alive(0));
    }

    #[test]
    fn status_lines_are_read_behind_the_command() {
        let parse = |state, threads, start| ProcessStatus::parse(&stat(state, threads, start));
        assert_eq!(parse("S", 1, 99), Some(ProcessStatus { exited: false, start_time: 99 }));
        assert_eq!(parse("Z", 1, 99), Some(ProcessStatus { exited: true, start_time: 99 }));
        assert_eq!(parse("Z", 3, 99), Some(ProcessStatus { exited: false, start_time: 99 }));
        assert_eq!(ProcessStatus::parse(b"garbage"), None);
    }
}
