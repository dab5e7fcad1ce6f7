//! The process of each step, by the rules of the reference runner and, in strict mode, by the words that
//! the reference runner ignores.
//!
//! Pure: text in, plan out.

use std::ops::Range;

pub use super::compat_scenarios::compat_scenarios;
pub use super::mode::Mode;
use super::step_text::{
    self, english_keyword, lifecycle_step, named_process, suspension_step, wait_step,
};
use super::target::Target;
use crate::model::{Scenario, Step, StepKeyword};

/// The role of scenarios that name no process.
pub const DEFAULT_ROLE: &str = "default";

/// Returns the bytes of a step's text that name its process in quotes, if it begins with one.
pub fn role_in(text: &str) -> Option<Range<usize>> {
    step_text::role_in(text)
}

/// A scenario with a target for each of its steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The roles in the order they are first named. Empty only in compat mode, which does not run such a
    /// scenario.
    pub roles: Vec<String>,
    /// One for each step of the scenario.
    pub steps: Vec<RoutedStep>,
}

/// A step's type on the wire and its target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoutedStep {
    /// The type that is sent.
    pub keyword: StepKeyword,
    /// The process or the action.
    pub target: Target,
}

/// Finds the target of every step.
pub fn plan(scenario: &Scenario, mode: Mode) -> Plan {
    let mut roles: Vec<String> = Vec::new();
    let mut steps = Vec::with_capacity(scenario.steps.len());
    // Background and scenario inherit each within itself.
    for background in [true, false] {
        let mut block = Block { mode, keyword: StepKeyword::Given, last: None };
        for step in scenario.steps.iter().filter(|s| s.from_background == background) {
            let named = named_process(&step.text, mode);
            // A kill or crash in mid sentence names no process that would have to be started.
            if let Some(role) = named.as_ref().and_then(Target::role)
                && !roles.iter().any(|known| known == role)
            {
                roles.push(role.to_owned());
            }
            steps.push(block.route(step, named));
        }
    }
    if roles.is_empty() && mode == Mode::Strict {
        roles.push(DEFAULT_ROLE.to_owned());
    }
    Plan { roles, steps }
}

/// The state that one block of steps passes from step to step.
struct Block {
    mode: Mode,
    keyword: StepKeyword,
    last: Option<Target>,
}

impl Block {
    fn route(&mut self, step: &Step, named: Option<Target>) -> RoutedStep {
        if let Some(keyword) = own_keyword(step, self.mode) {
            self.keyword = keyword;
        }
        let keyword = self.keyword;
        if let Some(named) = &named {
            // Whatever the keyword; the steps that follow mean the process, not its start.
            self.last = Some(match named {
                Target::NewProcess(role) => Target::Process(role.clone()),
                other => other.clone(),
            });
        }
        let target = wait_step(&step.text)
            .or_else(|| lifecycle_step(&step.text, keyword, self.mode))
            .or_else(|| suspension_step(&step.text, keyword, self.mode))
            .or(named)
            .or_else(|| self.last.clone())
            .unwrap_or(Target::Broadcast);
        RoutedStep { keyword, target }
    }
}

