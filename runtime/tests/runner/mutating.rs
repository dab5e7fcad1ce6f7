//! `mutate`: which changes of a scenario its steps notice.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use harmony_bdd::model::LogLevel;
use harmony_bdd::{DataTable, DocString, StepContext, given, then, when};
use serde_json::Value;

use super::suite::Suite;

#[derive(Default)]
struct Till {
    coins: u32,
    receipt: String,
}

#[given(expr = "a till with {int} coins")]
fn till_with(till: &mut Till, coins: u32) {
    till.coins = coins;
}

#[given("a till with these coins:")]
fn till_with_table(till: &mut Till, coins: &DataTable) {
    till.coins = coins.rows.iter().skip(1).map(|row| row[0].parse::<u32>().unwrap()).sum();
}

#[when(expr = "{int} coins are paid in")]
fn paid_in(till: &mut Till, coins: u32) {
    till.coins += coins;
}

#[when("the clerk greets the customer")]
fn greets(context: &StepContext) {
    context.log(LogLevel::Info, "good morning");
}

#[when("the till prints:")]
fn prints(till: &mut Till, receipt: &DocString) {
    till.receipt.clone_from(&receipt.content);
}

/// Hangs if the coins never come.
#[when(expr = "the clerk waits for {int} coins")]
fn waits_for(till: &Till, coins: u32) {
    if till.coins < coins {
        loop {
            std::thread::park();
        }
    }
}

/// Fails if the coins do not come in time.
#[when(expr = "{int} coins come within a second")]
fn come_within_a_second(till: &Till, coins: u32) {
    if till.coins < coins {
        // No other step can pay in meanwhile.
        std::thread::sleep(Duration::from_secs(1));
        panic!("{} coins", till.coins);
    }
}

#[then(expr = "the till holds {int} coins")]
fn holds(till: &Till, coins: u32) {
    assert_eq!(till.coins, coins);
}

#[then(expr = "the till holds at least {int} coins")]
fn holds_at_least(till: &Till, coins: u32) {
    assert!(till.coins >= coins, "{} coins", till.coins);
}

#[then(expr = "the receipt is {string}")]
fn receipt_is(till: &Till, receipt: String) {
    assert_eq!(till.receipt, receipt);
}

/// Asserts nothing.
#[then("the customer is content")]
fn is_content(_till: &Till) {}

/// A file that lives as long as the scenario.
#[derive(Default)]
struct Ticket(Option<PathBuf>);

impl Drop for Ticket {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            fs::remove_file(path).unwrap();
        }
    }
}

#[given(expr = "a ticket in {string}")]
fn ticket(ticket: &mut Ticket, folder: String) {
    let (_, path) = tempfile::NamedTempFile::new_in(folder).unwrap().keep().unwrap();
    ticket.0 = Some(path);
}

#[then("there is a ticket")]
fn has_ticket(ticket: &Ticket) {
    assert!(ticket.0.as_ref().is_some_and(|path| path.exists()));
}

const WELL_ASSERTED: &str = "\
Feature: till
  Scenario: payment
    Given a till with 5 coins
    When 2 coins are paid in
    Then the till holds 7 coins
";

/// The findings of a feature as JSON.
fn findings(suite: &Suite, options: &[&str]) -> Value {
    let ran = suite.run(&[&["mutate", "--format", "json"], options].concat());
    serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {}{}", ran.out, ran.err))
}

/// The verdict on the change with these words of the step that contains `step`.
#[track_caller]
fn verdict<'a>(findings: &'a Value, step: &str, words: &str) -> &'a str {
    let all = findings["findings"].as_array().unwrap();
    let found = all.iter().find(|finding| {
        finding["step"].as_str().unwrap().contains(step) && finding["words"] == words
    });
    found.unwrap_or_else(|| panic!("no {words:?} of {step:?} in {findings:#}"))["verdict"]
        .as_str()
        .unwrap()
}

#[test]
fn well_asserted_scenario_scores_100_percent() {
    let found = findings(&Suite::new(WELL_ASSERTED), &[]);
    let score = &found["score"];
    assert_eq!((&score["percent"], &score["noticed"]), (&100.0.into(), &8.into()), "{found:#}");
}

