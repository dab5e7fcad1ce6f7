// The lanes of the chart: what is drawn in which row.

import type { ProcessLine } from "../data/lines";
import { roleOf } from "../data/load";
import type { Item, Scenario, Span, Step } from "../data/model";
import { isFailure } from "../data/outcome";
import type { Hits } from "../state/filter";

export interface Box extends Span {
  item: Item;
  kind: "scenario" | "step" | "hook";
  label: string;
  outcome: string;
}

/** A moment in a lane. */
export interface Mark {
  at: number;
  kind: "started" | "ready" | "paused" | "resumed" | "killed" | "asked to crash" | "asked to shut down" | "exited" | "deadline" | "log" | "alert";
  label: string;
}

/** A message between the first lane of a group and another one. */
export interface Arrow {
  at: number;
  isRequest: boolean;
}

export interface Lane {
  label: string;
  /** Sorted by start. */
  boxes: Box[];
  /** Those that failed, also contained in `boxes`. */
  failures: Box[];
  marks: Mark[];
  arrows: Arrow[];
  /** The times in which the process was paused. */
  pauses: Span[];
  /** The start of the process, until it could execute steps. */
  starts: Span[];
}

/** A scenario, or all of one run, with its lanes. */
export interface LaneGroup {
  label: string;
  scenario: Scenario | null;
  lanes: Lane[];
}

/** Returns the group of a scenario: one lane for all if it is folded, or else one for each process. */
export function scenarioGroup(scenario: Scenario, isOpen: boolean): LaneGroup {
  const lanes = isOpen ? openLanes(scenario) : [foldedLane(scenario)];
  return { label: scenario.name, scenario, lanes: lanes.map(sorted) };
}

/** Returns a lane for each thread, with the scenarios, and for each process. */
export function threadGroup(hits: Hits): LaneGroup {
  const lanes = new Map<string, Lane>();
  const lane = (label: string) => {
    let found = lanes.get(label);
    if (!found) lanes.set(label, (found = emptyLane(label)));
    return found;
  };
  const runs = new Set(hits.all.map((hit) => hit.scenario.run)).size;
  for (const { scenario, steps } of hits.all) {
    const prefix = runs > 1 ? `run ${scenario.run + 1} ` : "";
    lane(`${prefix}thread ${scenario.thread}`).boxes.push(scenarioBox(scenario));
    const own = lane(`${prefix}thread ${scenario.thread}: steps`);
    for (const step of steps) {
      if (!step.parts.length) own.boxes.push(stepBox(step));
      for (const part of step.parts) lane(prefix + part.process).boxes.push(partBox(step, part));
    }
  }
  const names = [...lanes.keys()].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const used = names.map((name) => lanes.get(name)!).filter((found) => found.boxes.length);
  return { label: "", scenario: null, lanes: used.map(sorted) };
}

function openLanes(scenario: Scenario): Lane[] {
  const own = emptyLane(scenario.roles.length ? "runner" : `thread ${scenario.thread}`);
  const lanes = new Map<string, Lane>();
  const lane = (process: string) => {
    const label = roleOf(process);
    let found = lanes.get(label);
    if (!found) lanes.set(label, (found = emptyLane(label)));
    return found;
  };
  for (const process of scenario.processes) {
    const { marks, arrows, pauses, starts } = lane(process.process);
    for (const { at, kind, detail } of process.changes ?? []) {
      marks.push({ at, kind: kind as Mark["kind"], label: [kind, detail].filter(Boolean).join(": ") });
    }
    for (const { at, text } of process.stderr ?? []) {
      marks.push({ at, kind: "log", label: ["standard error", text].filter(Boolean).join(": ") });
    }
    pauses.push(...spansOf(process, "paused", scenario.end));
    starts.push(...spansOf(process, "started", scenario.end));
    for (const { at, request } of process.messages ?? []) arrows.push({ at, isRequest: !!request });
  }
  for (const step of scenario.steps) {
    if (!step.parts.length) own.boxes.push(stepBox(step));
    own.marks.push(...logMarks(step.line.logs));
    if (step.line.limit) own.marks.push(deadline(step.start, step.line.limit));
    for (const part of step.parts) {
      lane(part.process).boxes.push(partBox(step, part));
      lane(part.process).marks.push(...logMarks(part.logs));
      if (part.limit) lane(part.process).marks.push(deadline(part.start, part.limit));
    }
  }
  addHooks(own, scenario);
  return [own, ...lanes.values()];
}

function foldedLane(scenario: Scenario): Lane {
  const lane = emptyLane("");
  lane.boxes = scenario.steps.map(stepBox);
  addHooks(lane, scenario);
  // A failure outside of its steps is a failure of the scenario.
  if (!lane.boxes.length || (scenario.failed && !lane.boxes.some((box) => isFailure(box.outcome)))) {
    lane.boxes.unshift(scenarioBox(scenario));
  }
  return lane;
}

function addHooks(lane: Lane, scenario: Scenario) {
  for (const hook of scenario.hooks) {
    const { start, length, name, outcome } = hook;
    lane.boxes.push({ start, end: start + length, item: scenario, kind: "hook", label: name, outcome });
    lane.marks.push(...logMarks(hook.logs));
  }
}

function emptyLane(label: string): Lane {
  return { label, boxes: [], failures: [], marks: [], arrows: [], pauses: [], starts: [] };
}

function sorted(lane: Lane): Lane {
  lane.boxes = lane.boxes.filter((box) => box.outcome !== "skipped" || box.end > box.start);
  lane.boxes.sort((a, b) => a.start - b.start);
  lane.failures = lane.boxes.filter((box) => isFailure(box.outcome) && !["flaky", "retried"].includes(box.outcome));
  return lane;
}

function scenarioBox(scenario: Scenario): Box {
  const { start, end, name, status } = scenario;
  return { start, end, item: scenario, kind: "scenario", label: name, outcome: status };
}

function stepBox(step: Step): Box {
  const { start, end, title, status } = step;
  return { start, end, item: step, kind: "step", label: title, outcome: status };
}

function partBox(step: Step, part: { start: number; length: number; outcome: string }): Box {
  return { start: part.start, end: part.start + part.length, item: step, kind: "step", label: step.title, outcome: part.outcome };
}

/** Returns the times after each change of this kind: each ends with the next change, or with the scenario. */
function spansOf({ changes = [] }: ProcessLine, of: string, end: number): Span[] {
  return changes.flatMap(({ at, kind }, index) =>
    kind === of ? [{ start: at, end: changes[index + 1]?.at ?? end }] : [],
  );
}

function deadline(start: number, limit: number): Mark {
  return { at: start + limit, kind: "deadline", label: "deadline of the step" };
}

function logMarks(logs: { at: number; level: string; message?: string }[] | undefined): Mark[] {
  return (logs ?? []).map(({ at, level, message }) => ({
    at,
    kind: level === "error" || level === "warn" ? "alert" : "log",
    label: `${level}: ${(message ?? "").slice(0, 200)}`,
  }));
}
