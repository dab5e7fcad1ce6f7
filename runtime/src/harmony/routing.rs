//! Which process gets which step: the field's rules, and what the words say where the field's
//! runner looks away.
//!
//! Pure: text in, plan out.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use regex::Regex;

use crate::gherkin::ast::{GherkinDocument, KeywordType, Step as WrittenStep};
use crate::model::{DataTable, DocString, Scenario, Step, StepArgument, StepKeyword, Tag};

/// The role of scenarios that name no process.
pub const DEFAULT_ROLE: &str = "default";

/// Whose rules a run follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lifecycle {
    /// The words: killed is SIGKILL, a new process is a new process.
    #[default]
    Real,
    /// The field's runner to the letter, oddities included.
    Harmony,
}

/// A scenario with a target for each of its steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The roles in the order they are first named. Empty only by the field's rules, which do not
    /// run such a scenario.
    pub roles: Vec<String>,
    /// One for each step of the scenario.
    pub steps: Vec<RoutedStep>,
}

/// Where a step goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoutedStep {
    /// What is sent as its type.
    pub keyword: StepKeyword,
    /// Where it goes.
    pub target: Target,
}

/// Who carries a step out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The process of this role.
    Process(String),
    /// A process started for this step, which takes the role over.
    NewProcess(String),
    /// A second process of this role, started for the first step that mentions it.
    SecondProcess(String),
    /// Every process.
    Broadcast,
    /// The runner waits.
    Wait(Duration),
    /// The runner ends the process of this role.
    End(String, Ending),
}

impl Target {
    /// The role it names.
    pub fn role(&self) -> Option<&str> {
        match self {
            Self::Process(role)
            | Self::NewProcess(role)
            | Self::SecondProcess(role)
            | Self::End(role, _) => Some(role),
            Self::Broadcast | Self::Wait(_) => None,
        }
    }
}

/// How a process ends by a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It is asked to end.
    Shutdown,
    /// It is killed.
    Kill,
    /// It crashes.
    Crash,
}

/// Finds the target of every step.
pub fn plan(scenario: &Scenario, lifecycle: Lifecycle) -> Plan {
    let mut roles: Vec<String> = Vec::new();
    let mut steps = Vec::with_capacity(scenario.steps.len());
    // Background and scenario inherit each within itself.
    for background in [true, false] {
        let mut block = Block { lifecycle, keyword: StepKeyword::Given, last: None };
        for step in scenario.steps.iter().filter(|s| s.from_background == background) {
            let named = named(&step.text, lifecycle);
            let routed = block.route(step, named.clone());
            for target in [named.as_ref(), Some(&routed.target)].into_iter().flatten() {
                if let Some(role) = target.role().filter(|role| !roles.iter().any(|r| r == role)) {
                    roles.push(role.to_owned());
                }
            }
            steps.push(routed);
        }
    }
    if roles.is_empty() && lifecycle == Lifecycle::Real {
        roles.push(DEFAULT_ROLE.to_owned());
    }
    Plan { roles, steps }
}

/// What one block of steps hands from step to step.
struct Block {
    lifecycle: Lifecycle,
    keyword: StepKeyword,
    last: Option<Target>,
}

impl Block {
    fn route(&mut self, step: &Step, named: Option<Target>) -> RoutedStep {
        let keyword = match step.keyword {
            Some(keyword) if !is_conjunction(step.keyword_text) => keyword,
            _ => self.keyword,
        };
        self.keyword = keyword;
        if let Some(named) = &named {
            // Whatever the keyword; what is meant next is the process, not its start.
            self.last = Some(match named {
                Target::NewProcess(role) => Target::Process(role.clone()),
                other => other.clone(),
            });
        }
        let target = waiting(&step.text)
            .or_else(|| ending(&step.text, keyword, self.lifecycle))
            .or(named)
            .or_else(|| self.last.clone())
            .unwrap_or(Target::Broadcast);
        RoutedStep { keyword, target }
    }
}

/// `And`, `But` and `*` have no type of their own. In other languages the type that the parser
/// handed down is as good, except for a block that begins with one.
fn is_conjunction(keyword: &str) -> bool {
    matches!(keyword.trim_end(), "And" | "But" | "*")
}

