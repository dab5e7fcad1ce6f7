// The part of the address after `#`: the chosen row by feature place and line, the filter, the window.

import type { Item, Scenario, Span, Timeline } from "../data/model";
import { OUTCOMES } from "../data/outcome";
import { scenarioOf } from "../data/model";
import type { Filter } from "./filter";

export interface Address {
  chosen: Item | null;
  filter: Filter;
  window: Span | null;
  equal: boolean;
  byThread: boolean;
  totals: boolean;
}

export function toHash(address: Address): string {
  const parts: string[] = [];
  const add = (name: string, value: string | number) => {
    if (value) parts.push(`${name}=${encodeURIComponent(value).replaceAll("%2F", "/").replaceAll("%3A", ":")}`);
  };
  const { chosen, filter, window } = address;
  if (chosen) {
    const scenario = scenarioOf(chosen);
    add("at", `${scenario.path}:${scenario.line}`);
    if (chosen.kind === "step") add("step", `${chosen.index + 1}`);
    add("in", scenario.combination);
    if (scenario.attempt > 1) add("attempt", scenario.attempt);
    if (scenario.run > 0) add("run", scenario.run + 1);
  }
  add("text", filter.text);
  add("outcome", filter.outcomes.join(","));
  add("least", filter.least);
  add("tag", filter.tag);
  add("role", filter.role);
  if (window) add("window", `${Math.round(window.start)}-${Math.round(window.end)}`);
  if (address.equal) add("width", "equal");
  if (address.byThread) add("group", "thread");
  if (address.totals) add("tab", "totals");
  return parts.length ? `#${parts.join("&")}` : "";
}

export function fromHash(hash: string, timeline: Timeline): Address {
  const values = new Map<string, string>();
  for (const part of hash.replace(/^#/, "").split("&")) {
    const at = part.indexOf("=");
    if (at > 0) values.set(part.slice(0, at), decode(part.slice(at + 1)));
  }
  const text = (name: string) => values.get(name) ?? "";
  const outcomes = text("outcome").split(",");
  const least = Number(text("least"));
  return {
    chosen: find(timeline, values),
    filter: {
      text: text("text"),
      outcomes: OUTCOMES.filter((outcome) => outcomes.includes(outcome)),
      least: least > 0 ? least : 0,
      tag: text("tag"),
      role: text("role"),
    },
    window: spanOf(text("window"), timeline),
    equal: text("width") === "equal",
    byThread: text("group") === "thread",
    totals: text("tab") === "totals",
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function find(timeline: Timeline, values: Map<string, string>): Item | null {
  const at = values.get("at");
  if (!at) return null;
  const isMeant = (scenario: Scenario) =>
    `${scenario.path}:${scenario.line}` === at &&
    scenario.combination === (values.get("in") ?? "") &&
    scenario.attempt === Number(values.get("attempt") ?? 1) &&
    scenario.run + 1 === Number(values.get("run") ?? 1);
  // A link of another run of the suite may lack what distinguishes scenarios of one line.
  const scenario =
    timeline.scenarios.find(isMeant) ?? timeline.scenarios.find((other) => `${other.path}:${other.line}` === at);
  const step = Number(values.get("step"));
  return scenario?.steps[step - 1] ?? scenario ?? null;
}

function spanOf(text: string, timeline: Timeline): Span | null {
  const match = /^(\d+)-(\d+)$/.exec(text);
  if (!match) return null;
  const [start, end] = [Number(match[1]), Math.min(Number(match[2]), timeline.end)];
  return start < end ? { start, end } : null;
}
