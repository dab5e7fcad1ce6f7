//! The findings of `check`, and `steps` as data.

use harmony_bdd::local::check::FindingKind;
use serde_json::{Value, json};

use super::suite::{Ran, Suite};

const ODD: &str = "\
Feature: Odd

  Scenario: Empty

  Scenario: Slip
    Gven all is well

  Scenario Outline: Rows
    Given part <n> is well
    When <missing> knows
    When all is well

    Examples:
      | n | spare |
      | a | b     |

  Scenario: Slip
    Given twice over
    And no step matches \"it\" for 3 days
    And no step matches \"it\" for 3 days

  Scenario Outline: Tags <n>
    Given part <br> is well
    And part <n> is well
    And a state is taken twice
    And a table:
      | one | two \\|

    Examples:
      | n |
      | a |
";

const MISSPELT_ROLE: &str = "\
Feature: Roles
  Scenario: Roles
    Given the 'reader' process opens
    When the 'raeder' process reads
    Then the 'reader' process ends
";

/// The line of the definition that takes a state twice.
fn state_twice_line() -> u64 {
    let is_it = |line: &str| line.contains("a state is taken twice");
    let before = include_str!("steps.rs").lines().position(is_it).unwrap();
    (before + 1).try_into().unwrap()
}

fn findings(ran: &Ran) -> Vec<(String, String, u64)> {
    let all: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
    all.iter()
        .filter(|finding| finding["kind"] != "unused")
        .map(|f| {
            let text = |key: &str| f[key].as_str().unwrap().to_owned();
            (text("kind"), text("level"), f["line"].as_u64().unwrap())
        })
        .collect()
}

