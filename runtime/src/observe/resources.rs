//! What a process uses of the machine, read from /proc; and what is left of it after a while.
//!
//! A process is looked at as a whole: what two scenarios do side by side in it cannot be told apart.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use nix::time::ClockId;
use nix::unistd::Pid;

use crate::model::{Leftover, Resources};
use crate::sort::sort_by;

/// Resident memory that grows by less than this many bytes says nothing: the allocator keeps what was
/// freed, and pages come with the first use of code and data.
pub const MEMORY_THRESHOLD: u64 = 32 * 1024 * 1024;

/// Where objects of shared memory and named semaphores live.
const SHARED_MEMORY: &str = "/dev/shm";

/// A thread that was joined is listed a little longer, and so is what a process has just closed.
const SETTLE: Duration = Duration::from_millis(200);
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// A process at one moment.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    resident: u64,
    cpu: Duration,
    /// What each descriptor leads to; this list and the next ones are sorted.
    files: Vec<(u32, String)>,
    /// The name of each thread.
    threads: Vec<(u32, String)>,
    /// Objects of this user, by name, with the number of their inode.
    shared_memory: Vec<(OsString, u64)>,
    all_shared_memory: usize,
}

impl Snapshot {
    /// This process now.
    ///
    /// # Errors
    /// When /proc cannot be read.
    pub(crate) fn of_this_process() -> io::Result<Self> {
        Self::of(std::process::id())
    }

    /// The process with this number now.
    ///
    /// # Errors
    /// When it is gone, or belongs to somebody else.
    pub(crate) fn of(process: u32) -> io::Result<Self> {
        let folder = format!("/proc/{process}");
        let folder = Path::new(&folder);
        let (shared_memory, all_shared_memory) = shared_memory(Path::new(SHARED_MEMORY));
        let pid = Pid::from_raw(i32::try_from(process).map_err(io::Error::other)?);
        Ok(Self {
            resident: resident(&fs::read_to_string(folder.join("status"))?),
            cpu: ClockId::pid_cpu_clock_id(pid)?.now()?.into(),
            files: files(&folder.join("fd"))?,
            threads: threads(&folder.join("task"))?,
            shared_memory,
            all_shared_memory,
        })
    }

    /// What was used between `before` and this moment.
    pub(crate) fn since(&self, before: &Self) -> Resources {
        Resources {
            process: None,
            resident: self.resident,
            grown: i64::try_from(self.resident).unwrap_or(i64::MAX)
                - i64::try_from(before.resident).unwrap_or(i64::MAX),
            cpu: self.cpu.saturating_sub(before.cpu),
            open_files: self.files.len(),
            threads: self.threads.len(),
            shared_memory: self.all_shared_memory,
        }
    }

    /// What a process used since it began.
    pub(crate) fn since_its_start(&self) -> Resources {
        let nothing = Self {
            resident: 0,
            cpu: Duration::ZERO,
            files: Vec::new(),
            threads: Vec::new(),
            shared_memory: Vec::new(),
            all_shared_memory: 0,
        };
        self.since(&nothing)
    }

    /// What is there now and was not before.
    pub(crate) fn left_since(&self, before: &Self) -> Vec<Leftover> {
        let mut left = Vec::new();
        for file in &self.files {
            if before.files.binary_search(file).is_err() {
                let (descriptor, target) = file.clone();
                left.push(Leftover::OpenFile { descriptor, target });
            }
        }
        for (id, name) in &self.threads {
            if before.threads.binary_search_by_key(id, |(id, _)| *id).is_err() {
                left.push(Leftover::Thread { id: *id, name: name.clone() });
            }
        }
        for object in &self.shared_memory {
            if before.shared_memory.binary_search(object).is_err() {
                let path = Path::new(SHARED_MEMORY).join(&object.0).to_string_lossy().into_owned();
                left.push(Leftover::SharedMemory { path });
            }
        }
        let grown = self.resident.saturating_sub(before.resident);
        if grown >= MEMORY_THRESHOLD {
            left.push(Leftover::Memory { grown });
        }
        left
    }

    /// This process once it has settled: what is about to go is waited for, a little.
    ///
    /// # Errors
    /// When /proc cannot be read.
    pub(crate) fn settled_since(before: &Self) -> io::Result<Self> {
        let end = Instant::now() + SETTLE;
        loop {
            let now = Self::of_this_process()?;
            // Memory does not go by waiting.
            let is_going = |leftover: &Leftover| !matches!(leftover, Leftover::Memory { .. });
            let settled = !now.left_since(before).iter().any(is_going);
            if settled || Instant::now() >= end {
                return Ok(now);
            }
            thread::sleep(LOOK_AGAIN);
        }
    }

