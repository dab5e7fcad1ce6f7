//! Settings from the file, the environment and the command line.

use harmony_bdd::config::{Setting, SettingsGroup, Source, ValueKind, read};
use harmony_bdd::{StepArg, given};

use super::suite::{Ran, Suite};

const FEATURE: &str = "\
Feature: f
  @a
  Scenario: one
    Given all is well
  @b
  Scenario: two
    Given all is well
";

#[test]
fn command_line_overrides_environment_which_overrides_file() {
    let suite = Suite::new(FEATURE);
    suite.write("harmony.toml", "[run]\ntags = [\"@a\"]\nquiet = true\n");
    let ran = |arguments: &[&str], variable: Option<&str>| {
        let mut command = suite.command(&[&["run", "--no-quiet", "-j1"], arguments].concat());
        command.envs(variable.map(|tags| ("HARMONY_BDD_TAGS", tags)));
        Ran::of(command.output().unwrap())
    };
    assert_eq!(ran(&[], None).scenarios(), ["one"]);
    assert_eq!(ran(&[], Some("@b")).scenarios(), ["two"]);
    assert_eq!(ran(&["--tags", "@a or @b"], Some("@b")).scenarios(), ["one", "two"]);
    assert_eq!(suite.run(&["run"]).scenarios(), [""; 0], "quiet by the file");
}

#[test]
fn all_errors_are_reported_with_their_sources() {
    let suite = Suite::new(FEATURE);
    suite.write(
        "harmony.toml",
        "[run]\nretry = 500\nstep-timeout = \"long\"\ncolour = 1\ntags = [[1]]\n",
    );
    let mut command = suite.command(&["run", "--jobs", "0"]);
    command.env("HARMONY_BDD_FORMAT", "fancy").env("HARMONY_BDD_TAG", "@x");
    Ran::of(command.output().unwrap()).refused(
        2,
        &[
            "harmony.toml:2: `retry`: expected an integer from 0 to 100, got \"500\"",
            "harmony.toml:3: `step-timeout`: expected seconds above 0 and up to 86400, got \"long\"",
            "harmony.toml:4: unknown setting `colour` in [run]; did you mean `color`?",
            "harmony.toml:5: `tags`: expected a string or an array of strings",
            "environment variable HARMONY_BDD_FORMAT: `format`: invalid value \"fancy\": expected one of pretty, progress",
            "environment variable HARMONY_BDD_TAG: unknown setting `tag` in [run]; did you mean `tags`?",
            "--jobs: expected an integer from 1 to 4096, got \"0\"",
        ],
    );
    suite.write("harmony.toml", "[run\n");
    suite.run(&["run"]).refused(2, &["harmony.toml:1: "]);
    suite
        .run(&["run", "--config", "other.toml"])
        .refused(2, &["other.toml: cannot read the settings: "]);
}

static SETTINGS: SettingsGroup = SettingsGroup {
    section: "own",
    prefix: "RUNNER_OWN_",
    variables_file: Some(".env.test"),
    ignored_env_vars: &[],
    implied_flags: &[],
    settings: &[Setting {
        name: "patience",
        aliases: &[],
        kind: ValueKind::Number { min: 100, max: 60_000, unit: "ms" },
        default: "5000",
        help: "time to wait",
    }],
};

harmony_bdd::settings!(SETTINGS);

#[given(expr = "the patience is {int}")]
fn patience(wanted: u64) {
    assert_eq!(read(&SETTINGS).unwrap().number("patience"), Some(wanted));
}

