// Ticked profiles: by keyboard and by mouse, what they sum to, and the groups that they are put into.
import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";

import type { FleetQuery, FleetSelection, GroupKind } from "../src/backend";
import { news, type FakeBackend } from "../src/backend/fake/backend";
import { cell, profile } from "../src/backend/fake/fleet";
import { KIND, KINDS } from "../src/screens/fleet/groups.svelte";
import { asked, changed, NOW, open, type Options } from "./window";

const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[role="row"][id]')];
const nameOf = (row: HTMLElement): string | null | undefined =>
  row.querySelector("[role=rowheader] bdi")?.textContent;
const chosen = (): (string | null | undefined)[] =>
  rows()
    .filter((row) => row.getAttribute("aria-selected") === "true")
    .map(nameOf);
const order = (): (string | null | undefined)[] => rows().map(nameOf);
const grid = (): HTMLElement => screen.getByRole("grid");
const bar = (): ReturnType<typeof within> => within(screen.getByRole("region", { name: "Selection" }));
const status = (): string | undefined => bar().getByRole("status").textContent?.replace(/\s+/g, " ").trim();
const sums = (backend: FakeBackend): FleetSelection[] =>
  asked(backend, "fleetSum").map(([selection]) => selection as FleetSelection);
const groupsOf = (backend: FakeBackend, key: number): number[] | undefined =>
  backend.profiles.find(({ row }) => row.key === key)?.row.groups;
/** A sum as it stands on screen: `4.1 M of 9.2 M`. */
const sum = (label: string): string | undefined =>
  [...document.querySelectorAll('[aria-label="Selection"] dl > div')]
    .find((service) => service.querySelector("dt")?.textContent?.startsWith(label))
    ?.textContent?.replaceAll("\u00a0", " ")
    .replace(/\s+/g, " ")
    .trim();

async function filled(options: Options = {}): Promise<ReturnType<typeof open>> {
  const opened = open(options);
  await screen.findByText("Hafen Kühlhaus");
  return opened;
}

test("X ticks the row that keys move from, and again lets go of it", async () => {
  const { user } = await filled();
  await user.keyboard("jx");
  expect(grid().getAttribute("aria-multiselectable")).toBe("true");
  expect(chosen()).toEqual(["Hafen Kühlhaus"]);
  await waitFor(() => expect(status()).toBe("1 profile selected"));
  await user.keyboard("jjx");
  expect(chosen()).toEqual(["Hafen Kühlhaus", order()[2]]);
  await waitFor(() => expect(status()).toBe("2 profiles selected"));
  await user.keyboard("x");
  expect(chosen()).toEqual(["Hafen Kühlhaus"]);
});

test("Shift with J and K, or with the arrows, ticks what it passes", async () => {
  const { user } = await filled();
  await user.keyboard("j{Shift>}JJ{/Shift}");
  await waitFor(() => expect(chosen()).toEqual(order().slice(0, 3)));
  await user.keyboard("{Shift>}{ArrowDown}{/Shift}");
  await waitFor(() => expect(chosen()).toEqual(order().slice(0, 4)));
  await user.keyboard("{Shift>}{End}{/Shift}");
  await waitFor(() => expect(chosen()).toEqual(order()));
});

test("a click into the gutter ticks, Shift and a click tick what is between, and the row itself is still selected by a click", async () => {
  const { user } = await filled();
  const at = (place: number, clientX: number): Parameters<typeof user.pointer>[0] => [
    { keys: "[MouseLeft]", target: rows()[place]?.firstElementChild as Element, coords: { clientX } },
  ];
  await user.pointer(at(1, 12));
  expect(chosen()).toEqual([order()[1]]);
  expect(screen.queryByRole("complementary")).toBeNull();
  await user.keyboard("{Shift>}");
  await user.pointer(at(4, 200));
  await user.keyboard("{/Shift}");
  await waitFor(() => expect(chosen()).toEqual(order().slice(1, 5)));
  await user.pointer(at(0, 200));
  expect(screen.getByRole("complementary", { name: "Selected profile" })).toBeTruthy();
  expect(chosen()).toEqual(order().slice(1, 5));
});

