// What concerns the whole run: failures outside of scenarios, leaks and hooks.

import { element } from "./dom";
import type { Timeline } from "./data/model";
import { hooks } from "./panel/sections";

/** The failures up to this number are shown unfolded. */
const UNFOLDED = 3;

export function notices(timeline: Timeline): HTMLElement[] {
  const ends = timeline.runs.flatMap(({ end }) => (end ? [end] : []));
  const failures = ends.flatMap((end) => end.failures ?? []);
  const leaks = ends.flatMap((end) => end.leaks ?? []).map(({ scenario, left }) => `“${scenario}” left: ${(left ?? []).join(", ")}`);
  const run = ends.flatMap((end) => end.hooks ?? []);
  return [
    notice("Failed outside of the scenarios", list(failures), failures.length, "failed"),
    notice("Left behind", list(leaks), leaks.length, ""),
    notice("Hooks of features and of the run", hooks(run), run.length, ""),
  ].filter((each) => each !== null);
}

function list(texts: string[]): HTMLElement {
  return element("ul", {}, ...texts.map((text) => element("li", {}, text)));
}

function notice(title: string, content: HTMLElement | null, count: number, tone: string): HTMLElement | null {
  if (!content || !count) return null;
  const isOpen = tone !== "" && count <= UNFOLDED;
  return element("details", { class: `notice ${tone}`, open: isOpen }, element("summary", {}, `${title}: ${count}`), content);
}
