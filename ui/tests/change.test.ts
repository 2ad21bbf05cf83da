// Changing things at TagoIO: nothing is sent unseen, and each row says how it ended.
import { screen, waitFor, within } from "@testing-library/svelte";
import axe from "axe-core";
import { expect, test } from "vitest";

import type { ProfileOverview } from "../src/backend";
import { account, profile } from "../src/backend/fake/fleet";
import { chosenProfiles } from "../src/screens/fleet/chosen.svelte";
import { renamed, UNCHANGED } from "../src/screens/fleet/renaming";
import { asked, changed, NOW, open, type Opened, type Options } from "./window";

/** A profile that one of the connected accounts owns. */
function own(place: number, more: Partial<ProfileOverview> = {}): ProfileOverview {
  const made = changed(place, { account: "Acme", accounts: ["Acme"], shared: false, removed_at: null });
  return { ...made, ...more };
}
const acme = { ...account(1, NOW), label: "Acme" };

function at(options: Options = {}): Opened {
  return open({ accounts: [acme], profiles: [own(0), own(1), own(2)], at: "#/profile/1", ...options });
}

async function typeName({ user }: Opened, name: string): Promise<HTMLElement> {
  await user.click(await screen.findByRole("button", { name: "Rename" }));
  const field = screen.getByLabelText("New name");
  await user.clear(field);
  await user.type(field, `${name}{Enter}`);
  return screen.findByRole("dialog", { name: "Rename a profile" });
}

test("a rename is shown before it is sent, and done with one button that says what it does", async () => {
  const opened = at();
  const { backend, user } = opened;
  const before = own(0).row.name;
  const dialog = await typeName(opened, "North pier");
  const row = await within(dialog).findByRole("row", { name: /North pier/ });
  expect(row.textContent).toContain(before);
  expect(within(dialog).getByRole("status").textContent).toContain("1 will change");
  expect(asked(backend, "carryOut")).toEqual([]);
  await user.click(within(dialog).getByRole("button", { name: "Rename 1 profile" }));
  await waitFor(() => expect(within(dialog).getByRole("status").textContent).toContain("1 done"));
  expect(asked(backend, "carryOut")).toEqual([
    [
      { ask: "changes", changes: [{ kind: "rename", profile: 1, name: "North pier" }] },
      { protected_too: false },
    ],
  ]);
  await waitFor(() => expect(screen.getByRole("heading", { level: 1 }).textContent).toContain("North pier"));
});

test("a rename can be undone from where it ended, after one more look", async () => {
  const opened = at();
  const { backend, user } = opened;
  const dialog = await typeName(opened, "North pier");
  await user.click(await within(dialog).findByRole("button", { name: "Rename 1 profile" }));
  await user.click(await within(dialog).findByRole("button", { name: "Undo…" }));
  await user.click(await within(dialog).findByRole("button", { name: "Undo the change of 1 profile" }));
  await waitFor(() => expect(backend.profiles[0]?.row.name).toBe(own(0).row.name));
  expect(asked(backend, "carryOut").at(-1)?.[0]).toEqual({ ask: "undo", batch: 1 });
});

test("what failed says why, and alone is tried again", async () => {
  const opened = at({
    prepare: (backend) => backend.failing.set(1, { result: "failed", code: "rejected", message: "No luck." }),
  });
  const { backend, user } = opened;
  const dialog = await typeName(opened, "North pier");
  await user.click(await within(dialog).findByRole("button", { name: "Rename 1 profile" }));
  expect((await within(dialog).findByRole("row", { name: /North pier/ })).textContent).toContain("No luck.");
  await user.click(within(dialog).getByRole("button", { name: "Retry what failed…" }));
  await user.click(await within(dialog).findByRole("button", { name: "Try 1 profile again" }));
  await waitFor(() => expect(backend.profiles[0]?.row.name).toBe("North pier"));
});

