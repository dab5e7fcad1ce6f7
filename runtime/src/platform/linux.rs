//! What only Linux can do.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::{AsFd as _, AsRawFd as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify, WatchDescriptor};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::prctl::{set_child_subreaper, set_pdeathsig};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::waitpid;
use nix::unistd::{Pid, close};

use super::descendant::Descendant;
use super::keys::KeyInput;

/// The folders of shared memory, semaphores and locks of buffers.
pub(crate) const SHARED_MEMORY_FOLDERS: &[&str] = &["/dev/shm", "/tmp/zerobuffer"];

/// Returns an empty file in memory. Whatever is written goes to its end, since several descriptors and
/// any number of processes write to it.
pub(crate) fn memory_file() -> io::Result<File> {
    let file = File::from(memfd_create(c"output of steps", MFdFlags::MFD_CLOEXEC)?);
    fcntl(&file, FcntlArg::F_SETFL(OFlag::O_APPEND))?;
    Ok(file)
}

/// Creates a file that this process shares with its next child; returns it with the text by which the
/// child opens it.
pub(crate) fn create_shared_file(_name: &str) -> io::Result<(File, String)> {
    // Without CLOEXEC: the child inherits it.
    let file = File::from(memfd_create(c"shared by a run", MFdFlags::empty())?);
    let number = file.as_raw_fd().to_string();
    Ok((file, number))
}

/// Opens a file of the parent process, to read and to append. Works once.
pub(crate) fn open_shared_file(text: &str) -> io::Result<File> {
    let number: i32 = text.parse().map_err(io::Error::other)?;
    let file = OpenOptions::new().read(true).append(true).open(format!("/proc/self/fd/{number}"));
    // Processes that steps start must not inherit it.
    let _ = close(number);
    file
}

/// Ends this process together with its parent, also when that is killed.
pub(crate) fn end_with_parent() {
    let _ = set_pdeathsig(Signal::SIGKILL);
}

/// Returns true if a debugger or a tracer observes this process.
pub(crate) fn is_traced() -> bool {
    has_tracer("/proc/self/status")
}

/// Returns true if a debugger or a tracer observes this process.
pub(crate) fn is_process_traced(process: u32) -> bool {
    has_own_proc() && has_tracer(&format!("/proc/{process}/status"))
}

fn has_tracer(path: &str) -> bool {
    let status = fs::read_to_string(path).unwrap_or_default();
    let tracer = status.lines().find_map(|line| line.strip_prefix("TracerPid:"));
    tracer.is_some_and(|tracer| tracer.trim() != "0")
}

/// Makes this process the parent of descendants whose parents have ended.
pub(crate) fn adopt_orphans() {
    // If the system cannot do it, orphans are killed all the same, and other processes reap them.
    let _ = set_child_subreaper(true);
}

/// Returns the number of this process's namespace of process ids; 0 if the system does not report it.
pub(crate) fn pid_namespace() -> u64 {
    fs::metadata("/proc/self/ns/pid").map_or(0, |namespace| namespace.ino())
}

/// Returns whether this process ignores a signal; false if that cannot be read.
pub(super) fn is_ignored(signal: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & (1 << (signal - 1)) != 0)
}

/// Returns whether a process is stopped by a signal or by a debugger, or has ended; true if `/proc` has the
/// ids of another pid namespace.
pub(super) fn has_stopped(process: u32) -> bool {
    if !has_own_proc() {
        return true;
    }
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    matches!(state_and_parent(&stat).0, Some("T" | "t" | "Z") | None)
}

/// Returns the ids of all processes with their folders in `/proc`; none if `/proc` has the ids of another pid
/// namespace, since a signal to such an id would reach another process.
fn processes() -> impl Iterator<Item = (u32, PathBuf)> {
    let entries = has_own_proc().then(|| fs::read_dir("/proc")).and_then(io::Result::ok);
    entries.into_iter().flatten().flatten().filter_map(|entry| {
        let id = entry.file_name().to_str()?.parse().ok()?;
        Some((id, entry.path()))
    })
}

/// Returns whether `/proc` has the ids of the pid namespace of this process.
fn has_own_proc() -> bool {
    let own = fs::read_link("/proc/self").ok();
    own.as_deref() == Some(Path::new(&process::id().to_string()))
}

/// Returns the processes whose parent is this one.
pub(crate) fn children() -> Vec<u32> {
    let own = process::id().to_string();
    let mut children = Vec::new();
    for (id, folder) in processes() {
        // It may have ended meanwhile.
        let stat = fs::read_to_string(folder.join("stat")).unwrap_or_default();
        if state_and_parent(&stat).1 == Some(&own) {
            children.push(id);
        }
    }
    children
}