#[test]
fn step_that_only_logs_is_unnoticed() {
    let text = WELL_ASSERTED.replace("    Then", "    And the clerk greets the customer\n    Then");
    let found = findings(&Suite::new(&text), &[]);
    assert_eq!(verdict(&found, "greets", "left out"), "unnoticed");
    assert_eq!(found["score"]["unnoticed"], 1);
}

#[test]
fn then_that_asserts_nothing_is_unnoticed() {
    let text = format!("{WELL_ASSERTED}    And the customer is content\n");
    let found = findings(&Suite::new(&text), &[]);
    assert_eq!(verdict(&found, "content", "all Whens left out"), "unnoticed");
    let never_failed = verdict(&found, "content", "all mutations of this scenario");
    assert_eq!((never_failed, &found["score"]["unnoticed"]), ("unnoticed", &2.into()));
}

#[test]
fn then_behind_another_then_is_seen_to_fail_without_it() {
    let text = format!("{WELL_ASSERTED}    And the till holds at least 7 coins\n");
    let found = findings(&Suite::new(&text), &[]);
    assert_eq!(verdict(&found, "at least", "all mutations of this scenario"), "noticed");
}

#[test]
fn rows_and_doc_strings_are_changed() {
    let text = "\
Feature: till
  Scenario: receipt
    Given a till with these coins:
      | coins |
      | 3     |
      | 4     |
    When the till prints:
      \"\"\"
      7 coins
      \"\"\"
    Then the till holds 7 coins
    And the receipt is \"7 coins\"
";
    let found = findings(&Suite::new(text), &[]);
    for row in ["row 2 of the table dropped", "row 3 of the table dropped"] {
        assert_eq!(verdict(&found, "these coins", row), "noticed");
    }
    assert_eq!(verdict(&found, "these coins", "row 3 of the table doubled"), "noticed");
    assert_eq!(verdict(&found, "prints", "second half of the doc string cut"), "noticed");
    assert_eq!(verdict(&found, "receipt is", "'7 coins' changed to '8 coins'"), "noticed");
}

#[test]
fn row_that_no_step_reads_is_unnoticed() {
    let text = "\
Feature: till
  Scenario: coins
    Given a till with these coins:
      | coins |
      | 3     |
      | 0     |
    Then the till holds 3 coins
";
    let found = findings(&Suite::new(text), &[]);
    assert_eq!(verdict(&found, "these coins", "row 3 of the table dropped"), "unnoticed");
    assert_eq!(verdict(&found, "these coins", "row 2 of the table dropped"), "noticed");
}

#[test]
fn change_that_makes_a_step_hang_is_undecided() {
    let text = WELL_ASSERTED.replace("    Then", "    And the clerk waits for 7 coins\n    Then");
    let options = ["--min-timeout", "0.5", "--step-timeout", "3"];
    let found = findings(&Suite::new(&text), &options);
    assert_eq!(verdict(&found, "paid in", "left out"), "cannot tell");
    assert_eq!(verdict(&found, "paid in", "2 changed to 3 or 0"), "noticed");
}

#[test]
fn change_that_makes_a_step_wait_is_decided_with_more_time() {
    let text = WELL_ASSERTED.replace("    Then", "    And 7 coins come within a second\n    Then");
    let found = findings(&Suite::new(&text), &["--min-timeout", "0.1"]);
    assert_eq!(verdict(&found, "paid in", "left out"), "noticed");
    assert_eq!(found["score"]["cannotTell"], 0, "{found:#}");
}

#[test]
fn value_that_the_step_does_not_accept_is_undecided() {
    let text = "Feature: f\n  Scenario: s\n    When it takes 255 of 256\n";
    let found = findings(&Suite::new(text), &["--repeat"]);
    // 0 is accepted, and no step reads it.
    assert_eq!(verdict(&found, "it takes", "255 changed to 256 or 0"), "unnoticed");
    assert_eq!(verdict(&found, "it takes", "repeated"), "unnoticed");
    assert_eq!(found["score"]["unnoticed"], 2, "a repeated step does not count");
}

