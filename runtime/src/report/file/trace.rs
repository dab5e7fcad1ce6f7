//! A run as trace events, for Perfetto and other viewers of that format.
//!
//! Each process of a scenario is a process of the trace, and each worker thread a thread in it. Arrows
//! lead from the step of the runner to its execution in another process. Viewers drop a span that overlaps
//! another one of its thread without being inside it; so what happens to a process has a separate thread.

use std::collections::{HashMap, HashSet};
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use crate::model::{
    HookResult, ProcessActivity, ProcessChangeKind, ProcessSpan, ProcessStepResult, Step,
    StepResult,
};
use crate::report::{Report, ScenarioRecord, Totals};

/// The process that runs the scenarios.
const RUNNER: usize = 1;

/// The threads of a process of the trace, for each worker thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Row {
    /// Scenarios, steps and hooks.
    Steps,
    /// The start of the process, its pauses and its end.
    Process,
}

/// A thread of the trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct ThreadId {
    pid: usize,
    tid: usize,
}

/// Writes a run as one JSON object of trace events.
#[derive(Debug)]
pub struct Trace<W> {
    out: W,
    /// The number of each process, by its role or platform.
    processes: HashMap<Arc<str>, usize>,
    /// The threads that were named.
    threads: HashSet<ThreadId>,
    events: usize,
    arrows: usize,
}

/// An event of the trace. Times are in microseconds.
#[derive(Debug, Default, Serialize)]
struct TraceEvent<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    cat: &'a str,
    /// Kind: `X` is a span, `i` a moment, `M` metadata, `s` and `f` are the ends of an arrow.
    ph: &'static str,
    ts: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    dur: Option<f64>,
    pid: usize,
    tid: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    /// The end of an arrow belongs to the span around it.
    #[serde(skip_serializing_if = "Option::is_none")]
    bp: Option<&'static str>,
    args: Arguments<'a>,
}

/// What a viewer shows for an event.
#[derive(Debug, Default, Serialize)]
struct Arguments<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feature: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    definition: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    log: Vec<&'a str>,
}

impl<W: Write> Trace<W> {
    /// Creates a report written to `out`.
    pub fn new(out: W) -> Self {
        Self { out, processes: HashMap::new(), threads: HashSet::new(), events: 0, arrows: 0 }
    }

    fn write(&mut self, event: &TraceEvent<'_>) -> io::Result<()> {
        self.out.write_all(match self.events {
            0 => b"{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n",
            _ => b",\n",
        })?;
        self.events += 1;
        serde_json::to_writer(&mut self.out, event).map_err(io::Error::from)
    }

    fn write_name(
        &mut self,
        of: &'static str,
        pid: usize,
        tid: usize,
        name: &str,
    ) -> io::Result<()> {
        let args = Arguments { name: Some(name), ..Arguments::default() };
        self.write(&TraceEvent { name: of, ph: "M", pid, tid, args, ..TraceEvent::default() })
    }

    /// Returns the number of a process, which is named the first time.
    fn process(&mut self, label: &str) -> io::Result<usize> {
        // Scenarios that run in parallel have processes of the same role, each with the number of its lane.
        let role = label.split(" #").next().unwrap_or(label);
        if let Some(known) = self.processes.get(role) {
            return Ok(*known);
        }
        let pid = RUNNER + 1 + self.processes.len();
        self.processes.insert(role.into(), pid);
        self.write_name("process_name", pid, 0, role)?;
        Ok(pid)
    }

    /// Returns a thread of a process, which is named the first time.
    fn thread(&mut self, pid: usize, lane: usize, row: Row) -> io::Result<ThreadId> {
        // Viewers take thread 0 for the idle thread of the system.
        let (offset, suffix) = match row {
            Row::Steps => (1, ""),
            Row::Process => (2, ": process"),
        };
        let thread = ThreadId { pid, tid: 2 * lane + offset };
        if self.threads.insert(thread) {
            let name = format!("thread {}{suffix}", lane + 1);
            self.write_name("thread_name", pid, thread.tid, &name)?;
        }
        Ok(thread)
    }

    fn write_step(&mut self, step: &Step, result: &StepResult, lane: usize) -> io::Result<()> {
        // The duration is zero for steps that were not run.
        if result.duration.is_zero() && !result.outcome.is_failure() {
            return Ok(());
        }
        let name = format!("{} {}", step.keyword_text, step.text);
        let ThreadId { pid, tid } = self.thread(RUNNER, lane, Row::Steps)?;
        self.write(&TraceEvent {
            name: &name,
            cat: "step",
            ph: "X",
            ts: micros(result.started),
            dur: Some(micros(result.duration)),
            pid,
            tid,
            args: Arguments {
                location: Some(step.location.to_string()),
                outcome: Some(result.outcome.to_string()),
                definition: result.definition.as_ref().map(|d| format!("{}:{}", d.file, d.line)),
                log: result.logs.iter().map(|entry| entry.message.as_str()).collect(),
                ..Arguments::default()
            },
            ..TraceEvent::default()
        })?;
        for part in &result.per_process {
            self.write_part(&name, result, part, lane)?;
        }
        Ok(())
    }

