//! One thread that plays scenarios, one after the other, until there are none left or it is given up.

use std::io;
use std::sync::Arc;

use super::attempt::{Attempt, GivenUp};
use super::late::Rest;
use super::schedule::Plan;
use crate::channel::Sender;
use crate::model::Event;
use crate::thread::spawn;

/// What a worker tells the run.
pub(super) enum Message {
    /// Something for the reports.
    Events(Vec<Event>),
    /// This worker, or the one it replaced, takes no more scenarios.
    Ended,
}

/// Starts a thread that plays `first`, the rest of a scenario, and then whatever is left.
pub(super) fn start_worker(
    plan: Arc<Plan>,
    messages: Sender<Message>,
    first: Option<Rest>,
) -> io::Result<()> {
    spawn("scenario", move || work(&plan, &messages, first))
}

fn work(plan: &Arc<Plan>, messages: &Sender<Message>, first: Option<Rest>) {
    let lane = plan.new_lane();
    // The end of one scenario travels with the beginning of the next: each message may wake the
    // thread that reports, which costs more than a trivial step.
    let (mut events, next) = match first.map(Rest::play) {
        None => (Vec::new(), None),
        Some(Ok(played)) => played,
        Some(Err(GivenUp)) => return,
    };
    let mut turn = next.or_else(|| plan.take());
    while let Some(current) = turn {
        let attempt = Attempt::begin(plan, messages, current, lane);
        events.push(attempt.started());
        send(messages, Message::Events(events));
        match attempt.play() {
            Ok((told, next)) => {
                events = told;
                turn = next.or_else(|| plan.take());
            }
            Err(GivenUp) => return,
        }
    }
    send(messages, Message::Events(events));
    send(messages, Message::Ended);
}

pub(super) fn send(messages: &Sender<Message>, message: Message) {
    // The receiver leaves first only when the run is over; nobody is left to tell then.
    let _ = messages.send(message);
}
