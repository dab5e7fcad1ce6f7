//! The keys of `harmony-config.json`, and the detection of misspelt ones.

use serde_json::{Map, Value};

use crate::text::edit_distance;

/// The keys of the file; this runner ignores the last two.
pub(super) const ROOT_KEYS: [&str; 6] = [
    "platforms",
    "roles",
    "featuresPath",
    "processInitializationDelayMs",
    "defaultTimeoutMs",
    "$schema",
];

/// The keys of a platform.
pub(super) const PLATFORM_KEYS: [&str; 7] = [
    "executable",
    "arguments",
    "wrapper",
    "workingDirectory",
    "environmentVariables",
    "stepTimeoutMs",
    "startTimeoutMs",
];

/// The keys of a role.
pub(super) const ROLE_KEYS: [&str; 3] = ["workingDirectory", "environmentVariables", "wrapper"];

/// Returns the first key of `object` that is not among `known` and resembles one of them, with that
/// one. Other unknown keys may belong to other implementations.
pub(super) fn misspelt_key<'o>(
    object: &'o Map<String, Value>,
    known: &[&'static str],
) -> Option<(&'o str, &'static str)> {
    let is_known = |key: &str| known.iter().any(|known| known.eq_ignore_ascii_case(key));
    object.keys().filter(|key| !is_known(key)).find_map(|key| {
        let similar = known.iter().find(|known| is_similar(key, known))?;
        Some((key.as_str(), *similar))
    })
}

fn is_similar(key: &str, known: &str) -> bool {
    let normal = |text: &str| -> Vec<char> {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let (key, known) = (normal(key), normal(known));
    let is_misspelt = edit_distance(&key, &known, (key.len() / 3).max(1)).is_some();
    is_misspelt || is_abbreviation(&key, &known)
}

/// True if `short` is `long` with letters left out behind the first two, such as `args` or `envVars`.
fn is_abbreviation(short: &[char], long: &[char]) -> bool {
    let mut rest = long.iter();
    short.len() > 2 && long.starts_with(&short[..2]) && short.iter().all(|c| rest.any(|l| l == c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn misspelt(json: &str, known: &[&'static str]) -> Option<String> {
        let object: Map<String, Value> = serde_json::from_str(json).unwrap();
        misspelt_key(&object, known).map(|(key, known)| format!("{key}: {known}"))
    }

    #[test]
    fn misspelt_and_abbreviated_keys_are_found() {
        for (key, known) in [
            ("args", "arguments"),
            ("arguements", "arguments"),
            ("exec", "executable"),
            ("Executible", "executable"),
            ("working_directory", "workingDirectory"),
            ("env", "environmentVariables"),
            ("environment", "environmentVariables"),
            ("stepTimeout", "stepTimeoutMs"),
        ] {
            let json = format!("{{\"{key}\": 1}}");
            assert_eq!(misspelt(&json, &PLATFORM_KEYS), Some(format!("{key}: {known}")));
        }
        let platforms = Some("platfroms: platforms".to_owned());
        assert_eq!(misspelt("{\"platfroms\": 1}", &ROOT_KEYS), platforms);
    }

    #[test]
    fn known_and_unrelated_keys_are_accepted() {
        let json = r#"{"EXECUTABLE": 1, "arguments": 1, "comment": 1, "description": 1, "x": 1}"#;
        assert_eq!(misspelt(json, &PLATFORM_KEYS), None);
        assert_eq!(misspelt(r#"{"defaultTimeoutMs": 1, "version": 1}"#, &ROOT_KEYS), None);
    }
}
