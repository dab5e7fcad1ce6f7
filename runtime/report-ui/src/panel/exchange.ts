// Requests and replies between the runner and the processes, as JSON.

import { element } from "../dom";
import { roleOf } from "../data/load";
import type { Scenario, Span } from "../data/model";
import { duration } from "../data/time";

interface Message {
  at: number;
  process: string;
  isRequest: boolean;
  body: string;
}

/** Returns the messages of a span of time, oldest first. */
export function messagesOf(scenario: Scenario, span: Span): Message[] {
  const messages = scenario.processes.flatMap((process) =>
    (process.messages ?? [])
      .filter((message) => message.body && message.at >= span.start && message.at <= span.end)
      .map((message) => ({
        at: message.at,
        process: roleOf(process.process),
        isRequest: !!message.request,
        body: message.body ?? "",
      })),
  );
  return messages.sort((a, b) => a.at - b.at);
}

export function exchange(messages: Message[], isOpen: boolean): HTMLElement | null {
  if (!messages.length) return null;
  return element("div", { class: "exchange" }, ...messages.map((message) => entry(message, isOpen)));
}

function entry({ at, process, isRequest, body }: Message, isOpen: boolean): HTMLElement {
  const value = parsed(body);
  const direction = isRequest ? `to ${process}` : `from ${process}`;
  const summary = element(
    "summary",
    {},
    element("span", { class: "direction" }, `${isRequest ? "→" : "←"} ${direction}`),
    ` ${summaryOf(value, body)} `,
    element("span", { class: "at" }, duration(at)),
  );
  const text = value === undefined ? body : JSON.stringify(value, null, 2);
  return element("details", { open: isOpen }, summary, element("pre", {}, text));
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function summaryOf(value: unknown, body: string): string {
  if (typeof value !== "object" || value === null) return body.slice(0, 60);
  const { id, method, error, result } = value as Record<string, unknown>;
  const number = id === undefined ? "" : `${id}: `;
  if (typeof method === "string") return number + method;
  if (error) return `${number}error`;
  const success = (result as Record<string, unknown> | null)?.["success"] ?? (result as Record<string, unknown> | null)?.["Success"];
  return number + (success === false ? "not successful" : "result");
}
