// The window of the overview, and moving in the chart.

import assert from "node:assert/strict";
import { test } from "node:test";
import { manyScenarios } from "./sample.mjs";
import { chosenRow, drawn, press, withPage } from "./tab.mjs";

const MANY = manyScenarios(400, [7, 301]);

const hits = async (tab) => {
  await drawn(tab);
  return tab.locator(".hits").innerText();
};

test("a window filters list, counts, failures and totals, and Show all undoes it", async () => {
  await withPage(MANY, async (tab) => {
    assert.equal(await hits(tab), "400 scenarios, 1600 steps");
    await dragStrip(tab, 0.5, 1);
    const [shown] = (await hits(tab)).match(/^\d+/);
    assert.ok(shown >= 195 && shown <= 205, `${shown} scenarios`);
    assert.equal(await tab.locator(".failure-count").innerText(), "1 failure");
    await press(tab, "Home");
    assert.match(await chosenRow(tab), /Scenario (19\d|20\d)$/);
    await tab.getByRole("tab", { name: "Totals" }).click();
    const total = tab.locator(".totals tbody tr", { hasText: "number {int}" });
    const calls = await total.locator("td").first().innerText();
    assert.ok(Math.abs(Number(calls) - shown) <= 5, `${calls} calls`);
    await tab.getByRole("button", { name: "Show all" }).click();
    assert.equal(await hits(tab), "400 scenarios, 1600 steps");
  });
});

test("Enter sets the window to a row, Escape shows all", async () => {
  await withPage(MANY, async (tab) => {
    await press(tab, "Enter");
    assert.match(await hits(tab), /^2 of 400 scenarios, 2 of 1600 steps$/);
    await press(tab, "Escape");
    assert.equal(await hits(tab), "400 scenarios, 1600 steps");
  });
});

test("the ends of a window of a microsecond are different times", async () => {
  await withPage(MANY, async (tab) => {
    await press(tab, "n", "Enter");
    assert.match(await chosenRow(tab), /^2 failed/);
    const [, start, end] = (await tab.locator(".window").innerText()).match(/^([\d.]+) ms to ([\d.]+) ms of /);
    const apart = Number(end) - Number(start);
    assert.ok(apart > 0 && apart < 0.003, `${start} to ${end}`);
  });
});

test("the ends of the window are sliders", async () => {
  await withPage(MANY, async (tab) => {
    const start = tab.getByRole("slider", { name: "Start of the window" });
    await start.focus();
    await press(tab, "PageUp", "ArrowRight");
    assert.match(await hits(tab), /^(35\d|36\d) of 400/);
    assert.equal(await start.getAttribute("aria-valuetext"), "44.0 ms");
    await press(tab, "Home");
    assert.equal(await hits(tab), "400 scenarios, 1600 steps");
  });
});

test("the wheel scrolls, with Ctrl it zooms, and no move leaves the run", async () => {
  await withPage(MANY, async (tab) => {
    const scroller = tab.locator(".chart-scroller");
    await press(tab, "Home");
    // The page opens near the failure.
    await tab.keyboard.down("Control");
    const box = await scroller.boundingBox();
    const [x, y] = [box.x + box.width - 30, box.y + 200];
    await tab.mouse.move(x, y);
    await tab.mouse.wheel(0, 9000);
    await tab.keyboard.up("Control");
    const before = await labels(tab);
    await tab.mouse.wheel(0, 300);
    await tab.waitForFunction(() => document.querySelector(".chart-scroller").scrollTop > 0);
    assert.deepEqual(await labels(tab), before, "scrolling keeps the time");
    await tab.keyboard.down("Control");
    await tab.mouse.wheel(0, -600);
    await tab.keyboard.up("Control");
    const zoomed = await labels(tab);
    assert.notDeepEqual(zoomed, before);
    assert.equal(await tab.evaluate(() => visualViewport.scale), 1, "the page itself is not zoomed");
    for (let times = 0; times < 40; times++) await tab.mouse.wheel(400, 0);
    const atEnd = await labels(tab);
    await tab.mouse.wheel(400, 0);
    assert.deepEqual(await labels(tab), atEnd, "the end is the end");
    await tab.keyboard.down("Control");
    await tab.mouse.wheel(0, 9000);
    await tab.keyboard.up("Control");
    assert.deepEqual(await labels(tab), before, "all is the most");
  });
});

/** Returns a picture of the ruler, which shows the time in view. */
async function labels(tab) {
  await drawn(tab);
  return tab.evaluate(() => {
    const canvas = document.querySelector(".chart canvas");
    const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, 16).data;
    return data.reduce((sum, value, at) => (sum + value * (at % 9973)) % 1000003, 0);
  });
}

async function dragStrip(tab, from, to) {
  const box = await tab.locator(".strip").boundingBox();
  await tab.mouse.move(box.x + box.width * from, box.y + 30);
  await tab.mouse.down();
  await tab.mouse.move(box.x + box.width * 0.7, box.y + 30);
  await tab.mouse.move(box.x + box.width * to, box.y + 30);
  await tab.mouse.up();
  await drawn(tab);
}