test("a range over rows that are not near is read from the store", async () => {
  const { backend, user } = await filled({
    profiles: Array.from({ length: 1200 }, (_, place) => changed(place, { removed_at: null })),
  });
  await user.keyboard("jx");
  await user.keyboard("{End}");
  await waitFor(() => expect(rows().at(-1)?.getAttribute("aria-rowindex")).toBe("1201"));
  await user.keyboard("{Shift>}");
  await user.pointer([
    { keys: "[MouseLeft]", target: rows().at(-1)?.firstElementChild as Element, coords: { clientX: 200 } },
  ]);
  await user.keyboard("{/Shift}");
  // The range begins where the keys are.
  await waitFor(() => expect(status()).toBe("2 profiles selected"));
  await user.keyboard("{Home}{Shift>}{End}{/Shift}");
  await waitFor(() => expect(status()).toBe("1,200 profiles selected"));
  const ranges = asked(backend, "fleet")
    .map(([query]) => query as FleetQuery)
    .filter(({ limit }) => limit > 100);
  expect(ranges.map(({ offset, limit }) => [offset, limit])).toEqual(
    [
      [0, 500],
      [500, 500],
      [1000, 200],
    ].filter(([, limit]) => (limit ?? 0) > 100),
  );
});

test("Ctrl+A ticks all that the filter leaves without naming them, and a row can be left out", async () => {
  const { backend, user } = await filled({ at: "#/fleet?filter=account:Acme" });
  await user.keyboard("j{Control>}a{/Control}");
  await waitFor(() => expect(sums(backend).at(-1)).toEqual({ keys: [], all_of: "account:Acme" }));
  expect(chosen()).toEqual(order());
  expect(screen.getByRole("checkbox", { name: /Select all/ }).getAttribute("aria-checked")).toBe("true");
  await user.keyboard("x");
  await waitFor(() => expect(sums(backend).at(-1)).toEqual({ keys: [1], all_of: "account:Acme" }));
  expect(chosen()).toEqual(order().slice(1));
  expect(screen.getByRole("checkbox", { name: /Select all/ }).getAttribute("aria-checked")).toBe("mixed");
});

test("Ctrl+A in the filter is the field's own", async () => {
  const { backend, user } = await filled();
  screen.getByRole("combobox").focus();
  await user.keyboard("{Control>}a{/Control}");
  expect(screen.queryByRole("region", { name: "Selection" })).toBeNull();
  expect(sums(backend)).toEqual([]);
});

test("Esc lets go of what is ticked before it closes the panel", async () => {
  const { user } = await filled();
  await user.keyboard("jx{Escape}");
  expect(screen.queryByRole("region", { name: "Selection" })).toBeNull();
  expect(screen.getByRole("complementary")).toBeTruthy();
  expect(document.activeElement).toBe(grid());
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("complementary")).toBeNull();
});

test("the sums are of what is known, and say of how many", async () => {
  const usage = (used: number | null, limit: number | null): ReturnType<typeof cell>[] =>
    profile(0, NOW).row.usage.map((other, index) =>
      index === 0 ? cell(used, limit) : index === 3 ? cell(0, 0) : other,
    );
  const { user } = await filled({
    profiles: [
      changed(0, { usage: usage(4_000_000, 8_000_000) }),
      changed(1, { usage: usage(100_000, 1_200_000) }),
      changed(2, { usage: usage(null, 1_000_000) }),
    ],
  });
  await user.keyboard("{Control>}a{/Control}");
  await waitFor(() => expect(status()).toBe("3 profiles selected"));
  await waitFor(() => expect(sum("Input")).toBe("Inputknown for 2 of 3 4.10 / 10.2 M"));
  expect(sum("SMS")).toBe("SMS not allocated");
  await user.keyboard("{Escape}{Home}x{ArrowDown}x");
  await waitFor(() => expect(status()).toBe("2 profiles selected"));
  await waitFor(() => expect(sum("Input")).toBe("Input 4.10 / 9.20 M 44 %"));
});

