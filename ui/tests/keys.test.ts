// The keys that hold everywhere, the sheet that lists them, and turning single ones off.
import { screen, waitFor, within } from "@testing-library/svelte";
import { beforeEach, expect, test } from "vitest";

import { pressed, type Parts } from "../src/components/keys";
import { keycaps, singleKeys } from "../src/keyboard.svelte";
import { asked, open } from "./window";

beforeEach(() => {
  localStorage.clear();
  singleKeys.on = true;
});

test("G and a letter lead to each screen", async () => {
  const { user } = open();
  await screen.findByRole("grid");
  for (const [letter, hash] of Object.entries({
    t: "#/today",
    l: "#/allocation",
    c: "#/costs",
    k: "#/tokens",
    p: "#/people",
    a: "#/activity",
    s: "#/accounts",
    f: "#/fleet",
  })) {
    await user.keyboard(`g${letter}`);
    await waitFor(() => expect(location.hash).toBe(hash));
  }
});

test("the second of two keys is no key of the table", async () => {
  const { user } = open();
  await screen.findByRole("grid");
  await user.keyboard("gk");
  await waitFor(() => expect(location.hash).toBe("#/tokens"));
});

test("a letter that is typed into a field does nothing else", async () => {
  const { backend, user } = open();
  await screen.findByRole("grid");
  const box = screen.getByRole<HTMLInputElement>("combobox", { name: "Filter the fleet" });
  await user.type(box, "gs?s");
  expect(box.value).toBe("gs?s");
  await waitFor(() => expect(location.hash).toBe("#/fleet?filter=gs%3Fs"));
  expect(asked(backend, "startSync")).toEqual([]);
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("? lists the keys of the screen and those that hold everywhere, and closes again", async () => {
  const { user } = open();
  await screen.findByRole("grid");
  await user.keyboard("?");
  const sheet = within(await screen.findByRole("dialog", { name: "Keys" }));
  const table = within(sheet.getByRole("region", { name: "In the table" }));
  expect(table.getByText("Next row").nextElementSibling?.textContent).toBe("Jor↓");
  expect(table.getByText("Search").nextElementSibling?.textContent).toBe("/");
  const everywhere = within(sheet.getByRole("region", { name: "Everywhere" }));
  expect(everywhere.getByText("Go to Fleet").nextElementSibling?.textContent).toBe("G then F");
  expect(everywhere.getByText("Find a profile, a screen or an action").nextElementSibling?.textContent).toBe(
    "CtrlK",
  );
  await user.keyboard("?");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());

  location.hash = "#/accounts";
  await screen.findByRole("heading", { level: 1, name: "Accounts and settings" });
  await user.keyboard("?");
  await screen.findByRole("dialog", { name: "Keys" });
  expect(screen.queryByRole("region", { name: "In the table" })).toBeNull();
});

/** What the sheet says of a key, as its caps; `undefined` if it does not. */
function listed(part: string, does: string): string | undefined {
  const sheet = within(screen.getByRole("dialog", { name: "Keys" }));
  const group = sheet.queryByRole("region", { name: part });
  const found = group && within(group).queryByText(does);
  return found?.nextElementSibling?.textContent ?? undefined;
}

test.each([
  ["In the table", "Select on to the next row", "ShiftJorShift↓"],
  ["In the table", "Select on to the row before", "ShiftKorShift↑"],
  ["In the table", "Select on to the last row, or the first", "ShiftEndorShiftHome"],
  ["In the table", "Select on to this row", "ShiftClick"],
  ["On the head of a column", "Sort by it as well", "ShiftEnterorShiftClick"],
  ["On the head of a column", "Wider", "Alt→"],
  ["On the head of a column", "Narrower", "Alt←"],
  ["On the head of a column", "As wide as usual", "AltHome"],
  ["In the list of columns", "Move the column", "Alt↑orAlt↓"],
])("on the fleet the sheet lists, %s, “%s”: %s", async (part, does, caps) => {
  const { user } = open();
  await screen.findByRole("grid");
  await user.keyboard("?");
  await screen.findByRole("dialog", { name: "Keys" });
  expect(listed(part, does)).toBe(caps);
});

test("keys that do nothing where a person is are not listed there", async () => {
  const { user } = open({ at: "#/fleet?face=heat" });
  await screen.findByRole("grid");
  await user.keyboard("?");
  await screen.findByRole("dialog", { name: "Keys" });
  expect(listed("On the head of a column", "Sort by it as well")).toBe("ShiftEnterorShiftClick");
  expect(listed("On the head of a column", "Wider")).toBeUndefined();
  await user.keyboard("?");
  location.hash = "#/people";
  await screen.findByRole("heading", { level: 1, name: "People" });
  await user.keyboard("?");
  await screen.findByRole("dialog", { name: "Keys" });
  expect(listed("In the table", "Next row")).toBe("Jor↓");
  expect(listed("In the table", "Select on to the next row")).toBeUndefined();
  for (const part of ["On the head of a column", "In the list of columns"])
    expect(screen.queryByRole("region", { name: part })).toBeNull();
});

test("who turns single keys off is left alone by them, over a restart, and Ctrl K still acts", async () => {
  const { user } = open();
  await screen.findByRole("grid");
  await user.keyboard("?");
  await user.click(await screen.findByRole("checkbox", { name: /Keys of a single character act/ }));
  await user.click(screen.getByRole("button", { name: "Close" }));
  await user.keyboard("gc?");
  expect(location.hash).toBe("#/fleet");
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(JSON.parse(localStorage.getItem("profile-desk.single-keys") ?? "")).toEqual({
    version: 1,
    value: false,
  });
  await user.keyboard("{Control>}k{/Control}");
  expect(await screen.findByRole("dialog")).toBeTruthy();
});

test("X selects where rows can be selected, and is nobody's elsewhere", () => {
  const parts: Parts = {
    search: undefined,
    grid: undefined,
    searching: false,
    open: () => false,
    leave: () => false,
  };
  const press = (key: string, of: Parts): boolean => {
    const event = new KeyboardEvent("keydown", { key, cancelable: true });
    pressed(event, of);
    return event.defaultPrevented;
  };
  let selected = 0;
  expect(press("x", parts)).toBe(false);
  expect(press("x", { ...parts, select: () => void (selected += 1) })).toBe(true);
  expect(press("X", { ...parts, select: () => void (selected += 1) })).toBe(true);
  expect(selected).toBe(2);
});

test("Ctrl+A selects all where rows can be selected, and is the page's own elsewhere and in a field", () => {
  let selected = 0;
  const parts: Parts = {
    search: undefined,
    grid: undefined,
    searching: false,
    open: () => false,
    leave: () => false,
  };
  const press = (init: KeyboardEventInit, of: Parts, on: HTMLElement = document.body): boolean => {
    const event = new KeyboardEvent("keydown", { key: "a", ctrlKey: true, cancelable: true, ...init });
    on.addEventListener("keydown", (heard) => pressed(heard, of), { once: true });
    on.dispatchEvent(event);
    return event.defaultPrevented;
  };
  const all = { ...parts, selectAll: () => void (selected += 1) };
  expect(press({}, parts)).toBe(false);
  expect(press({}, all)).toBe(true);
  expect(press({ ctrlKey: false, metaKey: true }, all)).toBe(true);
  expect(press({ altKey: true }, all)).toBe(false);
  expect(press({ key: "b" }, all)).toBe(false);
  expect(press({}, all, document.createElement("input"))).toBe(false);
  expect(selected).toBe(2);
});

test("a press is shown as keycaps", () => {
  expect(keycaps("Mod+k")).toEqual([["Ctrl", "K"]]);
  expect(keycaps("g f")).toEqual([["G"], ["F"]]);
  expect(keycaps("Escape")).toEqual([["Esc"]]);
  expect(keycaps("/")).toEqual([["/"]]);
  expect(keycaps("Mod++")).toEqual([["Ctrl", "+"]]);
  expect(keycaps("Mod+-")).toEqual([["Ctrl", "-"]]);
});

test("everything is shown larger and smaller by keys, within bounds, and as large again at the next start", async () => {
  const { backend, user, close } = open({ at: "#/today" });
  await user.keyboard("{Control>}={/Control}");
  await user.keyboard("{Control>}+{/Control}");
  await user.keyboard("{Control>}-{/Control}");
  expect(asked(backend, "enlarge")).toEqual([[110], [125], [110]]);
  for (let press = 0; press < 9; press += 1) await user.keyboard("{Control>}+{/Control}");
  expect(asked(backend, "enlarge").at(-1)).toEqual([200]);
  close();
  const again = open({ at: "#/today" });
  expect(asked(again.backend, "enlarge")).toEqual([[200]]);
  await again.user.keyboard("{Control>}0{/Control}");
  expect(asked(again.backend, "enlarge").at(-1)).toEqual([100]);
  again.close();
  expect(asked(open({ at: "#/today" }).backend, "enlarge")).toEqual([]);
});
