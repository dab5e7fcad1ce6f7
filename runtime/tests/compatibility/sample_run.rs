//! Runs a sample with only the definitions of its module, in another process of this test binary.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use harmony_bdd::engine::{
    FixtureDefinition, HookDefinition, ParameterDefinition, Registry, StepDefinition,
};
use harmony_bdd::gherkin;
use harmony_bdd::macro_support::inventory;
use serde_json::Value;

const SAMPLE: &str = "COMPATIBILITY_SAMPLE";
const ARGUMENTS: &str = "COMPATIBILITY_ARGUMENTS";
const SEPARATOR: char = '\u{1f}';

/// The seed that reverses nine scenarios.
const REVERSED: &str = "--shuffle=384115";

/// A stack size in bytes that no thread can get.
const MORE_THAN_THERE_IS: &str = "70368744177664";

/// One sample of the kit.
pub(crate) struct Sample {
    pub(crate) name: String,
    folder: PathBuf,
}

struct Wishes {
    arguments: Vec<String>,
    no_threads: bool,
}

impl Sample {
    pub(crate) fn in_folder(folder: PathBuf) -> Self {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        Self { name, folder }
    }

    /// The expected messages.
    pub(crate) fn expected(&self) -> Vec<Value> {
        lines(&self.folder.join(format!("{}.ndjson", self.name)))
    }

    /// The feature files, in order.
    fn features(&self) -> Vec<String> {
        let names = fs::read_dir(&self.folder).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> =
            names.filter(|name| gherkin::is_feature_path(Path::new(name))).collect();
        names.sort();
        names
    }

    /// The options that the sample requires.
    fn wishes(&self) -> Result<Wishes, String> {
        let path = self.folder.join(format!("{}.arguments.txt", self.name));
        let asked = fs::read_to_string(path).unwrap_or_default();
        let words: Vec<_> = asked.split_whitespace().collect();
        let (arguments, no_threads) = match words[..] {
            [] => (vec![], false),
            ["--retry", count] => (vec!["--retry", count], false),
            ["--order", "reverse"] => (vec![REVERSED], false),
            // A failure of the environment in the middle of the run, outside of any step.
            ["--error"] => (vec![], true),
            _ => return Err(format!("asks for {asked:?}")),
        };
        Ok(Wishes { arguments: arguments.into_iter().map(str::to_owned).collect(), no_threads })
    }
}

/// Returns the messages of a run of `sample`.
pub(crate) fn messages(sample: &Sample) -> Result<Vec<Value>, String> {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("messages.ndjson");
    let mut arguments = vec!["-j".to_owned(), "1".to_owned(), "--quiet".to_owned()];
    arguments.push("--no-capture".to_owned());
    arguments.push(format!("--report=messages={}", report.display()));
    let wishes = sample.wishes()?;
    arguments.extend(wishes.arguments);
    let features = sample.features();
    if features.is_empty() {
        return Err("has no feature file".to_owned());
    }
    arguments.extend(features);
    // The harness prints on standard output: the suite writes to a separate descriptor.
    let mut command = Command::new("/bin/sh");
    if wishes.no_threads {
        command.env("RUST_MIN_STACK", MORE_THAN_THERE_IS);
    }
    let ran = command
        .arg("-c")
        .arg("exec \"$0\" --exact sample_run::runs_a_sample --nocapture --test-threads=1 3>&1 >/dev/null")
        .arg(std::env::current_exe().unwrap())
        .env(SAMPLE, &sample.name)
        .env(ARGUMENTS, arguments.join(&SEPARATOR.to_string()))
        .current_dir(&sample.folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let wanted: &[_] = if wishes.no_threads { &[2] } else { &[0, 1] };
    if ran.status.code().is_none_or(|code| !wanted.contains(&code)) || !report.exists() {
        let reported = String::from_utf8_lossy(&ran.stderr);
        return Err(format!("ends with {:?}: {reported}", ran.status.code()));
    }
    Ok(lines(&report))
}

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Runs the sample if this process was started for one; does nothing in a normal test run.
#[test]
fn runs_a_sample() {
    let (Ok(sample), Ok(arguments)) = (std::env::var(SAMPLE), std::env::var(ARGUMENTS)) else {
        return;
    };
    let real = OpenOptions::new().write(true).open("/proc/self/fd/3").unwrap();
    nix::unistd::dup2_stdout(&real).unwrap();
    drop(real);
    nix::unistd::close(3).unwrap();
    let setup = harmony_bdd::cli::RunSetup::default().registry(definitions(&sample));
    let code = harmony_bdd::cli::run_with(setup, arguments.split(SEPARATOR));
    let number = (0..=u8::MAX).find(|&number| ExitCode::from(number) == code).unwrap();
    std::process::exit(number.into());
}

/// Returns the definitions of the sample's module.
fn definitions(sample: &str) -> Registry {
    let module = concat!(module_path!(), "::").replace("::sample_run::", "::samples::")
        + &sample.replace('-', "_");
    let file = format!("/samples/{}.rs", sample.replace('-', "_"));
    Registry::from_definitions(
        inventory::iter::<StepDefinition>.into_iter().filter(|step| step.module == module),
    )
    .with_hooks(inventory::iter::<HookDefinition>.into_iter().filter(|hook| hook.module == module))
    .with_fixtures(inventory::iter::<FixtureDefinition>)
    .with_parameters(
        inventory::iter::<ParameterDefinition>.into_iter().filter(|p| p.at.file.ends_with(&file)),
    )
}
