//! Resource usage and leaks of a process.
//!
//! Only whole processes can be measured: the usage of two scenarios that run in parallel in one process
//! cannot be distinguished.

use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::model::{LeakedResource, ResourceUsage};
use crate::platform::{ProcessResources, SHARED_MEMORY_FOLDERS, process_resources};

/// The minimum growth of resident memory, in bytes, that counts as a leak.
///
/// Less is normal: the allocator keeps freed memory, and pages are loaded on the first use of code and
/// data.
pub const MEMORY_THRESHOLD: u64 = 32 * 1024 * 1024;

/// The time allowed for resources to disappear: /proc lists a joined thread for a short time.
const SETTLE_TIMEOUT: Duration = Duration::from_millis(200);
const POLL_INTERVAL: Duration = Duration::from_millis(2);

/// The resources of a process at one moment.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot(ProcessResources);

impl Snapshot {
    /// Takes a snapshot of this process.
    ///
    /// # Errors
    ///
    /// Returns an error if the system does not report the resources of a process.
    pub(crate) fn of_this_process() -> io::Result<Self> {
        Self::of_process(std::process::id())
    }

    /// Takes a snapshot of the process with this id.
    ///
    /// # Errors
    ///
    /// Returns an error if the process has exited or belongs to another user, or if the system does not
    /// report the resources of a process.
    pub(crate) fn of_process(process: u32) -> io::Result<Self> {
        process_resources(process).map(Self)
    }

    /// Returns the usage between `before` and this snapshot.
    pub(crate) fn usage_since(&self, before: &Self) -> ResourceUsage {
        ResourceUsage {
            process: None,
            resident_bytes: self.0.resident_bytes,
            resident_growth: i64::try_from(self.0.resident_bytes).unwrap_or(i64::MAX)
                - i64::try_from(before.0.resident_bytes).unwrap_or(i64::MAX),
            cpu_time: self.0.cpu.saturating_sub(before.0.cpu),
            open_files: self.0.files.len(),
            threads: self.0.threads.len(),
            shared_memory: self.0.all_shared_memory,
        }
    }

    /// Returns the usage since the start of the process.
    pub(crate) fn usage_since_start(&self) -> ResourceUsage {
        let nothing = Self(ProcessResources::default());
        self.usage_since(&nothing)
    }

    /// Returns the resources that this snapshot has and `before` does not have.
    pub(crate) fn leaked_since(&self, before: &Self) -> Vec<LeakedResource> {
        let mut leaked = Vec::new();
        for file in &self.0.files {
            if before.0.files.binary_search(file).is_err() {
                let (descriptor, target) = file.clone();
                leaked.push(LeakedResource::OpenFile { descriptor, target });
            }
        }
        for (id, name) in &self.0.threads {
            if before.0.threads.binary_search_by_key(id, |(id, _)| *id).is_err() {
                leaked.push(LeakedResource::Thread { id: *id, name: name.clone() });
            }
        }
        for child in &self.0.children {
            if before.0.children.binary_search(child).is_err() {
                let (id, name) = child.clone();
                leaked.push(LeakedResource::ChildProcess { id, name });
            }
        }
        for object in &self.0.shared_memory {
            if before.0.shared_memory.binary_search(object).is_err() {
                let folder = SHARED_MEMORY_FOLDERS.first().copied().unwrap_or_default();
                let path = Path::new(folder).join(&object.0).to_string_lossy().into_owned();
                leaked.push(LeakedResource::SharedMemory { path });
            }
        }
        let grown = self.0.resident_bytes.saturating_sub(before.0.resident_bytes);
        if grown >= MEMORY_THRESHOLD {
            leaked.push(LeakedResource::Memory { growth: grown });
        }
        leaked
    }

    /// Takes a snapshot of this process after a short wait for resources that are being released.
    ///
    /// # Errors
    ///
    /// Returns an error if the system does not report the resources of a process.
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
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
        let now = Snapshot::of_this_process().unwrap().0;
        let after = |resident_bytes| Snapshot(ProcessResources { resident_bytes, ..now.clone() });
        let before = after(0);
        assert_eq!(after(MEMORY_THRESHOLD - 1).leaked_since(&before), []);
        let grown = LeakedResource::Memory { growth: MEMORY_THRESHOLD };
        assert_eq!(after(MEMORY_THRESHOLD).leaked_since(&before), [grown]);
    }
}
