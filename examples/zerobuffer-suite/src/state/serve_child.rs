//! This suite as a child process that executes steps, for conditions that must not affect this
//! process, such as running out of files or another user.
//!
//! The child is the running binary with `serve`, controlled by the Harmony protocol. It ends with
//! its input, at the latest when this process ends.

use std::env;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

use nix::unistd::Uid;
use serde_json::{Value, json};

/// Conditions of a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Circumstances {
    /// The same as this process.
    Same,
    /// A limit for open files, of which `occupied` are open from the start.
    OpenFiles {
        /// The limit.
        limit: u32,
        /// Number of files that are open from the start.
        occupied: u32,
    },
    /// Its own shared memory.
    SharedMemory {
        /// Size in bytes.
        bytes: u64,
    },
    /// Another user.
    User(u32),
}

impl Circumstances {
    /// Returns whether this process has the right to establish them.
    pub fn are_possible(self) -> bool {
        match self {
            Self::SharedMemory { bytes } => with_shared_memory(bytes, "exec true")
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|status| status.success()),
            Self::Same | Self::OpenFiles { .. } | Self::User(_) => true,
        }
    }
}

/// Returns a shell command that runs `script` with its own file system at `/dev/shm`.
fn with_shared_memory(bytes: u64, script: &str) -> Command {
    let mut command = Command::new("unshare");
    if !Uid::effective().is_root() {
        // In its own user namespace any user may mount.
        command.args(["--user", "--map-root-user"]);
    }
    command
        .args(["--mount", "--propagation", "private", "sh", "-c"])
        .arg(format!("mount -t tmpfs -o size={bytes} tmpfs /dev/shm && {script}"));
    command
}

/// A child process that executes steps.
#[derive(Debug)]
pub struct ServeChild {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    suffix: String,
    next_id: u64,
}

/// Result of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// It passed.
    Passed,
    /// It failed, with the reason.
    Failed(String),
}

impl ServeChild {
    /// Starts a child that uses the same buffer names as the scenario of `suffix`.
    ///
    /// # Errors
    /// Returns an error if it cannot be started.
    pub fn start_sharing(suffix: &str, circumstances: Circumstances) -> Result<Self, String> {
        // The child joins the two variables by an underscore.
        let (host, feature) = suffix.rsplit_once('_').ok_or("the suffix must have two parts")?;
        Self::start(host, feature, circumstances)
    }

    /// Starts a child with its own buffer names.
    ///
    /// # Errors
    /// Returns an error if it cannot be started.
    pub fn start_alone(circumstances: Circumstances) -> Result<Self, String> {
        /// Children of one process must not share names.
        static NEXT: AtomicU64 = AtomicU64::new(0);
        // Relaxed: the number only has to be unique.
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let pid = std::process::id();
        let variable = |name| env::var(name).ok().filter(|value| !value.is_empty());
        match (variable("HARMONY_HOST_PID"), variable("HARMONY_FEATURE_ID")) {
            // The runner's cleanup of the scenario includes these names.
            (Some(host), Some(feature)) => {
                Self::start(&host, &format!("{feature}child{pid}-{number}"), circumstances)
            }
            _ => Self::start(&format!("{pid}child"), &number.to_string(), circumstances),
        }
    }

