// The pane in the middle: the chart or the totals.

import { Chart } from "./chart/chart";
import { button, element } from "./dom";
import type { App, Change, Pane } from "./state/app";
import { Totals } from "./totals/totals";

export class Middle implements Pane {
  readonly root: HTMLElement;
  private readonly chart: Chart;
  private readonly totals: Totals;
  private readonly tabs: [HTMLButtonElement, HTMLButtonElement];
  private readonly panels: [HTMLElement, HTMLElement];
  private readonly tools: HTMLElement;
  private readonly equal: HTMLButtonElement;
  private readonly byThread: HTMLButtonElement;

  constructor(private readonly app: App) {
    this.chart = new Chart(app);
    this.totals = new Totals(app);
    this.tabs = [this.tab("Chart", 0), this.tab("Totals", 1)];
    this.panels = [this.panel(0, this.chart.root, legend()), this.panel(1, this.totals.root)];
    this.equal = button("Equal width", () => app.setLayout({ equal: !app.equal }), { title: "Give short and long steps the same width" });
    this.byThread = button("By thread", () => app.setLayout({ byThread: !app.byThread }), { title: "A lane for each thread and process instead of each scenario" });
    this.tools = element(
      "div",
      { class: "tools", role: "group", "aria-label": "Chart" },
      this.equal,
      this.byThread,
      button("−", () => this.chart.zoom(1.5), { "aria-label": "Zoom out" }),
      button("+", () => this.chart.zoom(1 / 1.5), { "aria-label": "Zoom in" }),
    );
    const tablist = element("div", { role: "tablist", "aria-label": "Views" }, ...this.tabs);
    tablist.addEventListener("keydown", (event) => this.onKey(event));
    this.root = element(
      "section",
      { class: "middle", "aria-label": "Chart and totals" },
      element("div", { class: "bar" }, tablist, this.tools),
      ...this.panels,
    );
  }

  update(changes: Set<Change>) {
    const { totals, equal, byThread } = this.app;
    if (changes.has("layout")) {
      this.tabs.forEach((tab, index) => {
        const isShown = totals === (index === 1);
        tab.setAttribute("aria-selected", String(isShown));
        tab.tabIndex = isShown ? 0 : -1;
        this.panels[index]!.hidden = !isShown;
      });
      this.tools.hidden = totals;
      this.equal.setAttribute("aria-pressed", String(equal));
      this.byThread.setAttribute("aria-pressed", String(byThread));
    }
    this.chart.update(changes);
    this.totals.update(changes);
  }

  private tab(label: string, index: 0 | 1): HTMLButtonElement {
    return button(label, () => this.app.setLayout({ totals: index === 1 }), { role: "tab", id: `tab-${index}`, "aria-controls": `view-${index}` });
  }

  private panel(index: 0 | 1, ...content: HTMLElement[]): HTMLElement {
    return element("div", { class: "view", role: "tabpanel", id: `view-${index}`, "aria-labelledby": `tab-${index}` }, ...content);
  }

  private onKey(event: KeyboardEvent) {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    this.app.setLayout({ totals: !this.app.totals });
    this.tabs[this.app.totals ? 1 : 0].focus();
    event.preventDefault();
  }
}

/** Explains the marks of the chart. */
function legend(): HTMLElement {
  const entries = ["▶ started", "▭ starting", "● ready", "‖ paused", "■ exited", "✕ killed or asked to end", "↓ request", "↑ reply", "╷ log or output", "▴ warning", "| deadline"];
  return element("p", { class: "legend-bar" }, ...entries.map((entry) => element("span", {}, entry)));
}
