//! Selection by words, tags, lines and shards.

use super::suite::Suite;

const FEATURE: &str = "\
@all
Feature: Selection

  @fast
  Scenario: One
    Given all is well

  @slow
  Scenario: Two
    Given all is well

  Scenario Outline: Row <n>
    Given part <n> is well

    Examples:
      | n |
      | a |
      | b |

    @slow
    Examples:
      | n |
      | c |
";

#[test]
fn tags_select_by_expression() {
    let suite = Suite::new(FEATURE);
    let of = |arguments: &[&str]| {
        let ran = suite.run(&[&["run", "-j", "1"], arguments].concat());
        assert_eq!(ran.code, Some(0), "{ran:?}");
        ran.scenarios().join(",")
    };
    assert_eq!(of(&["--tags", "@slow"]), "Two,Row c (example at line 23)");
    assert_eq!(
        of(&["--tags", "@all and not (@slow or @fast)"]),
        "Row a (example at line 17),Row b (example at line 18)"
    );
    assert_eq!(of(&["--tags", "@all", "--tags", "@fast"]), "One");
    assert_eq!(of(&["--name", "^O", "--name", "b$"]), "One,Row b (example at line 18)");
    assert_eq!(
        of(&["--name", "w", "-t", "not @slow", "features/a.feature:12"]),
        "Row a (example at line 17),Row b (example at line 18)"
    );
}

#[test]
fn several_lines_select_their_scenarios_in_order() {
    let suite = Suite::new(FEATURE);
    let ran = suite.run(&[
        "run",
        "-j1",
        "features/a.feature:23:9",
        "features/a.feature:10",
        "./features/a.feature:17",
    ]);
    assert_eq!(
        ran.scenarios(),
        ["Two", "Row a (example at line 17)", "Row c (example at line 23)"],
        "{ran:?}"
    );
    let ran = suite.run(&["run", "features/a.feature:5", "features"]);
    assert_eq!(ran.scenarios().len(), 5, "{ran:?}");
    suite.run(&["run", "features/a.feature:5:2"]).refused(2, &["a.feature:2: no scenario"]);
}

#[test]
fn shards_share_the_selection() {
    let suite = Suite::new(FEATURE);
    let mut all = Vec::new();
    for shard in ["1/2", "2/2"] {
        let ran = suite.run(&["run", "--shard", shard, "--shuffle", "42"]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!((2..=3).contains(&ran.scenarios().len()), "{ran:?}");
        all.extend(ran.scenarios().into_iter().map(str::to_owned));
    }
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 5, "{all:?}");
}

#[test]
fn a_seed_gives_the_same_order_again() {
    let suite = Suite::new(FEATURE);
    let order = |seed| {
        let ran = suite
            .run(&["run", "-j", "1", "--shuffle", seed])
            .assert(0, &["; rerun with --shuffle"])
            .out
            .clone();
        let names: Vec<_> = ran
            .lines()
            .filter(|l| l.contains('✓'))
            .map(|l| l.split('✓').nth(1).unwrap().to_owned())
            .collect();
        names
    };
    assert_eq!(order("7"), order("7"));
    assert_ne!(order("7"), order("8"));
}

#[test]
fn empty_selection_fails_with_the_filter() {
    let suite = Suite::new(FEATURE);
    suite.run(&["run", "--tags", "@fast and @slow", "--name", "x"]).refused(
        1,
        &[
            "no scenario is selected: 5 scenarios in 1 feature file",
            "--tags \"( @fast and @slow )\" leaves 0",
            "--name \"x\" leaves 0",
        ],
    );
    suite.run(&["run", "--shard", "6/6"]).refused(1, &["--shard 6/6 leaves 0"]);
    suite.write("features/a.feature", "");
    suite.run(&["run"]).refused(1, &["no scenario is selected: 0 scenarios in 1 feature file"]);
}

#[test]
fn a_wrong_filter_is_refused_with_all_other_mistakes() {
    let suite = Suite::new(FEATURE);
    suite
        .run(&[
            "run",
            "--tags",
            "@a and",
            "--name",
            "(",
            "--shard",
            "3/2",
            "--serial",
            "slow",
            "--retry",
            "x",
            "--shuffle",
            "-1",
        ])
        .refused(
            2,
            &[
                "--tags: tag expression \"@a and\"",
                "character 7",
                "--name: \"(\" is not a valid regex",
                "--shard: \"3/2\" is not a valid shard",
                "--serial: expected a tag such as @slow, got \"slow\"",
                "--retry: expected an integer from 0 to 100, got \"x\"",
                "--shuffle: expected an integer or `random`, got \"-1\"",
            ],
        );
}

#[test]
fn line_behind_the_last_scenario_is_refused() {
    let suite = Suite::new(FEATURE);
    suite.run(&["run", "features/a.feature:9999"]).refused(
        2,
        &["a.feature:9999: no scenario at this line; the nearest one is \"Row c\" at line 12"],
    );
}

#[test]
fn stale_line_of_a_rerun_file_is_refused() {
    let suite = Suite::new(FEATURE);
    suite.write("rerun.txt", "features/a.feature:5\nfeatures/a.feature:8\n");
    suite.run(&["run", "--rerun", "rerun.txt"]).assert(0, &["One"]);
    suite.write("rerun.txt", "features/a.feature:5\nfeatures/a.feature:7\n");
    suite.run(&["run", "--rerun", "rerun.txt"]).refused(
        2,
        &["a.feature:7: no scenario at this line; the nearest one is \"One\" at line 5"],
    );
}

#[test]
fn linked_folder_of_features_is_read() {
    let suite = Suite::new("Feature: f\n  Scenario: here\n    Given all is well\n");
    suite.write("elsewhere/b.feature", "Feature: g\n  Scenario: there\n    Given all is well\n");
    std::os::unix::fs::symlink("../elsewhere", suite.path("features/linked")).unwrap();
    let ran = suite.run(&["run", "-j", "1"]);
    assert_eq!(ran.scenarios(), ["here", "there"], "{ran:?}");
    ran.assert(0, &["features/linked/b.feature"]);
}
