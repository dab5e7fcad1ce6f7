//! A suite with its command line: this test binary starts itself again.
//!
//! The test harness prints on standard output, so a shell keeps the real one as descriptor 3 and the
//! child puts it back before it begins.

use std::fs::{self, OpenOptions};
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output, Stdio};

use super::recording::Recording;

pub(crate) const ARGUMENTS: &str = "RUNNER_TEST_ARGUMENTS";
const AS_TEST_BINARY: &str = "RUNNER_TEST_AS_TEST_BINARY";
/// Set if the process calls the function behind `main!`, with the arguments of the test harness.
pub(crate) const AS_MAIN: &str = "RUNNER_TEST_AS_MAIN";
/// The file a subscriber of the suite's own writes to, where it brings one.
pub(crate) const RECORD: &str = "RUNNER_TEST_RECORD";
/// Set if the suite installs a subscriber with this crate's layer.
#[cfg(feature = "tracing-subscriber")]
pub(crate) const LAYER: &str = "RUNNER_TEST_LAYER";
/// Set if a second process waits for the run, as it does for `main!` and `test_main!`.
pub(crate) const SUPERVISED: &str = "RUNNER_TEST_SUPERVISED";
const SEPARATOR: char = '\u{1f}';

/// Runs the suite in a process that was started as one; does nothing in a normal run.
#[test]
fn runs_as_a_suite() {
    let Ok(arguments) = std::env::var(ARGUMENTS) else { return };
    // The process that a supervisor starts has the real one already.
    if std::env::var_os("HARMONY_SUPERVISOR").is_none() {
        let real = OpenOptions::new().write(true).open("/proc/self/fd/3").unwrap();
        nix::unistd::dup2_stdout(&real).unwrap();
        drop(real);
        nix::unistd::close(3).unwrap();
    }
    if let Ok(path) = std::env::var(RECORD) {
        tracing::subscriber::set_global_default(Recording::to(&path)).unwrap();
    }
    #[cfg(feature = "tracing-subscriber")]
    if std::env::var_os(LAYER).is_some() {
        use tracing_subscriber::layer::SubscriberExt;
        let layer = harmony_bdd::observe::StepLogLayer::default();
        let subscriber = tracing_subscriber::registry().with(layer);
        tracing::subscriber::set_global_default(subscriber).unwrap();
    }
    let arguments = arguments.split(SEPARATOR).filter(|argument| !argument.is_empty());
    if std::env::var_os(AS_MAIN).is_some() {
        exit(harmony_bdd::cli::main());
    }
    let run = || match std::env::var_os(AS_TEST_BINARY) {
        Some(_) => harmony_bdd::cli::test_main_with("features", arguments),
        None => harmony_bdd::cli::main_with(arguments),
    };
    exit(match std::env::var_os(SUPERVISED) {
        Some(_) => harmony_bdd::local::supervise(run),
        None => run(),
    });
}

fn exit(code: ExitCode) -> ! {
    let number = (0..=u8::MAX).find(|&number| ExitCode::from(number) == code).unwrap();
    std::process::exit(number.into());
}

/// A folder of feature files, removed at the end, and the command line in it.
pub(crate) struct Suite {
    folder: tempfile::TempDir,
}

impl Suite {
    /// A suite whose `features/a.feature` holds `text`.
    pub(crate) fn new(text: &str) -> Self {
        let suite = Self { folder: tempfile::tempdir().unwrap() };
        suite.write("features/a.feature", text);
        suite
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// The command that runs these arguments in the folder.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        self.command_of(&std::env::current_exe().unwrap(), arguments)
    }

    /// The same with a copy of this test binary.
    pub(crate) fn command_of(&self, executable: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new("/bin/sh");
        command
            .arg("-c")
            .arg("exec \"$0\" --exact suite::runs_as_a_suite --nocapture 3>&1 >/dev/null")
            .arg(executable)
            .env(ARGUMENTS, arguments.join(&SEPARATOR.to_string()))
            .env("HARMONY_BDD_RERUN_FILE", self.path("last.rerun"))
            .env("HARMONY_BDD_MUTATE_UNNOTICED_FILE", self.path("last.mutants"))
            .env_remove("NO_COLOR")
            .env_remove("GITHUB_ACTIONS")
            .env_remove("GITLAB_CI")
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        command
    }

    /// Runs the folder's features as a test binary does.
    pub(crate) fn test(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.test_command(arguments).output().unwrap())
    }

    /// The command that runs the folder's features as a test binary does.
    pub(crate) fn test_command(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(arguments);
        command.env(AS_TEST_BINARY, "1");
        command
    }

    /// Runs the arguments as `main!` does, in a process that may die.
    pub(crate) fn supervised(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).env(SUPERVISED, "1").output().unwrap())
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().unwrap())
    }
}

/// The result of a command line.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Asserts the exit code, and that standard output holds every one of `parts`.
    #[track_caller]
    pub(crate) fn assert(&self, code: i32, parts: &[&str]) -> &Self {
        assert_eq!(self.code, Some(code), "{}{}", self.out, self.err);
        for part in parts {
            assert!(self.out.contains(part), "{part:?} is missing in:\n{}\n{}", self.out, self.err);
        }
        self
    }

    /// Asserts the exit code, and that standard error holds every one of `parts`.
    #[track_caller]
    pub(crate) fn refused(&self, code: i32, parts: &[&str]) {
        assert_eq!(self.code, Some(code), "{}{}", self.out, self.err);
        for part in parts {
            assert!(self.err.contains(part), "{part:?} is missing in:\n{}", self.err);
        }
    }

    /// The names of the scenarios of a pretty report, in its order.
    pub(crate) fn scenarios(&self) -> Vec<&str> {
        self.out
            .lines()
            .filter_map(|line| {
                let (_, line) = line.trim_start().split_once(" s ")?;
                let marks = ["✓ ", "✗ ", "- ", "~ ", "! "];
                let name = marks.iter().find_map(|mark| line.strip_prefix(mark))?;
                Some(name.split("  ").next().unwrap_or(name))
            })
            .collect()
    }
}

/// Reads the output of a run that was interrupted up to its notice that it will stop, and returns that line.
pub(crate) fn read_notice_of_stop(stdout: &mut impl BufRead) -> String {
    let mut line = String::new();
    while !line.contains("Stopping: ") {
        line.clear();
        assert!(stdout.read_line(&mut line).unwrap() > 0, "it ended without a notice");
    }
    line
}
