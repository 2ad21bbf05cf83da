// Which columns fit beside a panel.
import { expect, test } from "vitest";

import { fitting } from "./columns";

const COLUMNS = [10, 4, 4, 6, 4, 5].map((width, place) => ({ label: String(place), width }));
const ENDS = ({ label }: { label: string }): boolean => label === "0" || label === "5";
const labels = (room: number, must = ENDS): string =>
  fitting(COLUMNS, room, must)
    .map(({ label }) => label)
    .join("");

test("as many as fit, from the left, between those that must be there", () => {
  expect(labels(15 + 4 + 4 + 2)).toBe("0125");
  expect(labels(15 + 4 + 4 + 6 + 2)).toBe("01235");
  expect(labels(100)).toBe("012345");
  expect(labels(16)).toBe("05");
});

test("what must be there takes the room of others, and what follows one that does not fit is left out", () => {
  expect(labels(15 + 4 + 4 + 2, (column) => ENDS(column) || column.label === "4")).toBe("0145");
  expect(labels(15 + 4 + 4 + 5.5)).toBe("0125");
});

test("room is left for a scrollbar", () => {
  expect(labels(15 + 4 + 4)).toBe("015");
});

test("all are there while the room is not known", () => {
  expect(labels(0)).toBe("012345");
});
