//! Files that a program keeps from one run to the next.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::report_files::create_parent;

/// The file by which cargo marks its target folder.
const TARGET_MARKER: &str = "CACHEDIR.TAG";

/// Returns the path of this program's file with this extension: below cargo's target folder, or in the user's
/// cache folder. Returns `None` if there is no such folder.
pub(super) fn program_file(extension: &str) -> Option<PathBuf> {
    let program = env::current_exe().ok()?;
    let name = Path::new(program.file_name()?).with_extension(extension);
    let target = program.ancestors().find(|folder| folder.join(TARGET_MARKER).is_file());
    let folder = match target {
        Some(target) => target.to_owned(),
        None => match env::var_os("XDG_CACHE_HOME").filter(|path| !path.is_empty()) {
            Some(cache) => PathBuf::from(cache),
            None => PathBuf::from(env::var_os("HOME")?).join(".cache"),
        },
    };
    Some(folder.join("harmony-bdd").join(name))
}

/// Replaces a file as a whole, since another run may read it.
pub(super) fn replace_file(path: &Path, content: &[u8]) -> io::Result<()> {
    create_parent(path)?;
    let unfinished = path.with_extension(format!("{}.tmp", std::process::id()));
    fs::write(&unfinished, content)?;
    fs::rename(&unfinished, path)
}
