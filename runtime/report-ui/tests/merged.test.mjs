// Pages with several runs, and those of runs that did not finish.

import assert from "node:assert/strict";
import { test } from "node:test";
import { endLine, runLine, scenario, step } from "./sample.mjs";
import { drawn, press, withPage } from "./tab.mjs";

const MS = 1_000_000;
const BEGAN = 1_796_000_000_000;

const part = (number, name, outcome = "passed") =>
  scenario(number, name, 0, [step(`${name} runs`, 0, 10 * MS, { outcome, detail: outcome === "failed" ? "why" : undefined })]);

async function names(tab) {
  await drawn(tab);
  const rows = await tab.locator('[role="treeitem"][aria-level="1"]:visible').allInnerTexts();
  return rows.map((text) => text.replace(/\s+/g, " ").replace(/^[▸▾] \S /, ""));
}

test("shards at the same time are one run", async () => {
  const lines = [runLine(BEGAN), part(0, "One"), endLine(), runLine(BEGAN + 5), part(1, "Two", "failed"), endLine()];
  await withPage(lines, async (tab) => {
    assert.deepEqual(await names(tab), ["passed One 10.0 ms", "failed Two 10.0 ms"]);
    assert.match(await tab.locator(".title").innerText(), /15.0 ms; 2 runs/);
    assert.match(await tab.locator(".panel").innerText(), /Started\s+5.00 ms after the start/);
  });
});

test("a later run of a scenario is an attempt that decides", async () => {
  const lines = [runLine(BEGAN), part(0, "One", "failed"), part(1, "Two"), endLine(), runLine(BEGAN + 3_600_000), part(0, "One"), endLine()];
  await withPage(lines, async (tab) => {
    assert.deepEqual(await names(tab), ["retried One 10.0 ms", "passed Two 10.0 ms", "flaky One attempt 2 10.0 ms"]);
    assert.equal(await tab.locator(".failure-count").innerText(), "0 failures");
    // The hour between the runs is left out.
    assert.match(await tab.locator(".title").innerText(), /, 20.0 ms; 2 runs/);
  });
});

test("the page of a run that was killed shows what was written", async () => {
  await withPage([runLine(), part(0, "One", "failed")], async (tab) => {
    assert.match(await tab.locator(".title").innerText(), /the run did not finish/);
    assert.match(await tab.locator(".panel").innerText(), /why/);
  });
});

test("failures and leaks of the whole run are shown", async () => {
  const end = endLine({ notRun: 3, interrupted: true, failures: ["hook `stop` failed"], leaks: [{ scenario: "One", left: ["thread: x"] }] });
  await withPage([runLine(), part(0, "One"), end], async (tab) => {
    assert.match(await tab.locator(".title").innerText(), /3 not run; interrupted/);
    const notices = tab.locator(".notice");
    assert.match(await notices.nth(0).innerText(), /hook `stop` failed/);
    await notices.nth(1).locator("summary").click();
    assert.match(await notices.nth(1).innerText(), /“One” left: thread: x/);
  });
});

test("a run without scenarios is an empty page", async () => {
  await withPage([runLine(), endLine()], async (tab) => {
    await press(tab, "ArrowDown", "Home", "End", "n", "Enter");
    assert.equal(await tab.locator(".hits").innerText(), "0 scenarios, 0 steps");
    assert.match(await tab.locator(".panel").innerText(), /No scenario has run/);
  });
});