    /// Writes the execution of a step in another process, with an arrow to it and one back.
    fn write_part(
        &mut self,
        name: &str,
        step: &StepResult,
        part: &ProcessStepResult,
        lane: usize,
    ) -> io::Result<()> {
        let pid = self.process(&part.process)?;
        let (runner, process) =
            (self.thread(RUNNER, lane, Row::Steps)?, self.thread(pid, lane, Row::Steps)?);
        self.write(&TraceEvent {
            name,
            cat: "step",
            ph: "X",
            ts: micros(part.started),
            dur: Some(micros(part.duration)),
            pid,
            tid: process.tid,
            args: Arguments {
                outcome: Some(part.outcome.to_string()),
                log: part.logs.iter().map(|entry| entry.message.as_str()).collect(),
                ..Arguments::default()
            },
            ..TraceEvent::default()
        })?;
        let (start, end) = (part.started, part.started + part.duration);
        let (step_start, step_end) = (step.started, step.started + step.duration);
        self.write_arrow("request", (runner, step_start), (process, start.max(step_start)))?;
        self.write_arrow("response", (process, end.min(step_end)), (runner, step_end))
    }

    /// Writes the start of a process and its pauses as spans, and what ends it as moments.
    fn write_activity(&mut self, activity: &ProcessActivity, lane: usize) -> io::Result<()> {
        let pid = self.process(&activity.process)?;
        let ThreadId { tid, .. } = self.thread(pid, lane, Row::Process)?;
        for ProcessSpan { name, start, end } in activity.spans() {
            self.write(&TraceEvent {
                name,
                cat: "process",
                ph: "X",
                ts: micros(start),
                dur: Some(micros(end - start)),
                pid,
                tid,
                ..TraceEvent::default()
            })?;
        }
        for change in activity.changes.iter().filter(|change| is_end(change.kind)) {
            let outcome = Some(change.detail.clone()).filter(|detail| !detail.is_empty());
            self.write(&TraceEvent {
                name: change.kind.as_str(),
                cat: "process",
                ph: "i",
                ts: micros(change.at),
                pid,
                tid,
                args: Arguments { outcome, ..Arguments::default() },
                ..TraceEvent::default()
            })?;
        }
        Ok(())
    }

    fn write_arrow(
        &mut self,
        name: &str,
        from: (ThreadId, Duration),
        to: (ThreadId, Duration),
    ) -> io::Result<()> {
        self.arrows += 1;
        let arrow = |ph, (ThreadId { pid, tid }, at), bp| TraceEvent {
            name,
            cat: "message",
            ph,
            ts: micros(at),
            pid,
            tid,
            id: Some(self.arrows),
            bp,
            ..TraceEvent::default()
        };
        let (start, end) = (arrow("s", from, None), arrow("f", to, Some("e")));
        self.write(&start)?;
        self.write(&end)
    }

    fn write_hook(&mut self, hook: &HookResult, lane: usize) -> io::Result<()> {
        let name = hook.name();
        let ThreadId { pid, tid } = self.thread(RUNNER, lane, Row::Steps)?;
        self.write(&TraceEvent {
            name: &name,
            cat: "hook",
            ph: "X",
            ts: micros(hook.started),
            dur: Some(micros(hook.duration)),
            pid,
            tid,
            args: Arguments {
                outcome: Some(hook.outcome.to_string()),
                definition: Some(hook.location.to_string()),
                ..Arguments::default()
            },
            ..TraceEvent::default()
        })
    }
}

impl<W: Write> Report for Trace<W> {
    fn on_scenario_finished(&mut self, record: &Arc<ScenarioRecord>) -> io::Result<()> {
        if self.events == 0 {
            self.write_name("process_name", RUNNER, 0, "runner")?;
        }
        for attempt in &record.attempts {
            let ThreadId { pid, tid } = self.thread(RUNNER, attempt.lane, Row::Steps)?;
            self.write(&TraceEvent {
                name: &record.scenario.display_name(),
                cat: "scenario",
                ph: "X",
                ts: micros(attempt.started),
                dur: Some(micros(attempt.duration)),
                pid,
                tid,
                args: Arguments {
                    feature: Some(&record.scenario.feature),
                    location: Some(record.location().to_string()),
                    ..Arguments::default()
                },
                ..TraceEvent::default()
            })?;
            for hook in &attempt.hooks {
                self.write_hook(hook, attempt.lane)?;
            }
            for (step, result) in record.scenario.steps.iter().zip(&attempt.results) {
                self.write_step(step, result, attempt.lane)?;
            }
            for activity in &attempt.processes {
                self.write_activity(activity, attempt.lane)?;
            }
        }
        Ok(())
    }

    fn on_run_finished(&mut self, totals: &Totals, _duration: Duration) -> io::Result<()> {
        if self.events == 0 {
            self.write_name("process_name", RUNNER, 0, "runner")?;
        }
        for hook in &totals.hooks {
            self.write_hook(hook, 0)?;
        }
        self.out.write_all(b"\n]}\n")?;
        self.out.flush()
    }
}

/// Returns whether the change ends the process, or asks it to end.
fn is_end(change: ProcessChangeKind) -> bool {
    use ProcessChangeKind::{Crashed, Exited, Killed, Paused, Ready, Resumed, ShutDown, Started};
    match change {
        Killed | Crashed | ShutDown | Exited => true,
        Started | Ready | Paused | Resumed => false,
    }
}

fn micros(time: Duration) -> f64 {
    time.as_nanos() as f64 / 1e3
}
