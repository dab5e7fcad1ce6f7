//! Resource usage and leaks of a process, read from /proc.
//!
//! Only whole processes can be measured: the usage of two scenarios that run in parallel in one process
//! cannot be distinguished.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use nix::time::ClockId;
use nix::unistd::Pid;

use crate::model::{LeakedResource, ResourceUsage};

/// The minimum growth of resident memory, in bytes, that counts as a leak.
///
/// Less is normal: the allocator keeps freed memory, and pages are loaded on the first use of code and
/// data.
pub const MEMORY_THRESHOLD: u64 = 32 * 1024 * 1024;

/// The directory of shared memory objects and named semaphores.
const SHARED_MEMORY_DIR: &str = "/dev/shm";

/// The time allowed for resources to disappear: /proc lists a joined thread for a short time.
const SETTLE_TIMEOUT: Duration = Duration::from_millis(200);
const POLL_INTERVAL: Duration = Duration::from_millis(2);

/// The resources of a process at one moment.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    resident_bytes: u64,
    cpu: Duration,
    /// The target of each descriptor; this list and the next ones are sorted.
    files: Vec<(u32, String)>,
    /// The name of each thread.
    threads: Vec<(u32, String)>,
    /// The name of each child process.
    children: Vec<(u32, String)>,
    /// The objects of this user, by name, with their inode number.
    shared_memory: Vec<(OsString, u64)>,
    all_shared_memory: usize,
}

impl Snapshot {
    /// Takes a snapshot of this process.
    ///
    /// # Errors
    ///
    /// Returns an error if /proc cannot be read.
    pub(crate) fn of_this_process() -> io::Result<Self> {
        Self::of_process(std::process::id())
    }

    /// Takes a snapshot of the process with this id.
    ///
    /// # Errors
    ///
    /// Returns an error if the process has exited or belongs to another user.
    pub(crate) fn of_process(process: u32) -> io::Result<Self> {
        let folder = format!("/proc/{process}");
        let folder = Path::new(&folder);
        let (shared_memory, all_shared_memory) = shared_memory(Path::new(SHARED_MEMORY_DIR));
        let pid = Pid::from_raw(i32::try_from(process).map_err(io::Error::other)?);
        Ok(Self {
            resident_bytes: resident_bytes(&fs::read_to_string(folder.join("status"))?),
            cpu: ClockId::pid_cpu_clock_id(pid)?.now()?.into(),
            files: files(&folder.join("fd"))?,
            threads: threads(&folder.join("task"))?,
            children: children(&folder.join("task"))?,
            shared_memory,
            all_shared_memory,
        })
    }

    /// Returns the usage between `before` and this snapshot.
    pub(crate) fn usage_since(&self, before: &Self) -> ResourceUsage {
        ResourceUsage {
            process: None,
            resident_bytes: self.resident_bytes,
            resident_growth: i64::try_from(self.resident_bytes).unwrap_or(i64::MAX)
                - i64::try_from(before.resident_bytes).unwrap_or(i64::MAX),
            cpu_time: self.cpu.saturating_sub(before.cpu),
            open_files: self.files.len(),
            threads: self.threads.len(),
            shared_memory: self.all_shared_memory,
        }
    }

    /// Returns the usage since the start of the process.
    pub(crate) fn usage_since_start(&self) -> ResourceUsage {
        let nothing = Self {
            resident_bytes: 0,
            cpu: Duration::ZERO,
            files: Vec::new(),
            threads: Vec::new(),
            children: Vec::new(),
            shared_memory: Vec::new(),
            all_shared_memory: 0,
        };
        self.usage_since(&nothing)
    }

    /// Returns the resources that this snapshot has and `before` does not have.
    pub(crate) fn leaked_since(&self, before: &Self) -> Vec<LeakedResource> {
        let mut leaked = Vec::new();
        for file in &self.files {
            if before.files.binary_search(file).is_err() {
                let (descriptor, target) = file.clone();
                leaked.push(LeakedResource::OpenFile { descriptor, target });
            }
        }
        for (id, name) in &self.threads {
            if before.threads.binary_search_by_key(id, |(id, _)| *id).is_err() {
                leaked.push(LeakedResource::Thread { id: *id, name: name.clone() });
            }
        }
        for child in &self.children {
            if before.children.binary_search(child).is_err() {
                let (id, name) = child.clone();
                leaked.push(LeakedResource::ChildProcess { id, name });
            }
        }
        for object in &self.shared_memory {
            if before.shared_memory.binary_search(object).is_err() {
                let path =
                    Path::new(SHARED_MEMORY_DIR).join(&object.0).to_string_lossy().into_owned();
                leaked.push(LeakedResource::SharedMemory { path });
            }
        }
        let grown = self.resident_bytes.saturating_sub(before.resident_bytes);
        if grown >= MEMORY_THRESHOLD {
            leaked.push(LeakedResource::Memory { growth: grown });
        }
        leaked
    }

