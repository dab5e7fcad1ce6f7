// The sections of the panel.

import { element } from "../dom";
import type { AttachmentLine, HookLine, LogLine, ProcessLine, ResourceLine } from "../data/lines";
import { roleOf } from "../data/load";
import { signOf, toneOf } from "../data/outcome";
import { duration } from "../data/time";
import { compared } from "./diff";

/** The most log records of one step that are shown. */
const MOST_LOGS = 1000;

export function section(title: string, ...content: (Node | null)[]): HTMLElement | null {
  const shown = content.filter((node) => node !== null);
  return shown.length ? element("section", {}, element("h3", {}, title), ...shown) : null;
}

export function text(content: string | undefined): HTMLElement | null {
  return content ? element("pre", {}, content) : null;
}

export function chip(outcome: string): HTMLElement {
  return element("span", { class: `chip ${toneOf(outcome)}` }, `${signOf(outcome)} ${outcome}`);
}

export function reason(message: string): HTMLElement {
  const difference = compared(message);
  const parts = element("div", { class: "reason" }, element("pre", { class: "message" }, message));
  if (difference) {
    const [left, right] = difference.names;
    const lines = difference.lines.map(({ sign, text }) =>
      element("span", { class: sign === "-" ? "removed" : sign === "+" ? "added" : "same" }, `${sign} ${text}`),
    );
    parts.append(
      element("p", { class: "legend" }, element("span", { class: "removed" }, `- ${left}`), " ", element("span", { class: "added" }, `+ ${right}`)),
      element("pre", { class: "diff" }, ...lines),
    );
  }
  return parts;
}

export function logs(records: LogLine[] | undefined, start: number): HTMLElement | null {
  if (!records?.length) return null;
  const rows = records.slice(0, MOST_LOGS).map(({ at, level, message }) =>
    element(
      "tr",
      { class: `level-${level}` },
      element("td", { class: "number" }, `+${duration(Math.max(at - start, 0))}`),
      element("td", {}, level),
      element("td", { class: "log-text" }, message ?? ""),
    ),
  );
  return element("table", { class: "log", "aria-label": "Log" }, element("tbody", {}, ...rows));
}

export function table(rows: string[][] | undefined): HTMLElement | null {
  if (!rows?.length) return null;
  const cells = rows.map((row) => element("tr", {}, ...row.map((cell) => element("td", {}, cell))));
  return element("div", { class: "wide" }, element("table", { class: "data", "aria-label": "Data table" }, element("tbody", {}, ...cells)));
}

export function attachments(list: AttachmentLine[] | undefined): HTMLElement | null {
  if (!list?.length) return null;
  return element("div", {}, ...list.map(attachment));
}

function attachment({ name, type, bytes, text: content, base64 }: AttachmentLine): HTMLElement {
  const title = [name, type, `${bytes} bytes`].filter(Boolean).join(", ");
  const figure = element("figure", {}, element("figcaption", {}, title));
  if (type?.startsWith("image/") && (base64 || content)) {
    const data = base64 ? `;base64,${base64}` : `;utf8,${encodeURIComponent(content ?? "")}`;
    figure.append(element("img", { src: `data:${type}${data}`, alt: name || "attachment" }));
  } else if (content) {
    figure.append(element("pre", {}, content));
  } else if (base64) {
    const href = `data:application/octet-stream;base64,${base64}`;
    figure.append(element("a", { href, download: name || "attachment" }, "Save"));
  }
  return figure;
}

export function hooks(list: HookLine[]): HTMLElement | null {
  if (!list.length) return null;
  const items = list.map((hook) =>
    element(
      "li",
      {},
      chip(hook.outcome),
      ` ${hook.name}, ${duration(hook.length)} `,
      hook.file ? element("code", { class: "place" }, `${hook.file}:${hook.fileLine}`) : null,
      hook.detail ? reason(hook.detail) : null,
      logs(hook.logs, hook.start),
      text(hook.output),
      attachments(hook.attachments),
    ),
  );
  return element("ul", { class: "hooks" }, ...items);
}

export function processes(list: ProcessLine[], start: number): HTMLElement | null {
  if (!list.length) return null;
  const items = list.map((process) => {
    const changes = (process.changes ?? []).map(({ at, kind, detail }) => {
      return `${kind}${detail ? ` (${detail})` : ""} at +${duration(Math.max(at - start, 0))}`;
    });
    return element("li", {}, element("strong", {}, roleOf(process.process)), `, pid ${process.pid}: ${changes.join(", ")}`);
  });
  return element("ul", { class: "processes" }, ...items);
}

export function resources(list: ResourceLine[]): HTMLElement | null {
  if (!list.length) return null;
  const mib = (bytes: number) => `${(bytes / 1048576).toFixed(1)} MiB`;
  const items = list.map(({ process, resident, growth, cpu, files, threads }) =>
    element(
      "li",
      {},
      `${process ?? "this process"}: ${mib(resident)} (${growth < 0 ? "−" : "+"}${mib(Math.abs(growth))}), ` +
        `${duration(cpu)} CPU, ${files} open files, ${threads} threads`,
    ),
  );
  return element("ul", {}, ...items);
}
