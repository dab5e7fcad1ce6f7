//! Test cases: what is to be done for a pickle, hooks included, told before the first one begins.
//!
//! What comes otherwise than planned, such as a state that breaks when it is dropped, and what nobody
//! could plan, such as a run over several processes, is a test case told when it has ended.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use serde_json::{Value, json};

use super::documents::{PickleIds, PickleKey};
use super::source::HookKey;
use super::{Messages, RUN};
use crate::model::{Failure, HookResult, Outcome, Scenario, Step, StepMatch, StepResult};
use crate::report::Story;
use crate::report::story::Attempt;

/// The ids of a test case and of its steps, in the order they run.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) id: String,
    pub(super) before: Vec<(HookKey, String)>,
    pub(super) steps: Vec<String>,
    pub(super) after: Vec<(HookKey, String)>,
    /// The step for what went wrong around the steps and is no hook's.
    pub(super) around: Option<String>,
}

impl<W: Write> Messages<W> {
    /// Tells the test cases of all scenarios, when the first one begins.
    pub(super) fn plan(&mut self) -> io::Result<()> {
        if self.planned.is_some() {
            return Ok(());
        }
        let mut planned = HashMap::new();
        let scenarios = std::mem::take(&mut self.knowledge.scenarios);
        if let Some(code) = self.knowledge.code.clone() {
            for scenario in scenarios {
                let pickle = self.pickle(&scenario)?;
                let hooks = code.hooks_around(&scenario);
                let hooks = hooks.map(|hooks| hooks.iter().map(HookKey::from).collect());
                let matches =
                    scenario.steps.iter().map(|step| code.matches(&step.text)).collect::<Vec<_>>();
                let case = self.case(&scenario, &pickle, hooks, &matches, false)?;
                planned.insert(key(&scenario), Arc::new(case));
            }
        }
        self.planned = Some(planned);
        Ok(())
    }

    /// The test case of a scenario that has ended.
    pub(super) fn case_of(&mut self, story: &Story, pickle: &PickleIds) -> io::Result<Arc<Case>> {
        let planned = self.planned.as_ref().and_then(|planned| planned.get(&key(&story.scenario)));
        match planned {
            Some(case) if story.attempts.iter().all(|attempt| case.fits(attempt)) => {
                Ok(Arc::clone(case))
            }
            Some(_) => {
                let texts = story.scenario.steps.iter().map(|step| step.text.as_str());
                let code = self.knowledge.code.clone();
                let find = |text| code.as_ref().map_or(Vec::new(), |code| code.matches(text));
                let matches: Vec<_> = texts.map(find).collect();
                self.late(story, pickle, &matches)
            }
            None => {
                let steps = story.scenario.steps.iter().enumerate();
                let matches: Vec<_> = steps.map(|(index, _)| as_it_ran(story, index)).collect();
                self.late(story, pickle, &matches)
            }
        }
    }

    fn late(
        &mut self,
        story: &Story,
        pickle: &PickleIds,
        matches: &[Vec<StepMatch>],
    ) -> io::Result<Arc<Case>> {
        let mut hooks = [Vec::new(), Vec::new()];
        for result in story.attempts.iter().flat_map(|attempt| &attempt.hooks) {
            self.source.hook(result, &mut self.out, &mut self.ids)?;
            let (key, side) = (HookKey::from(&**result), &mut hooks[side(result)]);
            if !side.contains(&key) {
                side.push(key);
            }
        }
        let around = story.attempts.iter().any(|attempt| left_over(attempt).is_some());
        Ok(Arc::new(self.case(&story.scenario, pickle, hooks, matches, around)?))
    }

