//! A run as trace events, for Perfetto and other viewers of that format.
//!
//! Each process of a scenario is a process of the trace, and each worker thread a thread in it. Arrows
//! lead from the step of the runner to its execution in another process.

use std::collections::HashMap;
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

/// Writes a run as one JSON object of trace events.
#[derive(Debug)]
pub struct Trace<W> {
    out: W,
    /// The number of each process, by its role or platform.
    processes: HashMap<Arc<str>, usize>,
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
        Self { out, processes: HashMap::new(), events: 0, arrows: 0 }
    }

    fn write(&mut self, event: &TraceEvent<'_>) -> io::Result<()> {
        self.out.write_all(match self.events {
            0 => b"{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n",
            _ => b",\n",
        })?;
        self.events += 1;
        serde_json::to_writer(&mut self.out, event).map_err(io::Error::from)
    }

    fn write_process(&mut self, pid: usize, name: &str) -> io::Result<()> {
        let args = Arguments { name: Some(name), ..Arguments::default() };
        self.write(&TraceEvent {
            name: "process_name",
            ph: "M",
            pid,
            args,
            ..TraceEvent::default()
        })
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
        self.write_process(pid, role)?;
        Ok(pid)
    }

    fn write_step(&mut self, step: &Step, result: &StepResult, lane: usize) -> io::Result<()> {
        // The duration is zero for steps that were not run.
        if result.duration.is_zero() && !result.outcome.is_failure() {
            return Ok(());
        }
        let name = format!("{} {}", step.keyword_text, step.text);
        self.write(&TraceEvent {
            name: &name,
            cat: "step",
            ph: "X",
            ts: micros(result.started),
            dur: Some(micros(result.duration)),
            pid: RUNNER,
            tid: lane,
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
        let (start, end) = (micros(part.started), micros(part.started + part.duration));
        self.write(&TraceEvent {
            name,
            cat: "step",
            ph: "X",
            ts: start,
            dur: Some(end - start),
            pid,
            tid: lane,
            args: Arguments {
                outcome: Some(part.outcome.to_string()),
                log: part.logs.iter().map(|entry| entry.message.as_str()).collect(),
                ..Arguments::default()
            },
            ..TraceEvent::default()
        })?;
        let step_start = micros(step.started);
        let step_end = micros(step.started + step.duration);
        self.write_arrow("request", (RUNNER, step_start), (pid, start.max(step_start)), lane)?;
        self.write_arrow("response", (pid, end.min(step_end)), (RUNNER, step_end), lane)
    }

    /// Writes the start of a process and its pauses as spans, and its end as a moment.
    fn write_activity(&mut self, activity: &ProcessActivity, lane: usize) -> io::Result<()> {
        let pid = self.process(&activity.process)?;
        let spans = activity.spans();
        for ProcessSpan { name, start, end } in spans {
            self.write(&TraceEvent {
                name,
                cat: "process",
                ph: "X",
                ts: micros(start),
                dur: Some(micros(end - start)),
                pid,
                tid: lane,
                ..TraceEvent::default()
            })?;
        }
        let exit = activity.changes.iter().find(|c| c.kind == ProcessChangeKind::Exited);
        if let Some(exit) = exit {
            let outcome = Some(exit.detail.clone());
            self.write(&TraceEvent {
                name: exit.kind.as_str(),
                cat: "process",
                ph: "i",
                ts: micros(exit.at),
                pid,
                tid: lane,
                args: Arguments { outcome, ..Arguments::default() },
                ..TraceEvent::default()
            })?;
        }
        Ok(())
    }

    fn write_arrow(
        &mut self,
        name: &str,
        from: (usize, f64),
        to: (usize, f64),
        lane: usize,
    ) -> io::Result<()> {
        self.arrows += 1;
        let arrow = |ph, (pid, ts), bp| TraceEvent {
            name,
            cat: "message",
            ph,
            ts,
            pid,
            tid: lane,
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
        self.write(&TraceEvent {
            name: &name,
            cat: "hook",
            ph: "X",
            ts: micros(hook.started),
            dur: Some(micros(hook.duration)),
            pid: RUNNER,
            tid: lane,
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
            self.write_process(RUNNER, "runner")?;
        }
        for attempt in &record.attempts {
            self.write(&TraceEvent {
                name: &record.scenario.display_name(),
                cat: "scenario",
                ph: "X",
                ts: micros(attempt.started),
                dur: Some(micros(attempt.duration)),
                pid: RUNNER,
                tid: attempt.lane,
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
            self.write_process(RUNNER, "runner")?;
        }
        for hook in &totals.hooks {
            self.write_hook(hook, 0)?;
        }
        self.out.write_all(b"\n]}\n")?;
        self.out.flush()
    }
}

fn micros(time: Duration) -> f64 {
    time.as_nanos() as f64 / 1e3
}
