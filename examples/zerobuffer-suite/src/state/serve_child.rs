//! This suite once more, as a child process that plays steps: for what must not happen to this
//! process, such as running out of files or being another user.
//!
//! The child is the `serve` of the running binary and is driven over its Harmony protocol. It ends
//! with its input, at the latest when this process ends.

use std::env;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

use nix::unistd::Uid;
use serde_json::{Value, json};

/// Under which circumstances a child lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Circumstances {
    /// The same as this process.
    Same,
    /// With at most so many open files, of which `occupied` are taken from the beginning.
    OpenFiles {
        /// The limit.
        limit: u32,
        /// How many of them the child does not get.
        occupied: u32,
    },
    /// With shared memory of its own, so many bytes in all.
    SharedMemory {
        /// Its size.
        bytes: u64,
    },
    /// As another user.
    User(u32),
}

impl Circumstances {
    /// Whether this process has the right to bring them about.
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

/// A shell that runs `script` where `/dev/shm` is a file system of its own.
fn with_shared_memory(bytes: u64, script: &str) -> Command {
    let mut command = Command::new("unshare");
    if !Uid::effective().is_root() {
        // In a namespace of users of its own anybody may mount.
        command.args(["--user", "--map-root-user"]);
    }
    command
        .args(["--mount", "--propagation", "private", "sh", "-c"])
        .arg(format!("mount -t tmpfs -o size={bytes} tmpfs /dev/shm && {script}"));
    command
}

/// A child process that plays steps.
#[derive(Debug)]
pub struct ServeChild {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    suffix: String,
    next_id: u64,
}

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// It passed.
    Passed,
    /// It did not; why.
    Failed(String),
}

impl ServeChild {
    /// Starts a child whose buffers have the same names as in the scenario `suffix` belongs to.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start_sharing(suffix: &str, circumstances: Circumstances) -> Result<Self, String> {
        // The two variables are joined by an underscore again.
        let (host, feature) = suffix.rsplit_once('_').ok_or("a suffix has two parts")?;
        Self::start(host, feature, circumstances)
    }

    /// Starts a child whose buffers have names of their own.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start_alone(circumstances: Circumstances) -> Result<Self, String> {
        /// Children of one process must not share names.
        static NEXT: AtomicU64 = AtomicU64::new(0);
        // Relaxed: only the number's uniqueness counts.
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let pid = std::process::id();
        let variable = |name| env::var(name).ok().filter(|value| !value.is_empty());
        match (variable("HARMONY_HOST_PID"), variable("HARMONY_FEATURE_ID")) {
            // Whoever clears away what is left of the scenario finds these as well.
            (Some(host), Some(feature)) => {
                Self::start(&host, &format!("{feature}child{pid}-{number}"), circumstances)
            }
            _ => Self::start(&format!("{pid}child"), &number.to_string(), circumstances),
        }
    }

    fn start(host: &str, feature: &str, circumstances: Circumstances) -> Result<Self, String> {
        let program = match circumstances {
            // From another namespace of users nobody gets at what this process runs.
            Circumstances::User(_) | Circumstances::SharedMemory { .. } => path_of_this_program()?,
            // Whatever became of the file since, this is the running program.
            _ => format!("/proc/{}/exe", std::process::id()).into(),
        };
        let mut command = match circumstances {
            Circumstances::OpenFiles { limit, occupied } => {
                let mut shell = Command::new("sh");
                let mut script = format!("ulimit -n {limit}");
                for number in 0..occupied {
                    // The descriptors after the standard ones.
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

    /// The name in shared memory of the buffer that the child calls `base`.
    pub fn name_of(&self, base: &str) -> String {
        format!("{base}_{}", self.suffix)
    }

    /// The child's process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Plays a step.
    ///
    /// # Errors
    /// When the child does not answer.
    pub fn step(&mut self, text: &str) -> Result<Reply, String> {
        self.begin(text)?;
        self.finish()
    }

    /// Begins a step without waiting for its end.
    ///
    /// # Errors
    /// When the child cannot be reached.
    pub fn begin(&mut self, text: &str) -> Result<(), String> {
        self.send("executeStep", &json!([{"StepType": 1, "Step": text}]))
    }

    /// Waits for the end of the step begun.
    ///
    /// # Errors
    /// When the child does not answer.
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
        let broken = |e: std::io::Error| format!("the child's answer cannot be read: {e}");
        let mut header = String::new();
        self.stdout.read_line(&mut header).map_err(broken)?;
        let length = header.strip_prefix("Content-Length: ").and_then(|n| n.trim().parse().ok());
        let length: usize = length.ok_or_else(|| format!("the child said {header:?}"))?;
        let mut body = vec![0; length + 2];
        self.stdout.read_exact(&mut body).map_err(broken)?;
        let reply: Value =
            serde_json::from_slice(&body).map_err(|e| format!("the child's answer: {e}"))?;
        match reply.get("error") {
            None => Ok(reply["result"].clone()),
            Some(error) => Err(format!("the child refused: {error}")),
        }
    }
}

/// Where the running program is, or its successor if it was built anew.
///
/// # Errors
/// When the system does not tell.
pub fn path_of_this_program() -> Result<PathBuf, String> {
    let path = env::current_exe().map_err(|e| format!("this program: {e}"))?;
    Ok(match path.to_str().and_then(|text| text.strip_suffix(" (deleted)")) {
        Some(path) => path.into(),
        None => path,
    })
}

impl Drop for ServeChild {
    fn drop(&mut self) {
        // The end of its input lets the child release its buffers and exit at once.
        self.stdin = None;
        let _ = self.child.wait();
    }
}
