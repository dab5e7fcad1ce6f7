//! A thread that runs scenarios one after the other until none is left or it is abandoned.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread;

use super::attempt::{Abandoned, AttemptOutcome, ScenarioAttempt};
use super::hung_attempt::Remainder;
use super::message::{Message, send};
use super::state::RunState;
use crate::schedule::Taken;

/// Starts a thread that runs `first`, the rest of a scenario, and then scenarios of the run.
///
/// # Errors
/// Returns an error if the system refuses the thread.
pub(super) fn start_worker(
    run: &Arc<RunState>,
    messages: &Sender<Message>,
    first: Option<Remainder>,
) -> io::Result<()> {
    let (run, messages) = (Arc::clone(run), messages.clone());
    let thread = thread::Builder::new().name("scenario".to_owned());
    thread.spawn(move || work(&run, &messages, first)).map(drop)
}

fn work(run: &Arc<RunState>, messages: &Sender<Message>, first: Option<Remainder>) {
    let lane = run.new_lane();
    // The end of one scenario is sent with the start of the next: each message may wake the thread
    // of the run, which costs more than a trivial step.
    let mut events = Vec::new();
    let mut next = None;
    if let Some(remainder) = first {
        let number = remainder.number();
        send(messages, Message::Events(run.start_output(number).into_iter().collect()));
        let resume = || ScenarioAttempt::resume(remainder, messages);
        match until_output_ends(run, messages, number, resume) {
            Ok(outcome) => {
                events = outcome.events;
                next = run.end_attempt(number, outcome.retry);
            }
            Err(Abandoned) => return,
        }
    }
    loop {
        let id = match next.map_or_else(|| run.take(), Taken::Attempt) {
            Taken::Attempt(id) => id,
            Taken::Later => {
                send(messages, Message::Events(std::mem::take(&mut events)));
                match run.wait() {
                    Some(id) => id,
                    None => break,
                }
            }
            Taken::Nothing => break,
        };
        let attempt = ScenarioAttempt::new(run, messages, id, lane);
        events.extend(run.start_output(id.number));
        events.push(attempt.start());
        send(messages, Message::Events(events));
        match until_output_ends(run, messages, id.number, || attempt.run()) {
            Ok(outcome) => {
                events = outcome.events;
                next = run.end_attempt(id.number, outcome.retry);
            }
            Err(Abandoned) => return,
        }
    }
    send(messages, Message::Events(events));
    send(messages, Message::WorkerEnded);
}

/// Runs `attempt`, after which this thread prints nothing more for the scenario with this number; also if
/// the thread was abandoned meanwhile.
fn until_output_ends(
    run: &RunState,
    messages: &Sender<Message>,
    number: usize,
    attempt: impl FnOnce() -> Result<AttemptOutcome, Abandoned>,
) -> Result<AttemptOutcome, Abandoned> {
    let result = attempt();
    let printed = run.end_output(number);
    match result {
        Ok(mut outcome) => {
            outcome.events.extend(printed);
            Ok(outcome)
        }
        Err(Abandoned) => {
            send(messages, Message::Events(printed.into_iter().collect()));
            Err(Abandoned)
        }
    }
}
