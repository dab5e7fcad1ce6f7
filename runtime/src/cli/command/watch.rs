//! Waits for a change of a feature file, or for a key.

use std::io;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify, InotifyEvent, WatchDescriptor};

use super::watch_keys::{Keys, WatchKey};
use crate::model::StopFlag;

/// Interval at which the stop flag is polled, in ms.
const STOP_POLL_MS: u16 = 100;

/// The reason why a wait ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wake {
    /// These files changed.
    Changed(Vec<PathBuf>),
    /// A key was pressed.
    Key(WatchKey),
    /// The user asked for the end.
    Stopped,
}

/// Waits until one of `files` changes, a key is pressed, or `stop` is set.
///
/// Watches folders instead of files, since most editors replace a file instead of writing to it.
pub(super) fn wait(
    files: &[PathBuf],
    keys: Option<&mut Keys>,
    stop: &StopFlag,
) -> io::Result<Wake> {
    let inotify = Inotify::init(InitFlags::IN_CLOEXEC | InitFlags::IN_NONBLOCK)?;
    let folders = watch_folders(&inotify, files)?;
    let mut keys = keys;
    let mut changed: Vec<PathBuf> = Vec::new();
    while !stop.is_set() {
        let (has_event, has_key) = ready(&inotify, keys.as_deref())?;
        if !has_event && !changed.is_empty() {
            // A pause without events: the editor is done.
            return Ok(Wake::Changed(changed));
        }
        if has_event {
            for event in inotify.read_events()? {
                for file in files.iter().filter(|file| is_of(&event, file, &folders)) {
                    if !changed.contains(file) {
                        changed.push(file.clone());
                    }
                }
            }
        }
        if has_key
            && let Some(keys) = &mut keys
            && let Some(key) = keys.read(stop)?
        {
            return Ok(Wake::Key(key));
        }
    }
    Ok(Wake::Stopped)
}

/// Waits a moment; returns whether there are events of files, and whether a key was pressed.
fn ready(inotify: &Inotify, keys: Option<&Keys>) -> io::Result<(bool, bool)> {
    let mut sources = vec![PollFd::new(inotify.as_fd(), PollFlags::POLLIN)];
    sources.extend(keys.map(|keys| PollFd::new(keys.as_fd(), PollFlags::POLLIN)));
    match poll(&mut sources, PollTimeout::from(STOP_POLL_MS)) {
        Ok(_) | Err(Errno::EINTR) => {}
        Err(error) => return Err(error.into()),
    }
    let mut is_ready = sources.iter().map(|source| source.any().unwrap_or(false));
    Ok((is_ready.next().unwrap_or(false), is_ready.next().unwrap_or(false)))
}

type Folders<'a> = Vec<(WatchDescriptor, &'a Path)>;

fn watch_folders<'a>(inotify: &Inotify, files: &'a [PathBuf]) -> io::Result<Folders<'a>> {
    let mut folders = Vec::new();
    for file in files {
        let folder = match file.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let written = AddWatchFlags::IN_CLOSE_WRITE | AddWatchFlags::IN_MOVED_TO;
        let watch = inotify.add_watch(folder, written)?;
        if !folders.contains(&(watch, folder)) {
            folders.push((watch, folder));
        }
    }
    Ok(folders)
}

fn is_of(event: &InotifyEvent, file: &Path, folders: &Folders<'_>) -> bool {
    let in_folder = |folder: &Path| {
        file.parent().is_some_and(|parent| {
            parent == folder || (parent.as_os_str().is_empty() && folder == Path::new("."))
        })
    };
    file.file_name() == event.name.as_deref()
        && folders.iter().any(|(watch, folder)| *watch == event.wd && in_folder(folder))
}