    /// Takes a snapshot of this process after a short wait for resources that are being released.
    ///
    /// # Errors
    ///
    /// Returns an error if /proc cannot be read.
    pub(crate) fn settled_since(before: &Self) -> io::Result<Self> {
        let end = Instant::now() + SETTLE_TIMEOUT;
        loop {
            let now = Self::of_this_process()?;
            // Waiting does not release memory.
            let may_disappear =
                |resource: &LeakedResource| !matches!(resource, LeakedResource::Memory { .. });
            let settled = !now.leaked_since(before).iter().any(may_disappear);
            if settled || Instant::now() >= end {
                return Ok(now);
            }
            thread::sleep(POLL_INTERVAL);
        }
    }

    /// Returns those of `leaked` that this snapshot still has and `before` does not have.
    pub(crate) fn still_leaked(
        &self,
        leaked: &[LeakedResource],
        before: &Self,
    ) -> Vec<LeakedResource> {
        let now = self.leaked_since(before);
        let still = |resource: &&LeakedResource| match resource {
            LeakedResource::Memory { .. } => {
                now.iter().any(|l| matches!(l, LeakedResource::Memory { .. }))
            }
            // A descriptor whose target has changed is another file.
            other => now.contains(other),
        };
        leaked.iter().filter(still).cloned().collect()
    }
}

/// Parses the resident memory in bytes from `/proc/PID/status`.
fn resident_bytes(status: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    // The unit is kB whatever the size.
    number.unwrap_or(0) * 1024
}

fn files(folder: &Path) -> io::Result<Vec<(u32, String)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)?.flatten() {
        let Some(descriptor) = parse_id(&entry.file_name()) else { continue };
        // The descriptor may be closed by now.
        let Ok(target) = fs::read_link(entry.path()) else { continue };
        if target == folder {
            continue;
        }
        files.push((descriptor, target.to_string_lossy().into_owned()));
    }
    files.sort();
    Ok(files)
}

fn threads(folder: &Path) -> io::Result<Vec<(u32, String)>> {
    let mut threads = Vec::new();
    for entry in fs::read_dir(folder)?.flatten() {
        let Some(id) = parse_id(&entry.file_name()) else { continue };
        let Ok(name) = fs::read_to_string(entry.path().join("comm")) else { continue };
        threads.push((id, name.trim_end().to_owned()));
    }
    threads.sort();
    Ok(threads)
}

/// Returns the child processes, which /proc lists by the thread that started them.
fn children(folder: &Path) -> io::Result<Vec<(u32, String)>> {
    let mut children = Vec::new();
    for entry in fs::read_dir(folder)?.flatten() {
        // A kernel without this list has no way to find children but to read all processes.
        let Ok(list) = fs::read_to_string(entry.path().join("children")) else { continue };
        for id in list.split_whitespace().filter_map(|id| id.parse::<u32>().ok()) {
            let Ok(name) = fs::read_to_string(format!("/proc/{id}/comm")) else { continue };
            children.push((id, name.trim_end().to_owned()));
        }
    }
    children.sort();
    Ok(children)
}

/// Returns the objects of this user, and the number of objects of all users.
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
    ours.sort();
    (ours, all)
}

fn parse_id(name: &std::ffi::OsStr) -> Option<u32> {
    name.to_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn open_file_and_thread_are_leaks_until_released() {
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
        // Other tests of this process run in parallel.
        let ours = |leaked: Vec<LeakedResource>| -> Vec<String> {
            let texts = leaked.iter().map(ToString::to_string);
            texts.filter(|text| text.contains("resources-") || text.contains("sleeper")).collect()
        };
        let now = Snapshot::of_this_process().unwrap();
        let leaked = now.leaked_since(&before);
        assert_eq!(ours(leaked.clone()).len(), 2, "{leaked:?}");
        assert_eq!(ours(now.still_leaked(&leaked, &before)).len(), 2);
        drop((file, end));
        thread.join().unwrap();
        let gone = || {
            let now = Snapshot::of_this_process().unwrap();
            ours(now.still_leaked(&leaked, &before)).is_empty()
        };
        // /proc lists a joined thread for a short time.
        while !gone() {
            thread::yield_now();
        }
    }

    #[test]
    fn memory_growth_counts_from_the_threshold() {
        let before = Snapshot { resident_bytes: 0, ..Snapshot::of_this_process().unwrap() };
        let after = |resident_bytes| Snapshot { resident_bytes, ..before.clone() };
        assert_eq!(after(MEMORY_THRESHOLD - 1).leaked_since(&before), []);
        let grown = LeakedResource::Memory { growth: MEMORY_THRESHOLD };
        assert_eq!(after(MEMORY_THRESHOLD).leaked_since(&before), [grown]);
    }

    #[test]
    fn resident_memory_is_in_bytes() {
        assert_eq!(resident_bytes("Name:\tx\nVmRSS:\t    1024 kB\nThreads:\t1\n"), 1024 * 1024);
        assert!(Snapshot::of_this_process().unwrap().resident_bytes > 0);
    }
}
