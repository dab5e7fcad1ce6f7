//! The Harmony runner: every scenario in every combination of platforms, several at a time.
//!
//! It selects nothing and prints nothing: scenarios come in, [events](crate::model::Event) go out,
//! the same that a local run emits. A scenario is shown with its combination behind its name, as in
//! `Test 1.1 [reader=rust, writer=python]`.

use std::collections::HashMap;
use std::fmt;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use super::combinations::{Choice, ChoiceError, Combination};
use super::config::Config;
use super::leftovers::{kill_marked, remove_buffers};
use super::peer::Scene;
use super::play::play;
use super::resources::{Used, measure};
use super::routing::{Lifecycle, Plan, plan};
use super::trace::Trace;
use super::verdict::Verdict;
use crate::channel::{Sender, channel};
use crate::model::{Event, Failure, FailureKind, Outcome, Scenario, StepResult, Tag};
use crate::thread::spawn;

const FOUR: NonZeroUsize = NonZeroUsize::MIN.saturating_add(3);

/// The feature number of a file whose name begins with none.
const NO_FEATURE: u64 = 999;

/// How to run.
#[derive(Clone)]
pub struct RunnerOptions {
    /// Whose rules apply.
    pub lifecycle: Lifecycle,
    /// How many scenarios run side by side; each has a process for every role.
    pub jobs: NonZeroUsize,
    /// The time a step has where its platform names none. A little more than the 30 s that a serve
    /// gives a step, so that the serve's own verdict arrives.
    pub step_timeout: Duration,
    /// The time a process has from its start to its first answer.
    pub start_timeout: Duration,
    /// The time a process has to end when it is asked to; then it is killed.
    pub stop_timeout: Duration,
    /// By the field's rules: how long the runner sleeps after each process it started.
    pub start_delay: Duration,
    /// Begins no scenario after one that failed.
    pub fail_fast: bool,
    /// The tags of each feature, by the path of its file; only hooks in serve processes ask for them.
    pub feature_tags: HashMap<Arc<str>, Vec<Tag>>,
    /// Whether what each process uses is measured, and what scenarios leave in /dev/shm told.
    pub resources: bool,
    /// Where the traffic goes.
    pub trace: Option<Trace>,
    /// Asked again and again: whether the run is to stop at once.
    pub stopped: Arc<dyn Fn() -> bool + Send + Sync>,
}

impl Default for RunnerOptions {
    /// Four scenarios side by side for each core, since their processes mostly wait for each other;
    /// 35 s for a step, 30 s to start, 3 s to end.
    fn default() -> Self {
        Self {
            lifecycle: Lifecycle::Real,
            jobs: std::thread::available_parallelism()
                .map_or(NonZeroUsize::MIN, |n| n.saturating_mul(FOUR)),
            step_timeout: Duration::from_secs(35),
            start_timeout: Duration::from_secs(30),
            stop_timeout: Duration::from_secs(3),
            start_delay: Duration::from_secs(1),
            fail_fast: false,
            feature_tags: HashMap::new(),
            resources: false,
            trace: None,
            stopped: Arc::new(|| false),
        }
    }
}

impl fmt::Debug for RunnerOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunnerOptions")
            .field("lifecycle", &self.lifecycle)
            .field("jobs", &self.jobs)
            .finish_non_exhaustive()
    }
}

/// A scenario in one combination.
#[derive(Debug, Clone)]
pub struct Assignment {
    /// The scenario as it is written.
    pub scenario: Arc<Scenario>,
    /// The scenario as events and reports show it: its combination is part of its name.
    pub shown: Arc<Scenario>,
    /// Who plays what.
    pub combination: Combination,
    plan: Arc<Plan>,
}

