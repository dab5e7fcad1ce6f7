//! JUnit reports, as strict schemas and CI systems read them.

use std::fs;

use super::suite::Suite;

/// Runs the suite and returns its JUnit report.
fn junit(suite: &Suite, options: &[&str]) -> String {
    let mut arguments = vec!["run", "-j", "1", "--report", "junit=out.xml"];
    arguments.extend(options);
    suite.run(&arguments);
    suite.read("out.xml")
}

/// Returns the values of an attribute, in the order of the report.
fn attribute<'x>(xml: &'x str, element: &str, name: &str) -> Vec<Option<&'x str>> {
    let document = roxmltree::Document::parse(xml).unwrap();
    let ranges: Vec<_> = document
        .descendants()
        .filter(|node| node.has_tag_name(element))
        .map(|node| node.attribute_node(name).map(|attribute| attribute.range_value()))
        .collect();
    ranges.into_iter().map(|range| Some(&xml[range?])).collect()
}

#[test]
fn cases_of_one_name_are_numbered() {
    let twin = "  Scenario: twin\n    Given all is well\n";
    let suite = Suite::new(&format!("Feature: same\n{twin}{twin}"));
    suite.write("features/b.feature", &format!("Feature: same\n{twin}"));
    suite.write("features/c.feature", &format!("Feature: other\n{twin}"));
    let xml = junit(&suite, &[]);
    let names = [Some("twin"), Some("twin #2"), Some("twin #3"), Some("twin")];
    assert_eq!(attribute(&xml, "testcase", "name"), names, "{xml}");
}

#[test]
fn retries_have_a_stack_trace() {
    let suite = Suite::new(
        "Feature: f\n  Scenario: flaky\n    When 'j' fails 1 time\n  Scenario: bad\n    When it fails with 'x'\n",
    );
    let xml = junit(&suite, &["--retry", "1"]);
    let document = roxmltree::Document::parse(&xml).unwrap();
    for name in ["flakyFailure", "rerunFailure"] {
        let element = document.descendants().find(|node| node.has_tag_name(name)).unwrap();
        let children: Vec<_> = element.children().filter(|child| child.is_element()).collect();
        assert_eq!(children.len(), 1, "{xml}");
        assert!(children[0].has_tag_name("stackTrace"), "{xml}");
        assert!(children[0].text().unwrap().contains("features/a.feature:"), "{xml}");
    }
}

#[test]
fn flaky_case_is_a_failure_if_it_fails_the_run() {
    let suite = Suite::new("Feature: f\n  Scenario: s\n    When 'k' fails 2 times\n");
    let xml = junit(&suite, &["--retry", "2", "--flaky", "fail"]);
    let message = "flaky: passed on attempt 3, which fails this run, failed first at";
    assert!(xml.contains(&format!("<failure type=\"flaky\" message=\"{message}")), "{xml}");
    let text = xml.split("<failure ").nth(1).unwrap().split("</failure>").next().unwrap();
    assert!(text.contains("failure number 2"), "{xml}");
    assert_eq!(xml.matches("<rerunFailure ").count(), 1, "{xml}");
    assert!(!xml.contains("flakyFailure"), "{xml}");
    for element in ["testsuites", "testsuite"] {
        assert_eq!(attribute(&xml, element, "failures"), [Some("1")], "{xml}");
    }
    suite.run(&["report", "merge", "--report", "junit=m.xml", "out.xml"]).assert(0, &[]);
    assert_eq!(attribute(&suite.read("m.xml"), "testsuites", "failures"), [Some("1")]);
}

#[test]
fn a_failed_attempt_is_one_element() {
    let suite = Suite::new(
        "Feature: f\n  @runner_hook_says_and_fails\n  Scenario: bad\n    When it fails with 'x'\n",
    );
    let xml = junit(&suite, &[]);
    assert_eq!(xml.matches("<failure ").count(), 1, "{xml}");
    assert!(xml.contains("hook `says_and_fails`"), "{xml}");
    assert!(
        xml.contains("it fails with &apos;x&apos;") || xml.contains("it fails with 'x'"),
        "{xml}"
    );
}

#[test]
fn times_have_at_most_three_decimals() {
    let xml = junit(&Suite::new("Feature: f\n  Scenario: s\n    Given all is well\n"), &[]);
    for element in ["testsuites", "testsuite", "testcase"] {
        for time in attribute(&xml, element, "time") {
            let (_, decimals) = time.unwrap().split_once('.').unwrap_or(("0", ""));
            assert!(decimals.len() <= 3, "{element}: {time:?}");
        }
    }
}

#[test]
fn only_cases_have_file_and_line() {
    let xml = junit(&Suite::new("Feature: f\n  Scenario: s\n    Given all is well\n"), &[]);
    for element in ["testsuites", "testsuite"] {
        assert_eq!(attribute(&xml, element, "file"), [None], "{element}");
        assert_eq!(attribute(&xml, element, "line"), [None], "{element}");
    }
    assert_eq!(attribute(&xml, "testcase", "file"), [Some("features/a.feature")]);
    assert_eq!(attribute(&xml, "testcase", "line"), [Some("2")]);
}

#[test]
fn root_has_no_attribute_that_strict_schemas_refuse() {
    let xml = junit(&Suite::new("Feature: f\n  Scenario: s\n    Given all is well\n"), &[]);
    let document = roxmltree::Document::parse(&xml).unwrap();
    let names: Vec<_> = document.root_element().attributes().map(|a| a.name()).collect();
    assert_eq!(names, ["name", "tests", "failures", "errors", "time"]);
}

#[test]
fn tags_are_properties() {
    let xml = junit(
        &Suite::new("@all\nFeature: f\n  @slow\n  Scenario: s\n    Given all is well\n"),
        &[],
    );
    assert_eq!(attribute(&xml, "property", "name"), [Some("tag"); 2]);
    assert_eq!(attribute(&xml, "property", "value"), [Some("@all"), Some("@slow")]);
}

#[test]
fn binary_attachments_are_files() {
    let suite = Suite::new("Feature: f\n  Scenario: s\n    Given red paper is attached\n");
    let xml = junit(&suite, &[]);
    assert!(xml.contains("[[ATTACHMENT|out-attachments/1-dot.png]]"), "{xml}");
    let saved = fs::read(suite.path("out-attachments/1-dot.png")).unwrap();
    assert_eq!(saved, [0x89, b'P', b'N', b'G']);
}

#[test]
fn scenarios_that_did_not_run_are_counted() {
    let suite = Suite::new(
        "Feature: f\n  Scenario: a\n    When it fails with 'x'\n  Scenario: b\n    Given all is well\n  Scenario: c\n    Given all is well\n",
    );
    let xml = junit(&suite, &["--fail-fast"]);
    assert_eq!(attribute(&xml, "testcase", "name"), [Some("a"), Some("2 scenarios not run")]);
    assert_eq!(attribute(&xml, "testsuites", "tests"), [Some("2")]);
    assert_eq!(attribute(&xml, "testsuite", "skipped"), [Some("0"), Some("1")]);
}