    /// Those of `left` that are still there, of what appeared after `before`.
    pub(crate) fn still_left(&self, left: &[Leftover], before: &Self) -> Vec<Leftover> {
        let now = self.left_since(before);
        let still = |leftover: &&Leftover| match leftover {
            Leftover::Memory { .. } => now.iter().any(|l| matches!(l, Leftover::Memory { .. })),
            // The number of a descriptor says nothing while its target changes.
            other => now.contains(other),
        };
        left.iter().filter(still).cloned().collect()
    }
}

/// Bytes of resident memory, by `/proc/PID/status`.
fn resident(status: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    // The unit is kB whatever the size.
    number.unwrap_or(0) * 1024
}

fn files(folder: &Path) -> io::Result<Vec<(u32, String)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)?.flatten() {
        let Some(descriptor) = number(&entry.file_name()) else { continue };
        // Closed by now, or the one that this very look uses.
        let Ok(target) = fs::read_link(entry.path()) else { continue };
        if target == folder {
            continue;
        }
        files.push((descriptor, target.to_string_lossy().into_owned()));
    }
    sort_by(&mut files, Ord::cmp);
    Ok(files)
}

fn threads(folder: &Path) -> io::Result<Vec<(u32, String)>> {
    let mut threads = Vec::new();
    for entry in fs::read_dir(folder)?.flatten() {
        let Some(id) = number(&entry.file_name()) else { continue };
        let Ok(name) = fs::read_to_string(entry.path().join("comm")) else { continue };
        threads.push((id, name.trim_end().to_owned()));
    }
    sort_by(&mut threads, Ord::cmp);
    Ok(threads)
}

/// The objects of this user, and how many there are of everybody.
fn shared_memory(folder: &Path) -> (Vec<(OsString, u64)>, usize) {
    let (mut ours, mut all) = (Vec::new(), 0);
    // A process belongs to its effective user.
    let user = fs::metadata("/proc/self").map(|process| process.uid()).ok();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        all += 1;
        if let Ok(metadata) = entry.metadata()
            && Some(metadata.uid()) == user
        {
            ours.push((entry.file_name(), metadata.ino()));
        }
    }
    sort_by(&mut ours, Ord::cmp);
    (ours, all)
}

fn number(name: &std::ffi::OsStr) -> Option<u32> {
    name.to_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn a_file_and_a_thread_are_seen_and_seen_to_go() {
        let before = Snapshot::of_this_process().unwrap();
        let path = std::env::temp_dir().join(format!("resources-{}", std::process::id()));
        let file = fs::File::create(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let (end, wait) = mpsc::channel::<()>();
        let (began, begun) = mpsc::channel();
        let sleeper = move || {
            began.send(()).unwrap();
            // Ends with the sender.
            let _ = wait.recv();
        };
        let thread = thread::Builder::new().name("sleeper".to_owned()).spawn(sleeper).unwrap();
        begun.recv().unwrap();
        // Other tests of this process come and go meanwhile.
        let ours = |left: Vec<Leftover>| -> Vec<String> {
            let texts = left.iter().map(ToString::to_string);
            texts.filter(|text| text.contains("resources-") || text.contains("sleeper")).collect()
        };
        let now = Snapshot::of_this_process().unwrap();
        let left = now.left_since(&before);
        assert_eq!(ours(left.clone()).len(), 2, "{left:?}");
        assert_eq!(ours(now.still_left(&left, &before)).len(), 2);
        drop((file, end));
        thread.join().unwrap();
        let gone = || {
            let now = Snapshot::of_this_process().unwrap();
            ours(now.still_left(&left, &before)).is_empty()
        };
        // A joined thread is listed a little longer.
        while !gone() {
            thread::yield_now();
        }
    }

    #[test]
    fn memory_counts_from_the_threshold_on() {
        let before = Snapshot { resident: 0, ..Snapshot::of_this_process().unwrap() };
        let after = |resident| Snapshot { resident, ..before.clone() };
        assert_eq!(after(MEMORY_THRESHOLD - 1).left_since(&before), []);
        let grown = Leftover::Memory { grown: MEMORY_THRESHOLD };
        assert_eq!(after(MEMORY_THRESHOLD).left_since(&before), [grown]);
    }

    #[test]
    fn resident_memory_is_read_in_bytes() {
        assert_eq!(resident("Name:\tx\nVmRSS:\t    1024 kB\nThreads:\t1\n"), 1024 * 1024);
        assert!(Snapshot::of_this_process().unwrap().resident > 0);
    }
}
