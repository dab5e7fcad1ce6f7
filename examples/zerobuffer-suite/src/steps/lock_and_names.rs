//! 12.3 and 12.4: the lock file of a buffer, and the names of its objects.

use std::path::Path;

use harmony_bdd::{DataTable, given, then, when};
use zerobuffer::BufferConfig;

use super::expectation::{StepResult, ensure, expect, text};
use super::platform::{expect_portable, expect_semaphores};
use crate::state::{BufferNames, Field, Readers, SweepGuard};

/// Names used if the table is not sent to this process.
const NAMES: [&str; 3] = [
    "550e8400-e29b-41d4-a716-446655440000",
    "test_buffer-123",
    "very_long_buffer_name_that_tests_maximum_length_limits",
];

/// The buffers with various names.
#[derive(Debug, Default)]
struct Various(Vec<Readers>);

#[then("verify lock file exists at correct location")]
fn lock_exists(readers: &mut Readers) -> StepResult {
    let files = readers.current()?.files();
    let lock = files.lock();
    expect("folder of the lock", lock.parent(), Some(Path::new("/tmp/zerobuffer")))?;
    let found = lock.symlink_metadata().map_err(|e| format!("{}: {e}", lock.display()))?;
    ensure(found.is_file(), || format!("{} is not a regular file", lock.display()))
}

#[then("verify lock file is actually locked")]
fn lock_is_held(readers: &mut Readers) -> StepResult {
    expect("lock held", readers.current()?.files().is_locked()?, true)
}

#[when("kill reader process")]
fn kill_reader(readers: &mut Readers, guard: &mut SweepGuard) -> StepResult {
    let reader = readers.current()?;
    let (files, process) = (reader.files().clone(), reader.process().to_owned());
    readers.kill(&process)?;
    expect("lock held", files.is_locked()?, false)?;
    guard.hold(&files)?;
    let pid = files.get(Field::ReaderPid)?;
    ensure(!Path::new("/proc").join(pid.to_string()).exists(), || {
        format!("the reader's process {pid} is still running")
    })
}

#[then("new reader can acquire lock after detecting stale")]
fn new_reader_acquires(
    readers: &mut Readers,
    names: &mut BufferNames,
    guard: &mut SweepGuard,
) -> StepResult {
    let files = names.current_files()?;
    let base = names.base_of(files.name()).to_owned();
    let config = BufferConfig::new(64, 4096).map_err(text)?;
    guard.release();
    readers.create("reader", &base, names, config).map_err(text)?;
    let reader = readers.current()?;
    ensure(reader.end().replaced_stale(), || "no stale buffer was found".to_owned())?;
    expect("lock held", reader.files().is_locked()?, true)
}

#[given("create buffers with various names:")]
fn create_various(
    various: &mut Various,
    names: &mut BufferNames,
    readers: &Readers,
    table: Option<&DataTable>,
) -> StepResult {
    let bases: Vec<&str> = match table {
        None => NAMES.to_vec(),
        Some(table) => {
            table.rows.iter().skip(1).filter_map(|row| row.first()).map(|s| &**s).collect()
        }
    };
    for base in bases {
        let mut readers = readers.another();
        let config = BufferConfig::new(64, 1024).map_err(text)?;
        readers.create("", base, names, config).map_err(text)?;
        various.0.push(readers);
    }
    ensure(!various.0.is_empty(), || "the table has no name".to_owned())
}

#[then(r"^verify semaphores created as 'sem-w-\{name\}' and 'sem-r-\{name\}'$")]
fn semaphores_named(various: &mut Various) -> StepResult {
    ensure(!various.0.is_empty(), || "no buffer was created".to_owned())?;
    for readers in &mut various.0 {
        let files = readers.current()?.files();
        for prefix in ["sem-w", "sem-r"] {
            // The C library stores a semaphore `/x` in the file `sem.x`.
            let path = format!("/dev/shm/sem.{prefix}-{}", files.name());
            ensure(Path::new(&path).exists(), || format!("{path} does not exist"))?;
        }
        expect_semaphores(files)?;
    }
    Ok(())
}

#[then("verify both Linux and Windows naming rules respected")]
fn naming_rules(various: &mut Various) -> StepResult {
    ensure(!various.0.is_empty(), || "no buffer was created".to_owned())?;
    for readers in &mut various.0 {
        expect_portable(readers.current()?.files().name())?;
    }
    Ok(())
}
