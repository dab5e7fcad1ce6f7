//! The feature file of a bound test, read when the test is compiled.

use std::path::{Path, PathBuf};

use harmony_bdd_gherkin::ast::{self, GherkinDocument};
use harmony_bdd_gherkin::model::Scenario;
use harmony_bdd_gherkin::text::edit_distance;
use harmony_bdd_gherkin::{is_feature_path, load, scenarios};
use syn::{Error, LitStr, Result};

/// Number of names that an error lists.
const MAX_LISTED: usize = 8;

/// A feature file.
pub(crate) struct FeatureFile {
    /// The path as written, for messages and reports.
    pub(crate) path: String,
    /// The absolute path.
    pub(crate) absolute: String,
    document: GherkinDocument,
    /// The scenarios, with the rows of outlines.
    pub(crate) scenarios: Vec<Scenario>,
}

impl FeatureFile {
    /// Reads the file, whose path is relative to the folder of the package.
    pub(crate) fn read(path: &LitStr) -> Result<Self> {
        // Cargo sets it; rustc alone expands in the current folder.
        let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        Self::read_in(&package.unwrap_or_default(), path)
    }

    fn read_in(package: &Path, literal: &LitStr) -> Result<Self> {
        let path = literal.value();
        let absolute = package.join(&path);
        let document = load(&absolute).map_err(|error| {
            let shown = error.to_string().replace(&*absolute.to_string_lossy(), &path);
            let help = match absolute.exists() {
                true => String::new(),
                false => match similar_file(package, &absolute) {
                    Some(similar) => format!("\nhelp: did you mean {similar:?}?"),
                    None => "\nhelp: the path is relative to the folder of Cargo.toml".to_owned(),
                },
            };
            Error::new(literal.span(), shown + &help)
        })?;
        let scenarios = scenarios(&document);
        if scenarios.is_empty() {
            return Err(Error::new(literal.span(), format!("{path} has no scenario")));
        }
        let absolute = absolute.to_string_lossy().into_owned();
        Ok(Self { path, absolute, document, scenarios })
    }

    /// Returns the scenario of this name, all rows of an outline, or the one row with this name.
    pub(crate) fn find(&self, name: &LitStr) -> Result<Vec<&Scenario>> {
        let wanted = name.value();
        let refused = |message: String| Err(Error::new(name.span(), message));
        let written: Vec<_> = self.written().filter(|written| written.name == wanted).collect();
        if let [first, second, ..] = *written {
            return refused(format!(
                "two scenarios of {} have this name, at the lines {} and {}\nhelp: give them different names",
                self.path, first.position.line, second.position.line
            ));
        }
        let found: Vec<&Scenario> = match written.first() {
            Some(written) => {
                let is_of = |scenario: &&Scenario| scenario.location.line == written.position.line;
                self.scenarios.iter().filter(is_of).collect()
            }
            None => self.scenarios.iter().filter(|scenario| scenario.name == wanted).collect(),
        };
        match (found.is_empty(), written.is_empty()) {
            (false, _) => Ok(found),
            (true, false) => refused(format!("the outline {wanted:?} has no row of examples")),
            (true, true) => refused(format!(
                "{} has no scenario with the name {wanted:?}\nhelp: {}",
                self.path,
                self.suggestion(&wanted)
            )),
        }
    }

    /// Returns the scenarios and outlines of the file, those of rules included.
    fn written(&self) -> impl Iterator<Item = &ast::Scenario> {
        let feature = self.document.feature.iter();
        feature.flat_map(|feature| {
            let rules = feature.rules.iter().flat_map(|rule| &rule.scenarios);
            feature.scenarios.iter().chain(rules)
        })
    }

    fn suggestion(&self, wanted: &str) -> String {
        let names: Vec<&str> = self.written().map(|scenario| scenario.name.as_str()).collect();
        if let Some(similar) = most_similar(wanted, &names) {
            return format!("did you mean {similar:?}?");
        }
        let listed: Vec<_> =
            names.iter().take(MAX_LISTED).map(|name| format!("{name:?}")).collect();
        let more = if names.len() > MAX_LISTED { ", …" } else { "" };
        format!("its scenarios are {}{more}", listed.join(", "))
    }
}