/// The process a step names at its beginning.
fn named(text: &str, lifecycle: Lifecycle) -> Option<Target> {
    static QUOTED: LazyLock<[Regex; 4]> = LazyLock::new(|| {
        [
            r"(?is)^(?:(?:given|when|then|and|but)\s+)?the\s+'([^']+)'\s+process\s+.+$",
            r"(?is)^'(\w+)'\s+process\s+.+$",
            r"(?is)^the\s+'(\w+)'\s+.+$",
            r"(?is)^'(\w+)'\s+.+$",
        ]
        .map(constant)
    });
    static BARE: LazyLock<[Regex; 2]> = LazyLock::new(|| {
        [
            r"(?is)^the\s+(writer|reader)\s+is\s+'[^']+'.*$",
            r"(?is)^two\s+(writer|reader)s\s+'[^']+'\s+and\s+'[^']+'.*$",
        ]
        .map(constant)
    });
    static REAL: LazyLock<Regex> = LazyLock::new(|| {
        constant(
            r"(?is)^(?:the\s+)?(an?|new|second|a\s+new|a\s+second)\s+'([^']+)'\s+process\s+.+$",
        )
    });
    if lifecycle == Lifecycle::Real
        && let Some(found) = REAL.captures(text)
    {
        let article = found[1].to_ascii_lowercase();
        let the = text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("the "));
        let role = found[2].to_owned();
        return Some(if article.ends_with("second") {
            Target::SecondProcess(role)
        } else if article.ends_with("new") && !the {
            Target::NewProcess(role)
        } else {
            Target::Process(role)
        });
    }
    let quoted =
        QUOTED.iter().find_map(|name| name.captures(text)).map(|found| found[1].to_owned());
    let bare =
        || BARE.iter().find_map(|name| name.captures(text)).map(|found| found[1].to_lowercase());
    quoted.or_else(bare).map(Target::Process)
}

fn waiting(text: &str) -> Option<Target> {
    static WAIT: LazyLock<Regex> = LazyLock::new(|| constant(r"(?i)wait for '(\d+)' seconds"));
    let seconds = WAIT.captures(text)?[1].parse().ok()?;
    Some(Target::Wait(Duration::from_secs(seconds)))
}

fn ending(text: &str, keyword: StepKeyword, lifecycle: Lifecycle) -> Option<Target> {
    static END: LazyLock<Regex> = LazyLock::new(|| {
        constant(r"(?i)the '([^']+)' process (?:(?:is )?(shutdown|killed)|(crashes))")
    });
    let acts = match lifecycle {
        Lifecycle::Harmony => keyword == StepKeyword::When,
        // A process that is killed among the givens is as dead; a `then` only states it.
        Lifecycle::Real => keyword != StepKeyword::Then,
    };
    let found = acts.then(|| END.captures(text)).flatten()?;
    let ending = match found.get(2).map(|word| word.as_str().to_ascii_lowercase()).as_deref() {
        Some("shutdown") => Ending::Shutdown,
        Some(_) => Ending::Kill,
        None => Ending::Crash,
    };
    Some(Target::End(found[1].to_owned(), ending))
}

/// Compiles a pattern of this file.
fn constant(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a constant pattern")
}

/// The scenarios as the field's generator sees them: no rules, outlines not expanded, only their
/// own tags, step types inherited within each block.
pub fn field_scenarios(document: &GherkinDocument) -> Vec<Scenario> {
    let Some(feature) = &document.feature else { return Vec::new() };
    let path = &document.path;
    let background = feature.background.as_ref().map_or(&[][..], |b| &b.steps);
    feature
        .scenarios
        .iter()
        .map(|scenario| {
            let mut steps = block(background, true, path);
            steps.extend(block(&scenario.steps, false, path));
            let tag = |t: &crate::gherkin::ast::Tag| Tag {
                name: t.name.clone(),
                place: t.position.in_file(path),
            };
            Scenario {
                feature: Arc::clone(&feature.name),
                language: feature.language,
                rule: None,
                name: scenario.name.clone(),
                tags: scenario.tags.iter().map(tag).collect(),
                steps,
                place: scenario.position.in_file(path),
                example: None,
            }
        })
        .collect()
}