test("a protected profile is changed only after an extra tick", async () => {
  const opened = at({ profiles: [own(0, { protected: true })] });
  const { backend, user } = opened;
  const dialog = await typeName(opened, "North pier");
  const confirm = await within(dialog).findByRole<HTMLButtonElement>("button", { name: "Rename 1 profile" });
  expect(confirm.disabled).toBe(true);
  await user.click(within(dialog).getByRole("checkbox", { name: "Change 1 protected profile, too" }));
  expect(confirm.disabled).toBe(false);
  await user.click(confirm);
  await waitFor(() => expect(backend.profiles[0]?.row.name).toBe("North pier"));
  expect(asked(backend, "carryOut")[0]?.[1]).toEqual({ protected_too: true });
});

test("Esc closes the review, and leaves it open while something runs", async () => {
  let finish: () => void = () => undefined;
  const opened = at({
    prepare: (backend) => (backend.beforeRow = () => new Promise<void>((resolve) => (finish = resolve))),
  });
  const { user } = opened;
  const dialog = await typeName(opened, "North pier");
  await user.click(await within(dialog).findByRole("button", { name: "Rename 1 profile" }));
  await within(dialog).findByRole("progressbar", { name: "Rows that are through" });
  expect(dialog.contains(document.activeElement)).toBe(true);
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("dialog")).toBe(dialog);
  await waitFor(() =>
    expect(within(dialog).getByRole<HTMLButtonElement>("button", { name: "Stop" }).disabled).toBe(false),
  );
  finish();
  await within(dialog).findByRole("button", { name: "Close" });
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  await waitFor(() => expect(document.activeElement?.textContent).toBe("Rename"));
});

test.each<[string, Options, RegExp]>([
  ["is signed out", { accounts: [{ ...acme, sign_in: "signed_out" }] }, /sign in again/],
  ["is only read", { accounts: [{ ...acme, read_only: true }] }, /only read/],
  [
    "cannot be reached",
    { accounts: [{ ...acme, problem: { code: "offline", message: "No route." } }] },
    /cannot be reached/,
  ],
])("an account that %s disables renaming and says so", async (_, options, words) => {
  const opened = at(options);
  const button = await screen.findByRole("button", { name: "Rename" });
  await waitFor(() => expect(button.getAttribute("aria-disabled")).toBe("true"));
  expect(button.title).toMatch(words);
  await opened.user.click(button);
  expect(screen.queryByLabelText("New name")).toBeNull();
});

test("protecting a profile says what it means, and can be taken back", async () => {
  const { backend, user } = at();
  const button = await screen.findByRole("button", { name: "Protect" });
  expect(button.title).toContain("only if that is agreed to");
  await user.click(button);
  const on = await screen.findByRole("button", { name: "Protected" });
  expect(on.getAttribute("aria-pressed")).toBe("true");
  await user.click(on);
  expect(asked(backend, "protect")).toEqual([
    [{ keys: [1], all_of: null }, true],
    [{ keys: [1], all_of: null }, false],
  ]);
});

test("an account can be set to be only read, and says what that means", async () => {
  const { backend, user } = open({ accounts: [acme], at: "#/accounts" });
  const turn = await screen.findByRole("switch", { name: "Only read Acme" });
  expect(screen.getByText(/Changes may be made by this account/)).toBeTruthy();
  await user.click(turn);
  await screen.findByText(/Nothing is changed at TagoIO by this account/);
  expect(turn.getAttribute("aria-checked")).toBe("true");
  expect(asked(backend, "readOnly")).toEqual([[1, true]]);
});