#[test]
fn registered_group_is_checked_before_the_run() {
    let feature = |ms: u32| format!("Feature: f\n  Scenario: s\n    Given the patience is {ms}\n");
    let suite = Suite::new(&feature(5000));
    suite.run(&["run"]).assert(0, &[]);
    suite.write("harmony.toml", "[own]\npatience = 200\n");
    suite.write("features/a.feature", &feature(200));
    suite.run(&["run"]).assert(0, &[]);
    suite.write(".env.test", "# own\nRUNNER_OWN_PATIENCE='300'\nOTHER=1\n");
    suite.write("features/a.feature", &feature(300));
    suite.run(&["run"]).assert(0, &[]);
    suite.run(&["config", "show"]).assert(
        0,
        &[
            "[own]\npatience = 300",
            "# .env.test:2\n",
            "step-timeout = 30",
            "# default; HARMONY_BDD_STEP_TIMEOUT",
            "# jobs is not set",
        ],
    );
    suite.write("harmony.toml", "[own]\npatience = 99\n[other]\n");
    suite.write(".env.test", "RUNNER_OWN_HURRY=1\nno\n");
    let errors = [
        "harmony.toml:2: `patience`: expected an integer from 100 to 60000 ms, got \"99\"",
        ".env.test:1: unknown setting `hurry` in [own]; expected one of: patience",
        ".env.test:2: \"no\" is not of the form NAME=value",
        "harmony.toml:3: unknown section `other`; expected one of: run, harmony, ",
    ];
    suite.run(&["run"]).refused(2, &errors);
    suite.run(&["config", "show"]).refused(2, &errors);
    suite.run(&["config", "hide"]).refused(2, &["unknown command 'hide'; expected one of: show"]);
}

harmony_bdd::settings! {
    /// Settings as a struct.
    pub(crate) struct Typed(
        section = "typed",
        prefix = "RUNNER_TYPED_",
        variables_file = ".env.test",
    ) {
        /// Time to wait.
        timeout_ms: u64 = 5_000 in 100..=60_000 "ms",
        /// Items at once.
        width: u8 = 3,
        /// Name of the speaker.
        name: String = "anonymous",
        /// Voice of the speaker.
        voice: Voice = "soft" of ["soft", "very loud"],
        /// Times the steps.
        tracking: bool = false => run.stats,
    }
}

#[derive(StepArg, Debug, Clone, Copy, PartialEq)]
pub(crate) enum Voice {
    Soft,
    VeryLoud,
}

#[given(expr = "the settings are {int}, {int}, {string}, {string} and {word}")]
fn typed(settings: &Typed, timeout: u64, width: u8, name: &str, voice: Voice, tracking: bool) {
    let Typed { timeout_ms, .. } = settings;
    assert_eq!((*timeout_ms, settings.width, settings.name.as_str()), (timeout, width, name));
    assert_eq!((settings.voice, settings.tracking), (voice, tracking));
    assert_eq!(Typed::shared().unwrap().timeout_ms, timeout);
    let is_default = Typed::source_of("timeout_ms").unwrap() == Source::Default;
    assert_eq!(is_default, timeout == 5000);
}

fn typed_feature(values: &str) -> String {
    format!("Feature: f\n  Scenario: s\n    Given the settings are {values}\n")
}

#[test]
fn settings_struct_is_a_state_with_defaults() {
    let suite = Suite::new(&typed_feature("5000, 3, 'anonymous', 'soft' and false"));
    suite.run(&["run"]).assert(0, &["1 scenario (1 passed)"]);
}

#[test]
fn each_source_overrides_the_weaker_ones() {
    let suite = Suite::new("");
    let expect = |values: &str, arguments: &[&str], variable: Option<&str>| {
        suite.write("features/a.feature", &typed_feature(values));
        let mut command = suite.command(arguments);
        command.envs(variable.map(|value| ("RUNNER_TYPED_TIMEOUT_MS", value)));
        Ran::of(command.output().unwrap()).assert(0, &["1 scenario (1 passed)"]);
    };
    let run: &[&str] = &["run", "features"];
    suite
        .write("harmony.toml", "[typed]\ntimeout_ms = 2_000\nname = 'file'\nvoice = 'very loud'\n");
    expect("2000, 3, 'file', 'very loud' and false", run, None);
    // Next to the features, and in the syntax of other tools.
    suite
        .write("features/.env.test", "export RUNNER_TYPED_TIMEOUT_MS=3000\nRUNNER_TYPED_WIDTH=4\n");
    expect("3000, 4, 'file', 'very loud' and false", run, None);
    expect("4000, 4, 'file', 'very loud' and false", run, Some("4000"));
    let set = &["run", "--set", "typed.timeout_ms=5500", "--set", "typed.tracking=yes", "features"];
    expect("5500, 4, 'file', 'very loud' and true", set, Some("4000"));
    // `-` and `_` are the same, and the last option counts.
    let twice = &["run", "--set=typed.timeout-ms=700", "--set", "typed.timeout-ms=600", "features"];
    expect("600, 4, 'file', 'very loud' and false", twice, Some("4000"));
}

