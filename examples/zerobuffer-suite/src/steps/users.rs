//! 10.6: ends of a ring that belong to different users.

use std::os::unix::fs::PermissionsExt;

use harmony_bdd::{Outcome, given, then, when};
use nix::unistd::Uid;
use zerobuffer::BufferConfig;

use super::expectation::{StepResult, ensure, expect, text};
use crate::state::{BufferNames, Circumstances, Readers, Reply, ServeChild, path_of_this_program};

/// The user that processes have who are nobody in particular.
const NOBODY: u32 = 65534;

/// What the system says to whoever may not.
const PERMISSION_DENIED: &str = "os error 13";

/// Permission bits for the owner alone.
const OWNER_ONLY: u32 = 0o600;

/// Who the writer is, and what came of its connection.
#[derive(Debug, Default)]
struct Users {
    writer: Option<u32>,
    reply: Option<Reply>,
}

#[given(expr = "the reader is {string}")]
fn reader_is(user: String) -> StepResult {
    // The reader is this process, whoever runs it.
    ensure(!user.is_empty(), || "a user has a name".to_owned())
}

#[given(expr = "the {string} process creates buffer {string} with restrictive permissions")]
fn create_restricted(
    readers: &mut Readers,
    names: &mut BufferNames,
    process: String,
    buffer: String,
) -> StepResult {
    let config = BufferConfig::new(64, 4096).map_err(text)?.mode(OWNER_ONLY);
    readers.create(&process, &buffer, names, config).map_err(text)?;
    for path in readers.current()?.files().all() {
        let mode = path.metadata().map_err(|e| format!("{}: {e}", path.display()))?;
        expect("permission bits", mode.permissions().mode() & 0o777, OWNER_ONLY)?;
    }
    Ok(())
}

#[when(expr = "the writer is {string}")]
fn writer_is(users: &mut Users, user: String) -> Result<Outcome, String> {
    ensure(!user.is_empty(), || "a user has a name".to_owned())?;
    if !Uid::effective().is_root() {
        return Ok(skipped("needs root, to become a second user"));
    }
    if !others_can_execute()? {
        return Ok(skipped("needs this program in a folder that other users can enter"));
    }
    users.writer = Some(NOBODY);
    Ok(Outcome::Passed)
}

#[when("another writer attempts to connect without permissions")]
fn connect_without_permissions(users: &mut Users, names: &BufferNames) -> StepResult {
    let user = users.writer.ok_or("no step has said who the writer is")?;
    let files = names.current_files()?;
    let base = names.base_of(files.name());
    let mut child = ServeChild::start_sharing(names.suffix(), Circumstances::User(user))?;
    expect("name of the buffer", child.name_of(base).as_str(), files.name())?;
    let step = format!("the 'writer' process connects to buffer '{base}'");
    users.reply = Some(child.step(&step)?);
    Ok(())
}

#[then("permission denied error should be handled")]
fn permission_denied(users: &Users, names: &BufferNames) -> StepResult {
    let files = names.current_files()?;
    match users.reply.as_ref().ok_or("nobody has tried to connect")? {
        Reply::Failed(error) => {
            ensure(error.contains(PERMISSION_DENIED) && error.contains(files.name()), || {
                format!("the connection failed for another reason: {error}")
            })
        }
        Reply::Passed => Err("the writer was let in".to_owned()),
    }
}

fn skipped(reason: &str) -> Outcome {
    Outcome::Skipped { reason: Some(reason.to_owned()) }
}

/// Whether the running program can be started by whoever is neither its owner nor of its group.
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
