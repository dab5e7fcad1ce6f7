//! Waits for a change of a feature file, or for a key.

use std::io;
use std::path::PathBuf;

use super::watch_keys::{Keys, WatchKey};
use crate::model::StopFlag;
use crate::platform::ChangeWatch;

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
pub(super) fn wait(
    files: &[PathBuf],
    keys: Option<&mut Keys>,
    stop: &StopFlag,
) -> io::Result<Wake> {
    let mut watch = ChangeWatch::start(files)?;
    let mut keys = keys;
    let mut changed: Vec<PathBuf> = Vec::new();
    while !stop.is_set() {
        let input = keys.as_deref().map(Keys::input);
        let (new, has_key) = watch.wait(input, STOP_POLL_MS)?;
        if new.is_empty() && !changed.is_empty() {
            // A pause without changes: the editor is done.
            return Ok(Wake::Changed(changed));
        }
        for file in new {
            if !changed.contains(&file) {
                changed.push(file);
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
