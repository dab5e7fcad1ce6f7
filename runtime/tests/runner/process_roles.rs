//! The settings of roles in `harmony-config.json`.

use super::processes::suite_of_peers;

const FEATURE: &str = "\
Feature: f
  Scenario: s
    Given the 'reader' process shows its environment
    And the 'reader' process shows its folder
    And the 'writer' process shows its environment
    And the 'writer' process shows its folder
";

#[test]
fn role_has_its_environment_and_folder() {
    let suite = suite_of_peers(FEATURE);
    suite.write("data/empty", "");
    suite.write(
        "harmony-config.json",
        r#"{"platforms": {"a": {"executable": "python3", "arguments": ["../serve.py"],
                "workingDirectory": "features", "environmentVariables": {"PEER": "of the platform"}}},
            "roles": {"reader": {"workingDirectory": "data",
                "environmentVariables": {"PEER": "of the role"}}}}"#,
    );
    let ran = suite.run(&["harmony", "-p", "a", "-v"]);
    let folder = |name: &str| suite.path(name).canonicalize().unwrap().display().to_string();
    let shown = |role: &str, what: &str| format!("[{role} (a)] {what}");
    ran.assert(0, &[&shown("reader", "of the role"), &shown("writer", "of the platform")]);
    ran.assert(0, &[&shown("reader", &folder("data")), &shown("writer", &folder("features"))]);
}

#[test]
fn misspelt_settings_of_roles_are_refused() {
    let suite = suite_of_peers(FEATURE);
    let refused = |roles: &str, part: &str| {
        let config = format!(
            r#"{{"platforms": {{"a": {{"executable": "python3", "arguments": ["serve.py"]}}}}, {roles}}}"#
        );
        suite.write("harmony-config.json", &config);
        suite.run(&["harmony", "-p", "a"]).refused(2, &[part]);
    };
    refused(r#""role": {}"#, "unknown key `role`; did you mean `roles`?");
    refused(r#""roles": {"raeder": {}}"#, "has the role 'raeder'; did you mean `reader`?");
    refused(
        r#""roles": {"reader": {"workDir": "data"}}"#,
        "unknown key `roles.reader.workDir`; did you mean `workingDirectory`?",
    );
    refused(
        r#""roles": {"reader": {"workingDirectory": "nowhere"}}"#,
        "`roles.reader.workingDirectory`: no folder ",
    );
}
