// The rows of the list: scenarios as folders, their steps below those that are unfolded.

import type { Item, Scenario } from "../data/model";
import type { Hits } from "../state/filter";

export interface Row {
  item: Item;
  /** The place among the rows of the same folder, from 1, and their number. */
  position: number;
  count: number;
}

export interface Rows {
  rows: Row[];
  indexOf: Map<Item, number>;
}

export function rowsOf(hits: Hits, unfolded: Set<Scenario>): Rows {
  const rows: Row[] = [];
  const indexOf = new Map<Item, number>();
  const add = (item: Item, position: number, count: number) => {
    indexOf.set(item, rows.length);
    rows.push({ item, position, count });
  };
  hits.all.forEach(({ scenario, steps }, index) => {
    add(scenario, index + 1, hits.all.length);
    if (unfolded.has(scenario)) steps.forEach((step, at) => add(step, at + 1, steps.length));
  });
  return { rows, indexOf };
}
