//! The first commands of a new user.

use super::suite::{Ran, Suite};

const OWN: &str = "Feature: own\n  Scenario: own scenario\n    Given all is well\n";
const OTHER: &str = "Feature: other\n  Scenario: other scenario\n    Given all is well\n";

/// Returns a workspace with its own features, and the package `packages/a` in it.
fn workspace() -> Suite {
    let suite = Suite::new(OTHER);
    suite.write("packages/a/features/own.feature", OWN);
    suite
}

/// Runs a command as `cargo run --package a` does in the root of the workspace.
fn cargo_run(suite: &Suite, arguments: &[&str]) -> Ran {
    let mut command = suite.command(arguments);
    command.env("CARGO_MANIFEST_DIR", suite.path("packages/a"));
    Ran::of(command.output().unwrap())
}

#[test]
fn features_of_the_package_are_run_from_the_root_of_the_workspace() {
    let suite = workspace();
    let ran = cargo_run(&suite, &["run"]);
    ran.assert(0, &["Feature: own  packages/a/features/own.feature"]);
    assert_eq!(ran.scenarios(), ["own scenario"]);
    assert_eq!(cargo_run(&suite, &["run", "scenario"]).scenarios(), ["own scenario"]);
}

#[test]
fn features_below_tests_are_run_where_no_folder_features_is() {
    let suite = Suite::new(OTHER);
    std::fs::rename(suite.path("features"), suite.path("moved")).unwrap();
    suite.write("tests/features/own.feature", OWN);
    assert_eq!(Ran::of(suite.command(&["run"]).output().unwrap()).scenarios(), ["own scenario"]);

    suite.write("packages/a/tests/features/other.feature", OTHER);
    assert_eq!(cargo_run(&suite, &["run"]).scenarios(), ["other scenario"]);
    suite.write("features/own.feature", OWN);
    let here = Ran::of(suite.command(&["run"]).output().unwrap());
    assert_eq!(here.scenarios(), ["own scenario"], "the folder features comes first");
}

#[test]
fn features_of_the_package_are_checked_from_the_root_of_the_workspace() {
    let ran = cargo_run(&workspace(), &["check", "--allow", "unused"]);
    ran.assert(0, &["1 scenario in 1 feature file against "]);
}

#[test]
fn a_path_selects_other_features_than_those_of_the_package() {
    let suite = workspace();
    assert_eq!(cargo_run(&suite, &["run", "features"]).scenarios(), ["other scenario"]);
    let row = &["run", "features/a.feature:2"];
    assert_eq!(cargo_run(&suite, row).scenarios(), ["other scenario"]);
}

#[test]
fn a_rerun_file_selects_other_features_than_those_of_the_package() {
    let suite = workspace();
    suite.write("again", "features/a.feature:2\n");
    assert_eq!(cargo_run(&suite, &["run", "--rerun", "again"]).scenarios(), ["other scenario"]);
}

#[test]
fn settings_of_the_package_are_read_from_the_root_of_the_workspace() {
    let suite = workspace();
    suite.write("packages/a/harmony.toml", "[run]\nverbose = 1\n");
    let error = "packages/a/harmony.toml:2: `verbose`: expected `true` or `false`, got \"1\"";
    cargo_run(&suite, &["run"]).refused(2, &[error]);
}

#[test]
fn features_of_this_folder_are_run_below_another_package() {
    let suite = Suite::new(OWN);
    let mut command = suite.command(&["run"]);
    // As a test does that starts a suite in another folder.
    command.env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"));
    assert_eq!(Ran::of(command.output().unwrap()).scenarios(), ["own scenario"]);
}

/// Returns a feature with this number of scenarios, no step of which is defined.
fn foreign_feature(scenarios: usize) -> String {
    let scenario = |number| format!("  Scenario: {number}\n    Given something foreign\n");
    let scenarios: String = (0..scenarios).map(scenario).collect();
    format!("Feature: foreign\n{scenarios}")
}

#[test]
fn features_of_another_suite_are_reported_in_few_lines() {
    let suite = Suite::new(&foreign_feature(100));
    let ran = suite.run(&["run"]);
    let parts = [
        "error: no step of these features is defined in this suite: 100 scenarios in 1 feature file",
        "\n --> features/a.feature\n",
        "are these the features of this suite?",
        " check` suggests definitions for the missing steps\n",
    ];
    ran.refused(1, &parts);
    assert_eq!((ran.out.as_str(), ran.err.lines().count()), ("", 4), "{}", ran.err);
}

#[test]
fn missing_steps_of_a_new_suite_are_reported_with_suggestions() {
    let ran = Suite::new(&foreign_feature(3)).run(&["run"]);
    ran.assert(1, &["#[given(\"something foreign\")]", "3 scenarios (3 failed)"]);
}

#[test]
fn one_defined_step_is_enough_for_a_full_report() {
    let feature = foreign_feature(20) + "  Scenario: own\n    Given all is well\n";
    Suite::new(&feature).run(&["run"]).assert(1, &["21 scenarios (1 passed, 20 failed)"]);
}

#[test]
fn report_of_another_suites_features_lists_all_scenarios() {
    let suite = Suite::new(&foreign_feature(20));
    suite.run(&["run", "--report", "junit=j.xml"]).assert(1, &["20 scenarios (20 failed)"]);
    assert_eq!(suite.read("j.xml").matches("<testcase ").count(), 20);
}