test("what is ticked stays ticked when the order, the filter or the store change, and what is hidden is counted", async () => {
  const { backend, user } = await filled();
  await user.keyboard("jxjxjx");
  const three = chosen();
  await user.click(screen.getByRole("button", { name: "Profile" }));
  await waitFor(() => expect([...chosen()].sort()).toEqual([...three].sort()));
  backend.emit("store-changed", news({ profiles: [1] }));
  screen.getByRole("combobox").focus();
  await user.keyboard("Hafen K");
  await waitFor(() => expect(status()).toBe("3 profiles selected 2 hidden by the filter"));
  expect(chosen()).toEqual(["Hafen Kühlhaus"]);
  await user.click(bar().getByRole("button", { name: "Clear" }));
  expect(screen.queryByRole("region", { name: "Selection" })).toBeNull();
  expect(document.activeElement).toBe(grid());
});

test("a filter that is refused is no problem of what is ticked", async () => {
  const { user } = await filled();
  await user.keyboard("jxjx");
  screen.getByRole("combobox").focus();
  await user.paste("nonsense:1");
  expect((await screen.findByRole("alert")).id).toBe(
    screen.getByRole("combobox").getAttribute("aria-describedby"),
  );
  expect(screen.getAllByRole("alert")).toHaveLength(1);
  expect(status()).toBe("2 profiles selected");
});

test("all of one filter is not taken for all of another", async () => {
  const { backend, user } = await filled({ at: "#/fleet?filter=account:Acme" });
  await user.keyboard("{Control>}a{/Control}");
  await waitFor(() => expect(chosen()).toEqual(order()));
  const all = order().length;
  location.hash = "#/fleet?filter=state:over";
  await waitFor(() =>
    expect(status()).toMatch(new RegExp(`^${all} profiles selected \\d+ hidden by the filter`)),
  );
  expect(chosen()).toEqual([]);
  const hidden = sums(backend).at(-1);
  expect(hidden).toEqual({ keys: [], all_of: "account:Acme state:over" });
  await user.keyboard("jx");
  expect(sums(backend).every(({ keys }) => keys.length === 0)).toBe(true);
  await user.click(bar().getByRole("button", { name: "Show what was selected from" }));
  await waitFor(() => expect(chosen()).toHaveLength(all));
});

/** Two that are there and one that is gone, all of one account. */
const withRemoved = (): ReturnType<typeof changed>[] =>
  [0, 1, 2].map((place) =>
    changed(place, {
      account: "Acme",
      accounts: ["Acme"],
      removed_at: place === 2 ? NOW.toISOString() : null,
    }),
  );

test.each(["", "account:Acme"])(
  "all of “%s” are the present ones: none that is gone looks ticked",
  async (of) => {
    const { user } = await filled({ profiles: withRemoved(), at: `#/fleet?filter=${of}` });
    await user.keyboard("{Control>}a{/Control}");
    await waitFor(() => expect(chosen()).toHaveLength(2));
    const present = chosen();
    location.hash = `#/fleet?filter=${of}%20removed:all`;
    await waitFor(() => expect(order()).toHaveLength(3));
    expect(chosen()).toEqual(present);
    await waitFor(() => expect(status()).toBe("2 profiles selected"));
    location.hash = `#/fleet?filter=${of}%20removed:yes`;
    await waitFor(() => expect(order()).toHaveLength(1));
    expect(chosen()).toEqual([]);
    await waitFor(() => expect(status()).toBe("2 profiles selected 2 hidden by the filter"));
    // It cannot be among all of those that are present, and does not seem to be.
    await user.keyboard("jx");
    expect(chosen()).toEqual([]);
  },
);

