// The panel, the chart and the totals of a scenario of two processes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { twoProcesses } from "./sample.mjs";
import { drawn, press, withPage } from "./tab.mjs";

test("the panel of a failure begins with reason and difference, then shows all that is known", async () => {
  await withPage(twoProcesses(), async (tab) => {
    const panel = tab.locator(".panel");
    assert.deepEqual(await panel.locator("h3").allInnerTexts(), [
      "Reason",
      "Log",
      "Requests and replies",
      "Standard error of reader (rust)",
      "Printed",
      "Doc string (json)",
      "In each process",
      "Durations of this step",
      "Hooks of the scenario",
      "Scenario",
    ]);
    assert.equal(await panel.locator(".diff .removed").innerText(), "-   len: 256");
    assert.equal(await panel.locator(".diff .added").innerText(), "+   len: 128");
    const exchange = await panel.locator(".exchange details[open] pre").allInnerTexts();
    assert.equal(exchange.length, 2);
    assert.match(exchange[0], /^ {2}"method": "executeStep",$/m);
    assert.match(exchange[1], /^ {4}"success": false,$/m);
    assert.match(await panel.locator(".log").innerText(), /warn\s+the frame is short/);
    assert.match(await panel.innerText(), /reader: short frame/);
    assert.match(await panel.innerText(), /hook `clean` after the scenario/);
    assert.match(await panel.locator(".histogram").innerText(), /2 calls.*1 took longer/s);
    assert.ok(!(await panel.innerText()).includes("writer: nothing to do"), "stderr of the process that failed only");
  });
});

test("the panel of other steps has table, picture and the log of the process", async () => {
  await withPage(twoProcesses(), async (tab) => {
    await press(tab, "ArrowUp");
    const image = tab.locator(".panel img");
    assert.equal(await image.getAttribute("alt"), "dot.png");
    assert.ok(await image.evaluate((each) => each.decode().then(() => each.naturalWidth === 1)));
    assert.match(await tab.locator(".panel .log").innerText(), /\[writer \(python\)\] connected/);
    await press(tab, "ArrowUp");
    assert.deepEqual(await tab.locator(".panel .data td").allInnerTexts(), ["name", "size", "one", "64"]);
    await press(tab, "ArrowUp");
    const text = await tab.locator(".panel").innerText();
    assert.match(text, /writer \(python\), pid 12: started at \+2.00 ms, ready at \+3.00 ms, paused at \+28.0 ms, resumed at \+31.0 ms, killed at \+33.0 ms/);
    assert.match(text, /writer: nothing to do/);
    assert.equal(await tab.locator(".panel .exchange details").count(), 5);
  });
});

test("places are links only as the reader sets them", async () => {
  await withPage(twoProcesses(), async (tab) => {
    assert.equal(await tab.locator(".panel a.place").count(), 0);
    const field = tab.locator("#place-link");
    await field.fill("vscode://file/home/me/{path}:{line}");
    await field.press("Enter");
    const link = tab.locator(".panel header a.place");
    assert.equal(await link.getAttribute("href"), "vscode://file/home/me/features/sample.feature:23");
    await field.fill("javascript://%0aalert(1)");
    await field.press("Enter");
    assert.equal(await tab.locator(".panel a.place").count(), 0);
  });
});

test("places of a build are links to its commit", async () => {
  const lines = twoProcesses();
  Object.assign(lines[0].run, { remote: "https://github.com/a/b.git", revision: "abc", build: "https://github.com/a/b/actions/runs/7" });
  await withPage(lines, async (tab) => {
    const link = tab.locator(".panel header a.place");
    assert.equal(await link.getAttribute("href"), "https://github.com/a/b/blob/abc/features/sample.feature#L23");
    assert.equal(await tab.getByRole("link", { name: "Build" }).getAttribute("href"), "https://github.com/a/b/actions/runs/7");
  });
});

test("totals are sorted by the chosen column", async () => {
  await withPage(twoProcesses(), async (tab) => {
    await tab.getByRole("tab", { name: "Totals" }).click();
    const names = () => tab.locator(".totals tbody th").allInnerTexts();
    assert.deepEqual(await names(), ["a frame of … bytes arrives", "a buffer of … bytes", "a writer connects"]);
    const row = tab.locator(".totals tbody tr").first();
    assert.deepEqual(await row.locator("td").allInnerTexts(), ["2", "✗ 1", "52.0 ms", "26.0 ms", "50.0 ms"]);
    await tab.getByRole("button", { name: "Step", exact: true }).press("Enter");
    await drawn(tab);
    assert.equal(await tab.getByRole("columnheader", { name: "Step" }).getAttribute("aria-sort"), "ascending");
    assert.deepEqual(await names(), ["a buffer of … bytes", "a frame of … bytes arrives", "a writer connects"]);
    await tab.getByRole("button", { name: "50.0 ms" }).click();
    await drawn(tab);
    assert.match(await tab.locator(".panel h2").innerText(), /256 bytes arrives/);
    assert.match(await tab.locator(".panel header").innerText(), /passed\s+50.0 ms/);
  });
});
