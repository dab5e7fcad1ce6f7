// Reads the lines of a page into a model.

import type { DefinitionLine, EndLine, HookLine, Line, ProcessLine, RunLine, ScenarioLine, StepLine } from "./lines";
import type { Group, Scenario, Step, Timeline } from "./model";
import { isFailure } from "./outcome";

interface RunLines {
  line: RunLine;
  definitions: Map<number, DefinitionLine>;
  scenarios: ScenarioLine[];
  end: EndLine | null;
}

export function load(text: string): Timeline {
  const { runs, unread } = read(text);
  const loader = new Loader();
  const result: Timeline = { runs: [], scenarios: [], groups: [], unread, start: 0, end: 0 };
  const offsets = offsetsOf(runs);
  runs.forEach((run, index) => {
    const offset = offsets[index] ?? 0;
    if (run.end) shiftHooks(run.end.hooks ?? [], offset);
    result.runs.push({ line: run.line, end: run.end, offset });
    run.scenarios.sort((a, b) => a.number - b.number || a.attempt - b.attempt);
    for (const line of run.scenarios) result.scenarios.push(loader.scenario(line, index, offset, run));
  });
  if (runs.length > 1) joinAttempts(result.scenarios);
  result.groups = [...loader.groups.values()];
  // The axis ends with the last box.
  for (const scenario of result.scenarios) result.end = Math.max(result.end, scenario.end);
  result.end = Math.max(result.end, 1000);
  return result;
}

function read(text: string) {
  const runs: RunLines[] = [];
  let unread = 0;
  for (const row of text.split("\n")) {
    if (!row.trim()) continue;
    let line: Line;
    try {
      line = JSON.parse(row);
    } catch {
      unread++;
      continue;
    }
    if (line.run) runs.push({ line: line.run, definitions: new Map(), scenarios: [], end: null });
    const run = runs.at(-1);
    if (!run) continue;
    if (line.definition) run.definitions.set(line.definition.id, line.definition);
    if (line.scenario) run.scenarios.push(line.scenario);
    if (line.end) run.end = line.end;
  }
  return { runs, unread };
}

/** Places the runs by the clock, and one that began after all others had ended directly behind them. */
function offsetsOf(runs: RunLines[]): number[] {
  const order = runs.map((_, index) => index).sort((a, b) => began(runs[a]!) - began(runs[b]!));
  const offsets: number[] = [];
  let latest = 0;
  // The time between the clock and the axis.
  let shift = order.length ? began(runs[order[0]!]!) : 0;
  for (const index of order) {
    const run = runs[index]!;
    const gap = began(run) - shift - latest;
    if (gap > 0) shift += gap;
    offsets[index] = began(run) - shift;
    for (const line of run.scenarios) latest = Math.max(latest, offsets[index]! + line.start + line.length);
  }
  return offsets;
}

/** Returns the name without the combination, which a run across processes appends. */
function named({ name = "", combination }: ScenarioLine): { name: string; combination: string } {
  const appended = / \[([^\[\]]+=[^\[\]]*)\]$/.exec(name);
  if (!appended) return { name, combination: combination ?? "" };
  return { name: name.slice(0, appended.index), combination: combination ?? appended[1]! };
}

const began = (run: RunLines) => run.line.beganNs;

/** Runs of one scenario in several inputs are attempts; the last one decides. */
function joinAttempts(scenarios: Scenario[]) {
  const last = new Map<string, Scenario>();
  const attempts = new Map<string, number>();
  for (const scenario of [...scenarios].sort((a, b) => a.start - b.start)) {
    const key = [scenario.path, scenario.line, scenario.name, scenario.combination].join("\n");
    const before = last.get(key);
    if (before) {
      before.status = "retried";
      before.failed = false;
      if (scenario.status === "passed") scenario.status = "flaky";
    }
    const attempt = (attempts.get(key) ?? 0) + 1;
    attempts.set(key, attempt);
    scenario.attempt = attempt;
    last.set(key, scenario);
  }
}

