// The window finds names as the desk does: the cases are the desk's own.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { compareRanks, find, FITS } from "../src/find";

interface Case {
  query: string;
  name: string;
  fit: string | null;
  marks: number[][];
}

/** The tests run in `ui`. */
const file = join(process.cwd(), "../src-tauri/crates/insight/tests/find.json");
const cases = JSON.parse(readFileSync(file, "utf8")) as Case[];

test.each(cases)("‘$query’ in ‘$name’ is found as the desk finds it", ({ query, name, fit, marks }) => {
  const found = find(query, name);
  expect(found?.fit ?? null).toBe(fit);
  expect(found?.marks ?? []).toEqual(marks);
});

test("other words for a thing find it, below those whose name fits", () => {
  expect(find("money", "Costs", ["money price"])?.fit).toBe("beside");
  expect(find("money", "Costs")).toBeNull();
  const ranks = ["Stop", "Topaz", "Top"].map((name) => ({
    name,
    rank: find("top", name)?.rank ?? [FITS.length],
  }));
  ranks.sort((one, other) => compareRanks(one.rank, other.rank));
  expect(ranks.map(({ name }) => name)).toEqual(["Top", "Topaz", "Stop"]);
});
