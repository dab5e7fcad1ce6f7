// The top of the page: the result, the filters and the number of hits.

import { button, element, setText } from "./dom";
import { OUTCOMES, signOf, toneOf } from "./data/outcome";
import { duration, parseDuration } from "./data/time";
import type { App, Change, Pane } from "./state/app";
import { isFiltered, NO_FILTER } from "./state/filter";

export class Header implements Pane {
  readonly root: HTMLElement;
  private readonly text = element("input", { type: "search", id: "filter-text", placeholder: "Name, step, feature, tag" });
  private readonly least = element("input", { type: "text", id: "filter-least", placeholder: "such as 200 ms", size: 12 });
  private readonly tag: HTMLSelectElement;
  private readonly role: HTMLSelectElement;
  private readonly outcomes = new Map<string, HTMLButtonElement>();
  private readonly hits = element("p", { class: "hits", role: "status" });
  private readonly clear: HTMLButtonElement;
  private readonly failureCount = element("span", { class: "failure-count" });

  constructor(private readonly app: App) {
    const { timeline } = app;
    const unique = (values: string[]) => [...new Set(values)].sort((a, b) => a.localeCompare(b));
    this.tag = choice("filter-tag", "any tag", unique(timeline.scenarios.flatMap((scenario) => scenario.tags)));
    this.role = choice("filter-role", "any process", unique(timeline.scenarios.flatMap((scenario) => scenario.roles)));
    this.clear = button("Clear filters", () => app.setFilter(NO_FILTER));
    this.root = element("header", { class: "top" }, this.title(), this.filters());
    this.text.addEventListener("input", () => app.setFilter({ text: this.text.value }));
    this.least.addEventListener("input", () => this.onLeast());
    this.tag.addEventListener("change", () => app.setFilter({ tag: this.tag.value }));
    this.role.addEventListener("change", () => app.setFilter({ role: this.role.value }));
  }

  focusText() {
    this.text.focus();
    this.text.select();
  }

  update(changes: Set<Change>) {
    if (changes.has("choice") || changes.has("hits")) this.showFailures();
    if (!changes.has("hits")) return;
    const { filter, hits, timeline, window } = this.app;
    if (document.activeElement !== this.text) this.text.value = filter.text;
    if (document.activeElement !== this.least) this.least.value = filter.least ? duration(filter.least) : "";
    this.tag.value = filter.tag;
    this.role.value = filter.role;
    for (const [outcome, toggle] of this.outcomes) {
      toggle.setAttribute("aria-pressed", String(filter.outcomes.includes(outcome)));
    }
    this.clear.hidden = !isFiltered(filter);
    const steps = timeline.scenarios.reduce((sum, scenario) => sum + scenario.steps.length, 0);
    const all = timeline.scenarios.length;
    const isAll = !isFiltered(filter) && !window;
    setText(
      this.hits,
      isAll
        ? `${count(all, "scenario")}, ${count(steps, "step")}`
        : `${hits.all.length} of ${count(all, "scenario")}, ${hits.steps} of ${count(steps, "step")}`,
    );
  }

  private showFailures() {
    const failures = this.app.failures();
    const { chosen } = this.app;
    const at = chosen ? failures.indexOf(chosen) : -1;
    setText(this.failureCount, at < 0 ? count(failures.length, "failure") : `failure ${at + 1} of ${failures.length}`);
  }

  private title(): HTMLElement {
    const { timeline } = this.app;
    const run = timeline.runs[0];
    const began = run ? run.line.began.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC") : "";
    const notes: string[] = [`${began}, ${duration(timeline.end)}`];
    if (timeline.runs.length > 1) notes.push(`${timeline.runs.length} runs`);
    const notRun = timeline.runs.reduce((sum, { end }) => sum + (end?.notRun ?? 0), 0);
    if (notRun) notes.push(`${notRun} not run`);
    if (timeline.runs.some(({ end }) => end?.interrupted)) notes.push("interrupted");
    if (timeline.runs.some(({ end }) => !end)) notes.push("the run did not finish");
    if (timeline.unread) notes.push(`${count(timeline.unread, "line")} could not be read`);
    const build = timeline.runs.find(({ line }) => /^https?:/.test(line.build ?? ""));
    return element(
      "div",
      { class: "title" },
      element("h1", {}, "Timeline"),
      element("p", {}, notes.join("; ")),
      build ? element("a", { href: build.line.build }, "Build") : null,
      element(
        "div",
        { class: "failures", role: "group", "aria-label": "Failures" },
        this.failureCount,
        button("Previous", () => this.app.chooseFailure(-1), { "aria-keyshortcuts": "p", title: "Previous failure (p)" }),
        button("Next", () => this.app.chooseFailure(1), { "aria-keyshortcuts": "n", title: "Next failure (n)" }),
      ),
    );
  }

  private filters(): HTMLElement {
    const { timeline } = this.app;
    const toggles = element("div", { class: "outcomes", role: "group", "aria-label": "Outcomes" });
    for (const outcome of OUTCOMES) {
      const number = timeline.scenarios.filter((scenario) => scenario.status === outcome).length;
      if (!number) continue;
      const toggle = button(`${signOf(outcome)} ${number} ${outcome}`, () => this.toggle(outcome), {
        class: `outcome ${toneOf(outcome)}`,
      });
      this.outcomes.set(outcome, toggle);
      toggles.append(toggle);
    }
    const labelled = (label: string, input: HTMLElement) => element("label", { for: input.id }, label, input);
    return element(
      "form",
      { class: "filters", role: "search", "aria-label": "Filters" },
      toggles,
      labelled("Find ", this.text),
      labelled("At least ", this.least),
      this.tag.options.length > 1 ? labelled("Tag ", this.tag) : null,
      this.role.options.length > 1 ? labelled("Process ", this.role) : null,
      this.hits,
      this.clear,
    );
  }

  private toggle(outcome: string) {
    const { outcomes } = this.app.filter;
    const next = outcomes.includes(outcome) ? outcomes.filter((other) => other !== outcome) : [...outcomes, outcome];
    this.app.setFilter({ outcomes: OUTCOMES.filter((other) => next.includes(other)) });
  }

  private onLeast() {
    const least = this.least.value.trim() ? parseDuration(this.least.value) : 0;
    this.least.setAttribute("aria-invalid", String(least === null));
    if (least !== null) this.app.setFilter({ least });
  }
}

function choice(id: string, all: string, values: string[]): HTMLSelectElement {
  const options = values.map((value) => element("option", { value }, value));
  return element("select", { id }, element("option", { value: "" }, all), ...options);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
