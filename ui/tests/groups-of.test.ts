// What is kept of one profile: the groups that it is put into and taken out of, and its note, on its page and beside
// the fleet.
import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import axe from "axe-core";
import { expect, test } from "vitest";

import type { FakeBackend } from "../src/backend/fake/backend";
import { asked, changed, open, type Opened } from "./window";

const profiles = [changed(0, { removed_at: null }), changed(1, { removed_at: null })];
const [first, second] = profiles.map(({ row }) => row) as [
  (typeof profiles)[0]["row"],
  (typeof profiles)[0]["row"],
];
const one = (key: number): { keys: number[]; all_of: null } => ({ keys: [key], all_of: null });

function prepare(backend: FakeBackend): void {
  backend.kept.putGroup(null, "North <b>Sea</b>", "customer");
  backend.kept.putGroup(null, "Tests", "environment");
}

async function groups({ user }: Opened): Promise<ReturnType<typeof within>> {
  await user.click(await screen.findByRole("button", { name: "Groups…" }));
  return within(await screen.findByRole("dialog", { name: "Groups of the profile" }));
}

/** Opens the page of the first profile, or the panel beside it in the fleet. */
async function at(place: "page" | "panel"): Promise<Opened> {
  const opened = open({ profiles, prepare, at: place === "page" ? "#/profile/1" : "#/fleet" });
  if (place === "panel") {
    await screen.findByText(first.name);
    await opened.user.keyboard("j");
  }
  await screen.findByText("in no group");
  return opened;
}

test.each(["page", "panel"] as const)(
  "on the %s a profile is put into a group and taken out of it",
  async (place) => {
    const opened = await at(place);
    const { backend, user } = opened;
    const menu = await groups(opened);
    const box = (): HTMLInputElement => menu.getByRole("checkbox", { name: "North <b>Sea</b>" });
    await waitFor(() => expect(box().checked).toBe(false));
    await user.click(box());
    expect(asked(backend, "assignGroup")).toEqual([[1, one(first.key), true]]);
    expect(await menu.findByText("Put into “North <b>Sea</b>”.")).toBeTruthy();
    await waitFor(() => expect(screen.queryByText("in no group")).toBeNull(), { timeout: 3000 });
    expect(box().checked).toBe(true);
    await user.click(box());
    expect(asked(backend, "assignGroup").at(-1)).toEqual([1, one(first.key), false]);
    await waitFor(() => expect(screen.getByText("in no group")).toBeTruthy(), { timeout: 3000 });
  },
);

test("a group that is not there yet is made with the profile in it", async () => {
  const opened = await at("page");
  const menu = await groups(opened);
  await opened.user.type(menu.getByLabelText("Name of a new group"), "Harbour{Enter}");
  expect(await menu.findByText("Put into “Harbour”, which is new.")).toBeTruthy();
  expect(asked(opened.backend, "putGroup")).toEqual([[null, "Harbour", "group"]]);
  expect(asked(opened.backend, "assignGroup")).toEqual([[3, one(first.key), true]]);
  const { violations } = await axe.run(screen.getByRole("dialog"), {
    rules: { "color-contrast": { enabled: false } },
  });
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
});

test("a group that the profile could not be put into stands as it was, and says why", async () => {
  const opened = await at("page");
  opened.backend.failures.set("assignGroup", { code: "disk_full", message: "There is no space left." });
  const menu = await groups(opened);
  const box = (await menu.findByRole("checkbox", { name: "Tests" })) as HTMLInputElement;
  await opened.user.click(box);
  expect((await menu.findByRole("alert")).textContent).toContain("There is no space left.");
  expect(box.checked).toBe(false);
});

test("beside the fleet a note is written, and the keys of the table leave its letters alone", async () => {
  const { backend, user } = await at("panel");
  const field = await screen.findByLabelText("Note");
  await user.type(field, "jxf, call Mira");
  await user.tab();
  await waitFor(() => expect(asked(backend, "putNote")).toEqual([[first.key, "jxf, call Mira"]]));
  expect(asked(backend, "assignGroup")).toEqual([]);
});

test("a note that was being typed when another row was chosen is kept for the profile that it was of", async () => {
  const { backend, user } = await at("panel");
  await user.type(await screen.findByLabelText("Note"), "of the first");
  // Without leaving the field: its page is taken away with it.
  await fireEvent.click(screen.getByText(second.name, { selector: "[role=rowheader] bdi" }));
  await waitFor(() => expect(asked(backend, "putNote")).toEqual([[first.key, "of the first"]]), {
    timeout: 3000,
  });
  await screen.findByRole("heading", { level: 2, name: second.name });
  expect((await screen.findByLabelText<HTMLTextAreaElement>("Note")).value).toBe(profiles[1]?.note);
});
