//! What is left of buffers in the system and in this process.

use std::fs;
use std::path::{Path, PathBuf};

/// Everything that carries `mark` in its name: objects of shared memory, semaphores and lock files,
/// and the mappings and open files of this process.
///
/// # Errors
/// When the system does not tell.
pub fn traces_of(mark: &str) -> Result<Vec<String>, String> {
    let mut traces = Vec::new();
    for folder in ["/dev/shm", "/tmp/zerobuffer"] {
        traces.extend(entries(Path::new(folder))?.into_iter().map(|p| p.display().to_string()));
    }
    for open in entries(Path::new("/proc/self/fd"))? {
        // A file may be closed by another thread while we look.
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
    fn a_living_buffer_has_traces_and_a_closed_one_none() {
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