/// Every scenario in every combination that `choice` means; a scenario's combinations together.
///
/// By the field's rules scenarios that name no process are left out.
///
/// # Errors
/// [`ChoiceError`] when a platform is not configured.
pub fn assignments(
    scenarios: &[Arc<Scenario>],
    config: &Config,
    choice: &Choice,
    lifecycle: Lifecycle,
) -> Result<Vec<Assignment>, ChoiceError> {
    let mut all = Vec::new();
    for scenario in scenarios {
        let plan = Arc::new(plan(scenario, lifecycle));
        if plan.roles.is_empty() {
            continue;
        }
        for combination in choice.combinations(&plan.roles, config)? {
            let mut shown = Scenario::clone(scenario);
            shown.name = format!("{} [{combination}]", scenario.name);
            all.push(Assignment {
                scenario: Arc::clone(scenario),
                shown: Arc::new(shown),
                combination,
                plan: Arc::clone(&plan),
            });
        }
    }
    Ok(all)
}

/// Runs the assignments and hands every event to `sink`, on the calling thread. The number of an
/// event's scenario is the index of its assignment. Gives the verdict of each, in their order.
///
/// Every process that was started is gone when this returns, with everything it started. For that
/// this process becomes the one that orphans of its descendants are handed to.
///
/// # Errors
/// When the system refuses a thread.
pub fn run(
    assignments: Vec<Assignment>,
    options: RunnerOptions,
    mut sink: impl FnMut(Event),
) -> std::io::Result<Vec<Verdict>> {
    let started = Instant::now();
    let total = assignments.len();
    // Where the system cannot do it, orphans are killed all the same and reaped by others.
    let _ = nix::sys::prctl::set_child_subreaper(true);
    let workers = options.jobs.get().min(total.max(1));
    let trace = options.trace.clone();
    let run = Arc::new(Run {
        assignments,
        options,
        next: AtomicUsize::new(0),
        enough: AtomicBool::new(false),
        began: started,
    });
    let (events, incoming) = channel();
    sink(Event::RunStarted { scenarios: total, time: SystemTime::now() });
    for number in 0..workers {
        let (run, events) = (Arc::clone(&run), events.clone());
        spawn(format!("harmony-{number}"), move || run.work(number, &events))?;
    }
    drop(events);
    let mut verdicts = vec![Verdict::NotPlayed; total];
    let mut finished = 0;
    while let Some(told) = incoming.recv() {
        match told {
            Told::Event(event) => sink(event),
            Told::Verdict(number, verdict) => {
                verdicts[number] = verdict;
                finished += 1;
            }
        }
    }
    if let Some(trace) = trace {
        trace.finish()?;
    }
    sink(Event::RunFinished { duration: started.elapsed(), interrupted: finished < total });
    Ok(verdicts)
}

/// What the threads of a run tell the one that listens.
enum Told {
    Event(Event),
    /// A scenario, by its number, has ended like this.
    Verdict(usize, Verdict),
}

struct Run {
    assignments: Vec<Assignment>,
    options: RunnerOptions,
    next: AtomicUsize,
    /// No further scenario is begun.
    enough: AtomicBool,
    began: Instant,
}

impl Run {
    fn work(&self, lane: usize, events: &Sender<Told>) {
        loop {
            // Relaxed, here and below: the numbers carry no data.
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(assignment) = self.assignments.get(number) else { return };
            if self.enough.load(Ordering::Relaxed) || (self.options.stopped)() {
                return;
            }
            self.play(number, lane, assignment, events);
        }
    }

