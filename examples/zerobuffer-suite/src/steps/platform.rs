//! 08.1 to 08.3: what a platform makes of names, objects and semaphores.

use std::env;

use harmony_bdd::{Outcome, before_scenario, given, then, when};
use zerobuffer::{BufferConfig, Error};

use super::expectation::{StepResult, ensure, expect, expect_bytes, expected_within, text};
use crate::state::{
    BufferFiles, BufferNames, CONTROL_BLOCK_BYTES, Field, Readers, SEMAPHORE_BYTES, Semaphore,
    Writers,
};

/// Names with everything that a file name may hold.
const SPECIAL: [&str; 5] = ["with space", "100%", "größe-尺寸", "dots.and.more", "quote'\"#$&"];

/// Longest name in bytes: a semaphore's file takes ten more.
const LONGEST: usize = 245;

/// What characters no platform's names may hold, and the longest name Windows takes.
const FORBIDDEN: [char; 3] = ['/', '\\', '\0'];
const LONGEST_ON_WINDOWS: usize = 260;

/// The names of buffers that were closed, and what came of names of the utmost lengths.
#[derive(Debug, Default)]
struct Names {
    closed: Vec<BufferFiles>,
    longest: Option<zerobuffer::Result<()>>,
    longer: Option<zerobuffer::Result<()>>,
}

/// A serve process of the field's runner is not told the tags; there the step that names the platform
/// skips the scenario.
#[before_scenario(tags(windows))]
fn needs_windows() -> Outcome {
    platform_is("Windows".to_owned())
}

#[given(expr = "the platform is {string}")]
fn platform_is(platform: String) -> Outcome {
    if platform.eq_ignore_ascii_case(env::consts::OS) {
        return Outcome::Passed;
    }
    let reason = format!("needs {platform}, this is {}", env::consts::OS);
    Outcome::Skipped { reason: Some(reason) }
}

#[then(r"^verify shared memory entry exists in '/dev/shm/'$")]
fn memory_exists(readers: &mut Readers) -> StepResult {
    let files = readers.current()?.files();
    let path = files.memory();
    let found = path.metadata().map_err(|e| format!("{}: {e}", path.display()))?;
    let blocks = files.get(Field::MetadataSize)? + files.get(Field::PayloadSize)?;
    expect("size of the object", found.len(), CONTROL_BLOCK_BYTES + blocks)
}

#[then("verify proper named semaphores created")]
fn semaphores_exist(readers: &mut Readers) -> StepResult {
    let files = readers.current()?.files();
    expect_semaphores(files)
}

#[then("test with buffer names containing special characters")]
fn special_names(names: &mut BufferNames, readers: &mut Readers, writers: &Writers) -> StepResult {
    // Rings of this step alone, so that the scenario's own stays the current one.
    let own = readers.current()?.files().clone();
    let (mut readers, mut writers) = (readers.another(), writers.another());
    for special in SPECIAL {
        let config = BufferConfig::new(64, 1024).map_err(text)?;
        readers.create("", special, names, config).map_err(|e| format!("{special:?}: {e}"))?;
        let files = readers.current()?.files().clone();
        expect("files", files.present(), files.all().to_vec())?;
        writers.connect("", special, names).map_err(text)?;
        writers.current()?.write(special.as_bytes()).map_err(text)?;
        readers.current()?.receive(expected_within())?;
        expect_bytes("the frame", readers.current()?.held()?.1, special.as_bytes())?;
        writers.close_all()?;
        readers.close_all()?;
        expect("files left behind", files.present(), Vec::new())?;
    }
    names.unique(names.base_of(own.name()).to_owned().as_str());
    Ok(())
}

#[when("gracefully shutdown")]
#[when("graceful shutdown")]
fn shut_down(readers: &mut Readers, writers: &mut Writers, closed: &mut Names) -> StepResult {
    closed.closed.push(readers.current()?.files().clone());
    writers.close_all()?;
    readers.close_all()
}

#[then(r"^verify proper cleanup in '/dev/shm/'$")]
#[then("verify lock file is removed")]
fn cleaned_up(closed: &Names) -> StepResult {
    ensure(!closed.closed.is_empty(), || "nothing was shut down".to_owned())?;
    for files in &closed.closed {
        expect("files left behind", files.present(), Vec::new())?;
    }
    Ok(())
}

#[then("verify CreateFileMapping with proper naming")]
#[then("test Global vs Local namespace for different contexts")]
#[then("verify semaphore limits and max count")]
#[when("test across different user sessions")]
#[then("verify proper isolation or sharing as expected")]
fn windows_only() -> Outcome {
    Outcome::Skipped { reason: Some("needs the named objects of Windows".to_owned()) }
}

#[then("verify name contains only alphanumeric and dash")]
fn plain_name(names: &BufferNames) -> StepResult {
    let files = names.current_files()?;
    let base = names.base_of(files.name());
    ensure(base.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'), || {
        format!("{base:?} holds other characters")
    })
}

#[then("same name rules work on both platforms")]
fn rules_of_both(names: &BufferNames) -> StepResult {
    let files = names.current_files()?;
    expect_portable(files.name())?;
    // What is valid by rule is there in fact.
    expect("files", files.present(), files.all().to_vec())
}

#[when("test maximum name length")]
fn longest_names(names: &BufferNames, readers: &Readers, tested: &mut Names) -> StepResult {
    let mut longest = format!("longest-{}-", names.suffix());
    longest.extend(std::iter::repeat_n('x', LONGEST - longest.len()));
    let longer = format!("{longest}x");
    let create = |name: &str| {
        let config = BufferConfig::new(64, 64)?;
        readers.create_aside(name, config).map(drop)
    };
    tested.longest = Some(create(&longest));
    tested.longer = Some(create(&longer));
    expect("files left behind", BufferFiles::of(longest).present(), Vec::new())?;
    expect_portable(&longer[1..])
}

#[then("both platforms should handle it correctly")]
fn lengths_handled(tested: &Names) -> StepResult {
    match (&tested.longest, &tested.longer) {
        (Some(Ok(())), Some(Err(Error::InvalidName { length, .. }))) => {
            expect("length refused", *length, LONGEST + 1)
        }
        other => Err(format!("names of {LONGEST} and {} bytes gave {other:?}", LONGEST + 1)),
    }
}

/// That both semaphores are there and of the size the C library makes them.
pub(super) fn expect_semaphores(files: &BufferFiles) -> StepResult {
    for semaphore in [Semaphore::FramesReady, Semaphore::SpaceFreed] {
        let path = files.semaphore(semaphore);
        let found = path.metadata().map_err(|e| format!("{}: {e}", path.display()))?;
        expect("size of a semaphore", found.len(), SEMAPHORE_BYTES)?;
    }
    Ok(())
}

/// That both platforms would take the name.
pub(super) fn expect_portable(name: &str) -> StepResult {
    ensure(!name.contains(FORBIDDEN), || format!("{name:?} holds a separator"))?;
    let prefix = "sem-w-".len();
    ensure(name.len() <= LONGEST, || format!("{name:?} is too long for Linux"))?;
    ensure(name.chars().count() + prefix <= LONGEST_ON_WINDOWS, || {
        format!("{name:?} is too long for Windows")
    })
}