fn block(steps: &[WrittenStep], from_background: bool, path: &Arc<str>) -> Vec<Step> {
    let mut keyword = StepKeyword::Given;
    steps
        .iter()
        .map(|step| {
            keyword = match step.keyword_type {
                KeywordType::Context => StepKeyword::Given,
                KeywordType::Action => StepKeyword::When,
                KeywordType::Outcome => StepKeyword::Then,
                KeywordType::Conjunction | KeywordType::Unknown => keyword,
            };
            let table = step.data_table.as_ref().map(|table| {
                let rows = table.rows.iter();
                StepArgument::DataTable(DataTable {
                    rows: rows.map(|r| r.cells.iter().map(|c| c.value.clone()).collect()).collect(),
                    place: table.position.in_file(path),
                })
            });
            let doc_string = step.doc_string.as_ref().map(|doc| {
                StepArgument::DocString(DocString {
                    media_type: doc.media_type.clone(),
                    content: doc.content.clone(),
                    place: doc.position.in_file(path),
                })
            });
            let mut arguments = [table, doc_string].into_iter().flatten();
            Step {
                keyword: Some(keyword),
                keyword_text: step.keyword.trim_end(),
                text: step.text.clone(),
                argument: arguments.next(),
                second_argument: arguments.next().map(Box::new),
                place: step.position.in_file(path),
                from_background,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Ending::{Crash, Kill, Shutdown};
    use super::Lifecycle::{Harmony, Real};
    use super::StepKeyword::{Given, Then, When};
    use super::*;
    use crate::gherkin;

    fn process(role: &str) -> Target {
        Target::Process(role.to_owned())
    }

    fn feature(steps: &str) -> GherkinDocument {
        gherkin::parse("t.feature", &format!("Feature: f\n{steps}")).unwrap()
    }

    fn planned(lifecycle: Lifecycle, steps: &str) -> Plan {
        let document = feature(steps);
        let scenarios = match lifecycle {
            Real => gherkin::scenarios(&document),
            Harmony => field_scenarios(&document),
        };
        plan(&scenarios[0], lifecycle)
    }

    fn targets(lifecycle: Lifecycle, steps: &str) -> Vec<Target> {
        let text = format!("Scenario: s\n{steps}");
        planned(lifecycle, &text).steps.into_iter().map(|s| s.target).collect()
    }

    #[test]
    fn a_process_is_named_at_the_beginning_in_six_forms() {
        for lifecycle in [Real, Harmony] {
            let names = |text: &str| named(text, lifecycle);
            for (text, role) in [
                ("the 'reader' process creates", "reader"),
                ("THE  'reader'  PROCESS creates", "reader"),
                ("the 'back-up reader' process creates", "back-up reader"),
                ("when the 'reader' process creates", "reader"),
                ("'reader' process creates", "reader"),
                ("the 'reader' creates", "reader"),
                ("'reader' creates", "reader"),
                ("the writer is 'python'", "writer"),
                ("The Reader is 'python' and fast", "reader"),
                ("two readers 'a' and 'b' connect", "reader"),
                ("two writers 'a' and 'b' connect", "writer"),
            ] {
                assert_eq!(names(text), Some(process(role)), "{text}");
            }
            for text in [
                "the reader process creates",
                "'reader'",
                "the 'two words' create",
                "data of the 'reader' process is read",
                "two 'reader' processes connect",
            ] {
                assert_eq!(names(text), None, "{text}");
            }
        }
    }

    #[test]
    fn a_step_without_a_process_goes_to_the_last_one_named_whatever_its_keyword() {
        let steps = "Given all are ready\nWhen the 'writer' process writes\n\
            Then response should match\nGiven something else\nWhen the 'reader' process reads\nAnd more";
        let (writer, reader) = (process("writer"), process("reader"));
        for lifecycle in [Real, Harmony] {
            assert_eq!(
                targets(lifecycle, steps),
                [
                    Target::Broadcast,
                    writer.clone(),
                    writer.clone(),
                    writer.clone(),
                    reader.clone(),
                    reader.clone()
                ]
            );
        }
    }

    #[test]
    fn background_and_scenario_inherit_each_within_itself() {
        let text = "Background:\nWhen the 'reader' process begins\nAnd goes on\n\
            Scenario: s\nAnd it begins\nThen the 'writer' process ends";
        for lifecycle in [Real, Harmony] {
            let plan = planned(lifecycle, text);
            let keywords: Vec<_> = plan.steps.iter().map(|s| s.keyword).collect();
            assert_eq!(keywords, [When, When, Given, Then]);
            assert_eq!(plan.steps[1].target, process("reader"));
            assert_eq!(plan.steps[2].target, Target::Broadcast);
            assert_eq!(plan.roles, ["reader", "writer"], "in the order of their first mention");
        }
    }

    #[test]
    fn conjunctions_take_the_type_before_them() {
        let plan = planned(Harmony, "Scenario: s\nBut a\nThen b\n* c\nAnd d\nWhen e\nAnd f");
        let keywords: Vec<_> = plan.steps.iter().map(|s| s.keyword).collect();
        assert_eq!(keywords, [Given, Then, Then, Then, When, When]);
    }

    #[test]
    fn waiting_is_the_runners_in_one_form() {
        for lifecycle in [Real, Harmony] {
            assert_eq!(
                targets(
                    lifecycle,
                    "Given the 'reader' process starts\nThen wait for '2' seconds\n\
                     And please WAIT FOR '3' SECONDS more\nAnd wait for '1' second\nAnd wait for \"2\" seconds"
                ),
                [
                    process("reader"),
                    Target::Wait(Duration::from_secs(2)),
                    Target::Wait(Duration::from_secs(3)),
                    process("reader"),
                    process("reader"),
                ]
            );
        }
    }

    #[test]
    fn processes_are_ended_by_the_runner_in_when_steps() {
        let end = |role: &str, ending| Target::End(role.to_owned(), ending);
        for lifecycle in [Real, Harmony] {
            assert_eq!(
                targets(
                    lifecycle,
                    "When the 'a' process is killed\nAnd the 'a' process killed\n\
                     And the 'a' process is killed while write in progress\nAnd the 'b' process crashes\n\
                     And the 'b' process crashes while reader blocked\nAnd the 'c' process is shutdown\n\
                     And the 'c' process shutdown\nAnd the 'c' process simulates crash\n\
                     Then the 'a' process is killed"
                ),
                [
                    end("a", Kill),
                    end("a", Kill),
                    end("a", Kill),
                    end("b", Crash),
                    end("b", Crash),
                    end("c", Shutdown),
                    end("c", Shutdown),
                    process("c"),
                    process("a"),
                ]
            );
        }
        let given = "Given the 'a' process is killed";
        assert_eq!(targets(Harmony, given), [process("a")]);
        assert_eq!(targets(Real, given), [end("a", Kill)]);
    }

    #[test]
    fn new_and_second_processes_exist_for_the_words_alone() {
        let steps = "Given the 'writer' process starts\nWhen a new 'reader' process connects\n\
            And it goes on\nAnd a second 'writer' process connects\nThen it fails\n\
            And the second 'writer' process ends\nAnd the new 'reader' process reads\n\
            And a 'reader' process reads";
        let (writer, reader) = (process("writer"), process("reader"));
        let second = Target::SecondProcess("writer".to_owned());
        assert_eq!(
            targets(Real, steps),
            [
                writer.clone(),
                Target::NewProcess("reader".to_owned()),
                reader.clone(),
                second.clone(),
                second.clone(),
                second,
                reader.clone(),
                reader,
            ]
        );
        assert!(targets(Harmony, steps).iter().all(|target| *target == writer));
    }

    #[test]
    fn a_scenario_that_names_no_process_has_one_role_or_none() {
        let steps = "Scenario: s\nGiven a\nThen b";
        assert_eq!(planned(Real, steps).roles, [DEFAULT_ROLE]);
        assert_eq!(planned(Harmony, steps).roles, [""; 0]);
    }

    #[test]
    fn the_field_expands_no_outline_enters_no_rule_and_merges_no_tags() {
        let document = gherkin::parse(
            "t.feature",
            "@f\nFeature: f\n@s\nScenario Outline: o\nGiven <x>\nExamples:\n|x|\n|1|\n|2|\n\
             Rule: r\nScenario: in\nGiven y",
        )
        .unwrap();
        let field = field_scenarios(&document);
        assert_eq!(field.len(), 1);
        assert_eq!(field[0].steps[0].text, "<x>");
        assert_eq!(field[0].tags.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(), ["@s"]);
        assert_eq!(gherkin::scenarios(&document).len(), 3);
    }
}