test("all of a filter that names those that are gone are ticked as they are, and hidden where they are not shown", async () => {
  const { user } = await filled({ profiles: withRemoved(), at: "#/fleet?filter=removed:all" });
  await user.keyboard("{Control>}a{/Control}");
  await waitFor(() => expect(chosen()).toHaveLength(3));
  await waitFor(() => expect(status()).toBe("3 profiles selected"));
  location.hash = "#/fleet?filter=removed:all%20removed:yes";
  await waitFor(() => expect(order()).toHaveLength(1));
  expect(chosen()).toHaveLength(1);
  await waitFor(() => expect(status()).toBe("3 profiles selected 2 hidden by the filter"));
  location.hash = "#/fleet";
  await waitFor(() => expect(order()).toHaveLength(2));
  await waitFor(() => expect(status()).toBe("3 profiles selected 1 hidden by the filter"));
  location.hash = "#/fleet?filter=account:Acme";
  await waitFor(() => expect(status()).toBe("3 profiles selected 1 hidden by the filter"));
});

test("one that is gone and was ticked by itself is hidden where the fleet does not show it", async () => {
  const { user } = await filled({ profiles: withRemoved(), at: "#/fleet?filter=removed:all" });
  await user.keyboard("jxjxjx");
  await waitFor(() => expect(status()).toBe("3 profiles selected"));
  location.hash = "#/fleet";
  await waitFor(() => expect(order()).toHaveLength(2));
  await waitFor(() => expect(status()).toBe("3 profiles selected 1 hidden by the filter"));
});

test("what is ticked is put into a group and taken out, and it is said for how many that changed something", async () => {
  const { backend, user } = await filled({
    prepare: (backend) => backend.kept.putGroup(null, "North <b>Sea</b>", "customer"),
  });
  backend.profiles = backend.profiles.map((other) =>
    other.row.key === 1 ? { ...other, row: { ...other.row, groups: [1] } } : other,
  );
  await user.keyboard("j{Shift>}J{/Shift}");
  await user.click(await screen.findByRole("button", { name: "Add to group…" }));
  await user.click(await screen.findByRole("button", { name: /^North <b>Sea<\/b>/ }));
  expect(asked(backend, "assignGroup")).toEqual([[1, { keys: [1, 2], all_of: null }, true]]);
  await waitFor(() => expect(status()).toContain("1 profile put into “North <b>Sea</b>”."));
  expect(groupsOf(backend, 2)).toEqual([1]);
  await user.click(screen.getByRole("button", { name: "Remove from group…" }));
  await user.click(await screen.findByRole("button", { name: /^North <b>Sea<\/b>/ }));
  await waitFor(() => expect(status()).toContain("2 profiles taken out of “North <b>Sea</b>”."));
  expect(groupsOf(backend, 1)).toEqual([]);
});

test("a new group can be made of what is ticked", async () => {
  const { backend, user } = await filled();
  await user.keyboard("jx");
  await user.click(await screen.findByRole("button", { name: "Add to group…" }));
  await user.type(screen.getByLabelText("Name of a new group"), "Pilots{Enter}");
  await waitFor(() => expect(status()).toContain("1 profile put into “Pilots”."));
  expect(backend.kept.groups).toMatchObject([{ name: "Pilots", kind: "group" }]);
  expect(document.activeElement).toBe(screen.getByRole("button", { name: "Add to group…" }));
});

test("a group that cannot be changed says why, and nothing is claimed", async () => {
  const { backend, user } = await filled({
    prepare: (backend) => backend.kept.putGroup(null, "North", "group"),
  });
  backend.failures.set("assignGroup", { code: "not_found", message: "There is no such group any more." });
  await user.keyboard("jx");
  await user.click(await screen.findByRole("button", { name: "Add to group…" }));
  await user.click(await screen.findByRole("button", { name: /^North/ }));
  expect((await screen.findByRole("alert")).textContent).toContain("There is no such group any more.");
  expect(status()).toBe("1 profile selected");
});

test("F makes a favourite, with a star, and again lets it go", async () => {
  const { backend, user } = await filled();
  await user.keyboard("jf");
  await waitFor(() => expect(screen.getByRole("img", { name: "favourite" })).toBeTruthy());
  expect(backend.kept.groups).toMatchObject([{ name: "Favourites", kind: "favourites" }]);
  expect(asked(backend, "assignGroup")).toEqual([[1, { keys: [1], all_of: null }, true]]);
  await screen.findByText("Hafen Kühlhaus is a favourite now.");
  await user.keyboard("f");
  await waitFor(() => expect(screen.queryByRole("img", { name: "favourite" })).toBeNull());
  expect(backend.kept.groups).toHaveLength(1);
});

