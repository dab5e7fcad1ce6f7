//! The command line: help, unknown words, completions and the manual page.
//!
//! The expected help texts are in `help/`; `UPDATE_EXPECT=1` rewrites them.

use expect_test::expect_file;

use super::suite::{AS_MAIN, Ran, Suite};

/// Returns the name of this test binary, which help and completions show as the suite's.
fn program() -> String {
    let path = std::env::current_exe().unwrap();
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

/// Returns what `arguments` print, with the name of the program replaced.
fn printed(arguments: &[&str]) -> String {
    let ran = Suite::new("").run(arguments);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    ran.out.replace(&program(), "SUITE")
}

#[test]
fn help_of_each_command_is_as_recorded() {
    expect_file!["help/suite.txt"].assert_eq(&printed(&["--help"]));
    expect_file!["help/run.txt"].assert_eq(&printed(&["run", "--help"]));
    expect_file!["help/serve.txt"].assert_eq(&printed(&["serve", "--help"]));
    expect_file!["help/harmony.txt"].assert_eq(&printed(&["harmony", "--help"]));
    expect_file!["help/replay.txt"].assert_eq(&printed(&["harmony", "replay", "--help"]));
    expect_file!["help/check.txt"].assert_eq(&printed(&["check", "--help"]));
    expect_file!["help/mutate.txt"].assert_eq(&printed(&["mutate", "--help"]));
    expect_file!["help/config.txt"].assert_eq(&printed(&["config", "--help"]));
    expect_file!["help/config_show.txt"].assert_eq(&printed(&["config", "show", "--help"]));
    expect_file!["help/report.txt"].assert_eq(&printed(&["report", "--help"]));
    expect_file!["help/report_merge.txt"].assert_eq(&printed(&["report", "merge", "--help"]));
    expect_file!["help/report_flaky.txt"].assert_eq(&printed(&["report", "flaky", "--help"]));
    expect_file!["help/fmt.txt"].assert_eq(&printed(&["fmt", "--help"]));
    expect_file!["help/steps.txt"].assert_eq(&printed(&["steps", "--help"]));
    expect_file!["help/completions.txt"].assert_eq(&printed(&["completions", "--help"]));
    expect_file!["help/man.txt"].assert_eq(&printed(&["man", "--help"]));
}

#[test]
fn help_of_a_test_target_is_as_recorded() {
    let ran = Suite::new("").test(&["--help"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    expect_file!["help/test_target.txt"].assert_eq(&ran.out);
}

#[test]
fn help_command_prints_the_help_of_a_command() {
    assert_eq!(printed(&["help"]), printed(&["--help"]));
    assert_eq!(printed(&["help", "config", "show"]), printed(&["config", "show", "--help"]));
    assert_eq!(printed(&["run", "-h"]), printed(&["run", "--help"]));
}

#[test]
fn help_fits_into_100_columns() {
    for command in
        ["run", "serve", "harmony", "check", "mutate", "fmt", "steps", "completions", "man"]
    {
        for line in printed(&[command, "--help"]).lines() {
            assert!(line.chars().count() <= 100, "{command}: {line}");
        }
    }
}

#[test]
fn version_is_that_of_the_library() {
    let version = format!("SUITE (harmony-bdd {})\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(printed(&["--version"]), version);
    assert_eq!(printed(&["-V"]), version);
}

#[test]
fn missing_command_is_an_error_that_shows_how_to_run() {
    let ran = Suite::new("").run(&[]);
    ran.refused(2, &["error: no command given", " run\n", "try `--help`"]);
    assert_eq!(ran.out, "");
}

#[test]
fn unknown_command_is_an_error_with_a_suggestion() {
    let suite = Suite::new("");
    suite.run(&["rnu"]).refused(2, &["error: unknown command 'rnu'; did you mean `run`?\n"]);
    let known = "unknown command 'walk'; expected one of: run, serve, harmony, replay, check, mutate, config, ";
    suite.run(&["walk"]).refused(2, &[known, "\n\nFor more information, try `--help`.\n"]);
}

#[test]
fn unknown_option_is_an_error_with_a_suggestion() {
    let suite = Suite::new("");
    let similar = "unexpected option '--tag'; did you mean '--tags'?";
    suite.run(&["run", "--tag", "@a"]).refused(2, &[similar, "try `--help`"]);
    suite.run(&["harmony", "--tag", "@a"]).refused(2, &[similar]);
    suite.run(&["run", "--bogus"]).refused(2, &["error: unexpected option '--bogus'\n"]);
    suite.run(&["steps", "-x"]).refused(2, &["unexpected option '-x'"]);
    suite.run(&["steps", "x"]).refused(2, &["unexpected argument 'x'"]);
    suite.run(&["--tags", "@a"]).refused(2, &["unexpected option '--tags' before the command"]);
}

#[test]
fn option_of_another_command_is_an_error() {
    let suite = Suite::new("");
    suite.run(&["run", "--combo", "a=b"]).refused(2, &["unexpected option '--combo'"]);
    suite.run(&["harmony", "--dry-run"]).refused(2, &["unexpected option '--dry-run'"]);
    suite.run(&["serve", "--tags", "@a"]).refused(2, &["unexpected option '--tags'"]);
}

#[test]
fn option_without_its_value_is_an_error() {
    let suite = Suite::new("");
    suite.run(&["run", "--jobs"]).refused(2, &["--jobs: expected a value"]);
    suite.run(&["run", "--rerun="]).refused(2, &["--rerun: expected a path"]);
    suite.run(&["run", "--color="]).refused(2, &["--color: expected a value"]);
}

#[test]
fn last_of_several_equal_options_counts() {
    let suite = Suite::new("Feature: f\n  @a\n  Scenario: s\n    Given all is well\n");
    suite.run(&["run", "-q", "-q", "--no-quiet", "-j1", "-j", "2"]).assert(0, &["✓ s"]);
    suite.run(&["run", "--no-quiet", "--quiet"]).assert(0, &["1 scenario (1 passed)"]);
}

#[test]
fn quiet_conflicts_with_verbose_in_all_sources() {
    let suite = Suite::new("");
    let message = "--quiet conflicts with --verbose";
    suite.run(&["run", "-qv"]).refused(2, &["--quiet and --verbose: ", message]);
    suite.write("harmony.toml", "[run]\nquiet = true\n[harmony]\nquiet = true\n");
    suite.run(&["run", "-v"]).refused(2, &["harmony.toml:2: ", message]);
    suite.run(&["harmony", "-v"]).refused(2, &["harmony.toml:4: ", message]);
}

#[test]
fn resources_conflict_with_several_jobs() {
    let suite = Suite::new("");
    let message = "--resources runs scenarios one at a time and conflicts with --jobs";
    suite.run(&["run", "--resources", "-j", "2"]).refused(2, &[message]);
}

#[test]
fn former_names_of_the_modes_still_work() {
    let suite = Suite::new("Feature: f\n  Scenario: s\n    Given all is well\n");
    let required = "no selected scenario names a process (required in compat mode)";
    suite.run(&["harmony", "--mode", "compat"]).refused(1, &[required]);
    suite.run(&["harmony", "--lifecycle", "harmony"]).refused(1, &[required]);
    suite.write("harmony.toml", "[harmony]\nlifecycle = \"harmony\"\n");
    suite.run(&["harmony"]).refused(1, &[required]);
    suite
        .run(&["harmony", "--lifecycle", "fancy"])
        .refused(2, &["--mode: invalid value \"fancy\": expected one of strict, compat"]);
}

#[test]
fn completions_are_written_for_each_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = printed(&["completions", shell]);
        for word in ["SUITE", "harmony", "tags", "accept-peer-limits"] {
            assert!(script.contains(word), "{shell} completes {word}:\n{script}");
        }
    }
    Suite::new("")
        .run(&["completions", "cmd"])
        .refused(2, &["invalid value \"cmd\": expected one of bash, elvish, fish, "]);
}

#[test]
fn bash_completes_an_option_of_a_command() {
    let suite = Suite::new("");
    let script = suite.run(&["completions", "bash"]).out;
    suite.write("completions.bash", &script);
    let check = format!(
        "source completions.bash && COMP_WORDS=({0} run --ta) COMP_CWORD=2 && \
         _{1} {0} --ta run && echo \"${{COMPREPLY[@]}}\" && complete -p {0}",
        program(),
        program().replace('-', "_"),
    );
    let mut bash = std::process::Command::new("bash");
    let output = bash.args(["--norc", "-c", &check]).current_dir(suite.path("")).output().unwrap();
    let completed = String::from_utf8(output.stdout).unwrap();
    assert!(completed.starts_with("--tags\n"), "{completed:?}, {:?}", output.stderr);
    assert!(completed.ends_with(&format!("{}\n", program())), "{completed:?}");
}

#[test]
fn manual_page_describes_the_program_and_each_command() {
    let page = printed(&["man"]);
    assert!(page.contains(".SH SUBCOMMANDS") && page.contains("harmony"), "{page}");
    let page = printed(&["man", "run"]);
    for part in [".TH SUITE", "\\-\\-step\\-timeout", "Step timeout in seconds", "Selectors:"] {
        assert!(page.contains(part), "{part:?} is missing in {page}");
    }
    Suite::new("").run(&["man", "walk"]).refused(2, &["unknown command 'walk'; expected one of: "]);
}

#[test]
fn main_in_a_test_target_names_the_right_macro() {
    let suite = Suite::new("");
    let mut command = suite.command(&["ignored"]);
    // The function reads the arguments that the test harness of this process got.
    command.env(AS_MAIN, "1").env("CARGO", "cargo");
    Ran::of(command.output().unwrap())
        .refused(2, &["this is a test target", "harmony_bdd::test_main!();"]);
}

#[test]
fn an_option_set_in_the_environment_overrides_the_file_in_config_show() {
    let suite = Suite::new("");
    suite.write("harmony.toml", "[run]\njobs = 3\n[harmony]\nmode = \"compat\"\n");
    let mut command = suite.command(&["config", "show"]);
    command.env("HARMONY_BDD_JOBS", "5");
    Ran::of(command.output().unwrap()).assert(
        0,
        &[
            "[run]\n",
            "jobs = 5                                 # environment variable HARMONY_BDD_JOBS\n",
            "mode = \"compat\"                          # harmony.toml:4\n",
            "capture = true                           # default; HARMONY_BDD_CAPTURE\n",
            "tags = []                                # default; HARMONY_BDD_TAGS\n",
        ],
    );
}