/// Returns a process and those that it started, directly or not, each before those that it started.
pub(crate) fn descendants(ancestor: u32) -> Vec<Descendant> {
    let mut found: Vec<Descendant> = Vec::new();
    let mut rest = Vec::new();
    for (id, folder) in processes() {
        let stat = fs::read_to_string(folder.join("stat")).unwrap_or_default();
        let number = |text: Option<&str>| text.and_then(|text| text.parse::<u32>().ok());
        let (parent, group) = (number(field(&stat, 1)), number(field(&stat, 2)));
        // It may have ended meanwhile, and has no command then.
        if let (Some(parent), Some(group)) = (parent, group) {
            let words = fs::read(folder.join("cmdline")).unwrap_or_default();
            let words = words.strip_suffix(b"\0").unwrap_or(&words).split(|byte| *byte == 0);
            let command = words.map(|word| OsStr::from_bytes(word).to_owned()).collect();
            rest.push((parent, Descendant { id, group, command }));
        }
    }
    found.extend(rest.iter().find(|(_, process)| process.id == ancestor).map(|(_, p)| p.clone()));
    let mut next = 0;
    while let Some(id) = found.get(next).map(|process| process.id) {
        let started = rest.iter().filter(|(parent, _)| *parent == id);
        found.extend(started.map(|(_, process)| process.clone()));
        next += 1;
    }
    found
}

/// Returns whether a process exists and has not ended.
pub(crate) fn runs(process: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    !matches!(field(&stat, 0), Some("Z" | "X") | None)
}

/// Kills a child of this process with SIGKILL, and waits until it has ended. A process that is not a child
/// is not waited for.
pub(crate) fn kill_child(process: u32) {
    let pid = Pid::from_raw(process.cast_signed());
    let _ = kill(pid, Signal::SIGKILL);
    let _ = waitpid(pid, None);
}

/// Returns the state of a process, such as `S` for sleeping, and its parent, from its `stat` file.
fn state_and_parent(stat: &str) -> (Option<&str>, Option<&str>) {
    (field(stat, 0), field(stat, 1))
}

/// Returns a field of a `stat` file: 0 is the state, 1 the parent, 2 the group.
fn field(stat: &str, index: usize) -> Option<&str> {
    // The name of the program, in parentheses, may contain blanks.
    stat.rsplit_once(')')?.1.split_whitespace().nth(index)
}

/// Kills the processes that have this entry in their environment, whatever their parents and groups;
/// returns how many.
pub(crate) fn kill_processes_with(variable: &str, value: &str) -> usize {
    let wanted = format!("{variable}={value}");
    let mut killed = 0;
    for (id, folder) in processes() {
        // Unreadable for processes of other users and for those that have ended.
        let Ok(environment) = fs::read(folder.join("environ")) else { continue };
        if environment.split(|&byte| byte == 0).any(|entry| entry == wanted.as_bytes()) {
            // A child of this process by now if its parent has ended; if not, its parent is killed as well.
            kill_child(id);
            killed += 1;
        }
    }
    killed
}

/// Notices changes of files.
///
/// Watches folders instead of files, since most editors replace a file instead of writing to it.
pub(crate) struct ChangeWatch {
    inotify: Inotify,
    folders: Vec<(WatchDescriptor, PathBuf)>,
    files: Vec<PathBuf>,
}

impl ChangeWatch {
    /// Watches these files from now on.
    pub(crate) fn start(files: &[PathBuf]) -> io::Result<Self> {
        let inotify = Inotify::init(InitFlags::IN_CLOEXEC | InitFlags::IN_NONBLOCK)?;
        let mut folders = Vec::new();
        for file in files {
            let folder = folder_of(file);
            let written = AddWatchFlags::IN_CLOSE_WRITE | AddWatchFlags::IN_MOVED_TO;
            let watch = inotify.add_watch(folder, written)?;
            if !folders.iter().any(|(known, path)| *known == watch && *path == folder) {
                folders.push((watch, folder.to_owned()));
            }
        }
        Ok(Self { inotify, folders, files: files.to_vec() })
    }

    /// Waits up to about this many ms; returns the files that changed, and whether a key was pressed.
    pub(crate) fn wait(
        &mut self,
        keys: Option<&KeyInput>,
        ms: u16,
    ) -> io::Result<(Vec<PathBuf>, bool)> {
        let mut sources = vec![PollFd::new(self.inotify.as_fd(), PollFlags::POLLIN)];
        sources.extend(keys.map(|keys| PollFd::new(keys.as_fd(), PollFlags::POLLIN)));
        match poll(&mut sources, PollTimeout::from(ms)) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
        let is_ready: Vec<_> = sources.iter().map(|s| s.any().unwrap_or(false)).collect();
        let changed = if is_ready[0] { self.read_changes()? } else { Vec::new() };
        Ok((changed, is_ready.get(1) == Some(&true)))
    }

    fn read_changes(&self) -> io::Result<Vec<PathBuf>> {
        let mut changed = Vec::new();
        for event in self.inotify.read_events()? {
            let name = event.name.as_deref();
            let is_changed = |file: &&PathBuf| {
                let in_folder = |(watch, folder): &(WatchDescriptor, PathBuf)| {
                    *watch == event.wd && folder_of(file) == folder
                };
                file.file_name() == name && self.folders.iter().any(in_folder)
            };
            changed.extend(self.files.iter().filter(is_changed).cloned());
        }
        Ok(changed)
    }
}

fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