test("a star that cannot be kept says why", async () => {
  const { backend, user } = await filled();
  backend.failures.set("putGroup", { code: "store_failed", message: "The store is read-only." });
  await user.keyboard("jf");
  expect((await screen.findByRole("alert")).textContent).toContain("The store is read-only.");
});

const groupsWindow = async (user: ReturnType<typeof open>["user"]): Promise<ReturnType<typeof within>> => {
  await user.click(screen.getByRole("button", { name: "Groups" }));
  return within(screen.getByRole("dialog", { name: "Groups" }));
};

test("a group is made, renamed into another kind, shown, and deleted only after a question", async () => {
  const { backend, user } = await filled();
  let dialog = await groupsWindow(user);
  await user.type(dialog.getByLabelText("Name of the new group"), "North Sea");
  await user.selectOptions(dialog.getByLabelText("Kind of the new group"), "environment");
  await user.click(dialog.getByRole("button", { name: "Create" }));
  expect(asked(backend, "putGroup")).toEqual([[null, "North Sea", "environment"]]);
  await dialog.findByRole("region", { name: "Environments" });
  await user.click(dialog.getByRole("button", { name: "Rename North Sea" }));
  expect(document.activeElement).toBe(dialog.getByLabelText("New name of North Sea"));
  await user.clear(dialog.getByLabelText("New name of North Sea"));
  await user.keyboard("South{Enter}");
  await dialog.findByText("South");
  expect(asked(backend, "putGroup").at(-1)).toEqual([1, "South", "environment"]);
  await user.click(dialog.getByRole("button", { name: /^South/ }));
  await waitFor(() => expect(location.hash).toBe("#/fleet?filter=environment%3ASouth"));
  expect(screen.queryByRole("dialog")).toBeNull();
  backend.profiles = backend.profiles.map(({ row, ...rest }) => ({ ...rest, row: { ...row, groups: [1] } }));
  dialog = await groupsWindow(user);
  await dialog.findByText("24");
  await user.click(dialog.getByRole("button", { name: "Delete South" }));
  expect(dialog.getByText(/24 profiles will no longer be in it/)).toBeTruthy();
  await user.keyboard("{Escape}");
  expect(dialog.getByText("South")).toBeTruthy();
  await user.click(dialog.getByRole("button", { name: "Delete South" }));
  await user.click(dialog.getByRole("button", { name: "Delete" }));
  await waitFor(() => expect(asked(backend, "deleteGroup")).toEqual([[1]]));
  await waitFor(() => expect(dialog.queryByText("South")).toBeNull());
  expect(screen.getByRole("dialog", { name: "Groups" }).contains(document.activeElement)).toBe(true);
});

test("a name that is taken is refused with words, and what was typed stays", async () => {
  const { user } = await filled({ prepare: (backend) => backend.kept.putGroup(null, "North", "group") });
  const dialog = await groupsWindow(user);
  await user.type(dialog.getByLabelText("Name of the new group"), "north{Enter}");
  expect((await dialog.findByRole("alert")).textContent).toContain("There is a group “north” already.");
  expect(dialog.getByLabelText("Name of the new group")).toHaveProperty("value", "north");
});

test("groups and notes are written to a file and read from one, and what was not known is named", async () => {
  const { backend, user } = await filled();
  backend.kept.imported = {
    file: "/home/ada/groups.csv",
    changed: 12,
    created: 1,
    unchanged: 4,
    unknown: ["https://api.tago.io 5f00", "https://api.tago.io <i>5f01</i>"],
    unknown_count: 23,
  };
  const dialog = await groupsWindow(user);
  await user.click(dialog.getByRole("button", { name: "Export CSV…" }));
  await dialog.findByText("Written to /home/ada/groups.csv");
  await user.click(dialog.getByRole("button", { name: "Import CSV…" }));
  const said = await dialog.findByText(/12 profiles changed/);
  expect(said.textContent?.replace(/\s+/g, " ").trim()).toBe(
    "/home/ada/groups.csv: 12 profiles changed, 1 group created, 4 rows unchanged, 23 profiles unknown here:",
  );
  expect(dialog.getByText("https://api.tago.io <i>5f01</i>")).toBeTruthy();
  expect(dialog.getByText("and 21 more")).toBeTruthy();
});

