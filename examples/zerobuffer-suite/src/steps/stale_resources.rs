//! 08.4: remains of an earlier reader, created manually.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::Path;

use harmony_bdd::{given, when};

use super::edge_cases::default_config;
use super::expectation::{StepResult, expect, text};
use crate::state::{
    Attempts, BufferFiles, BufferNames, CONTROL_BLOCK_BYTES, Field, Readers, SEMAPHORE_BYTES,
    Semaphore, SweepGuard, ended_process,
};

/// Sizes of the orphaned buffer in bytes.
const METADATA: u64 = 64;
const PAYLOAD: u64 = 1024;

/// The files that steps created, removed at the end of the scenario if no reader has taken them over.
#[derive(Debug, Default)]
struct Orphans(Vec<BufferFiles>);

impl Drop for Orphans {
    fn drop(&mut self) {
        for path in self.0.iter().flat_map(BufferFiles::present) {
            // A file that cannot be removed is reported by the check for files left behind.
            let _ = fs::remove_file(path);
        }
    }
}

#[given(expr = "manually create stale lock file for {string}")]
fn stale_lock(
    names: &mut BufferNames,
    guard: &mut SweepGuard,
    orphans: &mut Orphans,
    buffer: String,
) -> StepResult {
    names.unique(&buffer);
    let files = names.current_files()?;
    orphans.0.push(files.clone());
    let path = files.lock();
    // The folder belongs to the user who created the first buffer on this machine, possibly this
    // one.
    if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
        fs::create_dir(folder).map_err(|e| describe(folder, &e))?;
    }
    guard.create(&files)
}

#[given(expr = "create orphaned shared memory for {string}")]
fn orphaned_memory(names: &mut BufferNames, orphans: &mut Orphans, buffer: String) -> StepResult {
    names.unique(&buffer);
    let files = names.current_files()?;
    orphans.0.push(files.clone());
    let path = files.memory();
    File::create_new(&path)
        .and_then(|file| file.set_len(CONTROL_BLOCK_BYTES + METADATA + PAYLOAD))
        .map_err(|e| describe(&path, &e))?;
    let dead = ended_process()?;
    for (field, value) in [
        (Field::ControlBlockSize, CONTROL_BLOCK_BYTES),
        (Field::Version, 1),
        (Field::MetadataSize, METADATA),
        (Field::PayloadSize, PAYLOAD),
        (Field::FreeBytes, PAYLOAD - 100),
        (Field::WritePosition, 100),
        (Field::WrittenCount, 1),
        (Field::WriterPid, dead),
        (Field::ReaderPid, dead),
    ] {
        files.set(field, value)?;
    }
    Ok(())
}

#[given(expr = "create orphaned semaphores for {string}")]
fn orphaned_semaphores(
    names: &mut BufferNames,
    orphans: &mut Orphans,
    buffer: String,
) -> StepResult {
    names.unique(&buffer);
    let files = names.current_files()?;
    orphans.0.push(files.clone());
    for semaphore in [Semaphore::FramesReady, Semaphore::SpaceFreed] {
        let path = files.semaphore(semaphore);
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)
            .and_then(|mut file| file.write_all(&[0; SEMAPHORE_BYTES as usize]))
            .map_err(|e| describe(&path, &e))?;
        files.set_count(semaphore, 1)?;
    }
    Ok(())
}

#[when(expr = "the {string} process attempts to create buffer {string}")]
fn attempt_to_create(
    readers: &mut Readers,
    names: &mut BufferNames,
    attempts: &mut Attempts,
    guard: &mut SweepGuard,
    process: String,
    buffer: String,
) -> StepResult {
    let config = default_config().map_err(text)?;
    names.unique(&buffer);
    guard.release();
    let files = names.current_files()?;
    if files.lock().exists() {
        expect("lock held", files.is_locked()?, false)?;
    }
    attempts.record("the creation", readers.create(&process, &buffer, names, config));
    Ok(())
}

fn describe(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}