#[test]
fn flaky_scenario_is_not_mutated() {
    let text = format!(
        "{WELL_ASSERTED}  Scenario: flaky\n    When \"a\" fails 1 time\n    Then all is well\n"
    );
    let found = findings(&Suite::new(&text), &["--jobs", "1"]);
    let excluded = &found["notMutated"][0];
    assert_eq!(excluded["scenario"], "flaky", "{found:#}");
    assert!(excluded["reason"].as_str().unwrap().starts_with("flaky: "), "{excluded}");
    assert_eq!(found["score"]["noticed"], 8);
}

#[test]
fn failed_scenario_is_not_mutated() {
    let suite = Suite::new("Feature: f\n  Scenario: s\n    When the roof burns\n");
    suite.run(&["mutate"]).assert(1, &["not mutated: s (features/a.feature:2:3): does not pass"]);
}

#[test]
fn step_of_background_is_noticed_by_one_scenario() {
    let text = "\
Feature: till
  Background:
    Given a till with 5 coins
  Scenario: one
    When 2 coins are paid in
    Then the till holds 7 coins
  Scenario: two
    When the clerk greets the customer
    Then the customer is content
";
    let found = findings(&Suite::new(text), &[]);
    let of_background = found["findings"].as_array().unwrap().iter();
    let of_background = of_background.filter(|f| f["line"] == 3 && f["change"] == "leave-out");
    assert_eq!(of_background.map(|f| &f["verdict"]).collect::<Vec<_>>(), ["noticed"]);
}

#[test]
fn rerun_command_runs_one_mutant() {
    let text = format!("{WELL_ASSERTED}    And the customer is content\n");
    let suite = Suite::new(&text);
    let found = findings(&suite, &[]);
    let unnoticed = found["findings"].as_array().unwrap().iter();
    let unnoticed = unnoticed.filter(|finding| finding["verdict"] == "unnoticed");
    for finding in unnoticed {
        let rerun = finding["rerun"].as_str().unwrap();
        let (_, arguments) = rerun.split_once(" mutate ").unwrap();
        let arguments: Vec<_> = arguments.split(' ').collect();
        let ran = suite.run(&[&["mutate"], &arguments[..]].concat());
        ran.assert(0, &["1 mutant of 1 scenario: 0 noticed, 1 unnoticed"]);
    }
}

#[test]
fn unknown_id_is_refused() {
    let suite = Suite::new(WELL_ASSERTED);
    suite.run(&["mutate", "--only", "zz"]).refused(2, &["no mutant of the selected scenarios"]);
}

#[test]
fn score_below_the_limit_fails() {
    let text = format!("{WELL_ASSERTED}    And the customer is content\n");
    let suite = Suite::new(&text);
    suite.run(&["mutate", "--deny-below", "90"]).assert(1, &["score 80.0 %"]);
    suite.run(&["mutate", "--deny-below", "80"]).assert(0, &["score 80.0 %"]);
}

#[test]
fn only_mutants_beyond_the_baseline_fail() {
    let text = format!("{WELL_ASSERTED}    And the customer is content\n");
    let suite = Suite::new(&text);
    let before = suite.run(&["mutate", "--format", "json"]);
    suite.write("known.json", &before.out);
    let compare = ["mutate", "--baseline", "known.json"];
    suite.run(&compare).assert(0, &["unnoticed, as in the baseline: passes though"]);
    // A line more above the scenario changes no id.
    let more = text.replace("  Scenario", "\n  Scenario");
    suite.write("features/a.feature", &more);
    suite.run(&compare).assert(0, &[]);
    let worse = more.replace("    Then", "    And the clerk greets the customer\n    Then");
    suite.write("features/a.feature", &worse);
    suite.run(&compare).assert(1, &["unnoticed: no later step notices that this step did not"]);
}

#[test]
fn baseline_that_is_not_json_is_refused() {
    let suite = Suite::new(WELL_ASSERTED);
    suite.write("known.json", "nothing");
    let ran = suite.run(&["mutate", "--baseline", "known.json"]);
    ran.refused(2, &["known.json: cannot read this baseline: not JSON"]);
}

