//! 04.11: two processes that create the same buffer.

use harmony_bdd::{given, then, when};

use super::expectation::{StepResult, ensure, expect};
use crate::state::{
    BufferFiles, BufferNames, CONTROL_BLOCK_BYTES, Circumstances, Field, Reply, SEMAPHORE_BYTES,
    Semaphore, ServeChild,
};

/// The competing processes and their results.
#[derive(Debug, Default)]
struct Race {
    racers: Vec<ServeChild>,
    replies: Vec<Reply>,
}

#[given(expr = "two {string} processes")]
fn two_processes(race: &mut Race, names: &BufferNames, _process: String) -> StepResult {
    for _ in 0..2 {
        race.racers.push(ServeChild::start_sharing(names.suffix(), Circumstances::Same)?);
    }
    Ok(())
}

#[when(expr = "both simultaneously attempt to create buffer {string}")]
fn both_create(race: &mut Race, names: &mut BufferNames, buffer: String) -> StepResult {
    names.unique(&buffer);
    let step = format!("the 'reader' process creates buffer '{buffer}' with default config");
    for racer in &mut race.racers {
        racer.begin(&step)?;
    }
    for racer in &mut race.racers {
        race.replies.push(racer.finish()?);
    }
    Ok(())
}

#[then("only one should succeed")]
fn one_succeeds(race: &Race) -> StepResult {
    let succeeded = race.replies.iter().filter(|reply| **reply == Reply::Passed).count();
    expect("number of readers that own the buffer", succeeded, 1)
}

#[then("other should receive appropriate error")]
fn other_fails(race: &Race) -> StepResult {
    for reply in &race.replies {
        if let Reply::Failed(error) = reply {
            return ensure(error.contains("already has a reader"), || error.clone());
        }
    }
    Err("no reader was refused".to_owned())
}

#[then("no resource corruption should occur")]
fn no_corruption(names: &BufferNames) -> StepResult {
    let files = names.current_files()?;
    expect_sound(&files)?;
    // The owner can be read only if the object is readable for others.
    expect("lock held", files.is_locked()?, true)
}

/// Checks that the files of a buffer are consistent and have a living owner.
pub(super) fn expect_sound(files: &BufferFiles) -> StepResult {
    let size = |path: std::path::PathBuf| {
        path.metadata().map(|file| file.len()).map_err(|e| format!("{}: {e}", path.display()))
    };
    expect("size of the control block", files.get(Field::ControlBlockSize)?, CONTROL_BLOCK_BYTES)?;
    expect("version", files.get(Field::Version)?, 1)?;
    let (metadata, payload) = (files.get(Field::MetadataSize)?, files.get(Field::PayloadSize)?);
    expect("size", size(files.memory())?, CONTROL_BLOCK_BYTES + metadata + payload)?;
    for field in [Field::FreeBytes, Field::WritePosition, Field::ReadPosition] {
        let value = files.get(field)?;
        ensure(value <= payload, || format!("{field:?} is {value} of {payload}"))?;
    }
    for semaphore in [Semaphore::FramesReady, Semaphore::SpaceFreed] {
        expect("size of a semaphore", size(files.semaphore(semaphore))?, SEMAPHORE_BYTES)?;
    }
    let reader = files.get(Field::ReaderPid)?;
    let alive = std::path::Path::new("/proc").join(reader.to_string()).exists();
    ensure(alive, || format!("the reader's process {reader} does not exist"))
}