#[test]
fn every_kind_of_finding_is_found_at_its_line() {
    let suite = Suite::new(ODD);
    let ran = suite.run(&["check", "--format", "json"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let expected = [
        ("undefined", "error", 10),
        ("undefined", "error", 19),
        ("ambiguous", "error", 18),
        ("state-twice", "error", state_twice_line()),
        ("mistyped-step", "error", 5),
        ("missing-column", "error", 10),
        ("tag-like-text", "warning", 23),
        ("text-after-row", "warning", 27),
        ("unused-column", "warning", 14),
        ("duplicate-name", "warning", 17),
        ("no-steps", "warning", 3),
        ("keyword", "warning", 11),
    ];
    let expected = expected.map(|(kind, level, line)| (kind.to_owned(), level.to_owned(), line));
    assert_eq!(findings(&ran), expected);
    assert!(ran.out.contains("2 steps have this text"), "{}", ran.out);
}

#[test]
fn malformed_tag_is_found_once() {
    let suite = Suite::new(
        "@retry(x)\nFeature: f\n  Scenario: s\n    Given all is well\n  @lock()\n  Scenario: t\n    Given all is well\n",
    );
    let ran = suite.run(&["check", "--allow", "unused"]);
    ran.assert(
        1,
        &[
            "error[malformed-tag]: the tag @retry(x) has no effect\n --> features/a.feature:1:1",
            "write @retry, @retry(3), @retry.after(1s) or @retry(3).after(1s)",
            "error[malformed-tag]: the tag @lock() has no effect\n --> features/a.feature:5:3",
            "2 errors, 0 warnings",
        ],
    );
}

#[test]
fn tag_of_another_framework_is_a_warning_with_what_does_the_same_here() {
    let suite = Suite::new(
        "Feature: f\n  @ignore @Retries:2 @mine\n  Scenario: s\n    Given all is well\n  @ignore @fixture.browser\n  Scenario: t\n    Given all is well\n",
    );
    let ran = suite.run(&["check", "--allow", "unused"]);
    ran.assert(
        0,
        &[
            "warning[foreign-tag]: the tag @ignore skips the scenario in Reqnroll, SpecFlow and Karate; here it only selects\n --> features/a.feature:2:3",
            "`#[before_scenario(tags(@ignore))]` that returns `Outcome::skip` does it here",
            "warning[foreign-tag]: the tag @Retries:2 retries the scenario in playwright-bdd",
            "features/a.feature:5:3",
            "the tag @fixture.browser makes a fixture in behave",
            "0 errors, 4 warnings",
        ],
    );
    suite.run(&["check", "--allow", "unused", "--deny", "foreign-tag"]).assert(1, &["4 errors"]);
}

#[test]
fn tag_in_the_filter_of_a_hook_is_not_foreign() {
    let suite = Suite::new("Feature: f\n  @manual\n  Scenario: s\n    Given all is well\n");
    let ran = suite.run(&["check", "--allow", "unused"]);
    ran.assert(0, &["0 errors, 0 warnings\n"]);
    suite.run(&["run"]).assert(1, &["skipped: is tried by a person"]);
}

#[test]
fn text_output_has_location_and_snippet() {
    let ran = Suite::new(ODD).run(&["check"]);
    ran.assert(
        1,
        &[
            "error[mistyped-step]: \"Slip\" has no steps; \"Gven all is well\"",
            "did you mean `Given`?",
            " --> features/a.feature:19:5\n   |\n19 |     And no step matches \"it\" for 3 days\n   |     ^^^^^^^^",
            "#[given(expr = \"no step matches {string} for {int} days\")]",
            "error[missing-column]: no column for the placeholder <missing>",
            "candidate: \"twice {word}\"",
            "warning[unused]: no selected step uses `pending`",
            "6 errors, ",
        ],
    );
}

#[test]
fn levels_can_be_chosen() {
    let suite = Suite::new("Feature: f\n  Scenario: s\n    Then all is well\n");
    suite
        .run(&["check", "--allow", "unused"])
        .assert(0, &["warning[keyword]", "0 errors, 1 warning\n"]);
    suite
        .run(&["check", "--allow", "all", "--deny", "keyword"])
        .assert(1, &["error[keyword]", "1 error, 0 warnings"]);
    suite
        .run(&["check", "--deny", "all", "--allow", "unused"])
        .assert(1, &["error[keyword]", "1 error,"]);
    suite
        .run(&["check", "--deny", "typo"])
        .refused(2, &["--deny: invalid value \"typo\": expected one of undefined, ambiguous,"]);
    let mut command = suite.command(&["check", "--allow", "unused"]);
    command.env("HARMONY_BDD_CHECK_DENY", "keyword, no-steps");
    assert_eq!(Ran::of(command.output().unwrap()).code, Some(1));
    let mut command = suite.command(&["run"]);
    command.env("HARMONY_BDD_CHECK_DENY", "keyword");
    assert_eq!(Ran::of(command.output().unwrap()).code, Some(0));
}

#[test]
fn free_text_description_is_not_a_mistyped_step() {
    let ran = Suite::new(
        "Feature: f\n  Scenario: s\n    Whenever it rains,\n    it pours: thence this one.\n",
    )
    .run(&["check", "--format", "json"]);
    assert_eq!(findings(&ran), [("no-steps".to_owned(), "warning".to_owned(), 2)]);
}

#[test]
fn steps_are_listed_as_data() {
    let ran = Suite::new("").run(&["steps", "--json"]);
    let steps: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
    let of = |function: &str| steps.iter().find(|step| step["function"] == function).unwrap();
    assert_eq!(of("takes")["patternKind"], "expression");
    assert_eq!(of("twice")["pattern"], r"^twice (\w+)$");
    assert_eq!(of("table")["argument"], "data table");
    assert!(of("well")["file"].as_str().unwrap().ends_with("runner/steps.rs"));
}

#[test]
fn level_of_every_kind_can_be_set() {
    let suite = Suite::new(ODD);
    suite.write("features/b.feature", MISSPELT_ROLE);
    suite.write(
        "features/c.feature",
        "@retry(x) @xfail\nFeature: c\n  Scenario: c\n    Given all is well\n",
    );
    for kind in FindingKind::ALL.map(FindingKind::name) {
        // Everything else is silenced, so that this kind alone decides.
        let run = |level: &str, format: &str| {
            let options = ["--mode", "compat", "--allow", "all", level, kind, "--format", format];
            suite.run(&[&["check"], &options[..]].concat())
        };
        run("--deny", "text").assert(1, &[&format!("error[{kind}]: ")]);
        let denied = run("--deny", "json");
        assert_eq!(denied.code, Some(1), "{kind}");
        let found: Vec<Value> = serde_json::from_str(&denied.out).unwrap();
        assert!(!found.is_empty(), "{kind}");
        for finding in &found {
            assert_eq!((&finding["kind"], &finding["level"]), (&json!(kind), &json!("error")));
            assert!(finding["line"].as_u64().unwrap() > 0, "{finding}");
            assert!(!finding["message"].as_str().unwrap().is_empty(), "{finding}");
        }
        run("--allow", "text").assert(0, &["0 errors, 0 warnings\n"]);
        assert_eq!(run("--allow", "json").assert(0, &[]).out, "[]\n", "{kind}");
    }
}

#[test]
fn printed_snippets_are_known_to_compile() {
    // The same text is compiled in the tests of the engine.
    let compiled = include_str!("../it/messages/snippets.rs");
    let suite = Suite::new(
        "Feature: f
  Scenario: s
    Given a snippet of plain text
    When snippet 'a' costs 3 (or 4.5) and/or \"b\"
    Then snippet: it's 3rd, 100 % über \\ \"quoted
      | a |
    Then snippet ends with $
      \"\"\"
      text
      \"\"\"
    Given fn
",
    );
    let printed = suite.run(&["check", "--allow", "unused"]);
    let data = suite.run(&["check", "--allow", "unused", "--format", "json"]);
    let found: Vec<Value> = serde_json::from_str(&data.out).unwrap();
    let snippets: Vec<_> = found.iter().map(|f| f["snippet"].as_str().unwrap()).collect();
    assert_eq!(snippets.join("\n"), compiled);
    for snippet in snippets {
        for line in snippet.lines() {
            assert!(printed.out.contains(line), "{line} is missing in:\n{}", printed.out);
        }
    }
}

#[test]
fn scenarios_of_one_name_in_two_files_of_a_feature_are_found() {
    let suite = Suite::new("Feature: f\n  Scenario: s\n    Given all is well\n");
    suite.write("features/b.feature", "Feature: f\n\n  Scenario: s\n    Given all is well\n");
    suite.write("features/c.feature", "Feature: g\n  Scenario: s\n    Given all is well\n");
    let ran = suite.run(&["check", "--allow", "unused"]);
    ran.assert(
        0,
        &[
            "warning[duplicate-name]: a second scenario with the name \"s\"",
            " --> features/b.feature:3:3",
            "the first is at features/a.feature:2",
            "0 errors, 1 warning\n",
        ],
    );
}

#[test]
fn candidates_of_an_ambiguous_step_are_not_unused() {
    let suite = Suite::new("Feature: f\n  Scenario: s\n    Given twice over\n");
    let ran = suite.run(&["check"]);
    ran.assert(1, &["error[ambiguous]: 2 definitions match \"twice over\""]);
    assert!(!ran.out.contains("no selected step uses `twice"), "{}", ran.out);
}

#[test]
fn html_in_an_outline_is_a_warning() {
    let suite = Suite::new(
        "Feature: f\n  Scenario Outline: s\n    Given part <br><n> is well\n    Examples:\n      | n |\n      | 1 |\n",
    );
    suite.run(&["check", "--allow", "unused"]).assert(0, &["warning[tag-like-text]: <br>"]);
}

#[test]
fn role_that_is_probably_misspelt_is_a_warning() {
    let suite = Suite::new(MISSPELT_ROLE);
    let ran = suite.run(&["check", "--allow", "undefined"]);
    let parts = ["warning[suspicious-role]: no other step names the role 'raeder'", "did you mean"];
    ran.assert(0, &parts).assert(0, &["features/a.feature:4:"]);
    suite.run(&["check", "--deny", "suspicious-role"]).assert(1, &["error[suspicious-role]"]);
}

#[test]
fn compat_mode_reports_what_the_reference_runner_reads_differently() {
    let suite = Suite::new(
        "Feature: f\n  Scenario Outline: o\n    Given part <n> is well\n    Examples:\n      \
         | n |\n      | a |\n  Rule: r\n    Scenario: s\n      Given part a is well\n",
    );
    let compat = suite.run(&["check", "--mode", "compat", "--allow", "unused"]);
    let outline = "warning[compat]: compat mode runs an outline once, with its placeholders";
    compat
        .assert(0, &[outline, "warning[compat]: compat mode does not run the scenarios of a rule"]);
    let strict = suite.run(&["check", "--allow", "unused"]);
    assert!(!strict.out.contains("[compat]"), "{strict:?}");
}

#[test]
fn unused_definitions_are_reported_for_whole_folders() {
    let suite = Suite::new("Feature: f\n  Scenario: s\n    Given all is well\n");
    for selectors in [&[][..], &["features"]] {
        let ran = suite.run(&[&["check"], selectors].concat());
        assert!(ran.out.contains("warning[unused]"), "{ran:?}");
    }
    for selectors in [&["features/a.feature"][..], &["features/a.feature:2"], &["s"]] {
        let ran = suite.run(&[&["check", "--deny", "all"], selectors].concat());
        assert!(!ran.out.contains("[unused]"), "{ran:?}");
    }
    let asked = suite.run(&["check", "--deny", "unused", "features/a.feature"]);
    asked.assert(1, &["error[unused]"]);
}
