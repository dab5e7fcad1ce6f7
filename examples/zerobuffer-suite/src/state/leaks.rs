//! Remains of buffers in the system and in this process.

use std::fs;
use std::path::{Path, PathBuf};

/// Returns everything with `mark` in its name: shared memory objects, semaphores, lock files, and
/// mappings and open files of this process.
///
/// # Errors
/// Returns an error if the system does not provide the information.
pub fn traces_of(mark: &str) -> Result<Vec<String>, String> {
    let mut traces = Vec::new();
    for folder in ["/dev/shm", "/tmp/zerobuffer"] {
        traces.extend(entries(Path::new(folder))?.into_iter().map(|p| p.display().to_string()));
    }
    for open in entries(Path::new("/proc/self/fd"))? {
        // Another thread may close a file during the listing.
        if let Ok(target) = fs::read_link(open) {
            traces.push(format!("open file {}", target.display()));
        }
    }
    let maps = Path::new("/proc/self/maps");
    let maps = fs::read_to_string(maps).map_err(|e| format!("{}: {e}", maps.display()))?;
    traces.extend(maps.lines().map(|line| format!("mapping {line}")));
    traces.retain(|trace| trace.contains(mark));
    Ok(traces)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    match fs::read_dir(folder) {
        Ok(entries) => Ok(entries.flatten().map(|entry| entry.path()).collect()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(format!("{}: {error}", folder.display())),
    }
}

#[cfg(test)]
mod tests {
    use zerobuffer::{BufferConfig, Reader};

    use super::*;

    #[test]
    fn only_an_open_buffer_has_traces() {
        let name = format!("suite-traces-{}", std::process::id());
        let reader = Reader::create(&name, BufferConfig::new(64, 64).unwrap()).unwrap();
        let traces = traces_of(&name).unwrap().join("\n");
        let lock = format!("open file /tmp/zerobuffer/{name}.lock");
        for part in [&format!("/dev/shm/{name}"), "mapping ", &lock, "sem.sem-r-"] {
            assert!(traces.contains(part), "{part} is missing in\n{traces}");
        }
        drop(reader);
        assert_eq!(traces_of(&name).unwrap(), Vec::<String>::new());
    }
}
