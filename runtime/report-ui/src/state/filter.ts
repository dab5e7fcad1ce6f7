// Filters: which scenarios and steps are shown.

import type { Scenario, Span, Step, Timeline } from "../data/model";

export interface Filter {
  text: string;
  /** Empty for all. */
  outcomes: string[];
  /** The least duration in nanoseconds. */
  least: number;
  tag: string;
  role: string;
}

export const NO_FILTER: Filter = { text: "", outcomes: [], least: 0, tag: "", role: "" };

/** A scenario with those of its steps that are shown. */
export interface Hit {
  scenario: Scenario;
  steps: Step[];
}

export interface Hits {
  all: Hit[];
  byScenario: Map<Scenario, Hit>;
  steps: number;
}

export function isFiltered(filter: Filter): boolean {
  return !!(filter.text || filter.outcomes.length || filter.least || filter.tag || filter.role);
}

/** Returns the hits of a filter within a window; `null` is the whole run. */
export function hitsOf(timeline: Timeline, filter: Filter, window: Span | null): Hits {
  const hits: Hits = { all: [], byScenario: new Map(), steps: 0 };
  const wanted = filter.text.toLowerCase().trim();
  for (const scenario of timeline.scenarios) {
    const hit = hitOf(scenario, filter, wanted, window);
    if (!hit) continue;
    hits.all.push(hit);
    hits.byScenario.set(scenario, hit);
    hits.steps += hit.steps.length;
  }
  return hits;
}

function hitOf(scenario: Scenario, filter: Filter, wanted: string, window: Span | null): Hit | null {
  if (window && !overlaps(scenario, window)) return null;
  if (filter.outcomes.length && !filter.outcomes.includes(scenario.status)) return null;
  if (filter.tag && !scenario.tags.includes(filter.tag)) return null;
  if (filter.role && !scenario.roles.includes(filter.role)) return null;
  if (filter.least && scenario.end - scenario.start < filter.least) return null;
  const named = !wanted || scenario.searched.includes(wanted);
  const isShown = (step: Step) =>
    (named || step.searched.includes(wanted)) &&
    (!window || overlaps(step, window)) &&
    (!filter.least || step.end - step.start >= filter.least) &&
    (!filter.role || step.parts.some((part) => part.process.startsWith(filter.role)));
  const narrows = !named || window || filter.least || filter.role;
  const steps = narrows ? scenario.steps.filter(isShown) : scenario.steps;
  return named || steps.length ? { scenario, steps } : null;
}

function overlaps(item: Span, window: Span): boolean {
  return item.start <= window.end && item.end >= window.start;
}
