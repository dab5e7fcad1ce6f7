//! Liveness of the process on the other side.

use std::fs::{self, File};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::sync::Arc;

use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::sys::stat::{major, minor};
use nix::unistd::Pid;

use crate::config::Liveness;
use crate::deadline::monotonic_now;
use crate::fork_guard::ForkClosedFile;
use crate::slot_lock::Slot;

/// Upper bound of a status line: 52 numbers, a command of up to 64 bytes.
const MAX_STATUS_LEN: usize = 2048;

/// Time for which an observation is reused, so that a reader may poll without a system call each
/// time.
const FRESH_NANOS: u64 = 10_000_000;

/// Time after which a process that has lost its lock is dead, whatever it still looks like.
const LONGEST_END_NANOS: u64 = 500_000_000;

/// A process id found in a control block, with the known facts about its process.
#[derive(Debug)]
pub(crate) struct Peer {
    policy: Liveness,
    /// The object with the control block, and the field of the process id.
    place: Option<(Arc<ForkClosedFile>, Slot)>,
    /// The process id that was seen with its slot locked.
    locked: Option<u64>,
    /// The time at which that lock was first missed.
    unlocked_at: Option<u64>,
    /// The process that was first seen alive under its id.
    seen: Option<Seen>,
    last: Option<Observation>,
}

/// A process that was seen alive.
#[derive(Debug)]
struct Seen {
    pid: u64,
    start_time: u64,
    /// Its status file, kept open: one call checks whether it still runs, and never reads another
    /// process of the same id.
    status: File,
}

#[derive(Clone, Copy, Debug)]
struct Observation {
    pid: u64,
    alive: bool,
    at: u64,
}

impl Peer {
    /// A process of which only the id is known.
    #[cfg(test)]
    pub(crate) fn new(policy: Liveness) -> Self {
        Self { policy, place: None, locked: None, unlocked_at: None, seen: None, last: None }
    }

    /// The process in a slot of `object`.
    pub(crate) fn at(policy: Liveness, object: Arc<ForkClosedFile>, slot: Slot) -> Self {
        Self {
            policy,
            place: Some((object, slot)),
            locked: None,
            unlocked_at: None,
            seen: None,
            last: None,
        }
    }

    /// [`Self::is_alive`] as of the last few milliseconds, remembering the process so that a later
    /// one of the same id is distinguished.
    pub(crate) fn observe(&mut self, pid: u64) -> bool {
        let at = monotonic_now();
        let fresh = |last: &Observation| last.pid == pid && at - last.at < FRESH_NANOS;
        if let Some(last) = self.last.filter(fresh) {
            return last.alive;
        }
        if self.is_locked() {
            self.locked = Some(pid);
            self.unlocked_at = None;
            self.last = Some(Observation { pid, alive: true, at });
            return true;
        }
        if self.locked == Some(pid) {
            // Not remembered: the same process may connect again.
            let unlocked_at = *self.unlocked_at.get_or_insert(at);
            return at - unlocked_at < LONGEST_END_NANOS && is_ending(pid);
        }
        let seen = self.seen.as_ref().filter(|seen| seen.pid == pid);
        let alive = match seen {
            // The status of a process that is gone can no longer be read.
            Some(seen) => ProcessStatus::read(&seen.status).is_some_and(|status| !status.exited),
            None => self.is_alive(pid),
        };
        if alive && seen.is_none() && self.policy == Liveness::Pid {
            self.seen = Seen::of(pid);
        }
        self.last = Some(Observation { pid, alive, at });
        alive
    }

    /// Makes the next [`observe`](Self::observe) look again.
    pub(crate) fn forget_observation(&mut self) {
        self.last = None;
    }

    /// Returns whether `pid` is a running process, and the one remembered under that id.
    pub(crate) fn is_alive(&self, pid: u64) -> bool {
        if self.is_locked() {
            return pid != 0;
        }
        if self.locked == Some(pid) {
            return false;
        }
        let object = self.place().map(|(object, _)| &**object);
        match self.policy {
            Liveness::TrustNonZero => pid != 0,
            Liveness::Pid => {
                let another = |status: ProcessStatus| {
                    self.seen
                        .as_ref()
                        .is_some_and(|seen| seen.pid == pid && seen.start_time != status.start_time)
                };
                runs(pid, another) && object.is_none_or(|object| may_map(pid, object))
            }
        }
    }

    fn is_locked(&self) -> bool {
        self.place().is_some_and(|(object, slot)| slot.is_locked(object))
    }

