//! Test cases: the steps and hooks of a pickle, written before the first scenario starts.
//!
//! A scenario that differs from its plan, such as one whose state panics when it is dropped, gets
//! another test case when it has finished. So does a scenario whose plan is unknown, as in a run across
//! processes.

use std::io::{self, Write};
use std::sync::Arc;

use serde::Serialize;
use serde_json::json;

use super::Messages;
use super::library_ids::{ArgumentsMessage, HookKey, LibraryIds};
use super::lines::{Id, Ids, RUN};
use super::pickles::PickleIds;
use super::test_case::{TestCaseIds, unreported_failure};
use crate::model::{HookSide, Outcome, Scenario, StepMatch, StepResult};
use crate::report::ScenarioRecord;

/// The message of a test case.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct TestCaseMessage<'a> {
    id: Id,
    pickle_id: Id,
    test_steps: Vec<TestStepMessage<'a>>,
    test_run_started_id: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
enum TestStepMessage<'a> {
    Hook {
        id: Id,
        hook_id: Id,
    },
    Step {
        id: Id,
        pickle_step_id: Id,
        step_definition_ids: Vec<Id>,
        step_match_arguments_lists: Vec<ArgumentsMessage<'a>>,
    },
}

impl<W: Write> Messages<W> {
    /// Returns the test case of a finished scenario, which is written now if there is none yet.
    pub(super) fn case_of(
        &mut self,
        record: &ScenarioRecord,
        pickle: &PickleIds,
    ) -> io::Result<Arc<TestCaseIds>> {
        match self.planned_of(record).and_then(|planned| planned.case.as_ref()) {
            Some(case) if record.attempts.iter().all(|attempt| case.fits(attempt)) => {
                Ok(Arc::clone(case))
            }
            Some(_) => {
                let texts = record.scenario.steps.iter().map(|step| step.text.as_str());
                let library = self.metadata.library.clone();
                let find = |text| {
                    let library = library.as_ref();
                    library.map_or(Vec::new(), |library| library.matches(&record.scenario, text))
                };
                let matches: Vec<_> = texts.map(find).collect();
                self.write_unplanned_case(record, pickle, &matches)
            }
            None => {
                let steps = record.scenario.steps.iter().enumerate();
                let matches: Vec<_> =
                    steps.map(|(index, _)| matches_from_results(record, index)).collect();
                self.write_unplanned_case(record, pickle, &matches)
            }
        }
    }

    fn write_unplanned_case(
        &mut self,
        record: &ScenarioRecord,
        pickle: &PickleIds,
        matches: &[Vec<StepMatch>],
    ) -> io::Result<Arc<TestCaseIds>> {
        let mut hooks = [Vec::new(), Vec::new()];
        for result in record.attempts.iter().flat_map(|attempt| &attempt.hooks) {
            self.library_ids.id_of_hook(result, &mut self.out, &mut self.ids)?;
            let key = HookKey::from(&**result);
            let side = match result.kind.side() {
                HookSide::Before => &mut hooks[0],
                HookSide::After => &mut hooks[1],
            };
            if !side.contains(&key) {
                side.push(key);
            }
        }
        let is_needed = record.attempts.iter().any(|attempt| unreported_failure(attempt).is_some());
        let around_hook = if is_needed { Some(self.around_hook()?) } else { None };
        Ok(Arc::new(self.write_case(&record.scenario, pickle, hooks, matches, around_hook)?))
    }

    /// Writes the test case of a scenario.
    pub(super) fn write_case(
        &mut self,
        scenario: &Scenario,
        pickle: &PickleIds,
        [before, after]: [Vec<HookKey>; 2],
        matches: &[Vec<StepMatch>],
        around_hook: Option<Id>,
    ) -> io::Result<TestCaseIds> {
        let (library, ids) = (&self.library_ids, &mut self.ids);
        let id = ids.next();
        let mut test_steps = Vec::new();
        let before = add_hook_steps(before, library, ids, &mut test_steps);
        let mut steps = Vec::new();
        for ((step, pickle_step), matches) in scenario.steps.iter().zip(&pickle.steps).zip(matches)
        {
            let id = ids.next();
            let matched = matches.iter().filter_map(|found| library.matched(found, &step.text));
            let (step_definition_ids, step_match_arguments_lists) = matched.unzip();
            test_steps.push(TestStepMessage::Step {
                id,
                pickle_step_id: *pickle_step,
                step_definition_ids,
                step_match_arguments_lists,
            });
            steps.push(id);
        }
        let after = add_hook_steps(after, library, ids, &mut test_steps);
        let around_step = around_hook.map(|hook_id| {
            let id = ids.next();
            test_steps.push(TestStepMessage::Hook { id, hook_id });
            id
        });
        let message =
            TestCaseMessage { id, pickle_id: pickle.pickle, test_steps, test_run_started_id: RUN };
        self.out.write("testCase", message)?;
        Ok(TestCaseIds { id, before, steps, after, around_step })
    }

    /// Returns the id of the hook that represents failures around the steps that no hook caused.
    fn around_hook(&mut self) -> io::Result<Id> {
        if let Some(id) = self.around_hook {
            return Ok(id);
        }
        let id = self.ids.next();
        self.out.write(
            "hook",
            json!({
                "id": id,
                "name": "around the steps",
                "type": "AFTER_TEST_CASE",
                "sourceReference": {},
            }),
        )?;
        self.around_hook = Some(id);
        Ok(id)
    }
}

/// Adds the steps of hooks to those of a test case; returns their ids.
fn add_hook_steps(
    hooks: Vec<HookKey>,
    library: &LibraryIds,
    ids: &mut Ids,
    test_steps: &mut Vec<TestStepMessage<'_>>,
) -> Vec<(HookKey, Id)> {
    let mut steps = Vec::new();
    for hook in hooks {
        if let Some(hook_id) = library.hook_id(&hook) {
            let id = ids.next();
            test_steps.push(TestStepMessage::Hook { id, hook_id });
            steps.push((hook, id));
        }
    }
    steps
}

/// Returns the matches of a step as far as its results contain them. The first attempt that executed
/// the step has its definition.
fn matches_from_results(record: &ScenarioRecord, index: usize) -> Vec<StepMatch> {
    let result = record.attempts.iter().find_map(|attempt| attempt.results.get(index));
    match result.map(|result| &**result) {
        Some(StepResult { outcome: Outcome::Ambiguous { candidates }, .. }) => {
            let found = candidates.iter().map(|candidate| StepMatch {
                pattern: candidate.pattern.clone().into(),
                function: candidate.function.clone().into(),
                file: candidate.location.file.clone().into(),
                line: candidate.location.line,
                // The result does not contain the positions of the captures.
                captures: Vec::new(),
                parameters: Vec::new(),
            });
            found.collect()
        }
        Some(StepResult { definition: Some(found), .. }) => vec![found.clone()],
        _ => Vec::new(),
    }
}
