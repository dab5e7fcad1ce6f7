//! The process that waits for the run: it starts this program again and passes its exit code on, unless
//! that process dies before the run has finished.

use std::env;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::process::{Child, ExitCode, ExitStatus, id};
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use signal_hook::consts::SIGINT;

use super::exit_guard::allow_exit;
use super::journal::{Journal, record_exit_code, record_signal};
use super::replay::{Crash, set_crash};
use super::run_output::{copy_output, set_printed};
use crate::local::worker;
use crate::observe::start_journal;
use crate::platform::{self, ChildSignals};

/// The variable by which the supervisor passes its id and its files to the other process; `off` means
/// that the run is not supervised.
const VARIABLE: &str = "HARMONY_SUPERVISOR";

const ABORT_WARNING: &str = "warning: this suite is built with `panic = \"abort\"`: the first failing \
    assertion ends the whole run; build it with a profile that has `panic = \"unwind\"`\n";

/// Time that a signal to the process group has to reach the other process.
const GROUP_SIGNAL_DELAY: Duration = Duration::from_millis(50);

/// Exit code of an interrupted run.
const EXIT_INTERRUPTED: u8 = 130;

/// Exit code if the process died, but its last run had no failure.
const EXIT_DIED: u8 = 1;

/// Set if this program can be started again with its arguments.
static IS_RESTARTABLE: OnceLock<()> = OnceLock::new();

/// The file of captured output, which the supervisor can read as well.
static OUTPUT: OnceLock<File> = OnceLock::new();

/// Runs `command` in a separate process and returns its exit code. If that process dies, `command`
/// runs here, but replays the events up to the death instead of running scenarios, so that all
/// reports are complete.
///
/// Where the system offers no way to supervise a process, the death of the run is not reported.
///
/// A debugger that has started this process finds the run in it: it is not supervised then.
pub fn supervise(command: impl FnOnce() -> ExitCode) -> ExitCode {
    // Only this function sets it.
    let _ = IS_RESTARTABLE.set(());
    match worker::connect() {
        Ok(None) => {}
        Ok(Some(output)) => {
            // Only this function sets it, once.
            let _ = output.map(|file| OUTPUT.set(file));
            let code = command();
            record_exit(exit_number(code));
            return code;
        }
        // The parent reports that the worker ended.
        Err(_) => return ExitCode::from(EXIT_DIED),
    }
    if let Some(files) = supervisor_files() {
        // If it fails, the supervisor reports that the run died. This process must not become another
        // supervisor, whose run would fail in the same way.
        let _ = join_supervisor(&files);
        let code = command();
        record_exit(exit_number(code));
        return code;
    }
    if cfg!(panic = "abort") {
        eprint(ABORT_WARNING);
    }
    let is_off = env::var_os(VARIABLE).is_some_and(|value| value == "off");
    if is_off || is_observed() {
        return command();
    }
    // Without another process, the run is not supervised.
    let Ok(files) = Files::new() else { return command() };
    let Ok(status) = run_child(&files) else { return command() };
    let journal = files.journal().unwrap_or_default();
    match (journal.exit_code, status.code(), platform::signal_of(status)) {
        (Some(recorded), Some(code), _) if i32::from(recorded) == code => ExitCode::from(recorded),
        (None, _, Some(signal)) if signal == SIGINT => ExitCode::from(EXIT_INTERRUPTED),
        (Some(recorded), ..) => {
            // The reports are complete, since the process died after the run.
            eprint(&format!("error: the run finished, but then its process {}\n", death(status)));
            ExitCode::from(if recorded == 0 { EXIT_DIED } else { recorded })
        }
        (None, ..) => {
            set_printed(files.printed().unwrap_or_default());
            let crash = Crash::new(journal, death(status), Some(files.output));
            eprint(&crash.to_string());
            set_crash(crash);
            let code = command();
            if code == ExitCode::SUCCESS { ExitCode::from(EXIT_DIED) } else { code }
        }
    }
}

/// Returns true if this program can be started again with its arguments: its `main` does nothing else.
pub fn is_restartable() -> bool {
    IS_RESTARTABLE.get().is_some()
}

/// Records that a signal asked this process to end the run.
pub fn record_interrupt() {
    record_signal();
}

