//! Everything that the operating systems do differently. Each system has one file, and all of them offer
//! the same functions, so that no other module asks which system it runs on.
//!
//! | function | Linux | macOS | Windows |
//! |---|---|---|---|
//! | [`stdout_file`], [`stderr_file`] | yes | yes | yes |
//! | [`redirect_stdout`], [`redirect_stderr`] | yes | yes | yes |
//! | [`memory_file`] | in memory | a file without a name | a file that is removed when it is closed |
//! | [`take_stdin`] | yes | yes | the input cannot be ended from this side |
//! | [`take_stdout`] | a pipe | a pipe | a file that is removed when it is closed |
//! | [`EndSignals`] | SIGINT, SIGTERM, SIGHUP | the same; it is unknown whether SIGHUP is ignored | Ctrl-C, noticed within 50 ms |
//! | [`ChangeWatch`] | the system reports changes | files are read every 200 ms | the same |
//! | [`KeyInput`] | yes | yes | no keys |
//! | [`create_shared_file`] | in memory | a file in the folder for temporary files | an error, so that a run is not supervised |
//! | [`end_with_parent`] | yes | nothing | nothing |
//! | [`is_process_traced`] | yes | no: press Enter to go on | no |
//! | [`is_traced`] | yes | no: set `HARMONY_SUPERVISOR=off` to use a debugger | no |
//! | [`ProcessGroup`] | a group | a group | a tree of processes, ended by `taskkill` |
//! | [`ProcessGroup::pause`] | yes | yes | an error |
//! | [`ProcessGroup::hold`] | yes | yes | an error |
//! | [`adopt_orphans`] | yes | nothing: orphans are not waited for | nothing |
//! | [`children`], to kill adopted orphans | yes | none | none |
//! | [`descendants`], to find processes behind wrappers | yes | none: they are asked to end | none |
//! | [`kill_processes_with`] | yes | nothing: a process that left its group survives | nothing |
//! | [`SHARED_MEMORY_FOLDERS`] | yes | none | none |
//! | [`pid_namespace`] | yes | 0 | 0 |
//! | [`process_resources`] | from `/proc` | an error | an error |
//!
//! [`guide::platforms`](crate::guide::platforms) lists what a user notices of it. Other Unix systems are handled as macOS is, and are not tested. The crate does not compile on all others.
//!
//! This room imports nothing of this crate, and every room may import it.

mod child_streams;
mod descendant;
mod end_signal;
#[cfg(unix)]
mod keys;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(all(unix, not(target_os = "linux")))]
mod macos;
#[cfg(any(test, not(target_os = "linux")))]
mod polling_watch;
#[cfg(unix)]
mod posix;
#[cfg(target_os = "linux")]
mod procfs;
mod resources;
#[cfg(windows)]
mod windows;
#[cfg(not(target_os = "linux"))]
mod without_procfs;

pub(crate) use child_streams::ChildStreams;
pub(crate) use descendant::Descendant;
pub(crate) use end_signal::EndSignal;
#[cfg(unix)]
pub(crate) use keys::KeyInput;
#[cfg(target_os = "linux")]
pub(crate) use linux::{
    ChangeWatch, SHARED_MEMORY_FOLDERS, adopt_orphans, children, create_shared_file, descendants,
    end_with_parent, is_process_traced, is_traced, kill_child, kill_processes_with, memory_file,
    open_shared_file, pid_namespace, runs,
};
#[cfg(all(unix, not(target_os = "linux")))]
pub(crate) use macos::{
    SHARED_MEMORY_FOLDERS, adopt_orphans, create_shared_file, end_with_parent, is_process_traced,
    is_traced, memory_file, open_shared_file, process_resources,
};
#[cfg(not(target_os = "linux"))]
pub(crate) use polling_watch::ChangeWatch;
#[cfg(unix)]
pub(crate) use posix::{
    ChildSignals, EndSignals, HeldStreams, Input, InputWaker, PrintedOutput, ProcessGroup,
    parent_id, read_at, redirect_stderr, redirect_stdout, send_signal, signal_name, signal_of,
    stderr_file, stdout_file, take_stdin, take_stdout, this_program,
};
#[cfg(target_os = "linux")]
pub(crate) use procfs::process_resources;
pub(crate) use resources::ProcessResources;
#[cfg(windows)]
pub(crate) use windows::{
    ChildSignals, EndSignals, HeldStreams, Input, InputWaker, KeyInput, PrintedOutput,
    ProcessGroup, SHARED_MEMORY_FOLDERS, adopt_orphans, create_shared_file, end_with_parent,
    is_process_traced, is_traced, memory_file, open_shared_file, parent_id, process_resources,
    read_at, redirect_stderr, redirect_stdout, send_signal, signal_name, signal_of, stderr_file,
    stdout_file, take_stdin, take_stdout, this_program,
};
#[cfg(not(target_os = "linux"))]
pub(crate) use without_procfs::{
    children, descendants, kill_child, kill_processes_with, pid_namespace, runs,
};