    fn play(&self, number: usize, lane: usize, assignment: &Assignment, events: &Sender<Told>) {
        let started = Instant::now();
        // Nobody listens any more only if the sink panicked.
        let send = |event| drop(events.send(Told::Event(event)));
        send(Event::ScenarioStarted {
            number,
            attempt: 0,
            scenario: Arc::clone(&assignment.shown),
            lane,
            started: started - self.began,
        });
        let mut red = false;
        let mut emit = |step, result: StepResult| {
            red |= result.outcome.is_red();
            send(Event::StepFinished { number, step, result: Arc::new(result) });
        };
        let mut used = Used::default();
        let verdict = match self.feature(&assignment.scenario.place.path) {
            Ok(feature) => {
                let verdict;
                (verdict, used) = self.play_as(feature, lane, assignment, &mut emit);
                verdict
            }
            Err(reason) => {
                for step in 0..assignment.scenario.steps.len() {
                    let outcome = not_played(if step == 0 { Some(&reason) } else { None });
                    emit(step, StepResult::instant(outcome, self.began.elapsed()));
                }
                Verdict::Failed(reason)
            }
        };
        drop(events.send(Told::Verdict(number, verdict)));
        if red && self.options.fail_fast {
            self.enough.store(true, Ordering::Relaxed);
        }
        if self.options.resources {
            used.events(number, &assignment.shown).into_iter().for_each(send);
        }
        send(Event::ScenarioFinished { number, duration: started.elapsed(), retried: false });
    }

    fn play_as(
        &self,
        feature: u64,
        lane: usize,
        assignment: &Assignment,
        emit: impl FnMut(usize, StepResult),
    ) -> (Verdict, Used) {
        let host = Host::take();
        let mark = format!("{}-{}", std::process::id(), host.play);
        let options = &self.options;
        let feature_tags = options.feature_tags.get(&assignment.scenario.place.path);
        let scene = Scene {
            lifecycle: options.lifecycle,
            run_began: self.began,
            lane,
            shown: &assignment.shown.name,
            scenario: &assignment.scenario.name,
            host: host.number,
            feature,
            tags: &assignment.scenario.tags,
            feature_tags: feature_tags.map_or(&[], Vec::as_slice),
            mark: &mark,
            step_timeout: options.step_timeout,
            start_timeout: options.start_timeout,
            stop_timeout: options.stop_timeout,
            trace: options.trace.as_ref(),
            stopped: &*options.stopped,
        };
        // Named by the two numbers alone, so nobody else can own what a former run left behind.
        remove_buffers(host.number, feature);
        let Assignment { scenario, plan, combination, .. } = assignment;
        let mut used = Used::default();
        let delay = options.start_delay;
        let verdict = play(&scene, scenario, plan, combination, delay, emit, |cast| {
            used.processes = measure(cast);
        });
        kill_marked(&mark);
        used.left = remove_buffers(host.number, feature);
        (verdict, used)
    }

    /// The number before the first `-` of a feature file's name.
    fn feature(&self, path: &str) -> Result<u64, String> {
        let stem = Path::new(path).file_stem().unwrap_or_default().to_string_lossy();
        let number = stem.split_once('-').and_then(|(number, _)| number.trim().parse().ok());
        match (number, self.options.lifecycle) {
            (Some(number), _) => Ok(number),
            (None, Lifecycle::Real) => Ok(NO_FEATURE),
            (None, Lifecycle::Harmony) => Err(format!(
                "{path}: by the field's rules a feature file's name begins with a number and a `-`"
            )),
        }
    }
}

/// What stands for the host in the names of buffers, so that no two scenarios of a run share any.
struct Host {
    /// Fits the signed 32 bits of the existing serves: process ids have 22.
    number: u64,
    /// Which play of this process it is.
    play: u64,
}

impl Host {
    fn take() -> Self {
        const PID_BITS: u32 = 22;
        const NUMBERS: u64 = 1 << (31 - PID_BITS);
        static PLAYS: AtomicU64 = AtomicU64::new(0);
        // Relaxed: only the number itself matters.
        let play = PLAYS.fetch_add(1, Ordering::Relaxed);
        let pid = u64::from(std::process::id()) & ((1 << PID_BITS) - 1);
        Self { number: (play % NUMBERS) << PID_BITS | pid, play }
    }
}

fn not_played(reason: Option<&String>) -> Outcome {
    match reason {
        Some(reason) => Failure::new(FailureKind::State, reason.as_str()).into(),
        None => Outcome::Skipped { reason: None },
    }
}
