// The panel: all about the chosen row, the reason of a failure first.

import { element } from "../dom";
import { roleOf } from "../data/load";
import type { LogLine } from "../data/lines";
import type { Item, Scenario, Step } from "../data/model";
import { duration } from "../data/time";
import type { App, Change, Pane } from "../state/app";
import { exchange, messagesOf } from "./exchange";
import { histogram } from "./histogram";
import { linkSetting, place } from "./places";
import { attachments, chip, hooks, logs, processes, reason, resources, section, table, text } from "./sections";

/** The messages up to this number are shown unfolded. */
const UNFOLDED_MESSAGES = 4;

export class Panel implements Pane {
  readonly root: HTMLElement;
  private shown: Item | null = null;

  constructor(private readonly app: App) {
    this.root = element("section", { class: "panel", tabindex: 0, "aria-label": "Details" });
  }

  update(changes: Set<Change>) {
    const { chosen } = this.app;
    if (!changes.has("choice") || (chosen === this.shown && chosen)) return;
    this.shown = chosen;
    this.fill();
  }

  private fill() {
    const { shown } = this;
    const content = shown ? (shown.kind === "step" ? this.step(shown) : this.scenario(shown)) : [];
    if (!shown) content.push(element("p", { class: "empty" }, "No scenario has run."));
    content.push(linkSetting(() => this.fill()));
    this.root.replaceChildren(...content.filter((node) => node !== null));
    this.root.scrollTop = 0;
  }

  private run(scenario: Scenario) {
    return this.app.timeline.runs[scenario.run]?.line;
  }

  private step(step: Step): (HTMLElement | null)[] {
    const { scenario, line, parts } = step;
    const failedParts = parts.filter((part) => part.outcome !== "passed");
    const messages = messagesOf(scenario, step);
    const { definition } = step.group;
    const records: LogLine[] = [...(line.logs ?? [])];
    for (const part of parts) {
      for (const log of part.logs ?? []) records.push({ ...log, message: `[${roleOf(part.process)}] ${log.message ?? ""}` });
    }
    records.sort((a, b) => a.at - b.at);
    const involved = new Set((failedParts.length ? failedParts : parts).map((part) => part.process));
    const run = this.run(scenario);
    return [
      heading(step.title, step.status, step.end - step.start, place(scenario.path, line.line, run)),
      ...this.reasons(step),
      line.file ? section("Panicked at", place(line.file, line.fileLine ?? 0, run)) : null,
      section("Log", logs(records, step.start)),
      section("Requests and replies", exchange(messages, messages.length <= UNFOLDED_MESSAGES)),
      ...(step.failed ? stderr(scenario, involved) : []),
      section("Printed", text(line.output)),
      section("Data table", table(line.table)),
      section(`Doc string${line.docType ? ` (${line.docType})` : ""}`, text(line.doc)),
      section("Attachments", attachments(line.attachments)),
      section("In each process", partList(step)),
      section("Durations of this step", histogram(step)),
      definition
        ? section(
            "Definition",
            element("p", {}, element("code", {}, definition.pattern)),
            element("p", {}, definition.function ? `${definition.function}, ` : "", place(definition.file ?? "", definition.line ?? 0, run)),
          )
        : null,
      section("Hooks of the scenario", hooks(scenario.hooks)),
      section("Scenario", this.about(scenario)),
    ];
  }

  /** Returns the reason of the step, with those of its processes that say more. */
  private reasons(step: Step): (HTMLElement | null)[] {
    const { detail, limit } = step.line;
    if (!detail || step.status === "passed") return [];
    const more = step.parts.filter((part) => part.detail && !detail.includes(part.detail));
    return [
      section(
        "Reason",
        reason(detail),
        limit ? element("p", {}, `The deadline was ${duration(limit)} after its start.`) : null,
        ...more.map((part) => element("div", {}, element("h4", {}, roleOf(part.process)), reason(part.detail ?? ""))),
      ),
    ];
  }

  private scenario(scenario: Scenario): (HTMLElement | null)[] {
    const run = this.run(scenario);
    const failed = scenario.steps.find((step) => step.failed);
    const own = scenario.failures.map((failure) => reason(failure));
    const messages = messagesOf(scenario, scenario);
    const all = new Set(scenario.processes.map((process) => process.process));
    return [
      heading(scenario.name, scenario.status, scenario.end - scenario.start, place(scenario.path, scenario.line, run)),
      section("Reason", ...own, failed ? element("div", {}, element("h4", {}, failed.title), reason(failed.line.detail ?? failed.status)) : null),
      section("Processes", processes(scenario.processes, scenario.start)),
      section("Requests and replies", exchange(messages, false)),
      ...stderr(scenario, all),
      section("Hooks", hooks(scenario.hooks)),
      section("Resources", resources(scenario.resources)),
      section("About", this.about(scenario)),
    ];
  }

  private about(scenario: Scenario): HTMLElement {
    const run = this.run(scenario);
    const entries: [string, Node | string][] = [
      ["Scenario", scenario.name],
      ["Feature", scenario.feature],
      ["Place", place(scenario.path, scenario.line, run)],
      ["Tags", scenario.tags.join(" ")],
      ["Combination", scenario.combination],
      ["Attempt", scenario.attempt > 1 ? String(scenario.attempt) : ""],
      ["Started", `${duration(scenario.start)} after the start, thread ${scenario.thread}`],
    ];
    const list = element("dl");
    for (const [name, value] of entries) {
      if (value) list.append(element("dt", {}, name), element("dd", {}, value));
    }
    return list;
  }
}

function heading(title: string, outcome: string, length: number, where: HTMLElement): HTMLElement {
  return element(
    "header",
    {},
    element("h2", {}, title),
    element("p", {}, chip(outcome), ` ${duration(length)} `, where),
  );
}

function partList(step: Step): HTMLElement | null {
  if (!step.parts.length) return null;
  const items = step.parts.map((part) =>
    element("li", {}, chip(part.outcome), ` ${roleOf(part.process)}, ${duration(part.length)}`),
  );
  return element("ul", { class: "hooks" }, ...items);
}

function stderr(scenario: Scenario, involved: Set<string>): (HTMLElement | null)[] {
  return scenario.processes
    .filter((process) => involved.has(process.process) && process.stderr?.some((line) => line.text !== undefined))
    .map((process) => {
      const lines = process.stderr!.map((line) => line.text ?? "");
      return section(`Standard error of ${roleOf(process.process)}`, text(lines.join("\n")));
    });
}
