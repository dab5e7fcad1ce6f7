//! Whether the process at the other end still runs.

use std::fs::File;
use std::os::unix::fs::FileExt;

use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::unistd::Pid;

use crate::config::Liveness;
use crate::deadline::monotonic_now;

/// More bytes than a status line has: 52 numbers, a command of up to 64 bytes.
const LONGEST_STATUS: usize = 2048;

/// For how long an answer is good enough, so that a reader may poll without asking the system each
/// time.
const FRESH_NANOS: u64 = 10_000_000;

/// A process id found in a control block, with what is known about its process.
#[derive(Debug)]
pub(crate) struct Peer {
    policy: Liveness,
    /// The process that was first seen alive under its id.
    seen: Option<Seen>,
    last: Option<Observation>,
}

/// A process that was seen alive.
#[derive(Debug)]
struct Seen {
    pid: u64,
    start_time: u64,
    /// Its status, kept open: one call tells whether it still runs, and never about another process
    /// of the same id.
    status: File,
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
        let seen = self.seen.as_ref().filter(|seen| seen.pid == pid);
        let alive = match seen {
            // The status of a process that is gone cannot be read any more.
            Some(seen) => ProcessStatus::read(&seen.status).is_some_and(|status| !status.exited),
            None => self.is_alive(pid),
        };
        if alive && seen.is_none() && self.policy == Liveness::Pid {
            self.seen = Seen::of(pid);
        }
        self.last = Some(Observation { pid, alive, at });
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
        let another = self
            .seen
            .as_ref()
            .is_some_and(|seen| seen.pid == pid && seen.start_time != status.start_time);
        !status.exited && !another
    }
}

impl Seen {
    fn of(pid: u64) -> Option<Self> {
        let status = ProcessStatus::open(pid)?;
        let start_time = ProcessStatus::read(&status)?.start_time;
        Some(Self { pid, start_time, status })
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
        Self::read(&Self::open(pid)?)
    }

    fn open(pid: u64) -> Option<File> {
        File::open(format!("/proc/{pid}/stat")).ok()
    }

    fn read(status: &File) -> Option<Self> {
        let mut line = [0; LONGEST_STATUS];
        let length = status.read_at(&mut line, 0).ok()?;
        Self::parse(&line[..length])
    }

    /// Reads `pid (command) state …`; the command may hold any byte, also ')'.
    fn parse(stat: &[u8]) -> Option<Self> {
        let command_end = stat.iter().rposition(|&byte| byte == b')')?;
        let rest = std::str::from_utf8(&stat[command_end + 1..]).ok()?;
        let mut fields = rest.split_ascii_whitespace();
        let (state, threads, start_time) = (fields.next()?, fields.nth(16)?, fields.nth(1)?);
        // A process whose first thread alone has ended shows as a zombie with more threads.
        let exited = matches!(state, "Z" | "X" | "x") && threads.parse::<u32>().ok()? <= 1;
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
        let seen = peer.seen.take().unwrap();
        peer.seen = Some(Seen { start_time: seen.start_time - 1, ..seen });
        assert!(!peer.is_alive(pid), "a process started at another time is another process");
        peer.seen = Seen::of(pid);
        child.kill().unwrap();
        // It ends as a zombie soon; a bound, so that a missing guard fails instead of hanging.
        let bound = monotonic_now() + 10_000_000_000;
        while peer.is_alive(pid) && monotonic_now() < bound {
            std::thread::yield_now();
        }
        peer.last = None;
        let noticed = !peer.is_alive(pid) && !peer.observe(pid);
        child.wait().unwrap();
        assert!(noticed, "a zombie is dead");
        peer.last = None;
        assert!(!peer.observe(pid));
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