class Loader {
  groups = new Map<string, Group>();

  scenario(line: ScenarioLine, run: number, offset: number, { definitions }: RunLines): Scenario {
    const steps = line.steps ?? [];
    shiftHooks(line.hooks ?? [], offset);
    for (const process of line.processes ?? []) shiftProcess(process, offset);
    const { name, combination } = named(line);
    const scenario: Scenario = {
      kind: "scenario",
      run,
      number: line.number,
      name,
      feature: [line.feature, line.rule].filter(Boolean).join(" › "),
      path: line.path,
      line: line.line,
      tags: line.tags ?? [],
      combination,
      attempt: line.attempt,
      status: statusWord(line.status, steps),
      failed: line.status === "failed",
      thread: line.thread,
      start: line.start + offset,
      end: line.start + line.length + offset,
      failures: line.failures ?? [],
      hooks: line.hooks ?? [],
      steps: [],
      processes: line.processes ?? [],
      resources: line.resources ?? [],
      roles: rolesOf(steps),
      searched: [line.name, line.feature, line.rule, line.path, ...(line.tags ?? [])].join("\n").toLowerCase(),
    };
    scenario.steps = steps.map((step, index) => this.step(step, index, scenario, offset, definitions));
    return scenario;
  }

  private step(
    line: StepLine,
    index: number,
    scenario: Scenario,
    offset: number,
    definitions: Map<number, DefinitionLine>,
  ): Step {
    shiftStep(line, offset);
    const definition = line.definition === undefined ? null : (definitions.get(line.definition) ?? null);
    const title = `${line.keyword ?? ""} ${line.text ?? ""}`.trim();
    const group = this.group(line.text ?? "", definition);
    const step: Step = {
      kind: "step",
      scenario,
      index,
      title,
      status: line.outcome,
      failed: isFailure(line.outcome),
      start: line.start,
      end: line.start + line.length,
      line,
      parts: line.parts ?? [],
      group,
      searched: title.toLowerCase(),
    };
    if (line.outcome !== "skipped") group.steps.push(step);
    return step;
  }

  private group(text: string, definition: DefinitionLine | null): Group {
    const shown = definition ? definition.pattern : withoutArguments(text);
    const key = definition ? `${definition.file}:${definition.line}:${shown}` : shown;
    let group = this.groups.get(key);
    if (!group) this.groups.set(key, (group = { text: shown, definition, steps: [] }));
    return group;
  }
}

/** Replaces quoted texts and numbers, in which the steps of one definition differ. */
function withoutArguments(text: string): string {
  return text.replace(/'[^']*'|"[^"]*"/g, (quoted) => `${quoted[0]}…${quoted[0]}`).replace(/\b\d[\d.,_]*\b/g, "…");
}

function statusWord(status: string, steps: StepLine[]): string {
  if (status !== "failed") return status;
  return steps.find((step) => isFailure(step.outcome))?.outcome ?? status;
}

/** Returns the label of a process without the number that distinguishes parallel scenarios. */
export function roleOf(process: string): string {
  return process.replace(/ #\d+$/, "");
}

function rolesOf(steps: StepLine[]): string[] {
  return [...new Set(steps.flatMap((step) => (step.parts ?? []).map((part) => roleOf(part.process))))];
}

function shiftStep(step: StepLine, offset: number) {
  step.start += offset;
  for (const log of step.logs ?? []) log.at += offset;
  for (const part of step.parts ?? []) {
    part.start += offset;
    for (const log of part.logs ?? []) log.at += offset;
  }
}

function shiftHooks(hooks: HookLine[], offset: number) {
  for (const hook of hooks) {
    hook.start += offset;
    for (const log of hook.logs ?? []) log.at += offset;
  }
}

function shiftProcess(process: ProcessLine, offset: number) {
  for (const change of process.changes ?? []) change.at += offset;
  for (const message of process.messages ?? []) message.at += offset;
  for (const line of process.stderr ?? []) line.at += offset;
}