    fn case(
        &mut self,
        scenario: &Scenario,
        pickle: &PickleIds,
        [before, after]: [Vec<HookKey>; 2],
        matches: &[Vec<StepMatch>],
        around: bool,
    ) -> io::Result<Case> {
        let around_hook = if around { Some(self.around()?) } else { None };
        let id = self.ids.next();
        let mut told = Vec::new();
        let before = self.hook_steps(before, &mut told);
        let mut steps = Vec::new();
        for ((step, pickle_step), matches) in scenario.steps.iter().zip(&pickle.steps).zip(matches)
        {
            let id = self.ids.next();
            told.push(self.step_of(&id, step, pickle_step, matches));
            steps.push(id);
        }
        let after = self.hook_steps(after, &mut told);
        let around = around_hook.map(|hook| {
            let id = self.ids.next();
            told.push(json!({ "id": id, "hookId": hook }));
            id
        });
        self.out.tell(
            "testCase",
            json!({
                "id": id,
                "pickleId": pickle.pickle,
                "testSteps": told,
                "testRunStartedId": RUN,
            }),
        )?;
        Ok(Case { id, before, steps, after, around })
    }

    fn hook_steps(&mut self, hooks: Vec<HookKey>, told: &mut Vec<Value>) -> Vec<(HookKey, String)> {
        let mut steps = Vec::new();
        for hook in hooks {
            if let Some(hook_id) = self.source.hook_id(&hook) {
                let id = self.ids.next();
                told.push(json!({ "id": id, "hookId": hook_id }));
                steps.push((hook, id));
            }
        }
        steps
    }

    fn step_of(&self, id: &str, step: &Step, pickle_step: &str, matches: &[StepMatch]) -> Value {
        let matched = matches.iter().filter_map(|found| self.source.matched(found, &step.text));
        let (definitions, arguments): (Vec<_>, Vec<_>) = matched.unzip();
        json!({
            "id": id,
            "pickleStepId": pickle_step,
            "stepDefinitionIds": definitions,
            "stepMatchArgumentsLists": arguments,
        })
    }

    /// The hook that stands for what went wrong around the steps and is no hook's.
    fn around(&mut self) -> io::Result<String> {
        if let Some(id) = &self.around {
            return Ok(id.clone());
        }
        let id = self.ids.next();
        self.out.tell(
            "hook",
            json!({
                "id": id,
                "name": "around the steps",
                "type": "AFTER_TEST_CASE",
                "sourceReference": {},
            }),
        )?;
        self.around = Some(id.clone());
        Ok(id)
    }
}

impl Case {
    /// Whether a try did what was planned, or less.
    fn fits(&self, attempt: &Attempt) -> bool {
        let is_planned = |result: &Arc<HookResult>| {
            let key = HookKey::from(&**result);
            self.before.iter().chain(&self.after).any(|(planned, _)| *planned == key)
        };
        left_over(attempt).is_none() && attempt.hooks.iter().all(is_planned)
    }
}

/// What went wrong around the steps of a try and is not told with a hook.
pub(super) fn left_over(attempt: &Attempt) -> Option<&Failure> {
    let is_told =
        |failure: &Failure| attempt.hooks.iter().any(|hook| hook.failure.as_ref() == Some(failure));
    attempt.failures.iter().map(|failure| &**failure).find(|failure| !is_told(failure))
}

pub(super) fn key(scenario: &Scenario) -> PickleKey {
    (scenario.place.clone(), scenario.example.clone())
}

/// 0 for a hook before, 1 for one after.
fn side(result: &HookResult) -> usize {
    usize::from(result.kind.is_after())
}

/// What a step meant as far as its results tell. The first try that came so far knows the definition.
fn as_it_ran(story: &Story, index: usize) -> Vec<StepMatch> {
    let result = story.attempts.iter().find_map(|attempt| attempt.results.get(index));
    match result.map(|result| &**result) {
        Some(StepResult { outcome: Outcome::Ambiguous { candidates }, .. }) => {
            let found = candidates.iter().map(|candidate| StepMatch {
                pattern: candidate.pattern.clone().into(),
                function: candidate.function.clone().into(),
                file: candidate.place.file.clone().into(),
                line: candidate.place.line,
                // Their places in the text are not known any more.
                captures: Vec::new(),
            });
            found.collect()
        }
        Some(StepResult { definition: Some(found), .. }) => vec![found.clone()],
        _ => Vec::new(),
    }
}