test("the actions that were taken stand beside the changes, are searched by words, and a batch is undone", async () => {
  const opened = at();
  const { backend, user } = opened;
  const before = own(0).row.name;
  const dialog = await typeName(opened, "North pier");
  await user.click(await within(dialog).findByRole("button", { name: "Rename 1 profile" }));
  await user.click(await within(dialog).findByRole("button", { name: "Close" }));
  location.hash = "#/activity";
  await user.click(await screen.findByRole("link", { name: "Actions" }));
  const row = await screen.findByRole("row", { name: /North pier/ });
  expect(row.textContent).toContain(`${before} → North pier`);
  expect(row.textContent).toContain("done");
  await user.type(screen.getByLabelText("Search the actions"), "harbourless");
  await screen.findByText("harbourless", { selector: "q" });
  await user.clear(screen.getByLabelText("Search the actions"));
  await user.click(await screen.findByRole("row", { name: /North pier/ }));
  await user.click(await screen.findByRole("button", { name: "Undo its batch…" }));
  await user.click(await screen.findByRole("button", { name: "Undo the change of 1 profile" }));
  await waitFor(() => expect(backend.profiles[0]?.row.name).toBe(before));
});

test("what an earlier run did not see the end of is told at the start, with a way to look", async () => {
  const { user } = at({
    prepare: (backend) =>
      (backend.left = (["done", "unknown"] as const).map((result, key) => ({
        key,
        at: NOW.toISOString(),
        ended_at: null,
        batch: 1,
        account: "Acme",
        profile: null,
        profile_key: null,
        profile_name: null,
        kind: "rename",
        before: {},
        after: {},
        result,
        code: null,
        message: null,
      }))),
  });
  await screen.findByText("2 actions of an earlier run were cut off: 1 done, 1 not known.");
  await user.click(screen.getByRole("link", { name: "Look at the actions" }));
  await screen.findByRole("heading", { name: "Nothing was changed from here yet" });
});

test("new names are made of old ones", () => {
  expect(renamed("Pier a.b a.b", { ...UNCHANGED, find: "a.b", replace: "$1" })).toBe("Pier $1 $1");
  expect(renamed("Pier", { ...UNCHANGED, find: "pier", replace: "x" })).toBe("Pier");
  expect(renamed("Pier", { ...UNCHANGED, prefix: "N ", suffix: "!" })).toBe("N Pier!");
});

test("all of a filter but some are chosen over as many pages as there are", async () => {
  const many = Array.from({ length: 620 }, (_, place) => own(place));
  const { backend } = at({ profiles: many });
  const chosen = await chosenProfiles(backend, { keys: [1, 2], all_of: "" });
  expect(chosen.length).toBe(618);
  expect(
    (await chosenProfiles(backend, { keys: [1, 2], all_of: null })).map(({ key }) => key).sort(),
  ).toEqual([1, 2]);
});

test("what is ticked in the fleet is renamed at once: each row shown, refused ones told, the rest done", async () => {
  const shared = own(2);
  const { backend, user } = at({
    at: "#/fleet",
    profiles: [own(0), own(1), { ...shared, row: { ...shared.row, shared: true } }],
  });
  await user.click(await screen.findByRole("checkbox", { name: /all/i }));
  await user.click(await screen.findByRole("button", { name: "Rename…" }));
  await user.type(screen.getByLabelText("Put before"), "EU ");
  await user.click(screen.getByRole("button", { name: "Review…" }));
  const dialog = await screen.findByRole("dialog", { name: "Rename profiles" });
  await user.click(await within(dialog).findByRole("button", { name: "Rename 2 profiles" }));
  await waitFor(() => expect(within(dialog).getByRole("status").textContent).toContain("2 done, 1 refused"));
  expect(backend.profiles.map(({ row }) => row.name.startsWith("EU "))).toEqual([true, true, false]);
});

test("the review has no fault that axe finds", async () => {
  const dialog = await typeName(at({ profiles: [own(0, { protected: true }), profile(1, NOW)] }), "Pier");
  await within(dialog).findByRole("row", { name: /Pier/ });
  // The tests' document has no layout: what is seen is checked in a real window.
  const { violations, passes } = await axe.run(dialog, { rules: { "color-contrast": { enabled: false } } });
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
  expect(passes.length).toBeGreaterThan(5);
});