/// Records that this process exits with `code` on purpose.
pub fn record_exit(code: u8) {
    allow_exit();
    record_exit_code(code);
}

/// Returns the file for captured output, if this process is supervised.
pub(in crate::local) fn shared_output() -> Option<File> {
    OUTPUT.get().and_then(|file| file.try_clone().ok())
}

/// The files that both processes use, and the texts by which the other process opens them.
struct Files {
    journal: File,
    output: File,
    printed: File,
    /// The names of the journal, the output of steps and the printed text, in this order.
    names: [String; 3],
}

impl Files {
    fn new() -> io::Result<Self> {
        let (journal, journal_name) = platform::create_shared_file("journal")?;
        let (output, output_name) = platform::create_shared_file("output")?;
        let (printed, printed_name) = platform::create_shared_file("printed")?;
        Ok(Self { journal, output, printed, names: [journal_name, output_name, printed_name] })
    }

    fn journal(&self) -> io::Result<Journal> {
        Ok(Journal::parse(&String::from_utf8_lossy(&content(&self.journal)?)))
    }

    fn printed(&self) -> io::Result<Vec<u8>> {
        content(&self.printed)
    }
}

fn content(mut file: &File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Runs this program again, and waits for it.
fn run_child(files: &Files) -> io::Result<ExitStatus> {
    let mut command = platform::this_program();
    let value = format!("{}:{}", id(), files.names.join(":"));
    command.args(env::args_os().skip(1)).env(VARIABLE, value);
    let mut signals = ChildSignals::listen()?;
    wait(&mut command.spawn()?, &mut signals, files)
}

fn wait(child: &mut Child, signals: &mut ChildSignals, files: &Files) -> io::Result<ExitStatus> {
    let mut interrupts = 0;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        for signal in signals.wait() {
            interrupts += 1;
            // A terminal, and a sender that means the whole process group, reach both processes. The
            // second signal ends a run at once, so that none may arrive twice.
            thread::sleep(GROUP_SIGNAL_DELAY);
            if files.journal()?.interrupts < interrupts {
                // It may have ended by now; the loop notices.
                platform::send_signal(child.id(), signal);
            }
        }
    }
}

/// Returns the names of the journal, of the output of steps and of the printed text, if a supervisor has
/// started this process.
fn supervisor_files() -> Option<[String; 3]> {
    let text = env::var(VARIABLE).ok()?;
    let mut parts = text.splitn(4, ':');
    let supervisor = parts.next()?;
    let names = [parts.next()?, parts.next()?, parts.next()?];
    // Processes that steps start inherit the variable.
    let is_parent = supervisor.parse().ok() == platform::parent_id();
    is_parent.then(|| names.map(str::to_owned))
}

/// Connects this process to the supervisor that has started it.
fn join_supervisor(names: &[String; 3]) -> io::Result<()> {
    let [journal, output, printed] = names.each_ref().map(|name| platform::open_shared_file(name));
    start_journal(journal?);
    copy_output(printed?);
    // Only this function sets it, once.
    let _ = OUTPUT.set(output?);
    platform::end_with_parent();
    Ok(())
}

/// Returns true if a debugger, a tracer or Valgrind observes this process, but might not observe another.
fn is_observed() -> bool {
    let preloaded = env::var_os("LD_PRELOAD").unwrap_or_default();
    preloaded.to_string_lossy().contains("vgpreload") || platform::is_traced()
}

/// Describes an end of the process, after "the process".
pub(in crate::local) fn death(status: ExitStatus) -> String {
    match (platform::signal_of(status), status.code()) {
        (Some(number), _) => match platform::signal_name(number) {
            Some(name) => format!("was killed by signal {number} ({name})"),
            None => format!("was killed by signal {number}"),
        },
        (None, Some(code)) => format!("exited with code {code}"),
        (None, None) => "ended".to_owned(),
    }
}

fn exit_number(code: ExitCode) -> u8 {
    (0..=u8::MAX).find(|number| ExitCode::from(*number) == code).unwrap_or(EXIT_DIED)
}

fn eprint(text: &str) {
    // The exit code reports the death if stderr is closed.
    let _ = io::stderr().write_all(text.as_bytes());
}
