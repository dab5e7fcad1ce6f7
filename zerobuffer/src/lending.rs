//! A reader or writer that is lent to a helper thread whenever it has to wait.
//!
//! The wire has semaphores only, and nothing but a thread can wait for a semaphore. The helper sleeps
//! as a plain reader or writer does, returns it, and reports it. It is started at the first wait.

use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::{self, TryRecvError};

use crate::error::{Error, Result};
use crate::sleeper::Sleeper;

type Job = Box<dyn FnOnce() + Send>;

/// A reader or writer with the result of its wait.
type Returned<E> = (E, Result<()>);

/// A value that is either here or with the helper.
pub(crate) struct Lent<E> {
    here: Option<E>,
    /// Channel that returns the value.
    away: Option<mpsc::Receiver<Returned<E>>>,
    /// Ends a wait of the helper.
    sleeper: Arc<Sleeper>,
    /// The helper ends when this is dropped.
    jobs: Option<mpsc::Sender<Job>>,
}

impl<E: Send + 'static> Lent<E> {
    /// Keeps `end`, which sleeps on `sleeper`.
    pub(crate) fn new(end: E, sleeper: Arc<Sleeper>) -> Self {
        Self { here: Some(end), away: None, sleeper, jobs: None }
    }

    /// Returns the value, which must not be lent.
    pub(crate) fn here(&mut self) -> Result<&mut E> {
        self.here.as_mut().ok_or_else(helper_gone)
    }

    pub(crate) fn is_away(&self) -> bool {
        self.away.is_some()
    }

    /// Lends the value to the helper, which calls `wait` again and again until that returns true, fails,
    /// or is [interrupted](Self::interrupt), and then `done`.
    pub(crate) fn lend(
        &mut self,
        mut wait: impl FnMut(&mut E) -> Result<bool> + Send + 'static,
        done: impl FnOnce() + Send + 'static,
    ) -> Result<()> {
        if self.jobs.is_none() {
            self.jobs = Some(start_helper()?);
        }
        let mut end = self.here.take().ok_or_else(helper_gone)?;
        let (bring_back, away) = mpsc::channel::<Returned<E>>();
        self.sleeper.resume();
        let sleeper = Arc::clone(&self.sleeper);
        let job: Job = Box::new(move || {
            let outcome = loop {
                match wait(&mut end) {
                    Ok(false) if !sleeper.is_interrupted() => {}
                    outcome => break outcome.map(drop),
                }
            };
            // Without a receiver the value is closed here.
            let _ = bring_back.send((end, outcome));
            done();
        });
        self.away = Some(away);
        // A helper that is gone drops the job, which the other side of the channel notices.
        let _ = self.jobs.as_ref().map(|jobs| jobs.send(job));
        Ok(())
    }

    /// Takes the value back if the helper is done with it, and returns the result of its wait; `None`
    /// while it waits.
    pub(crate) fn take_back(&mut self) -> Option<Result<()>> {
        let (end, outcome) = match self.away.as_ref()?.try_recv() {
            Ok(returned) => returned,
            Err(TryRecvError::Empty) => return None,
            Err(TryRecvError::Disconnected) => return Some(Err(helper_gone())),
        };
        self.away = None;
        self.here = Some(end);
        Some(outcome)
    }

    /// Ends the wait of the helper and takes the value back. The result of the wait is ignored: what
    /// it found will be found again.
    pub(crate) fn call_back(&mut self) -> Result<&mut E> {
        if let Some(away) = self.away.take() {
            self.interrupt();
            self.here = away.recv().ok().map(|(end, _)| end);
            self.sleeper.resume();
        }
        self.here()
    }

    /// Takes the value out, ending the wait of the helper.
    pub(crate) fn take(&mut self) -> Result<E> {
        self.call_back()?;
        self.here.take().ok_or_else(helper_gone)
    }

    /// Makes the helper end its wait.
    pub(crate) fn interrupt(&self) {
        self.sleeper.interrupt();
    }
}

impl<E> Drop for Lent<E> {
    fn drop(&mut self) {
        // So that the helper, which no thread waits for, ends.
        if self.away.is_some() {
            self.sleeper.interrupt();
        }
    }
}

impl<E: fmt::Debug> fmt::Debug for Lent<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.here {
            Some(end) => end.fmt(f),
            None => f.write_str("waiting"),
        }
    }
}

fn start_helper() -> Result<mpsc::Sender<Job>> {
    let (jobs, queue) = mpsc::channel::<Job>();
    std::thread::Builder::new()
        .name("zerobuffer-wait".into())
        .spawn(move || queue.iter().for_each(|job| job()))
        .map_err(|error| Error::os("start a helper thread", "a buffer", error))?;
    Ok(jobs)
}

fn helper_gone() -> Error {
    let error = std::io::Error::other("it has panicked");
    Error::os("get the buffer back from the helper thread", "a buffer", error)
}
