// The list with the keyboard. PAGE names the page of a real run, of which the first failure is a step.

import assert from "node:assert/strict";
import { test } from "node:test";
import { manyScenarios } from "./sample.mjs";
import { chosenRow, press, withPage } from "./tab.mjs";

const MANY = manyScenarios(300, [7, 120, 299]);

test("the page opens on the first failure, in view and with its reason", async () => {
  await withPage(MANY, async (tab) => {
    assert.equal(await chosenRow(tab), "2 failed Given step 3");
    const tree = tab.locator('[role="tree"]');
    assert.ok(await tree.evaluate((root) => root === document.activeElement), "the list has the focus");
    const active = await tree.getAttribute("aria-activedescendant");
    const row = tab.locator(`#${active}`);
    assert.equal(await row.getAttribute("aria-selected"), "true");
    const [box, view] = [await row.boundingBox(), await tree.boundingBox()];
    assert.ok(box.y >= view.y && box.y + box.height <= view.y + view.height, "in view");
    await assertVisible(tab, "number 7 is wrong");
    const open = tab.locator('[role="treeitem"][aria-expanded="true"]:visible');
    assert.deepEqual(await open.locator(".name").allInnerTexts(), ["Scenario 7"]);
  });
});

test("arrows choose and fold", async () => {
  await withPage(MANY, async (tab) => {
    await press(tab, "ArrowLeft");
    assert.equal(await chosenRow(tab), "1 failed Scenario 7");
    await press(tab, "ArrowLeft", "ArrowDown");
    assert.equal(await chosenRow(tab), "1 passed Scenario 8");
    await press(tab, "ArrowRight", "ArrowRight");
    assert.equal(await chosenRow(tab), "2 passed Given number 8");
    await press(tab, "ArrowUp", "ArrowUp");
    assert.equal(await chosenRow(tab), "1 failed Scenario 7");
  });
});

test("Home, End and pages move far", async () => {
  await withPage(MANY, async (tab) => {
    await press(tab, "Home");
    assert.equal(await chosenRow(tab), "1 passed Scenario 0");
    await press(tab, "ArrowUp");
    assert.equal(await chosenRow(tab), "1 passed Scenario 0");
    await press(tab, "PageDown");
    const page = Number((await chosenRow(tab)).match(/\d+$/)[0]);
    assert.ok(page > 10, `one page is ${page} rows`);
    await press(tab, "PageDown", "PageUp", "PageUp");
    assert.equal(await chosenRow(tab), "1 passed Scenario 0");
    await press(tab, "End");
    assert.equal(await chosenRow(tab), "1 failed Scenario 299");
    await press(tab, "ArrowDown");
    assert.equal(await chosenRow(tab), "1 failed Scenario 299");
  });
});

test("n and p choose the next and the previous failure", async () => {
  await withPage(MANY, async (tab) => {
    for (const [key, number] of [["n", 120], ["n", 299], ["n", 7], ["p", 299], ["p", 120]]) {
      await press(tab, key);
      assert.equal(await chosenRow(tab), "2 failed Given step 3");
      await assertVisible(tab, `number ${number} is wrong`);
    }
    assert.equal(await tab.locator(".failure-count").innerText(), "failure 2 of 3");
  });
});

test("keys in a field are text", async () => {
  await withPage(MANY, async (tab) => {
    await press(tab, "/");
    await tab.keyboard.type("n 7");
    assert.equal(await tab.locator("#filter-text").inputValue(), "n 7");
    assert.equal(await tab.locator(".failure-count").innerText(), "0 failures");
  });
});

test("only rows in view are elements", async () => {
  await withPage(manyScenarios(2000), async (tab) => {
    await press(tab, "*");
    const count = await tab.locator('[role="treeitem"]').count();
    assert.ok(count < 60, `${count} rows`);
    await press(tab, "End");
    assert.equal(await chosenRow(tab), "2 passed Given step 3");
    const last = tab.locator('[role="treeitem"][aria-selected="true"]:visible');
    assert.equal(await last.getAttribute("aria-posinset"), "4");
    assert.equal(await last.getAttribute("aria-setsize"), "4");
    assert.ok((await tab.locator('[role="treeitem"]').count()) < 60);
  });
});

test("the page of a real run opens on its first failure", { skip: !process.env.PAGE }, async () => {
  await withPage(process.env.PAGE, async (tab) => {
    assert.match(await chosenRow(tab), /^2 failed /);
    const first = await tab.locator(".panel h2").innerText();
    await assertVisible(tab, process.env.REASON);
    await press(tab, "n");
    assert.notEqual(await tab.locator(".panel h2").innerText(), first);
    await press(tab, "p", "Home", "End", "ArrowLeft", "Enter");
    assert.match(await tab.locator(".hits").innerText(), / of /);
  });
});

async function assertVisible(tab, text) {
  const found = tab.locator(".panel .message", { hasText: text }).first();
  const [box, panel] = [await found.boundingBox(), await tab.locator(".panel").boundingBox()];
  assert.ok(box && box.y >= panel.y && box.y < panel.y + panel.height, `${text} is visible`);
}
