//! Settings from the file, the environment and the command line.

use harmony_bdd::config::{Group, Kind, Setting, read};
use harmony_bdd::given;

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
fn the_command_line_wins_over_the_environment_and_that_over_the_file() {
    let suite = Suite::new(FEATURE);
    suite.write("harmony.toml", "[run]\ntags = [\"@a\"]\nquiet = true\n");
    let ran = |arguments: &[&str], variable: Option<&str>| {
        let mut command = suite.command(&[&["run", "--no-quiet"], arguments].concat());
        command.envs(variable.map(|tags| ("HARMONY_BDD_TAGS", tags)));
        Ran::of(command.output().unwrap())
    };
    assert_eq!(ran(&[], None).scenarios(), ["one"]);
    assert_eq!(ran(&[], Some("@b")).scenarios(), ["two"]);
    assert_eq!(ran(&["--tags", "@a or @b"], Some("@b")).scenarios(), ["one", "two"]);
    assert_eq!(suite.run(&["run"]).scenarios(), [""; 0], "quiet by the file");
}

#[test]
fn all_mistakes_are_told_at_once_with_their_sources() {
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
            "harmony.toml:2: `retry` takes a whole number from 0 to 100, not \"500\"",
            "harmony.toml:3: `step-timeout` takes seconds above 0 and up to 86400, not \"long\"",
            "harmony.toml:4: there is no setting `colour` in [run]; known: ",
            "harmony.toml:5: `tags` takes texts",
            "environment variable HARMONY_BDD_FORMAT: `format` takes one of pretty, progress, not \"fancy\"",
            "environment variable HARMONY_BDD_TAG: there is no setting `tag`",
            "--jobs: takes a whole number from 1 to 4096, not \"0\"",
        ],
    );
    suite.write("harmony.toml", "[run\n");
    suite.run(&["run"]).refused(2, &["harmony.toml:1: "]);
    suite.run(&["run", "--config", "other.toml"]).refused(2, &["other.toml", "cannot be read"]);
}

static SETTINGS: Group = Group {
    section: "own",
    prefix: "RUNNER_OWN_",
    variables_file: Some(".env.test"),
    foreign_variables: &[],
    settings: &[Setting {
        name: "patience",
        short: None,
        kind: Kind::Number { min: 100, max: 60_000, unit: "ms" },
        value: "MS",
        default: "5000",
        help: "how long to wait",
    }],
};

harmony_bdd::settings!(SETTINGS);

#[given(expr = "the patience is {int}")]
fn patience(wanted: u64) {
    assert_eq!(read(&SETTINGS).unwrap().number("patience"), Some(wanted));
}

#[test]
fn a_registered_group_is_read_by_steps_checked_before_the_run_and_shown() {
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
    let mistakes = [
        "harmony.toml:2: `patience` takes 100 to 60000 ms, not \"99\"",
        ".env.test:1: there is no setting `hurry` in [own]; known: patience",
        ".env.test:2: \"no\" is not of the form NAME=value",
        "harmony.toml:3: there is no section `other`; known: [run], ",
    ];
    suite.run(&["run"]).refused(2, &mistakes);
    suite.run(&["config", "show"]).refused(2, &mistakes);
    suite.run(&["config", "hide"]).refused(2, &["config show"]);
}