#[test]
fn set_accepts_a_setting_of_any_section() {
    let suite = Suite::new(FEATURE);
    let ran = suite.run(&["run", "--set", "run.tags=@b", "--set", "own.patience=200"]);
    assert_eq!(ran.scenarios(), ["two"]);
    suite.run(&["config", "show", "--set", "own.patience=200"]).assert(
        0,
        &[
            "patience = 200",
            "# --set own.patience\n",
            "timeout_ms = 5_000",
            "# default; RUNNER_TYPED_TIMEOUT_MS",
        ],
    );
}

#[test]
fn flag_of_the_suite_implies_a_flag_of_the_runner() {
    let suite = Suite::new(FEATURE);
    suite.run(&["config", "show"]).assert(0, &["\nstats = false"]);
    let slowest = "Slowest calls:";
    assert!(!suite.run(&["run"]).out.contains(slowest));
    suite.write(".env.test", "RUNNER_TYPED_TRACKING=on\n");
    suite.run(&["run"]).assert(0, &[slowest]);
    let shown = suite.run(&["config", "show"]);
    shown.assert(0, &["tracking = true", "\nstats = true", "# typed.tracking, .env.test:1\n"]);
    // The other flag itself has precedence.
    assert!(!suite.run(&["run", "--no-stats"]).out.contains(slowest));
    suite.write("harmony.toml", "[run]\nstats = false\n");
    assert!(!suite.run(&["run"]).out.contains(slowest));
}

#[test]
fn every_command_reports_all_errors_in_the_suites_settings() {
    let suite = Suite::new(FEATURE);
    suite.write("harmony.toml", "[typed]\ntimeout_ms = 99\nvoice = \"hoarse\"\n");
    suite.write(".env.test", "RUNNER_TYPED_WIDTH=256\nRUNNER_TYPED_TIMEOUT_MS=5__\n");
    let errors = [
        "harmony.toml:2: `timeout_ms`: expected an integer from 100 to 60000 ms, got \"99\"",
        "harmony.toml:3: `voice`: invalid value \"hoarse\": expected one of soft, very loud",
        ".env.test:1: `width`: expected an integer from 0 to 255, got \"256\"",
        ".env.test:2: `timeout_ms`: expected an integer from 100 to 60000 ms, got \"5__\"",
        "environment variable RUNNER_TYPED_VOLUME: unknown setting `volume` in [typed]; expected one of: timeout_ms, ",
        "--set typed.tracking: expected `true` or `false`, got \"maybe\"",
        "--set typed.pitch: unknown setting `pitch` in [typed]",
        "--set nowhere.x: unknown section `nowhere`; expected one of: run, ",
    ];
    let set = ["--set", "typed.tracking=maybe", "--set", "typed.pitch=1", "--set", "nowhere.x=1"];
    let refused = |command: &[&str], errors: &[&str]| {
        let mut command = suite.command(&[command, &set].concat());
        command.env("RUNNER_TYPED_VOLUME", "11");
        Ran::of(command.output().unwrap()).refused(2, errors);
    };
    refused(&["run"], &errors);
    refused(&["check"], &errors);
    refused(&["harmony"], &errors);
    refused(&["config", "show"], &errors);
    // It reads the suite's settings only.
    refused(&["serve"], &errors[..7]);
    suite
        .run(&["run", "--set", "typed"])
        .refused(2, &["--set: expected SECTION.NAME=VALUE, got \"typed\""]);
}