    fn start(host: &str, feature: &str, circumstances: Circumstances) -> Result<Self, String> {
        let program = match circumstances {
            // Another user namespace has no access to the program of this process by `/proc`.
            Circumstances::User(_) | Circumstances::SharedMemory { .. } => path_of_this_program()?,
            // This is the running program, even if the file was replaced.
            _ => format!("/proc/{}/exe", std::process::id()).into(),
        };
        let mut command = match circumstances {
            Circumstances::OpenFiles { limit, occupied } => {
                let mut shell = Command::new("sh");
                let mut script = format!("ulimit -n {limit}");
                for number in 0..occupied {
                    // The descriptors after the standard streams.
                    script.push_str(&format!("; exec {}</dev/null", number + 3));
                }
                script.push_str("; exec \"$0\" serve");
                shell.arg("-c").arg(script).arg(&program);
                shell
            }
            Circumstances::SharedMemory { bytes } => {
                let mut shell = with_shared_memory(bytes, "exec \"$0\" serve");
                shell.arg(&program);
                shell
            }
            Circumstances::Same | Circumstances::User(_) => {
                let mut own = Command::new(&program);
                own.arg("serve");
                own
            }
        };
        if let Circumstances::User(user) = circumstances {
            command.uid(user).gid(user);
        }
        let mut child = command
            .env("HARMONY_HOST_PID", host)
            .env("HARMONY_FEATURE_ID", feature)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| format!("{}: {e}", program.display()))?;
        let stdin = child.stdin.take();
        let stdout = child.stdout.take().ok_or("the child has no output")?;
        let suffix = format!("{host}_{feature}");
        let stdout = BufReader::new(stdout);
        let mut started = Self { child, stdin, stdout, suffix, next_id: 2 };
        started.send("health", &json!([]))?;
        started.receive()?;
        Ok(started)
    }

    /// Returns the name in shared memory of the buffer that the child calls `base`.
    pub fn describe(&self, base: &str) -> String {
        format!("{base}_{}", self.suffix)
    }

    /// Returns the child's process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Executes a step.
    ///
    /// # Errors
    /// Returns an error if the child does not respond.
    pub fn step(&mut self, text: &str) -> Result<Reply, String> {
        self.begin(text)?;
        self.finish()
    }

    /// Starts a step without waiting for its end.
    ///
    /// # Errors
    /// Returns an error if the child cannot be reached.
    pub fn begin(&mut self, text: &str) -> Result<(), String> {
        self.send("executeStep", &json!([{"StepType": 1, "Step": text}]))
    }

    /// Waits for the end of the started step.
    ///
    /// # Errors
    /// Returns an error if the child does not respond.
    pub fn finish(&mut self) -> Result<Reply, String> {
        let result = self.receive()?;
        if result["success"] == json!(true) {
            return Ok(Reply::Passed);
        }
        Ok(Reply::Failed(result["error"].as_str().unwrap_or_default().to_owned()))
    }

    fn send(&mut self, method: &str, params: &Value) -> Result<(), String> {
        let id = self.next_id;
        self.next_id += 1;
        let body = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        let body = body.to_string();
        let stdin = self.stdin.as_mut().ok_or("the child's input is closed")?;
        write!(stdin, "Content-Length: {}\r\n\r\n{body}", body.len())
            .and_then(|()| stdin.flush())
            .map_err(|e| format!("the child cannot be reached: {e}"))
    }

    fn receive(&mut self) -> Result<Value, String> {
        let broken = |e: std::io::Error| format!("the child's response cannot be read: {e}");
        let mut header = String::new();
        self.stdout.read_line(&mut header).map_err(broken)?;
        let length = header.strip_prefix("Content-Length: ").and_then(|n| n.trim().parse().ok());
        let length: usize =
            length.ok_or_else(|| format!("invalid header from the child: {header:?}"))?;
        let mut body = vec![0; length + 2];
        self.stdout.read_exact(&mut body).map_err(broken)?;
        let reply: Value = serde_json::from_slice(&body)
            .map_err(|e| format!("invalid response from the child: {e}"))?;
        match reply.get("error") {
            None => Ok(reply["result"].clone()),
            Some(error) => Err(format!("the child refused: {error}")),
        }
    }
}

/// Returns the path of the running program, or of its rebuilt version.
///
/// # Errors
/// Returns an error if the system does not provide the information.
pub fn path_of_this_program() -> Result<PathBuf, String> {
    let path = env::current_exe().map_err(|e| format!("this program: {e}"))?;
    Ok(match path.to_str().and_then(|text| text.strip_suffix(" (deleted)")) {
        Some(path) => path.into(),
        None => path,
    })
}

impl Drop for ServeChild {
    fn drop(&mut self) {
        // At the end of its input the child releases its buffers and exits.
        self.stdin = None;
        let _ = self.child.wait();
    }
}
