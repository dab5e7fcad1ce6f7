//! Whose output the reports show.

use serde_json::Value;

use super::suite::Suite;

/// Two scenarios of which each prints while the other runs: they wait for each other's notes.
const TOGETHER: &str = "\
Feature: f
  Scenario: failing
    When it notes 'a' in 'a1' until 'b1' is there
    And it prints 'from a' and logs 'log of a'
    And it notes 'a' in 'a2' until 'b2' is there
    And it fails with 'broken'
  Scenario: neighbor
    When it notes 'b' in 'b1' until 'a1' is there
    And it prints 'from b' and logs 'log of b'
    And it notes 'b' in 'b2' until 'a2' is there
";

const HEADING: &str = "printed while these scenarios ran: failing (features/a.feature:2), neighbor (features/a.feature:7)";

const ALONE: &str = "\
Feature: f
  Scenario: failing
    When it prints and fails with 'from a'
  Scenario: neighbor
    When it prints 'from b' and logs 'log of b'
";

#[harmony_bdd::when(expr = "it prints and fails with {string}")]
fn prints_and_fails(text: String) -> Result<(), String> {
    std::io::Write::write_all(&mut std::io::stdout(), format!("{text}\n").as_bytes()).unwrap();
    Err(text)
}

#[test]
fn output_of_one_scenario_is_part_of_its_failure() {
    let ran = Suite::new(ALONE).run(&["run", "-j", "1"]);
    ran.assert(1, &["= printed: from a"]);
    assert!(!ran.out.contains("from b") && !ran.out.contains("printed while"), "{}", ran.out);
}

#[test]
fn output_of_a_scenario_beside_which_none_runs_is_part_of_its_failure() {
    let feature = ALONE.replace("  Scenario: failing", "  @serial\n  Scenario: failing");
    let ran = Suite::new(&feature).run(&["run", "-j", "2"]);
    ran.assert(1, &["= printed: from a"]);
    assert!(!ran.out.contains("from b") && !ran.out.contains("printed while"), "{}", ran.out);
}

#[test]
fn output_of_several_scenarios_is_part_of_no_failure() {
    let ran = Suite::new(TOGETHER).run(&["run", "-j", "2"]);
    ran.assert(1, &[HEADING, "  | from a\n", "  | from b\n", "= help: with --isolation process"]);
    assert!(!ran.out.contains("printed: "), "{}", ran.out);
    assert_eq!(ran.out.matches("| from a\n").count(), 1, "{}", ran.out);
    assert_eq!(ran.out.matches("| from b\n").count(), 1, "{}", ran.out);
}

#[test]
fn output_of_several_scenarios_is_in_no_junit_case() {
    let suite = Suite::new(TOGETHER);
    suite.run(&["run", "-j", "2", "--report", "junit=j.xml"]).assert(1, &[]);
    let xml = suite.read("j.xml");
    let (cases, rest) = xml.split_once(r#"<testsuite name="hooks""#).unwrap();
    assert!(!cases.contains("err from "), "{xml}");
    assert!(cases.contains("log of a") && cases.contains("log of b"), "logs are exact: {xml}");
    assert!(
        rest.contains(HEADING) && rest.contains("err from a") && rest.contains("err from b"),
        "{xml}"
    );
    suite.run(&["report", "merge", "--report", "junit=merged.xml", "j.xml"]).assert(0, &[]);
    assert_eq!(suite.read("merged.xml").matches(HEADING).count(), 1);
}

#[test]
fn output_of_several_scenarios_is_in_no_message_of_a_step() {
    let suite = Suite::new(TOGETHER);
    suite.run(&["run", "-j", "2", "--report", "messages=m"]).assert(1, &[]);
    let messages = suite.read("m");
    let attachments: Vec<Value> = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).unwrap().get("attachment").cloned())
        .filter(|attachment| attachment["body"].as_str().unwrap().contains("from "))
        .collect();
    for attachment in &attachments {
        assert!(attachment.get("testStepId").is_none(), "{attachment}");
        assert_eq!(attachment["testRunStartedId"], "run", "{attachment}");
        assert!(attachment["body"].as_str().unwrap().starts_with(HEADING), "{attachment}");
    }
    let all: String = attachments.iter().map(|a| a["body"].as_str().unwrap()).collect();
    assert_eq!((all.matches("\nfrom a\n").count(), all.matches("\nfrom b\n").count()), (1, 1));
}