/// Returns the feature file with the most similar name in the folder of `missing`, or else in `features`.
fn similar_file(package: &Path, missing: &Path) -> Option<String> {
    let wanted = missing.file_name()?.to_str()?;
    let features = package.join("features");
    [missing.parent()?, &features].into_iter().find_map(|folder| {
        let entries = std::fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
        let mut files: Vec<_> = entries.filter(|path| is_feature_path(path)).collect();
        files.sort();
        let names: Vec<_> = files.iter().filter_map(|path| path.file_name()?.to_str()).collect();
        let name = most_similar(wanted, &names)?;
        let path = folder.join(name);
        Some(path.strip_prefix(package).unwrap_or(&path).to_str()?.to_owned())
    })
}

/// Returns the name with the fewest edits, if less than a third of `wanted` is changed.
fn most_similar<'a>(wanted: &str, names: &[&'a str]) -> Option<&'a str> {
    let letters = |text: &str| text.chars().flat_map(char::to_lowercase).collect::<Vec<_>>();
    let wanted = letters(wanted);
    let limit = (wanted.len() / 3).max(1);
    let distance = |name: &&'a str| Some((edit_distance(&wanted, &letters(name), limit)?, *name));
    names.iter().filter_map(distance).min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;

    use super::*;

    const FEATURE: &str = "# language: de
Funktionalität: Korb

  Beispiel: Leer
    Angenommen x
      \"\"\"
      Beispiel: kein Szenario
      \"\"\"

  Regel: Voll
    Szenariogrundriss: <Zahl> Äpfel
      Angenommen x
      Beispiele:
        | Zahl |
        | 2    |
        | 3    |

    Szenariogrundriss: ohne <Zahl>
      Angenommen x
      Beispiele:
        | Zahl |
";

    fn text(value: &str) -> LitStr {
        LitStr::new(value, Span::call_site())
    }

    /// Returns the lines of the scenarios with this name, or the error.
    fn find(feature: &str, name: &str) -> std::result::Result<Vec<u32>, String> {
        let folder = std::env::temp_dir().join(format!(
            "harmony-bdd-macros-{}-{:?}",
            std::process::id(),
            std::thread::current().id()
        ));
        std::fs::create_dir_all(folder.join("features")).unwrap();
        std::fs::write(folder.join("features/Korb.feature"), feature).unwrap();
        let file = FeatureFile::read_in(&folder, &text("features/Korb.feature"));
        let found = file.and_then(|file| {
            let found = file.find(&text(name))?;
            Ok(found.iter().map(|scenario| scenario.selectable_location().line).collect())
        });
        std::fs::remove_dir_all(folder).unwrap();
        found.map_err(|error| error.to_string())
    }

    #[test]
    fn scenarios_are_found_in_any_language_and_in_rules() {
        assert_eq!(find(FEATURE, "Leer"), Ok(vec![4]));
        assert_eq!(find(FEATURE, "<Zahl> Äpfel"), Ok(vec![15, 16]), "all rows");
        assert_eq!(find(FEATURE, "3 Äpfel"), Ok(vec![16]), "the row with this name");
    }

    #[test]
    fn error_suggests_a_name() {
        let error = |name| find(FEATURE, name).unwrap_err();
        let none = "features/Korb.feature has no scenario with the name";
        assert_eq!(error("leer!"), format!("{none} \"leer!\"\nhelp: did you mean \"Leer\"?"));
        assert_eq!(
            error("kein Szenario"),
            format!(
                "{none} \"kein Szenario\"\nhelp: its scenarios are \"Leer\", \"<Zahl> Äpfel\", \"ohne <Zahl>\""
            )
        );
        assert_eq!(error("ohne <Zahl>"), "the outline \"ohne <Zahl>\" has no row of examples");
        let twice = "Feature: f\n  Scenario: a\n  Rule: r\n    Scenario: a\n";
        assert!(find(twice, "a").unwrap_err().contains("two scenarios of features/Korb.feature"));
        assert!(find("Feature: f\n", "a").unwrap_err().contains("has no scenario"));
        assert!(find("Featur: f\n", "a").unwrap_err().contains("features/Korb.feature:1:1"));
    }

    #[test]
    fn similar_names_are_near() {
        assert_eq!(most_similar("Aples", &["Pears", "Apples"]), Some("Apples"));
        assert_eq!(most_similar("Aples", &["Pears"]), None);
    }
}
