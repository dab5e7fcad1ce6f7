// The runs of a page, ready to be shown.

import type { DefinitionLine, EndLine, HookLine, PartLine, ProcessLine, ResourceLine, RunLine, ScenarioLine, StepLine } from "./lines";

/** A span of time in nanoseconds. */
export interface Span {
  start: number;
  end: number;
}

export interface Scenario extends Span {
  kind: "scenario";
  run: number;
  number: number;
  name: string;
  feature: string;
  path: string;
  line: number;
  tags: string[];
  combination: string;
  attempt: number;
  /** The outcome as a word: that of the deciding step, `flaky` or `retried`. */
  status: string;
  /** Whether it did not pass, on its last attempt. */
  failed: boolean;
  thread: number;
  failures: string[];
  hooks: HookLine[];
  steps: Step[];
  processes: ProcessLine[];
  resources: ResourceLine[];
  /** The processes that executed steps, without the numbers of parallel scenarios. */
  roles: string[];
  /** The texts a search looks in, in lower case. */
  searched: string;
}

export interface Step extends Span {
  kind: "step";
  scenario: Scenario;
  index: number;
  title: string;
  status: string;
  failed: boolean;
  line: StepLine;
  parts: PartLine[];
  group: Group;
  searched: string;
}

/** The steps of one definition, or of one text if the definition is unknown. */
export interface Group {
  text: string;
  definition: DefinitionLine | null;
  steps: Step[];
}

export type Item = Scenario | Step;

export interface Timeline extends Span {
  runs: { line: RunLine; end: EndLine | null; offset: number }[];
  scenarios: Scenario[];
  groups: Group[];
  /** The lines that could not be read, as of a run that was killed. */
  unread: number;
}

export function scenarioOf(item: Item): Scenario {
  return item.kind === "scenario" ? item : item.scenario;
}

export type { ScenarioLine };