/// Returns the type that the step's own keyword gives; `None` if the step takes the type of the step
/// before it.
fn own_keyword(step: &Step, mode: Mode) -> Option<StepKeyword> {
    match mode {
        // `And`, `But` and `*` have no type. In other languages the type from the parser serves as well,
        // except for a block that begins with a conjunction.
        Mode::Strict => {
            step.keyword.filter(|_| !matches!(step.keyword_text.trim_end(), "And" | "But" | "*"))
        }
        Mode::Compat => english_keyword(step.keyword_text),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Mode::{Compat, Strict};
    use super::StepKeyword::{Given, Then, When};
    use super::*;
    use crate::gherkin;
    use crate::gherkin::ast::GherkinDocument;
    use crate::harmony::plan::target::ProcessEnd::{Crash, Kill, Shutdown};
    use crate::harmony::plan::target::Suspension;

    fn process(role: &str) -> Target {
        Target::Process(role.to_owned())
    }

    fn feature(steps: &str) -> GherkinDocument {
        gherkin::parse("t.feature", &format!("Feature: f\n{steps}")).unwrap()
    }

    fn planned(mode: Mode, steps: &str) -> Plan {
        let document = feature(steps);
        let scenarios = match mode {
            Strict => gherkin::scenarios(&document),
            Compat => compat_scenarios(&document),
        };
        plan(&scenarios[0], mode)
    }

    fn targets(mode: Mode, steps: &str) -> Vec<Target> {
        let text = format!("Scenario: s\n{steps}");
        planned(mode, &text).steps.into_iter().map(|s| s.target).collect()
    }

    #[test]
    fn a_process_is_named_at_the_beginning_in_six_forms() {
        for mode in [Strict, Compat] {
            let names = |text: &str| named_process(text, mode);
            for (text, role) in [
                ("the 'reader' process creates", "reader"),
                ("THE  'reader'  PROCESS creates", "reader"),
                ("the 'back-up reader' process creates", "back-up reader"),
                ("when the 'reader' process creates", "reader"),
                ("'reader' process creates", "reader"),
                ("the 'reader' creates", "reader"),
                ("'reader' creates", "reader"),
                ("the writer is 'python'", "writer"),
                ("the reader is 'python' and fast", "reader"),
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
    fn compat_roles_keep_their_case() {
        for (text, strict, compat) in [
            ("The Reader is 'python' and fast", "reader", "Reader"),
            ("Two Readers 'a' and 'b' connect", "reader", "Readers"),
            ("The 'Reader' Process opens", "Reader", "Reader"),
        ] {
            assert_eq!(named_process(text, Strict), Some(process(strict)), "{text}");
            assert_eq!(named_process(text, Compat), Some(process(compat)), "{text}");
        }
    }

    #[test]
    fn compat_names_without_the_word_process_are_single_words() {
        for text in ["the reader is 'user-1'", "two writers 'a b' and 'c' connect"] {
            assert!(named_process(text, Strict).is_some(), "{text}");
            assert_eq!(named_process(text, Compat), None, "{text}");
        }
    }

    #[test]
    fn compat_step_types_are_those_of_the_english_keywords() {
        let german = gherkin::parse(
            "t.feature",
            "# language: de\nFunktionalität: f\nSzenario: s\n\
             Angenommen the 'writer' process opens\nWenn the 'writer' process is killed\nDann x",
        )
        .unwrap();
        let routed = plan(&compat_scenarios(&german)[0], Compat);
        assert!(routed.steps.iter().all(|step| step.keyword == Given));
        assert!(routed.steps.iter().all(|step| step.target == process("writer")));
        let strict = plan(&gherkin::scenarios(&german)[0], Strict);
        assert_eq!(strict.steps[1].target, Target::End("writer".to_owned(), Kill));
    }

    #[test]
    fn a_process_that_is_only_killed_is_not_started() {
        let text =
            "Scenario: s\nGiven the 'a' process opens\nWhen it sees the 'b' process is killed";
        for mode in [Strict, Compat] {
            let plan = planned(mode, text);
            assert_eq!(plan.roles, ["a"]);
            assert_eq!(plan.steps[1].target, Target::End("b".to_owned(), Kill));
        }
    }

    #[test]
    fn blanks_between_the_words_of_process_steps_may_be_several() {
        let steps = "Given the 'a' process opens\nWhen the  'a'  process  is  killed\n\
                     Then wait  for  '1'  seconds";
        for mode in [Strict, Compat] {
            assert_eq!(
                targets(mode, steps)[1..],
                [Target::End("a".to_owned(), Kill), Target::Wait(Duration::from_secs(1))]
            );
        }
    }

    #[test]
    fn a_wait_that_the_reference_runner_cannot_express_is_invalid() {
        for mode in [Strict, Compat] {
            for number in ["2147483648", "99999999999999999999", "٣"] {
                let step = format!("Then wait for '{number}' seconds");
                assert!(matches!(targets(mode, &step)[0], Target::InvalidWait(_)), "{number}");
            }
            let longest = targets(mode, "Then wait for '2147483647' seconds");
            assert_eq!(longest, [Target::Wait(Duration::from_secs(2_147_483_647))]);
            let negative = targets(mode, "Then wait for '-1' seconds");
            assert_eq!(negative, [Target::Broadcast]);
        }
    }

    #[test]
    fn a_step_without_a_process_goes_to_the_last_one_named_whatever_its_keyword() {
        let steps = "Given all are ready\nWhen the 'writer' process writes\n\
            Then response should match\nGiven something else\nWhen the 'reader' process reads\nAnd more";
        let (writer, reader) = (process("writer"), process("reader"));
        for mode in [Strict, Compat] {
            assert_eq!(
                targets(mode, steps),
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
        for mode in [Strict, Compat] {
            let plan = planned(mode, text);
            let keywords: Vec<_> = plan.steps.iter().map(|s| s.keyword).collect();
            assert_eq!(keywords, [When, When, Given, Then]);
            assert_eq!(plan.steps[1].target, process("reader"));
            assert_eq!(plan.steps[2].target, Target::Broadcast);
            assert_eq!(plan.roles, ["reader", "writer"], "in the order of their first mention");
        }
    }

    #[test]
    fn conjunctions_take_the_type_before_them() {
        let plan = planned(Compat, "Scenario: s\nBut a\nThen b\n* c\nAnd d\nWhen e\nAnd f");
        let keywords: Vec<_> = plan.steps.iter().map(|s| s.keyword).collect();
        assert_eq!(keywords, [Given, Then, Then, Then, When, When]);
    }

    #[test]
    fn the_runner_waits_in_one_form() {
        for mode in [Strict, Compat] {
            assert_eq!(
                targets(
                    mode,
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
        for mode in [Strict, Compat] {
            assert_eq!(
                targets(
                    mode,
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
        assert_eq!(targets(Compat, given), [process("a")]);
        assert_eq!(targets(Strict, given), [end("a", Kill)]);
    }

    #[test]
    fn strict_mode_pauses_and_resumes_processes() {
        let steps = "Given the 'a' process opens\nWhen the 'a' process is paused\n\
                     And the 'a' process is resumed\nThen the 'a' process is paused";
        let suspend = |suspension| Target::Suspend("a".to_owned(), suspension);
        assert_eq!(
            targets(Strict, steps)[1..],
            [suspend(Suspension::Pause), suspend(Suspension::Resume), process("a")]
        );
        assert!(targets(Compat, steps).iter().all(|target| *target == process("a")));
    }

    #[test]
    fn strict_mode_starts_new_and_second_processes() {
        let steps = "Given the 'writer' process starts\nWhen a new 'reader' process connects\n\
            And it goes on\nAnd a second 'writer' process connects\nThen it fails\n\
            And the second 'writer' process ends\nAnd the new 'reader' process reads\n\
            And a 'reader' process reads";
        let (writer, reader) = (process("writer"), process("reader"));
        let second = Target::SecondProcess("writer".to_owned());
        assert_eq!(
            targets(Strict, steps),
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
        assert!(targets(Compat, steps).iter().all(|target| *target == writer));
    }

    #[test]
    fn a_scenario_that_names_no_process_has_one_role_or_none() {
        let steps = "Scenario: s\nGiven a\nThen b";
        assert_eq!(planned(Strict, steps).roles, [DEFAULT_ROLE]);
        assert_eq!(planned(Compat, steps).roles, [""; 0]);
    }

    #[test]
    fn compat_scenarios_are_the_outlines_and_scenarios_outside_of_rules() {
        let document = gherkin::parse(
            "t.feature",
            "@f\nFeature: f\n@s\nScenario Outline: o\nGiven <x>\nExamples:\n|x|\n|1|\n|2|\n\
             Rule: r\nScenario: in\nGiven y",
        )
        .unwrap();
        let compat = compat_scenarios(&document);
        assert_eq!(compat.len(), 1);
        assert_eq!(compat[0].steps[0].text, "<x>");
        assert_eq!(compat[0].tags.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(), ["@s"]);
        assert_eq!(gherkin::scenarios(&document).len(), 3);
    }
}