test("a dialog that is dismissed says nothing, a file that cannot be read says why", async () => {
  const { backend, user } = await filled();
  backend.kept.exported = null;
  backend.kept.imported = { ...backend.kept.imported, file: null };
  const dialog = await groupsWindow(user);
  await user.click(dialog.getByRole("button", { name: "Export CSV…" }));
  await user.click(dialog.getByRole("button", { name: "Import CSV…" }));
  expect(dialog.getByRole("status").textContent?.trim()).toBe("");
  backend.failures.set("importGroups", { code: "invalid_input", message: "Line 3 has no id." });
  await user.click(dialog.getByRole("button", { name: "Import CSV…" }));
  expect((await dialog.findByRole("alert")).textContent).toContain("Line 3 has no id.");
});

test("groups that cannot be read say so where they are shown", async () => {
  const { user } = await filled({
    prepare: (backend) => backend.failures.set("groups", { code: "store_failed", message: "No such table." }),
  });
  const dialog = await groupsWindow(user);
  expect((await dialog.findByRole("alert")).textContent).toContain("No such table.");
});

test("keys of the table rest while a small window is open", async () => {
  const { user } = await filled();
  await groupsWindow(user);
  screen.getByRole("button", { name: "Export CSV…" }).focus();
  await user.keyboard("jxf");
  expect(chosen()).toEqual([]);
});

test.each<[GroupKind, string]>([
  ["group", "group:Twice"],
  ["customer", "customer:Twice"],
  ["environment", "environment:Twice"],
  ["favourites", "favourite:yes"],
])("a %s is shown by %s, whatever groups of other kinds are called", async (kind, filter) => {
  const { user } = await filled({
    prepare: (backend) => KINDS.forEach((kind) => backend.kept.putGroup(null, "Twice", kind)),
  });
  const dialog = await groupsWindow(user);
  const section = await dialog.findByRole("region", { name: KIND[kind].many });
  await user.click(within(section).getByRole("button", { name: /^Twice/ }));
  await waitFor(() =>
    expect(new URLSearchParams(location.hash.split("?")[1] ?? "").get("filter")).toBe(filter),
  );
});

test("what is kept about profiles elsewhere is read again, rows and groups alike", async () => {
  const { backend } = await filled({ at: "#/fleet?cols=groups" });
  backend.kept.putGroup(null, "Elsewhere", "group");
  backend.profiles = backend.profiles.map(({ row, ...rest }) => ({
    ...rest,
    row: { ...row, groups: row.key === 1 ? [1] : [] },
  }));
  backend.emit("store-changed", news({ groups: true }));
  expect(await screen.findByText("Elsewhere", undefined, { timeout: 2000 })).toBeTruthy();
});

test.each([
  ["the filter", (): HTMLElement => screen.getByRole("combobox", { name: "Filter the fleet" })],
  ["the table", grid],
  ["a column's head", (): HTMLElement => screen.getByRole("button", { name: "Account" })],
  ["a figure", (): HTMLElement => screen.getByRole("button", { name: /at or over a limit/ })],
  ["the selection", (): HTMLElement => bar().getByRole("button", { name: "Add to group…" })],
])("%s keeps the focus when the store changes", async (_, element) => {
  const { backend, user } = await filled();
  await user.keyboard("jx");
  await waitFor(() => expect(sums(backend).length).toBeGreaterThan(0));
  element().focus();
  const before = asked(backend, "fleet").length;
  backend.profiles = backend.profiles.slice(2).concat(backend.profiles.slice(0, 1));
  backend.emit("store-changed", news({ everything: true }));
  await waitFor(() => expect(asked(backend, "fleet").length).toBeGreaterThan(before), { timeout: 2000 });
  await waitFor(() => expect(order()).not.toContain("Ørsted Pilot"));
  expect(document.activeElement).toBe(element());
});
