//! The resources of a process, read from /proc.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use nix::time::ClockId;
use nix::unistd::Pid;

use super::linux::SHARED_MEMORY_FOLDERS;
use super::resources::ProcessResources;

/// Returns the resources of the process with this id.
///
/// # Errors
///
/// Returns an error if the process has exited or belongs to another user, or if /proc cannot be read.
pub(crate) fn process_resources(process: u32) -> io::Result<ProcessResources> {
    let folder = format!("/proc/{process}");
    let folder = Path::new(&folder);
    let (shared_memory, all_shared_memory) = shared_memory(Path::new(SHARED_MEMORY_FOLDERS[0]));
    let pid = Pid::from_raw(i32::try_from(process).map_err(io::Error::other)?);
    Ok(ProcessResources {
        resident_bytes: resident_bytes(&fs::read_to_string(folder.join("status"))?),
        cpu: ClockId::pid_cpu_clock_id(pid)?.now()?.into(),
        files: files(&folder.join("fd"))?,
        threads: threads(&folder.join("task"))?,
        children: children(&folder.join("task"))?,
        shared_memory,
        all_shared_memory,
    })
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

fn parse_id(name: &OsStr) -> Option<u32> {
    name.to_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resident_memory_is_in_bytes() {
        assert_eq!(resident_bytes("Name:\tx\nVmRSS:\t    1024 kB\nThreads:\t1\n"), 1024 * 1024);
        assert!(process_resources(std::process::id()).unwrap().resident_bytes > 0);
    }
}
