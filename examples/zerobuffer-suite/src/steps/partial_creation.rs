//! 07.1 and 10.1: creations that fail in the middle must leave nothing.

use harmony_bdd::{given, then, when};
use zerobuffer::Error;

use super::edge_cases::default_config;
use super::expectation::{StepResult, ensure, expect, text};
use crate::state::{Attempts, BufferNames, Obstacle, Readers, Semaphore};

/// Role of buffers created by steps without a role.
const NO_ROLE: &str = "";

/// The buffer to be created, and its obstacle.
#[derive(Debug, Default)]
struct Creation {
    buffer: Option<String>,
    obstacle: Option<Obstacle>,
}

#[given(expr = "attempt to create buffer {string} with default config")]
fn plan_creation(creation: &mut Creation, names: &mut BufferNames, buffer: String) -> StepResult {
    names.unique(&buffer);
    expect("files before", names.current_files()?.present(), Vec::new())?;
    creation.buffer = Some(buffer);
    Ok(())
}

#[given(expr = "the test creates shared memory successfully for {string}")]
fn creation_works(
    readers: &mut Readers,
    creation: &mut Creation,
    names: &mut BufferNames,
    buffer: String,
) -> StepResult {
    let config = default_config().map_err(text)?;
    readers.create(NO_ROLE, &buffer, names, config).map_err(text)?;
    let memory = readers.current()?.files().memory();
    ensure(memory.exists(), || format!("{} does not exist", memory.display()))?;
    readers.close_current()?;
    creation.buffer = Some(buffer);
    Ok(())
}

#[when("the test simulates semaphore creation failure")]
#[when("simulate failure creating sem-w semaphore")]
fn first_semaphore_fails(
    readers: &mut Readers,
    creation: &mut Creation,
    names: &mut BufferNames,
    attempts: &mut Attempts,
) -> StepResult {
    create_against(Semaphore::FramesReady, readers, creation, names, attempts)
}

#[when("simulate failure creating sem-r semaphore")]
fn second_semaphore_fails(
    readers: &mut Readers,
    creation: &mut Creation,
    names: &mut BufferNames,
    attempts: &mut Attempts,
) -> StepResult {
    create_against(Semaphore::SpaceFreed, readers, creation, names, attempts)
}

#[then("the buffer creation should fail")]
fn creation_fails(attempts: &Attempts, creation: &Creation) -> StepResult {
    let obstacle = creation.obstacle.as_ref().ok_or("there is no obstacle")?;
    match attempts.error()? {
        Error::Os { object, .. } => {
            expect("object of the error", object.clone(), obstacle.path().display().to_string())
        }
        error => Err(format!("the creation failed for another reason: {error}")),
    }
}

#[then(expr = "the {string} process should throw appropriate exception")]
fn throws(attempts: &Attempts, creation: &Creation, _process: String) -> StepResult {
    creation_fails(attempts, creation)
}

#[then("the shared memory should be cleaned up")]
fn memory_cleaned_up(attempts: &Attempts, names: &BufferNames) -> StepResult {
    // Without a creation that failed there is nothing to clean up.
    attempts.error()?;
    let memory = names.current_files()?.memory();
    ensure(!memory.exists(), || format!("{} was left behind", memory.display()))
}

#[then(expr = "the {string} process should clean up shared memory")]
fn process_cleans_up(attempts: &Attempts, names: &BufferNames, _process: String) -> StepResult {
    memory_cleaned_up(attempts, names)
}

#[then("no resources should be leaked")]
#[then("the test should verify no resources leaked")]
fn nothing_leaked(
    readers: &mut Readers,
    creation: &mut Creation,
    names: &mut BufferNames,
) -> StepResult {
    let files = names.current_files()?;
    let had_obstacle = creation.obstacle.take().is_some();
    ensure(had_obstacle, || "no creation has failed".to_owned())?;
    // The obstacle is removed: only remains of the creation exist.
    expect("files left behind", files.present(), Vec::new())?;
    let buffer = creation.buffer.as_deref().ok_or("no creation was attempted")?;
    let config = default_config().map_err(text)?;
    readers.create(NO_ROLE, buffer, names, config).map_err(text)?;
    expect("files of the buffer", files.present(), files.all().to_vec())?;
    readers.close_current()?;
    expect("files left behind", files.present(), Vec::new())
}

fn create_against(
    semaphore: Semaphore,
    readers: &mut Readers,
    creation: &mut Creation,
    names: &mut BufferNames,
    attempts: &mut Attempts,
) -> StepResult {
    let buffer = creation.buffer.clone().ok_or("no creation was requested")?;
    names.unique(&buffer);
    creation.obstacle = Some(Obstacle::at(names.current_files()?.semaphore(semaphore))?);
    let config = default_config().map_err(text)?;
    attempts.record("the creation", readers.create(NO_ROLE, &buffer, names, config));
    Ok(())
}
