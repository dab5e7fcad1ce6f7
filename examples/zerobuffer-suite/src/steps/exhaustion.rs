//! 07.2, 10.5 and 11.4: system limits.
//!
//! The limits are real and apply to a child process only: the limit for open files, and a small
//! shared memory mounted for that process. The system's shared memory is exhausted by requesting
//! more than its size.

use harmony_bdd::{Outcome, given, then, when};
use zerobuffer::{BufferConfig, Error};

use super::expectation::{StepResult, ensure, expect, text};
use crate::state::{Attempts, BufferNames, ExhaustedProcess, Readers, Reply};

/// More bytes than any shared memory has.
const MORE_THAN_THERE_IS: usize = 1 << 50;

/// The system's error for too many open files.
const TOO_MANY_FILES: &str = "os error 24";

/// The ring's error for full shared memory.
const NO_SPACE: &str = "do not fit into shared memory";

/// The process at its limit, and its result for another buffer.
#[derive(Debug, Default)]
struct Limit {
    process: Option<ExhaustedProcess>,
    attempt: Option<(String, Reply)>,
    made: Vec<String>,
}

impl Limit {
    fn process(&mut self) -> Result<&mut ExhaustedProcess, String> {
        self.process.as_mut().ok_or_else(|| "no limit was reached".to_owned())
    }

    /// The refused buffer and the reason.
    fn refused(&self) -> Result<(String, String), String> {
        match self.attempt.clone().ok_or("nothing was attempted")? {
            (base, Reply::Failed(error)) => Ok((base, error)),
            (base, Reply::Passed) => Err(format!("'{base}' was created beyond the limit")),
        }
    }
}

#[given("create maximum allowed shared memory segments")]
#[given("create maximum number of buffers system allows")]
fn exhaust_memory(limit: &mut Limit) -> StepResult {
    limit.process = Some(ExhaustedProcess::exhaust(0)?);
    Ok(())
}

#[given(expr = "a process creates buffers until its shared memory of '{int}' MiB is full")]
fn fill_memory(limit: &mut Limit, mebibytes: u64) -> Result<Outcome, String> {
    limit.process = ExhaustedProcess::fill_memory(mebibytes << 20)?;
    Ok(match &limit.process {
        Some(_) => Outcome::Passed,
        None => Outcome::skip("needs the right to mount shared memory for one process"),
    })
}

#[given("create maximum allowed semaphores")]
fn exhaust_semaphores(limit: &mut Limit) -> StepResult {
    for occupied in 0..4 {
        let process = ExhaustedProcess::exhaust(occupied)?;
        if process.refusal().contains("semaphore") {
            limit.process = Some(process);
            return Ok(());
        }
    }
    Err("no semaphore ever reached the limit".to_owned())
}

#[when(expr = "attempt to create one more buffer {string}")]
#[when(expr = "attempt to create buffer {string}")]
fn attempt_one_more(limit: &mut Limit, buffer: String) -> StepResult {
    let reply = limit.process()?.create(&buffer)?;
    limit.attempt = Some((buffer, reply));
    Ok(())
}

#[when("reach system limit")]
fn reach_limit(limit: &mut Limit) -> StepResult {
    attempt_one_more(limit, "one-too-many".to_owned())?;
    limit.refused().map(drop)
}

#[then("the creation should fail with system error")]
fn fails_with_system_error(limit: &Limit) -> StepResult {
    let (_, error) = limit.refused()?;
    ensure(error.contains(TOO_MANY_FILES), || format!("another error: {error}"))
}

#[then("the creation should fail since shared memory is full")]
fn fails_with_full_memory(limit: &Limit) -> StepResult {
    let (base, error) = limit.refused()?;
    let is_expected = error.contains(&base) && error.contains(NO_SPACE);
    ensure(is_expected, || format!("another error: {error}"))
}

#[then("an appropriate error message should be returned")]
#[then("appropriate error handling should occur")]
fn message_names_the_object(limit: &Limit) -> StepResult {
    let (base, error) = limit.refused()?;
    let object = error.contains(&base) || error.contains("/tmp/zerobuffer");
    ensure(object && error.contains("cannot"), || {
        format!("the error does not name the operation and the object: {error}")
    })
}

#[then("partial resources should be cleaned up")]
#[then("the test should verify graceful failure when limit reached")]
fn partial_resources_gone(limit: &mut Limit) -> StepResult {
    let (base, _) = limit.refused()?;
    let process = limit.process()?;
    expect("files left behind", process.files_of(&base).present(), Vec::new())?;
    for created in process.created() {
        let files = process.files_of(created);
        expect("files of a buffer made before", files.present(), files.all().to_vec())?;
    }
    // Releasing one buffer frees space for another.
    process.destroy_last()?;
    expect("creation with room for one", process.create(&base)?, Reply::Passed)
}

#[when("cleanup all buffers")]
fn clean_up(limit: &mut Limit) -> StepResult {
    limit.made = limit.process()?.created().to_vec();
    let process = limit.process()?;
    while !process.created().is_empty() {
        process.destroy_last()?;
    }
    Ok(())
}

#[then("the test should verify resources properly released")]
fn resources_released(limit: &mut Limit) -> StepResult {
    let made = std::mem::take(&mut limit.made);
    ensure(!made.is_empty(), || "there were no buffers to clean up".to_owned())?;
    let process = limit.process()?;
    for base in made {
        expect("files left behind", process.files_of(&base).present(), Vec::new())?;
    }
    Ok(())
}

#[then("the system should return to normal state")]
fn back_to_normal(limit: &mut Limit) -> StepResult {
    let process = limit.process()?;
    for base in ["normal-1", "normal-2", "normal-3"] {
        expect("creation", process.create(base)?, Reply::Passed)?;
    }
    let files = ["normal-1", "normal-2", "normal-3"].map(|base| process.files_of(base));
    limit.process = None;
    for files in files {
        expect("files left behind", files.present(), Vec::new())?;
    }
    Ok(())
}

#[when(expr = "the {string} process attempts to create buffer {string} larger than shared memory")]
fn create_too_large(
    readers: &mut Readers,
    names: &mut BufferNames,
    attempts: &mut Attempts,
    process: String,
    buffer: String,
) -> StepResult {
    let config = BufferConfig::new(64, MORE_THAN_THERE_IS).map_err(text)?;
    attempts.record("the creation", readers.create(&process, &buffer, names, config));
    Ok(())
}

#[then("the creation should fail for lack of space")]
fn fails_for_space(attempts: &Attempts, names: &BufferNames) -> StepResult {
    match attempts.error()? {
        Error::NoSpace { .. } => {}
        error => return Err(format!("the creation failed for another reason: {error}")),
    }
    expect("files left behind", names.current_files()?.present(), Vec::new())
}
