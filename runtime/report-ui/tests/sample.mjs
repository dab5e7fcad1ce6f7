// Pages with made-up runs.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const PAGE = new URL("../../assets/timeline.html", import.meta.url);
const MS = 1_000_000;

/** Writes a page with these lines; returns its address and a function that removes it. */
export async function pageOf(lines) {
  const folder = await mkdtemp(join(tmpdir(), "timeline-"));
  const page = (await readFile(PAGE, "utf8")).replace("@LINES@", () => lines.map((line) => `${JSON.stringify(line).replaceAll("<", "\\u003C")}\n`).join(""));
  const path = join(folder, "timeline.html");
  await writeFile(path, page);
  return { url: pathToFileURL(path).href, remove: () => rm(folder, { recursive: true }) };
}

export const runLine = (beganMs = 1_796_000_000_000) => ({
  run: { began: new Date(beganMs).toISOString(), beganNs: beganMs * MS },
});

export const endLine = (more = {}) => ({ end: { length: 1e9, notRun: 0, ...more } });

export function step(text, start, length, more = {}) {
  return { keyword: "Given", text, line: 5, start, length, outcome: "passed", ...more };
}

export function scenario(number, name, start, steps, more = {}) {
  const length = Math.max(...steps.map((each) => each.start + each.length)) - start;
  return {
    scenario: {
      number,
      name,
      feature: "Sample",
      path: "features/sample.feature",
      line: 10 * (number + 1),
      attempt: 1,
      status: steps.some((each) => each.outcome === "failed") ? "failed" : "passed",
      thread: (number % 2) + 1,
      start,
      length,
      steps: steps.map((each, index) => ({ ...each, line: 10 * (number + 1) + index + 1 })),
      ...more,
    },
  };
}

/** Many scenarios of four short steps on two threads; some of them fail for a very short time. */
export function manyScenarios(count, failing = []) {
  const lines = [runLine(), { definition: { id: 0, pattern: "number {int}", function: "number", file: "src/steps.rs", line: 7 } }];
  for (let number = 0; number < count; number++) {
    const start = Math.floor(number / 2) * 2 * MS;
    const steps = [0, 1, 2, 3].map((at) =>
      step(at === 0 ? `number ${number}` : `step ${at}`, start + at * 0.4 * MS, 0.35 * MS, at === 0 ? { definition: 0 } : {}),
    );
    if (failing.includes(number)) {
      steps[3] = { ...steps[3], length: 1000, outcome: "failed", detail: `number ${number} is wrong` };
    }
    lines.push(scenario(number, `Scenario ${number}`, start, steps));
  }
  return [...lines, endLine()];
}

const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const request = (id, text) =>
  JSON.stringify({ jsonrpc: "2.0", id, method: "executeStep", params: [{ Process: "reader", Step: text }] });

const reply = (id, result) => JSON.stringify({ jsonrpc: "2.0", id, result });

/** One passed scenario, and one of two processes that fails with everything a panel can show. */
export function twoProcesses() {
  const [a, b] = ["a buffer of 64 bytes", "a frame of 256 bytes arrives"];
  const part = (process, start, length, more = {}) => ({ process, start, length, outcome: "passed", ...more });
  const detail =
    "frames differ: expected Frame { sequence: 1, len: 256 }, found Frame { sequence: 1, len: 128 }";
  const steps = [
    step(a, 10 * MS, 20 * MS, {
      parts: [part("reader (rust) #2", 10 * MS, 20 * MS)],
      table: [
        ["name", "size"],
        ["one", "64"],
      ],
    }),
    step("a writer connects", 30 * MS, 5 * MS, {
      parts: [part("writer (python) #2", 30 * MS, 5 * MS, { logs: [{ at: 31 * MS, level: "info", message: "connected" }] })],
      attachments: [{ name: "dot.png", type: "image/png", bytes: 70, base64: PIXEL }],
    }),
    step(b, 35 * MS, 2 * MS, {
      outcome: "failed",
      detail,
      logs: [{ at: 36 * MS, level: "warn", message: "the frame is short" }],
      output: "printed by the step",
      doc: "a doc string",
      docType: "json",
      parts: [part("reader (rust) #2", 35 * MS, 2 * MS, { outcome: "failed", detail })],
    }),
    step("the end", 37 * MS, 0, { outcome: "skipped" }),
  ];
  const processes = [
    {
      process: "reader (rust) #2",
      pid: 11,
      changes: [
        { at: 6 * MS, kind: "started" },
        { at: 9 * MS, kind: "ready" },
        { at: 39 * MS, kind: "exited", detail: "exit code 0" },
      ],
      messages: [
        { at: 10 * MS, request: true, body: request(2, a) },
        { at: 29 * MS, body: reply(2, { success: true }) },
        { at: 35 * MS + 1, request: true, body: request(3, b) },
        { at: 36 * MS, body: reply(3, { success: false, error: detail }) },
      ],
      stderr: [{ at: 35 * MS, text: "reader: short frame" }],
    },
    {
      process: "writer (python) #2",
      pid: 12,
      changes: [
        { at: 7 * MS, kind: "started" },
        { at: 8 * MS, kind: "ready" },
        { at: 33 * MS, kind: "paused" },
        { at: 36 * MS, kind: "resumed" },
        { at: 38 * MS, kind: "killed" },
      ],
      messages: [{ at: 30 * MS, request: true, body: request(2, "a writer connects") }],
      stderr: [{ at: 27 * MS, text: "writer: nothing to do" }],
    },
  ];
  const hooks = [{ name: "hook `clean` after the scenario", file: "src/hooks.rs", fileLine: 3, start: 38 * MS, length: MS, outcome: "passed" }];
  return [
    runLine(),
    scenario(0, "Good", 0, [step(a, 1 * MS, 4 * MS, { parts: [part("reader (rust)", MS, 4 * MS)] })], { tags: ["@fast"] }),
    scenario(1, "Broken [reader=rust, writer=python]", 5 * MS, steps, {
      feature: "Two processes",
      tags: ["@slow"],
      processes,
      hooks,
    }),
    scenario(2, "Also good", 6 * MS, [step("a frame of 256 bytes arrives", 6 * MS, 50 * MS)], { tags: ["@slow"] }),
    endLine(),
  ];
}
