// Totals by step text: what took long, and how often.

import { button, element } from "../dom";
import type { Group, Step } from "../data/model";
import { duration, median } from "../data/time";
import type { App, Change, Pane } from "../state/app";
import type { Hits } from "../state/filter";

/** The rows that are shown; the others are counted below the table. */
const MOST_ROWS = 300;

interface Total {
  group: Group;
  calls: number;
  failed: number;
  total: number;
  median: number;
  longest: Step;
}

type Column = "text" | "calls" | "failed" | "total" | "median" | "longest";

const COLUMNS: [Column, string][] = [
  ["text", "Step"],
  ["calls", "Calls"],
  ["failed", "Failed"],
  ["total", "Total"],
  ["median", "Median"],
  ["longest", "Longest"],
];

export class Totals implements Pane {
  readonly root: HTMLElement;
  private readonly body = element("tbody");
  private readonly heads = new Map<Column, HTMLElement>();
  private readonly rest = element("p", { class: "rest" });
  private column: Column = "total";
  private descending = true;
  private isCurrent = false;

  constructor(private readonly app: App) {
    const head = element("tr");
    for (const [column, label] of COLUMNS) {
      const cell = element("th", { scope: "col", class: column === "text" ? "text" : "number" });
      cell.append(button(label, () => this.sortBy(column)));
      this.heads.set(column, cell);
      head.append(cell);
    }
    const table = element("table", { "aria-label": "Totals by step" }, element("thead", {}, head), this.body);
    this.root = element("div", { class: "totals", tabindex: 0, role: "group", "aria-label": "Totals by step" }, table, this.rest);
  }

  update(changes: Set<Change>) {
    if (changes.has("hits")) this.isCurrent = false;
    if (this.isCurrent || this.root.closest("[hidden]")) return;
    this.isCurrent = true;
    this.draw();
  }

  private sortBy(column: Column) {
    this.descending = column === this.column ? !this.descending : column !== "text";
    this.column = column;
    this.isCurrent = false;
    this.app.changed("layout");
  }

  private draw() {
    const totals = totalsOf(this.app.hits);
    const sign = this.descending ? -1 : 1;
    totals.sort((a, b) => sign * compare(a, b, this.column));
    for (const [column, cell] of this.heads) {
      const order = column !== this.column ? "none" : this.descending ? "descending" : "ascending";
      cell.setAttribute("aria-sort", order);
    }
    this.body.replaceChildren(...totals.slice(0, MOST_ROWS).map((total) => this.row(total)));
    const hidden = totals.length - MOST_ROWS;
    this.rest.textContent = hidden > 0 ? `${hidden} more steps` : "";
  }

  private row({ group, calls, failed, total, median, longest }: Total): HTMLElement {
    const choose = button(duration(longest.end - longest.start), () => this.app.choose(longest), {
      title: "Choose the longest call",
    });
    const number = (text: string) => element("td", { class: "number" }, text);
    return element(
      "tr",
      {},
      element("th", { scope: "row", class: "text" }, group.text),
      number(String(calls)),
      element("td", { class: failed ? "number failed" : "number" }, failed ? `✗ ${failed}` : "0"),
      number(duration(total)),
      number(duration(median)),
      element("td", { class: "number" }, choose),
    );
  }
}

function totalsOf(hits: Hits): Total[] {
  const steps = new Map<Group, Step[]>();
  for (const hit of hits.all) {
    for (const step of hit.steps) {
      if (step.status === "skipped") continue;
      const known = steps.get(step.group);
      if (known) known.push(step);
      else steps.set(step.group, [step]);
    }
  }
  return [...steps].map(([group, calls]) => {
    const lengths = calls.map((step) => step.end - step.start).sort((a, b) => a - b);
    return {
      group,
      calls: calls.length,
      failed: calls.filter((step) => step.failed).length,
      total: lengths.reduce((sum, length) => sum + length, 0),
      median: median(lengths),
      longest: calls.reduce((a, b) => (b.end - b.start > a.end - a.start ? b : a)),
    };
  });
}

function compare(a: Total, b: Total, column: Column): number {
  if (column === "text") return a.group.text.localeCompare(b.group.text);
  const value = (total: Total) =>
    column === "longest" ? total.longest.end - total.longest.start : total[column];
  return value(a) - value(b);
}
