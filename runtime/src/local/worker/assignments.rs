//! The attempts that the parent of a worker assigns.

use std::io::{self, BufRead as _, BufReader};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::connection::{WorkerInput, parse_assignment, take_input};
use crate::model::StopFlag;
use crate::schedule::AttemptId;

/// The attempts that this process is to run, as they arrive.
#[derive(Debug)]
pub(in crate::local) struct Assignments(Mutex<Receiver<AttemptId>>);

impl Assignments {
    /// Starts to receive, if this process is a worker. `stop` is set when the parent ends the run.
    ///
    /// # Errors
    /// Returns an error if the system refuses a thread.
    pub(in crate::local) fn receive(stop: &StopFlag) -> io::Result<Option<Self>> {
        let Some(input) = take_input() else { return Ok(None) };
        let (sender, incoming) = channel();
        let stop = stop.clone();
        let read = move || {
            read_lines(input, &sender);
            // Before the sender is dropped: a worker that waits must find the run stopped.
            stop.set();
        };
        thread::Builder::new().name("assignments".to_owned()).spawn(read)?;
        Ok(Some(Self(Mutex::new(incoming))))
    }

    /// Waits for the next attempt; `None` if there is none left.
    pub(in crate::local) fn wait(&self) -> Option<AttemptId> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
    }
}

fn read_lines(input: WorkerInput, sender: &Sender<AttemptId>) {
    for line in BufReader::new(input.lines).lines() {
        let Some(id) = line.ok().as_deref().and_then(parse_assignment) else { return };
        if sender.send(id).is_err() {
            return;
        }
    }
}
