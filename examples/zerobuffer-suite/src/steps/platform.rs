//! 08.1 to 08.3: names, objects and semaphores of a platform.

use std::env;

use harmony_bdd::{Outcome, before_scenario, given, then, when};
use zerobuffer::{BufferConfig, Error};

use super::expectation::{StepResult, ensure, expect, expect_bytes, expected_within, text};
use crate::state::{
    BufferFiles, BufferNames, CONTROL_BLOCK_BYTES, Field, Readers, SEMAPHORE_BYTES, Semaphore,
    Writers,
};

/// Names with every kind of character that a file name can contain.
const SPECIAL: [&str; 5] = ["with space", "100%", "größe-尺寸", "dots.and.more", "quote'\"#$&"];

/// Maximum length of a name in bytes: the file of a semaphore adds ten.
const MAX_NAME_BYTES: usize = 245;

/// Characters that no platform allows in names.
const FORBIDDEN: [char; 3] = ['/', '\\', '\0'];

/// Maximum length of a name on Windows, in characters.
const MAX_NAME_CHARS_WINDOWS: usize = 260;

/// The names of closed buffers, and the results for names of maximum length.
#[derive(Debug, Default)]
struct Names {
    closed: Vec<BufferFiles>,
    longest: Option<zerobuffer::Result<()>>,
    longer: Option<zerobuffer::Result<()>>,
}

/// The reference runner does not send tags; with it the step that names the platform skips the
/// scenario.
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
    // Rings of this step only, so that the scenario's ring stays the current one.
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
        format!("{base:?} contains other characters")
    })
}

#[then("same name rules work on both platforms")]
fn rules_of_both(names: &BufferNames) -> StepResult {
    let files = names.current_files()?;
    expect_portable(files.name())?;
    // A valid name must also exist.
    expect("files", files.present(), files.all().to_vec())
}

#[when("test maximum name length")]
fn longest_names(names: &BufferNames, readers: &Readers, tested: &mut Names) -> StepResult {
    let mut longest = format!("longest-{}-", names.suffix());
    longest.extend(std::iter::repeat_n('x', MAX_NAME_BYTES - longest.len()));
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
            expect("length refused", *length, MAX_NAME_BYTES + 1)
        }
        other => Err(format!(
            "names of {MAX_NAME_BYTES} and {} bytes returned {other:?}",
            MAX_NAME_BYTES + 1
        )),
    }
}

/// Checks that both semaphores exist and have the size that the C library uses.
pub(super) fn expect_semaphores(files: &BufferFiles) -> StepResult {
    for semaphore in [Semaphore::FramesReady, Semaphore::SpaceFreed] {
        let path = files.semaphore(semaphore);
        let found = path.metadata().map_err(|e| format!("{}: {e}", path.display()))?;
        expect("size of a semaphore", found.len(), SEMAPHORE_BYTES)?;
    }
    Ok(())
}

/// Checks that both platforms accept the name.
pub(super) fn expect_portable(name: &str) -> StepResult {
    ensure(!name.contains(FORBIDDEN), || format!("{name:?} contains a separator"))?;
    let prefix = "sem-w-".len();
    ensure(name.len() <= MAX_NAME_BYTES, || format!("{name:?} is too long for Linux"))?;
    ensure(name.chars().count() + prefix <= MAX_NAME_CHARS_WINDOWS, || {
        format!("{name:?} is too long for Windows")
    })
}