#[test]
fn marks_exclude_changes_with_their_reason() {
    let text = "\
Feature: till
  Scenario: payment
    Given a till with 5 coins
    When 2 coins are paid in
    # @mutate.skip(a courtesy)
    And the clerk greets the customer
    # @mutate.equal(0: any number of coins is at least 0)
    Then the till holds at least 7 coins
  @mutate.skip(later)
  Scenario: other
    When the clerk greets the customer
";
    let suite = Suite::new(text);
    let found = findings(&suite, &[]);
    assert_eq!(verdict(&found, "greets", "left out"), "skipped");
    assert_eq!(verdict(&found, "at least", "7 changed to 0"), "skipped");
    assert_eq!(verdict(&found, "at least", "7 changed to 8"), "noticed");
    assert_eq!(
        (&found["score"]["percent"], &found["score"]["skipped"]),
        (&100.0.into(), &3.into())
    );
    suite.run(&["mutate", "-v"]).assert(0, &["= reason: a courtesy", "= reason: later"]);
}

#[test]
fn budget_leaves_a_sample() {
    let ran = Suite::new(WELL_ASSERTED).run(&["mutate", "--budget", "0.000001s", "--seed", "7"]);
    ran.assert(1, &["8 not run; score no score", "8 mutants did not run (seed 7)"]);
}

#[test]
fn unnoticed_mutants_are_kept_for_the_next_time() {
    let only_logs = "    And the clerk greets the customer\n    Then";
    let suite = Suite::new(&WELL_ASSERTED.replace("    Then", only_logs));
    let found = findings(&suite, &[]);
    let all = found["findings"].as_array().unwrap();
    let unnoticed = all.iter().find(|finding| finding["verdict"] == "unnoticed").unwrap();
    assert_eq!(suite.read("last.mutants").trim(), unnoticed["id"].as_str().unwrap());
    let ran = suite.run(&["mutate", "--budget", "0.000001s"]);
    ran.assert(1, &["it begins with 1 mutant unnoticed or undecided before"]);
    // A mutant that did not run is still the first one.
    assert!(suite.path("last.mutants").exists());
    let other = all.iter().find(|finding| finding["verdict"] == "noticed").unwrap();
    suite.run(&["mutate", "--only", other["id"].as_str().unwrap()]).assert(0, &["1 noticed"]);
    assert!(suite.path("last.mutants").exists());
    suite.write("features/a.feature", WELL_ASSERTED);
    suite.run(&["mutate"]).assert(0, &["score 100.0 %"]);
    assert!(!suite.path("last.mutants").exists());
}

#[test]
fn page_marks_the_unnoticed_words() {
    let text = WELL_ASSERTED.replace("holds 7", "holds at least 7");
    let suite = Suite::new(&text);
    suite.run(&["mutate", "--page", "out/page.html"]).assert(0, &["7 changed to 0"]);
    let page = suite.read("out/page.html");
    assert!(page.contains(">7</mark> coins"), "{page}");
    assert!(page.contains("no step notices another value than 7"), "{page}");
}

#[test]
fn messages_have_the_verdicts_attached() {
    let suite = Suite::new(WELL_ASSERTED);
    suite.run(&["mutate", "--report", "messages=m.ndjson"]).assert(0, &["score 100.0 %"]);
    let messages = suite.read("m.ndjson");
    let attachments = messages.lines().filter(|line| line.starts_with("{\"attachment\""));
    assert_eq!(attachments.clone().count(), 3, "{messages}");
    assert!(attachments.clone().all(|line| line.contains("noticed: ")), "{messages}");
}

#[test]
fn mutants_leave_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "Feature: ticket\n  Scenario: s\n    Given a ticket in \"{}\"\n    When 2 coins are paid in\n    \
         Then there is a ticket\n    And the till holds 2 coins\n",
        folder.path().display()
    );
    Suite::new(&text).run(&["mutate"]).assert(0, &["noticed"]);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
