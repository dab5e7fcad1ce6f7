//! The pickles and test cases of scenarios. Those of scenarios that are known before the run are written before
//! they run.

use std::io::{self, Write};
use std::sync::Arc;

use super::Messages;
use super::library_ids::HookKey;
use super::pickles::{PickleIds, PickleMessage, pickle_key};
use super::planned::PlannedScenario;
use crate::model::Scenario;
use crate::report::ScenarioRecord;

impl<W: Write> Messages<W> {
    /// Returns the planned scenario of a record, unless the scenario was unknown before the run.
    pub(super) fn planned_of(&self, record: &ScenarioRecord) -> Option<&PlannedScenario> {
        self.planned.get(record.number).filter(|planned| planned.is_of(record))
    }

    /// Returns the ids of a scenario's pickle, which is written now if it was not before.
    pub(super) fn pickle_of(&mut self, record: &ScenarioRecord) -> io::Result<Arc<PickleIds>> {
        match self.planned_of(record).is_some() {
            true => self.planned_pickle(record.number),
            false => self.unplanned_pickle(&record.scenario),
        }
    }

    /// Returns the ids of the pickle of a planned scenario, which is written now if it was not before.
    pub(super) fn planned_pickle(&mut self, number: usize) -> io::Result<Arc<PickleIds>> {
        let PlannedScenario { scenario, pickle, .. } = &self.planned[number];
        if let Some(pickle) = pickle {
            return Ok(Arc::clone(pickle));
        }
        let pickle = Arc::new(self.write_pickle(&Arc::clone(scenario))?);
        self.planned[number].pickle = Some(Arc::clone(&pickle));
        Ok(pickle)
    }

    /// Writes the test cases of the planned scenarios, once.
    pub(super) fn write_planned_cases(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.planned_cases_are_written, true) {
            return Ok(());
        }
        let Some(library) = self.metadata.library.clone() else { return Ok(()) };
        for number in 0..self.planned.len() {
            let pickle = self.planned_pickle(number)?;
            let scenario = Arc::clone(&self.planned[number].scenario);
            let hooks = library.scenario_hooks(&scenario);
            let hooks = hooks.map(|hooks| hooks.iter().map(HookKey::from).collect());
            let matches = |step| library.matches(&scenario, step);
            let texts = scenario.steps.iter().map(|step| step.text.as_str());
            let matches: Vec<_> = texts.map(matches).collect();
            let case = self.write_case(&scenario, &pickle, hooks, &matches, None)?;
            self.planned[number].case = Some(Arc::new(case));
        }
        Ok(())
    }

    /// Returns the ids of the pickle of a scenario that was unknown before the run. The pickle is written
    /// now if it was not before.
    fn unplanned_pickle(&mut self, scenario: &Scenario) -> io::Result<Arc<PickleIds>> {
        let key = pickle_key(scenario);
        if let Some(known) = self.pickles.get(&key) {
            return Ok(Arc::clone(known));
        }
        let ids = Arc::new(self.write_pickle(scenario)?);
        self.pickles.insert(key, Arc::clone(&ids));
        Ok(ids)
    }

    /// Writes the pickle of a scenario, after its document; returns its ids.
    fn write_pickle(&mut self, scenario: &Scenario) -> io::Result<PickleIds> {
        self.write_document_of(scenario)?;
        let nodes = self.nodes.get(&scenario.combination);
        let nodes = nodes.and_then(|nodes| nodes.of_document(&scenario.location.path));
        let message = PickleMessage::new(scenario, nodes, &mut self.ids);
        let ids = message.ids();
        self.out.write("pickle", message)?;
        Ok(ids)
    }
}
