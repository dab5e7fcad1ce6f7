//! A newer build of this binary: a second process with the new definitions takes over.
//!
//! A process cannot load the definitions of another build. The first process stays, since the editor is
//! connected to it, and passes messages on.

use std::collections::HashSet;
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use lsp_server::{Message, Notification, Request, RequestId, Response};
use serde_json::{Value, json};

use super::workspace::Buffer;

/// Set for a process that was started by another language server.
const IS_SUCCESSOR: &str = "HARMONY_BDD_LSP_SUCCESSOR";
/// The id of the request that initializes it, whose response is not for the editor.
const INITIALIZE: &str = "harmony-bdd-initialize";

/// The file of this program, checked for a newer build.
#[derive(Debug)]
pub(super) struct Executable {
    path: PathBuf,
    loaded: Stamp,
    /// What the last check found.
    seen: Stamp,
}

type Stamp = Option<(SystemTime, u64)>;

impl Executable {
    /// Returns the file of this process; `None` if another process checks it.
    pub(super) fn current() -> Option<Self> {
        if std::env::var_os(IS_SUCCESSOR).is_some() {
            return None;
        }
        let path = std::env::current_exe().ok()?;
        let stamp = stamp(&path);
        Some(Self { path, loaded: stamp, seen: stamp })
    }

    /// Returns the path of a newer build that is complete: two checks found the same file.
    pub(super) fn newer(&mut self) -> Option<&Path> {
        let now = stamp(&self.path);
        let is_stable = now.is_some() && now == self.seen;
        self.seen = now;
        (is_stable && now != self.loaded).then_some(&*self.path)
    }

    /// Notes that the build that was found last is used, or cannot be.
    pub(super) fn accept(&mut self) {
        self.loaded = self.seen;
    }
}

fn stamp(path: &Path) -> Stamp {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

/// A process that answers in place of this one.
#[derive(Debug)]
pub(super) struct Successor {
    child: Child,
    input: Option<ChildStdin>,
    /// Requests of the editor that have no response yet.
    pending: Arc<Mutex<HashSet<RequestId>>>,
}

impl Successor {
    /// Starts the executable with the arguments of this process, and passes everything it sends to
    /// `forward`.
    ///
    /// # Errors
    /// The process does not start or ends at once.
    pub(super) fn start<'b>(
        executable: &Path,
        initialize: &Value,
        buffers: impl Iterator<Item = &'b Buffer>,
        forward: impl Fn(Message) + Send + 'static,
    ) -> io::Result<Self> {
        let mut child = Command::new(executable)
            .args(std::env::args_os().skip(1))
            .env(IS_SUCCESSOR, "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let pending = Arc::new(Mutex::new(HashSet::new()));
        if let Some(output) = child.stdout.take() {
            let pending = Arc::clone(&pending);
            std::thread::spawn(move || {
                let mut output = BufReader::new(output);
                while let Ok(Some(message)) = Message::read(&mut output) {
                    match &message {
                        Message::Response(response) if response.id == own_id() => continue,
                        Message::Response(response) => {
                            lock(&pending).remove(&response.id);
                        }
                        Message::Request(_) | Message::Notification(_) => {}
                    }
                    forward(message);
                }
                // Nothing may wait for a process that has ended.
                for id in lock(&pending).drain() {
                    let reason = "the suite ended; build it again".to_owned();
                    let code = lsp_server::ErrorCode::ServerCancelled as i32;
                    forward(Message::Response(Response::new_err(id, code, reason)));
                }
            });
        }
        let mut successor = Self { input: child.stdin.take(), child, pending };
        let initialize = Request::new(own_id(), "initialize".to_owned(), initialize.clone());
        successor.write(initialize.into())?;
        successor.write(Notification::new("initialized".to_owned(), json!({})).into())?;
        for Buffer { uri, language, version, text } in buffers {
            let document =
                json!({"uri": uri, "languageId": language, "version": version, "text": &**text});
            let opened = json!({"textDocument": document});
            let method = "textDocument/didOpen".to_owned();
            successor.write(Notification::new(method, opened).into())?;
        }
        Ok(successor)
    }

    /// Passes a message of the editor on.
    ///
    /// # Errors
    /// The process has ended.
    pub(super) fn send(&mut self, message: Message) -> io::Result<()> {
        if let Message::Request(request) = &message {
            lock(&self.pending).insert(request.id.clone());
        }
        let id = match &message {
            Message::Request(request) => Some(request.id.clone()),
            _ => None,
        };
        self.write(message).inspect_err(|_| {
            id.map(|id| lock(&self.pending).remove(&id));
        })
    }

    /// Returns whether every request has its response.
    pub(super) fn is_idle(&self) -> bool {
        lock(&self.pending).is_empty()
    }

    fn write(&mut self, message: Message) -> io::Result<()> {
        let input = self.input.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        message.write(input)?;
        input.flush()
    }
}

impl Drop for Successor {
    fn drop(&mut self) {
        // The end of its input ends the process.
        self.input = None;
        // It has ended, or ends now; there is nothing to do about an error.
        let _ = self.child.wait();
    }
}

fn own_id() -> RequestId {
    RequestId::from(INITIALIZE.to_owned())
}

fn lock(pending: &Mutex<HashSet<RequestId>>) -> std::sync::MutexGuard<'_, HashSet<RequestId>> {
    pending.lock().unwrap_or_else(PoisonError::into_inner)
}
