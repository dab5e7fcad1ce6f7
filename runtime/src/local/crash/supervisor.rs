//! The process that waits for the run: it starts this program again and passes its exit code on, unless
//! that process dies before the run has finished.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _, parent_id};
use std::process::{Child, Command, ExitCode, ExitStatus, id};
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, close};
use signal_hook::consts::{SIGCHLD, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::journal::{Journal, record_exit_code, record_signal};
use super::replay::{Crash, set_crash};
use super::run_output::{copy_output, set_printed};
use crate::observe::start_journal;

/// The variable by which the supervisor gives the other process the numbers of its files; `off` means
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

/// The file of captured output, which the supervisor can read as well.
static OUTPUT: OnceLock<File> = OnceLock::new();

/// Runs `command` in a separate process and returns its exit code. If that process dies, `command`
/// runs here, but replays the events up to the death instead of running scenarios, so that all
/// reports are complete.
///
/// A debugger that has started this process finds the run in it: it is not supervised then.
pub fn supervise(command: impl FnOnce() -> ExitCode) -> ExitCode {
    if join_supervisor() {
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
    match (journal.exit_code, status.code(), status.signal()) {
        (Some(recorded), Some(code), _) if i32::from(recorded) == code => ExitCode::from(recorded),
        (None, _, Some(signal)) if signal == Signal::SIGINT as i32 => {
            ExitCode::from(EXIT_INTERRUPTED)
        }
        (Some(recorded), ..) => {
            // The reports are complete, since the process died after the run.
            eprint(&format!("error: the run finished, but then its process {}\n", death(status)));
            ExitCode::from(if recorded == 0 { EXIT_DIED } else { recorded })
        }
        (None, ..) => {
            set_printed(files.printed().unwrap_or_default());
            let crash = Crash::new(journal, death(status), files.output);
            eprint(&crash.to_string());
            set_crash(crash);
            let code = command();
            if code == ExitCode::SUCCESS { ExitCode::from(EXIT_DIED) } else { code }
        }
    }
}

/// Records that a signal asked this process to end the run.
pub fn record_interrupt() {
    record_signal();
}

/// Records that this process exits with `code` on purpose.
pub fn record_exit(code: u8) {
    record_exit_code(code);
}

/// Returns the file for captured output, if this process is supervised.
pub(in crate::local) fn shared_output() -> Option<File> {
    OUTPUT.get().and_then(|file| file.try_clone().ok())
}

/// The files that both processes use.
struct Files {
    journal: File,
    output: File,
    printed: File,
}

impl Files {
    fn new() -> io::Result<Self> {
        // Without CLOEXEC: the other process inherits them.
        let create = |name| memfd_create(name, MFdFlags::empty()).map(File::from);
        Ok(Self {
            journal: create(c"journal of the run")?,
            output: create(c"output of steps")?,
            printed: create(c"standard output of the run")?,
        })
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
    let mut arguments = env::args_os();
    let program = env::current_exe().ok().filter(|path| path.exists());
    // The path of a program that was deleted is not valid any more.
    let mut command = Command::new(program.unwrap_or_else(|| "/proc/self/exe".into()));
    if let Some(name) = arguments.next() {
        command.arg0(name);
    }
    let [journal, output, printed] =
        [&files.journal, &files.output, &files.printed].map(File::as_raw_fd);
    let value = format!("{}:{journal}:{output}:{printed}", id());
    command.args(arguments).env(VARIABLE, value);
    let mut signals = Signals::new([SIGCHLD, SIGINT, SIGTERM])?;
    wait(&mut command.spawn()?, &mut signals, files)
}

fn wait(child: &mut Child, signals: &mut Signals, files: &Files) -> io::Result<ExitStatus> {
    let mut interrupts = 0;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        for signal in signals.wait().filter(|signal| *signal != SIGCHLD) {
            interrupts += 1;
            // A terminal, and a sender that means the whole process group, reach both processes. The
            // second signal ends a run at once, so that none may arrive twice.
            thread::sleep(GROUP_SIGNAL_DELAY);
            if files.journal()?.interrupts < interrupts
                && let Ok(signal) = Signal::try_from(signal)
            {
                // It may have ended by now; the loop notices.
                let _ = kill(Pid::from_raw(child.id().cast_signed()), signal);
            }
        }
    }
}

/// Returns true if a supervisor has started this process, and connects to it.
fn join_supervisor() -> bool {
    let Ok(text) = env::var(VARIABLE) else { return false };
    let Some(numbers) = parse_numbers(&text) else { return false };
    let [supervisor, journal, output, printed] = numbers;
    // Processes that steps start inherit the variable.
    if u32::try_from(supervisor) != Ok(parent_id()) {
        return false;
    }
    let open = |number: i32| {
        let file =
            OpenOptions::new().read(true).append(true).open(format!("/proc/self/fd/{number}"));
        // Processes that steps start must not inherit it.
        let _ = close(number);
        file
    };
    let (Ok(journal), Ok(output), Ok(printed)) = (open(journal), open(output), open(printed))
    else {
        return false;
    };
    start_journal(journal);
    copy_output(printed);
    // Only this function sets it, once.
    let _ = OUTPUT.set(output);
    // The run ends with its supervisor, also when that is killed.
    let _ = set_pdeathsig(Signal::SIGKILL);
    true
}

fn parse_numbers(text: &str) -> Option<[i32; 4]> {
    let mut numbers = text.split(':').map(|number| number.parse().ok());
    Some([numbers.next()??, numbers.next()??, numbers.next()??, numbers.next()??])
}

/// Returns true if a debugger, a tracer or Valgrind observes this process, but might not observe another.
fn is_observed() -> bool {
    let preloaded = env::var_os("LD_PRELOAD").unwrap_or_default();
    if preloaded.to_string_lossy().contains("vgpreload") {
        return true;
    }
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let tracer = status.lines().find_map(|line| line.strip_prefix("TracerPid:"));
    tracer.is_some_and(|tracer| tracer.trim() != "0")
}

/// Describes an end of the process, after "the process".
fn death(status: ExitStatus) -> String {
    match (status.signal(), status.code()) {
        (Some(number), _) => match Signal::try_from(number) {
            Ok(signal) => format!("was killed by signal {number} ({signal})"),
            Err(_) => format!("was killed by signal {number}"),
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
