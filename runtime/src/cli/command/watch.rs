//! Waits for a change of a feature file.

use std::io;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};

use crate::model::StopFlag;

/// Interval at which the stop flag is polled, in ms.
const STOP_POLL_MS: u16 = 100;

/// Waits for the next change of one of `files`. Returns those that changed; none after `stop` is set.
///
/// Watches folders instead of files, since most editors replace a file instead of writing to it.
pub(super) fn wait_for_change(files: &[PathBuf], stop: &StopFlag) -> io::Result<Vec<PathBuf>> {
    let inotify = Inotify::init(InitFlags::IN_CLOEXEC | InitFlags::IN_NONBLOCK)?;
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
    let mut changed: Vec<PathBuf> = Vec::new();
    while !stop.is_set() {
        let mut ready = [PollFd::new(inotify.as_fd(), PollFlags::POLLIN)];
        match poll(&mut ready, PollTimeout::from(STOP_POLL_MS)) {
            // A pause without events: the editor is done.
            Ok(0) if !changed.is_empty() => break,
            Ok(0) | Err(Errno::EINTR) => continue,
            Ok(_) => {}
            Err(error) => return Err(error.into()),
        }
        for event in inotify.read_events()? {
            let name = event.name.as_deref();
            let is_changed = |file: &&PathBuf| {
                file.file_name() == name
                    && folders
                        .iter()
                        .any(|(watch, folder)| *watch == event.wd && in_folder(file, folder))
            };
            for file in files.iter().filter(is_changed) {
                if !changed.contains(file) {
                    changed.push(file.clone());
                }
            }
        }
    }
    if stop.is_set() { Ok(Vec::new()) } else { Ok(changed) }
}

fn in_folder(file: &Path, folder: &Path) -> bool {
    file.parent().is_some_and(|parent| {
        parent == folder || (parent.as_os_str().is_empty() && folder == Path::new("."))
    })
}
