//! Waits until a feature file changes.

use std::io;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};

use crate::local::StopFlag;

/// How often the wish to stop is looked at, in ms.
const LOOK: u16 = 100;

/// Waits for the next change of one of `files`; returns those that changed, none when asked to stop.
///
/// Folders are watched, not files: most editors replace a file instead of writing to it.
pub(super) fn wait(files: &[PathBuf], stop: &StopFlag) -> io::Result<Vec<PathBuf>> {
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
        match poll(&mut ready, PollTimeout::from(LOOK)) {
            // Nothing more for a while: the editor is done.
            Ok(0) if !changed.is_empty() => break,
            Ok(0) | Err(Errno::EINTR) => continue,
            Ok(_) => {}
            Err(error) => return Err(error.into()),
        }
        for event in inotify.read_events()? {
            let name = event.name.as_deref();
            let is_it = |file: &&PathBuf| {
                file.file_name() == name
                    && folders
                        .iter()
                        .any(|(watch, folder)| *watch == event.wd && in_folder(file, folder))
            };
            for file in files.iter().filter(is_it) {
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
