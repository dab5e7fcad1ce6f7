//! What is selected by which words, tags, lines and shards.

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
        let ran = suite.run(&[&["run"], arguments].concat());
        assert_eq!(ran.code, Some(0), "{ran:?}");
        ran.scenarios().join(",")
    };
    assert_eq!(of(&["--tags", "@slow"]), "Two,Row c (row at line 23)");
    assert_eq!(
        of(&["--tags", "@all and not (@slow or @fast)"]),
        "Row a (row at line 17),Row b (row at line 18)"
    );
    assert_eq!(of(&["--tags", "@all", "--tags", "@fast"]), "One");
    assert_eq!(of(&["--name", "^O", "--name", "b$"]), "One,Row b (row at line 18)");
    assert_eq!(
        of(&["--name", "w", "-t", "not @slow", "features/a.feature:12"]),
        "Row a (row at line 17),Row b (row at line 18)"
    );
}

#[test]
fn several_lines_select_their_scenarios_once_and_in_order() {
    let suite = Suite::new(FEATURE);
    let ran = suite.run(&[
        "run",
        "features/a.feature:23:9",
        "features/a.feature:10",
        "./features/a.feature:17",
    ]);
    assert_eq!(
        ran.scenarios(),
        ["Two", "Row a (row at line 17)", "Row c (row at line 23)"],
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
        let ran =
            suite.run(&["run", "--shuffle", seed]).assert(0, &["shuffled: --shuffle"]).out.clone();
        let names: Vec<_> = ran
            .lines()
            .filter(|l| l.contains('✓'))
            .map(|l| l.split("  ").nth(1).unwrap().to_owned())
            .collect();
        names
    };
    assert_eq!(order("7"), order("7"));
    assert_ne!(order("7"), order("8"));
}

#[test]
fn nothing_selected_is_red_and_says_which_filter_left_nothing() {
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
                "--name: \"(\" is not a regex",
                "--shard: \"3/2\" is no shard",
                "--serial: takes a tag such as @slow",
                "--retry: takes a whole number from 0 to 100, not \"x\"",
                "--shuffle: takes a whole number or `random`",
            ],
        );
}
