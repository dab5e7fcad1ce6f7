//! What macOS and other Unix systems do in their own way, or not at all.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::io::Errno;
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

use super::resources::ProcessResources;

/// None: shared memory has no folder on these systems.
pub(crate) const SHARED_MEMORY_FOLDERS: &[&str] = &[];

/// Returns an empty file without a name. Whatever is written goes to its end, since several descriptors
/// and any number of processes write to it.
pub(crate) fn memory_file() -> io::Result<File> {
    let (file, path) = create_temporary("output")?;
    fs::remove_file(path)?;
    Ok(file)
}

/// Creates a file that this process shares with its next child; returns it with the text by which the
/// child opens it, which is a path here.
pub(crate) fn create_shared_file(name: &str) -> io::Result<(File, String)> {
    let (file, path) = create_temporary(name)?;
    match path.into_os_string().into_string() {
        Ok(text) => Ok((file, text)),
        Err(path) => {
            fs::remove_file(path)?;
            Err(io::Error::other("the folder for temporary files is not UTF-8"))
        }
    }
}

/// Opens a file of the parent process, to read and to append, and removes its name.
pub(crate) fn open_shared_file(text: &str) -> io::Result<File> {
    let file = OpenOptions::new().read(true).append(true).open(text)?;
    fs::remove_file(text)?;
    Ok(file)
}

/// Does nothing: these systems do not report to a process that its parent has been killed.
pub(crate) fn end_with_parent() {}

/// Returns false: only the kernel knows, and asking it takes unsafe code.
pub(crate) fn is_traced() -> bool {
    false
}

/// Returns false, as [`is_traced`] does.
pub(crate) fn is_process_traced(_process: u32) -> bool {
    false
}

/// Does nothing: the first process of the system adopts orphans.
pub(crate) fn adopt_orphans() {}

/// Returns false: asking the system takes unsafe code. So a run under `nohup` ends with its terminal.
pub(super) fn is_ignored(_signal: i32) -> bool {
    false
}

/// Returns whether a child of this process is stopped by a signal, or has ended.
pub(super) fn has_stopped(child: u32) -> bool {
    let options = WaitIdOptions::STOPPED | WaitIdOptions::EXITED;
    // Takes nothing away from those who wait for the child.
    let options = options | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    match Pid::from_raw(child.cast_signed()).map(|child| waitid(WaitId::Pid(child), options)) {
        Some(Ok(status)) => status.is_some(),
        Some(Err(error)) => error == Errno::CHILD,
        None => true,
    }
}

/// Returns an error: resources are measured from `/proc`.
pub(crate) fn process_resources(_process: u32) -> io::Result<ProcessResources> {
    Err(io::Error::new(
        io::ErrorKind::Unsupported,
        format!("the resources of a process cannot be measured on {}", env::consts::OS),
    ))
}

fn create_temporary(name: &str) -> io::Result<(File, PathBuf)> {
    static CREATED: AtomicU64 = AtomicU64::new(0);
    let number = CREATED.fetch_add(1, Ordering::Relaxed);
    let path = env::temp_dir().join(format!("harmony-bdd-{}-{number}-{name}", process::id()));
    let mut options = OpenOptions::new();
    let file = options.read(true).append(true).create_new(true).mode(0o600).open(&path)?;
    Ok((file, path))
}