    /// `None` in a forked child, which has closed the object.
    fn place(&self) -> Option<&(Arc<ForkClosedFile>, Slot)> {
        self.place.as_ref().filter(|(object, _)| object.is_open())
    }
}

/// Returns whether another reader or writer occupies a slot of `object` in which `pid` is registered.
///
/// The id of this process without a lock is that of an earlier process: containers number their
/// processes alike, and a process keeps its id when it runs another program.
pub(crate) fn is_occupied(object: &File, slot: Slot, pid: u64, policy: Liveness) -> bool {
    if slot.is_locked(object) {
        return true;
    }
    if pid == 0 || pid == u64::from(std::process::id()) {
        return false;
    }
    match policy {
        Liveness::TrustNonZero => true,
        Liveness::Pid => runs(pid, |_| false) && may_map(pid, object),
    }
}

/// Returns whether `pid` runs, unless its status shows that it is `another` process.
fn runs(pid: u64, another: impl Fn(ProcessStatus) -> bool) -> bool {
    let Some(process) = i32::try_from(pid).ok().filter(|&pid| pid > 0) else { return false };
    match kill(Pid::from_raw(process), None) {
        // EPERM: it runs, under another user.
        Ok(()) | Err(Errno::EPERM) => {}
        Err(_) => return false,
    }
    // Without /proc the result of the signal is the only evidence.
    let Some(status) = ProcessStatus::of(pid) else { return true };
    !status.exited && !another(status)
}

/// Returns whether a process has left its memory, but not yet all its files and locks: what it owned
/// cannot be replaced before.
fn is_ending(pid: u64) -> bool {
    let maps = fs::read_to_string(format!("/proc/{pid}/maps"));
    maps.is_ok_and(|maps| maps.is_empty())
        && ProcessStatus::of(pid).is_some_and(|status| !status.exited)
}

/// Returns whether the process may have mapped `object`: unless it is seen that it has not.
fn may_map(pid: u64, object: &File) -> bool {
    has_mapped(pid, object).unwrap_or(true)
}

/// Returns whether the process has mapped `object`, as readers and writers of all implementations
/// have; `None` if that cannot be seen, as for processes of other users.
pub(crate) fn has_mapped(pid: u64, object: &File) -> Option<bool> {
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).ok()?;
    let metadata = object.metadata().ok()?;
    let device = format!("{:02x}:{:02x}", major(metadata.dev()), minor(metadata.dev()));
    let inode = metadata.ino().to_string();
    let is_object = |line: &str| {
        // Address, permissions, offset, device, inode, path.
        let mut fields = line.split_ascii_whitespace().skip(3);
        fields.next() == Some(&*device) && fields.next() == Some(&*inode)
    };
    (!maps.is_empty()).then(|| maps.lines().any(is_object))
}

impl Seen {
    fn of(pid: u64) -> Option<Self> {
        let status = ProcessStatus::open(pid)?;
        let start_time = ProcessStatus::read(&status)?.start_time;
        Some(Self { pid, start_time, status })
    }
}

/// Facts about a process from /proc.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ProcessStatus {
    /// True for a process that has ended and was not reaped yet.
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
        let mut line = [0; MAX_STATUS_LEN];
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
    fn running_and_ended_processes_are_distinguished() {
        let peer = Peer::new(Liveness::Pid);
        assert!(peer.is_alive(u64::from(std::process::id())));
        assert!(peer.is_alive(1), "a process of another user is alive");
        for impossible in [0, u64::from(u32::MAX), u64::MAX, 1 << 31, (1 << 32) + 1] {
            assert!(!peer.is_alive(impossible), "{impossible}");
        }
    }

    #[test]
    fn zombie_is_dead() {
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
    fn liveness_observation_expires() {
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
    fn trust_accepts_every_id_but_zero() {
        let peer = Peer::new(Liveness::TrustNonZero);
        assert!(peer.is_alive(u64::MAX));
        assert!(!peer.is_alive(0));
    }

    #[test]
    fn status_fields_are_parsed_after_the_command() {
        let parse = |state, threads, start| ProcessStatus::parse(&stat(state, threads, start));
        assert_eq!(parse("S", 1, 99), Some(ProcessStatus { exited: false, start_time: 99 }));
        assert_eq!(parse("Z", 1, 99), Some(ProcessStatus { exited: true, start_time: 99 }));
        assert_eq!(parse("Z", 3, 99), Some(ProcessStatus { exited: false, start_time: 99 }));
        assert_eq!(ProcessStatus::parse(b"garbage"), None);
    }
}
