// Filters, the number of hits, and the address.

import assert from "node:assert/strict";
import { test } from "node:test";
import { twoProcesses } from "./sample.mjs";
import { chosenRow, drawn, hash, press, withPage } from "./tab.mjs";

const hits = async (tab) => {
  await drawn(tab);
  return tab.locator(".hits").innerText();
};

test("every filter counts its hits", async () => {
  await withPage(twoProcesses(), async (tab) => {
    assert.equal(await hits(tab), "3 scenarios, 6 steps");
    await tab.getByRole("button", { name: "✗ 1 failed" }).click();
    assert.equal(await hits(tab), "1 of 3 scenarios, 4 of 6 steps");
    await tab.getByRole("button", { name: "Clear filters" }).click();
    await tab.getByLabel("Find").fill("two PROC");
    assert.equal(await hits(tab), "1 of 3 scenarios, 4 of 6 steps", "the name of the feature");
    await tab.getByLabel("Find").fill("256 bytes");
    assert.equal(await hits(tab), "2 of 3 scenarios, 2 of 6 steps", "the text of steps");
    await tab.getByLabel("Find").fill("");
    await tab.getByLabel("At least").fill("5 ms");
    assert.equal(await hits(tab), "3 of 3 scenarios, 3 of 6 steps");
    await tab.getByLabel("At least").fill("soon");
    assert.equal(await tab.getByLabel("At least").getAttribute("aria-invalid"), "true");
    await tab.getByLabel("At least").fill("");
    await tab.getByLabel("Tag").selectOption("@slow");
    assert.equal(await hits(tab), "2 of 3 scenarios, 5 of 6 steps");
    await tab.getByLabel("Process").selectOption("writer (python)");
    assert.equal(await hits(tab), "1 of 3 scenarios, 1 of 6 steps");
    await tab.getByLabel("Find").fill("nothing like this");
    await drawn(tab);
    assert.ok(await tab.getByText("Nothing matches the filters.").isVisible());
  });
});

test("choice, filter and window are in the address", async () => {
  await withPage(twoProcesses(), async (tab) => {
    await press(tab, "ArrowUp");
    await hash(tab, /^#at=features\/sample.feature:20&step=2&in=/);
    await tab.getByLabel("Tag").selectOption("@slow");
    await hash(tab, /&tag=%40slow$/);
    await tab.getByRole("button", { name: "Equal width" }).click();
    await tab.locator('[role="tree"]').focus();
    await press(tab, "Enter");
    const address = await hash(tab, /&window=\d+-\d+&width=equal$/);
    const shown = await hits(tab);
    await tab.evaluate(() => (location.hash = "#at=features/sample.feature:10"));
    await drawn(tab);
    assert.equal(await chosenRow(tab), "1 passed Good");
    assert.equal(await hits(tab), "3 scenarios, 6 steps");
    await tab.evaluate((text) => (location.hash = text), address);
    await drawn(tab);
    assert.equal(await chosenRow(tab), "2 passed Given a writer connects");
    assert.equal(await hits(tab), shown);
    await tab.reload();
    assert.equal(await chosenRow(tab), "2 passed Given a writer connects");
  });
});

test("an address of another run still finds its place", async () => {
  await withPage(
    twoProcesses(),
    async (tab) => assert.equal(await chosenRow(tab), "1 passed Also good"),
    { address: "#at=features/sample.feature:30&attempt=4&step=99" },
  );
});
