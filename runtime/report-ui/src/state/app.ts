// The state of the page and the actions that change it.
//
// An action changes the state and schedules one frame, however many actions there are before it; then
// each pane updates what the changes concern.

import type { Item, Scenario, Span, Step, Timeline } from "../data/model";
import { scenarioOf } from "../data/model";
import { type Address, fromHash, toHash } from "./address";
import { type Filter, type Hits, NO_FILTER, hitsOf } from "./filter";

export type Change = "choice" | "folds" | "hits" | "view" | "layout" | "size";

export interface Pane {
  update(changes: Set<Change>): void;
}

/** The time that the address waits for further changes: browsers limit how often it is set. */
const ADDRESS_DELAY_MS = 150;

/** The part of the run from which a scenario can be read in the chart. */
const READABLE = 1 / 20;

/** The least span of time that the chart shows, in nanoseconds. */
const LEAST_VIEW = 100;

export class App {
  chosen: Item | null = null;
  unfolded = new Set<Scenario>();
  filter: Filter = NO_FILTER;
  window: Span | null = null;
  /** The time that the chart shows. */
  view: Span;
  equal = false;
  byThread = false;
  totals = false;
  hits: Hits;
  /** Grows with every change of the rows of the list. */
  rowsVersion = 0;

  private panes: Pane[] = [];
  private changes = new Set<Change>();
  private frame = 0;
  private addressTimer = 0;

  constructor(readonly timeline: Timeline) {
    this.view = { start: 0, end: timeline.end };
    this.hits = hitsOf(timeline, this.filter, null);
  }

  add(pane: Pane) {
    this.panes.push(pane);
  }

  /** Opens at the address, or else at the first failure. */
  open() {
    this.follow(location.hash);
    addEventListener("hashchange", () => this.follow(location.hash));
    this.draw();
  }

  /** The ends of the time that the chart can show. */
  limits(): Span {
    return this.window ?? this.timeline;
  }

  choose(item: Item | null) {
    this.chosen = item;
    if (item?.kind === "step") this.unfold(item.scenario);
    this.changed("choice");
    this.addressChanged();
  }

  /** Chooses the next failure in the list, or the one before. */
  chooseFailure(direction: 1 | -1) {
    const failures = this.failures();
    if (!failures.length) return;
    const order = this.orderOf(this.chosen);
    const isBeyond = (item: Item) => Math.sign(compare(this.orderOf(item), order)) === direction;
    const next = direction > 0 ? failures.find(isBeyond) : failures.findLast(isBeyond);
    this.choose(next ?? failures.at(direction > 0 ? 0 : -1) ?? null);
  }

  /** Returns the failures among the hits: failed steps, and scenarios that failed otherwise. */
  failures(): Item[] {
    return this.hits.all.flatMap(({ scenario, steps }): Item[] => {
      if (!scenario.failed) return [];
      const failed = steps.filter((step) => step.failed);
      return failed.length ? failed : [scenario];
    });
  }

  toggle(scenario: Scenario, open = !this.unfolded.has(scenario)) {
    if (open) this.unfold(scenario);
    else {
      this.unfolded.delete(scenario);
      if (this.chosen?.kind === "step" && this.chosen.scenario === scenario) this.choose(scenario);
    }
    this.changed("folds");
  }

  foldAll(open: boolean) {
    this.unfolded = new Set(open ? this.hits.all.map((hit) => hit.scenario) : []);
    if (!open && this.chosen) this.choose(scenarioOf(this.chosen));
    this.changed("folds");
  }

  setFilter(part: Partial<Filter>) {
    this.filter = { ...this.filter, ...part };
    this.refilter();
  }

  setWindow(window: Span | null) {
    this.window = window && this.clampWindow(window);
    this.view = { ...this.limits() };
    this.refilter();
    this.changed("view");
  }

  /** Sets the window to a row. */
  zoomTo(item: Item) {
    const margin = Math.max((item.end - item.start) * 0.02, LEAST_VIEW);
    this.setWindow({ start: item.start - margin, end: item.end + margin });
  }

  setView(view: Span) {
    const limits = this.limits();
    const most = limits.end - limits.start;
    const span = Math.min(Math.max(view.end - view.start, Math.min(LEAST_VIEW, most)), most);
    const start = Math.min(Math.max(view.start, limits.start), limits.end - span);
    this.view = { start, end: start + span };
    this.changed("view");
  }

  setLayout(layout: { equal?: boolean; byThread?: boolean; totals?: boolean }) {
    Object.assign(this, layout);
    this.changed("layout");
    this.addressChanged();
  }

  changed(change: Change) {
    if (change === "folds" || change === "hits") this.rowsVersion++;
    this.changes.add(change);
    this.frame ||= requestAnimationFrame(() => this.draw());
  }

  private draw() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    const changes = this.changes;
    this.changes = new Set();
    for (const pane of this.panes) pane.update(changes);
  }

  private unfold(scenario: Scenario) {
    if (this.unfolded.has(scenario)) return;
    this.unfolded.add(scenario);
    this.changed("folds");
  }

  private refilter() {
    this.hits = hitsOf(this.timeline, this.filter, this.window);
    this.changed("hits");
    this.addressChanged();
  }

  private clampWindow(window: Span): Span {
    const start = Math.max(window.start, 0);
    const end = Math.min(window.end, this.timeline.end);
    return end - start >= LEAST_VIEW ? { start, end } : { start: Math.max(end - LEAST_VIEW, 0), end };
  }

  private addressChanged() {
    clearTimeout(this.addressTimer);
    this.addressTimer = setTimeout(() => {
      const hash = toHash(this.address());
      if (hash !== location.hash) history.replaceState(null, "", hash || location.pathname);
    }, ADDRESS_DELAY_MS);
  }

  private address(): Address {
    const { chosen, filter, window, equal, byThread, totals } = this;
    return { chosen, filter, window, equal, byThread, totals };
  }

  private follow(hash: string) {
    const address = fromHash(hash, this.timeline);
    this.filter = address.filter;
    this.window = address.window;
    this.view = { ...this.limits() };
    this.equal = address.equal;
    this.byThread = address.byThread;
    this.totals = address.totals;
    this.hits = hitsOf(this.timeline, this.filter, this.window);
    this.chosen = address.chosen ?? this.failures()[0] ?? this.hits.all[0]?.scenario ?? null;
    if (this.chosen?.kind === "step") this.unfold(this.chosen.scenario);
    if (!this.window) this.showNear(this.chosen);
    for (const change of ["choice", "folds", "hits", "view", "layout"] as const) this.changed(change);
  }

  /** Shows the time around the scenario of a failure, if it is too short to be seen among all others. */
  private showNear(item: Item | null) {
    if (!item?.failed) return;
    const { start, end } = scenarioOf(item);
    const length = Math.max(end - start, LEAST_VIEW);
    if (length > (this.timeline.end - this.timeline.start) * READABLE) return;
    this.setView({ start: start - length, end: end + length });
  }

  /** Returns the place of a row among all rows. */
  private orderOf(item: Item | null): [number, number] {
    if (!item) return [-1, -1];
    const index = this.places.get(scenarioOf(item)) ?? -1;
    return [index, item.kind === "step" ? (item as Step).index : -1];
  }

  private get places(): Map<Scenario, number> {
    this.placesOf ??= new Map(this.timeline.scenarios.map((scenario, index) => [scenario, index]));
    return this.placesOf;
  }

  private placesOf: Map<Scenario, number> | null = null;
}

function compare(a: [number, number], b: [number, number]): number {
  return a[0] - b[0] || a[1] - b[1];
}
