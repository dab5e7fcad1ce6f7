//! 10.6: reader and writer of different users.

use std::os::unix::fs::PermissionsExt;

use harmony_bdd::{Outcome, given, then, when};
use nix::unistd::Uid;
use zerobuffer::BufferConfig;

use super::expectation::{StepResult, ensure, expect, text};
use crate::state::{BufferNames, Circumstances, Readers, Reply, ServeChild, path_of_this_program};

/// An unprivileged user id.
const UNPRIVILEGED_UID: u32 = 65534;

/// The system's error for missing permissions.
const PERMISSION_DENIED: &str = "os error 13";

/// Permission bits for the owner alone.
const OWNER_ONLY: u32 = 0o600;

/// The user of the writer, and the result of its connection.
#[derive(Debug, Default)]
struct Users {
    reader: Option<String>,
    writer: Option<u32>,
    reply: Option<Reply>,
}

#[given(expr = "the reader is {string}")]
fn reader_is(users: &mut Users, user: String) -> StepResult {
    // The reader is this process, whatever its user.
    ensure(!user.is_empty(), || "the name of the user is empty".to_owned())?;
    users.reader = Some(user);
    Ok(())
}

#[given(expr = "the {string} process creates buffer {string} with restrictive permissions")]
fn create_restricted(
    readers: &mut Readers,
    names: &mut BufferNames,
    users: &Users,
    process: String,
    buffer: String,
) -> StepResult {
    ensure(users.reader.is_some(), || "no step has named the user of the reader".to_owned())?;
    let config = BufferConfig::new(64, 4096).map_err(text)?.permissions(OWNER_ONLY);
    readers.create(&process, &buffer, names, config).map_err(text)?;
    for path in readers.current()?.files().all() {
        let mode = path.metadata().map_err(|e| format!("{}: {e}", path.display()))?;
        expect("permission bits", mode.permissions().mode() & 0o777, OWNER_ONLY)?;
    }
    Ok(())
}

#[when(expr = "the writer is {string}")]
fn writer_is(users: &mut Users, user: String) -> Result<Outcome, String> {
    ensure(!user.is_empty(), || "the name of the user is empty".to_owned())?;
    if !Uid::effective().is_root() {
        return Ok(skipped("needs root, to become a second user"));
    }
    if !others_can_execute()? {
        return Ok(skipped("needs this program in a folder that other users can enter"));
    }
    users.writer = Some(UNPRIVILEGED_UID);
    Ok(Outcome::Passed)
}

#[when("another writer attempts to connect without permissions")]
fn connect_without_permissions(users: &mut Users, names: &BufferNames) -> StepResult {
    let user = users.writer.ok_or("no step has named the user of the writer")?;
    let files = names.current_files()?;
    let base = names.base_of(files.name());
    let mut child = ServeChild::start_sharing(names.suffix(), Circumstances::User(user))?;
    expect("name of the buffer", child.describe(base).as_str(), files.name())?;
    let step = format!("the 'writer' process connects to buffer '{base}'");
    users.reply = Some(child.step(&step)?);
    Ok(())
}

#[then("permission denied error should be handled")]
fn permission_denied(users: &Users, names: &BufferNames) -> StepResult {
    let files = names.current_files()?;
    match users.reply.as_ref().ok_or("no process has tried to connect")? {
        Reply::Failed(error) => {
            ensure(error.contains(PERMISSION_DENIED) && error.contains(files.name()), || {
                format!("the connection failed for another reason: {error}")
            })
        }
        Reply::Passed => Err("the writer was accepted".to_owned()),
    }
}

fn skipped(reason: &str) -> Outcome {
    Outcome::Skipped { reason: Some(reason.to_owned()) }
}

/// Returns whether users other than the owner and the group can start the running program.
fn others_can_execute() -> Result<bool, String> {
    let program = path_of_this_program()?;
    for path in program.ancestors() {
        let metadata = path.metadata().map_err(|e| format!("{}: {e}", path.display()))?;
        if metadata.permissions().mode() & 0o001 == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}
