// What is ticked in the fleet is changed at once: pictures, teams, and what is said where the profiles cannot be read.
import { screen, waitFor, within } from "@testing-library/svelte";
import axe from "axe-core";
import { expect, test } from "vitest";

import type { Change } from "../src/backend";
import { account } from "../src/backend/fake/fleet";
import { asked, changed, NOW, open, type Opened, type Options } from "./window";

const acme = { ...account(1, NOW), label: "Acme" };
const own = (place: number): ReturnType<typeof changed> =>
  changed(place, { account: "Acme", accounts: ["Acme"], shared: false, removed_at: null });

/** The fleet with all of its three profiles ticked. */
async function ticked(options: Options = {}): Promise<Opened> {
  const opened = open({ accounts: [acme], profiles: [own(0), own(1), own(2)], at: "#/fleet", ...options });
  await opened.user.click(await screen.findByRole("checkbox", { name: /Select all/ }));
  return opened;
}

const form = async ({ user }: Opened, button: string, name: string): Promise<HTMLElement> => {
  await user.click(await screen.findByRole("button", { name: button }));
  return screen.findByRole("dialog", { name });
};
const pictures = (opened: Opened): Promise<HTMLElement> =>
  form(opened, "Pictures…", "Pictures of the selected profiles");
const takingOut = (opened: Opened): Promise<HTMLElement> =>
  form(opened, "Take out of…", "Take out of the teams of the selected profiles");

async function review({ user }: Opened, name: string): Promise<HTMLElement> {
  await user.click(screen.getByRole("button", { name: "Review…" }));
  return screen.findByRole("dialog", { name });
}

const sent = ({ backend }: Opened): Change[] =>
  (asked(backend, "carryOut") as [{ changes: Change[] }][]).flatMap(([request]) => request.changes);
const status = (dialog: HTMLElement): string => within(dialog).getByRole("status").textContent ?? "";

test("one logo file and one banner's address go to every ticked profile, after one look at all of them", async () => {
  const opened = await ticked();
  const { backend, user } = opened;
  const fields = await pictures(opened);
  expect(within(fields).getByRole<HTMLButtonElement>("button", { name: "Review…" }).disabled).toBe(true);
  await user.click(within(fields).getByRole("button", { name: "Choose a file… for the logo" }));
  await within(fields).findByText("harbour.png");
  await user.type(within(fields).getByLabelText("Address of the banner"), "https://example.com/b.png");
  const dialog = await review(opened, "Change pictures");
  const rows = await within(dialog).findAllByRole("row", { name: /harbour\.png.*example\.com\/b\.png/ });
  expect(rows).toHaveLength(3);
  expect(rows[0]?.textContent).toContain("everybody who has its address can read it");
  expect(within(dialog).getByText("3 rows cannot be undone later.")).toBeTruthy();
  expect(sent(opened)).toEqual([]);
  await user.click(within(dialog).getByRole("button", { name: "Change the pictures of 3 profiles" }));
  await waitFor(() => expect(status(dialog)).toContain("3 done"));
  // It was chosen once: the shell keeps what is in it.
  expect(asked(backend, "choosePicture")).toHaveLength(1);
  const all = sent(opened);
  expect(all.map((change) => "profile" in change && change.profile).sort()).toEqual([1, 2, 3]);
  expect(all.map((change) => ({ ...change, profile: 0 }))).toEqual(
    Array.from({ length: 3 }, () => ({
      kind: "pictures",
      profile: 0,
      logo_url: null,
      banner_url: "https://example.com/b.png",
      logo_file: backend.pictureFile,
      banner_file: null,
    })),
  );
});

test("an address that is none is refused in each row, and what was typed is there to be mended until it is sent", async () => {
  const opened = await ticked();
  const { user } = opened;
  await user.type(
    within(await pictures(opened)).getByLabelText("Address of the logo"),
    "ftp://example.com/a.png",
  );
  const refused = await review(opened, "Change pictures");
  await waitFor(() => expect(status(refused)).toContain("0 will change, 3 refused"));
  expect(within(refused).getAllByText(/must begin with https/)).toHaveLength(3);
  const go = within(refused).getByRole<HTMLButtonElement>("button", { name: /^Change the pictures/ });
  expect(go.disabled).toBe(true);
  await user.click(within(refused).getByRole("button", { name: "Cancel" }));
  const field = within(await pictures(opened)).getByLabelText<HTMLInputElement>("Address of the logo");
  expect(field.value).toBe("ftp://example.com/a.png");
  await user.clear(field);
  await user.type(field, "https://example.com/a.png");
  const dialog = await review(opened, "Change pictures");
  await user.click(await within(dialog).findByRole("button", { name: "Change the pictures of 3 profiles" }));
  await user.click(await within(dialog).findByRole("button", { name: "Close" }));
  expect(sent(opened)).toHaveLength(3);
  expect(within(await pictures(opened)).getByLabelText<HTMLInputElement>("Address of the logo").value).toBe(
    "",
  );
});

test("a picture that failed for one profile is tried again for that one", async () => {
  const opened = await ticked({
    prepare: (backend) => backend.failing.set(2, { result: "failed", code: "rejected", message: "No luck." }),
  });
  const { user } = opened;
  await user.type(
    within(await pictures(opened)).getByLabelText("Address of the logo"),
    "https://example.com/a.png",
  );
  const dialog = await review(opened, "Change pictures");
  await user.click(await within(dialog).findByRole("button", { name: "Change the pictures of 3 profiles" }));
  await waitFor(() => expect(status(dialog)).toContain("2 done, 1 failed"));
  expect(within(dialog).getByText("No luck.")).toBeTruthy();
  await user.click(within(dialog).getByRole("button", { name: "Retry what failed…" }));
  await user.click(await within(dialog).findByRole("button", { name: "Try 1 profile again" }));
  await waitFor(() => expect(status(dialog)).toContain("1 done"));
});

test("somebody is taken out of the ticked profiles' teams by the address, where they are in them", async () => {
  const opened = await ticked({
    prepare: (backend) => backend.teams.taken.set(3, new Set(["mira@north.example"])),
  });
  const { backend, user } = opened;
  await user.type(within(await takingOut(opened)).getByLabelText("E-mail address"), " Mira@north.example ");
  const dialog = await review(opened, "Take out of teams");
  await waitFor(() => expect(status(dialog)).toContain("2 will change, 1 with nothing to do"));
  const rows = within(dialog).getAllByRole("row", { name: /Mira@north\.example/ });
  expect(rows.filter((row) => row.textContent.includes("standing: member"))).toHaveLength(2);
  expect(within(dialog).getByText("Mira@north.example is neither a member nor invited.")).toBeTruthy();
  await user.click(within(dialog).getByRole("button", { name: "Remove from the team of 2 profiles" }));
  await waitFor(() => expect(status(dialog)).toContain("2 done, 1 refused"));
  expect(sent(opened)).toHaveLength(3);
  expect(sent(opened)).toContainEqual({
    kind: "remove_member",
    profile: 1,
    member: null,
    email: "Mira@north.example",
  });
  expect(backend.carriedOut).toHaveLength(2);
  await user.click(within(dialog).getByRole("button", { name: "Undo…" }));
  await within(dialog).findByRole("button", { name: "Undo the change of 2 profiles" });
  expect(within(dialog).getAllByRole("row", { name: /standing: invited/ })).toHaveLength(2);
});

test("an owner is no member, and a team that was never fetched is refused", async () => {
  const unknown = own(1);
  const profiles = [
    own(0),
    {
      ...unknown,
      datasets: unknown.datasets.map((set) =>
        set.dataset === "team" ? { ...set, freshness: { state: "never_fetched" as const } } : set,
      ),
    },
  ];
  const opened = await ticked({ profiles });
  await opened.user.type(
    within(await takingOut(opened)).getByLabelText("E-mail address"),
    "ops@acme.example",
  );
  const dialog = await review(opened, "Take out of teams");
  await waitFor(() => expect(status(dialog)).toContain("0 will change, 1 refused, 1 with nothing to do"));
  expect(within(dialog).getByText("The team was not fetched yet. Sync the profile first.")).toBeTruthy();
  expect(within(dialog).getByText("Nothing of this can be changed.")).toBeTruthy();
});

test.each([
  ["Pictures…", "Address of the logo", "https://example.com/a.png"],
  ["Take out of…", "E-mail address", "mira@north.example"],
])(
  "%s says in its form why the profiles cannot be read, and goes on once they can",
  async (button, field, text) => {
    const opened = await ticked();
    const { backend, user } = opened;
    await user.click(await screen.findByRole("button", { name: button }));
    await user.type(screen.getByLabelText(field), text);
    backend.failures.set("fleet", { code: "store_failed", message: "The database is locked." });
    await user.click(screen.getByRole("button", { name: "Review…" }));
    const fields = screen.getByRole("dialog");
    expect((await within(fields).findByRole("alert")).textContent).toContain("The database is locked.");
    expect(asked(backend, "previewChanges")).toEqual([]);
    backend.failures.clear();
    await user.click(within(fields).getByRole("button", { name: "Review…" }));
    await waitFor(() => expect(asked(backend, "previewChanges")).toHaveLength(1));
  },
);

test.each(["Back up…", "Set limits…"])(
  "%s says beside it why the profiles cannot be read",
  async (button) => {
    const { backend, user } = await ticked();
    await screen.findByRole("button", { name: button });
    backend.failures.set("fleet", { code: "store_failed", message: "The database is locked." });
    await user.click(screen.getByRole("button", { name: button }));
    const bar = within(screen.getByRole("region", { name: "Selection" }));
    expect((await bar.findByRole("alert")).textContent).toContain("The database is locked.");
    expect(screen.queryByRole("dialog")).toBeNull();
    backend.failures.clear();
    await user.click(screen.getByRole("button", { name: button }));
    await screen.findByRole("dialog");
    expect(bar.queryByRole("alert")).toBeNull();
  },
);

test("Esc closes the form of pictures before it lets go of what is ticked", async () => {
  const opened = await ticked();
  const { user } = opened;
  await pictures(opened);
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(document.activeElement).toBe(screen.getByRole("button", { name: "Pictures…" }));
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("region", { name: "Selection" })).toBeNull();
});

test("what was typed to rename or to invite is gone once something of it was carried out", async () => {
  const opened = await ticked();
  const { user } = opened;
  for (const [button, field, text, title] of [
    ["Rename…", "Put before", "EU ", "Rename profiles"],
    ["Invite to…", "E-mail address", "ada@example.com", "Invite to teams"],
  ] as const) {
    await user.click(screen.getByRole("button", { name: button }));
    await user.type(screen.getByLabelText(field), text);
    const dialog = await review(opened, title);
    await user.click(await within(dialog).findByRole("button", { name: / 3 profiles$/ }));
    await user.click(await within(dialog).findByRole("button", { name: "Close" }));
    await user.click(screen.getByRole("button", { name: button }));
    expect(screen.getByLabelText<HTMLInputElement>(field).value).toBe("");
    await user.keyboard("{Escape}");
  }
});

test("the bar and the form of pictures have no fault that axe finds", async () => {
  await pictures(await ticked());
  // The tests' document has no layout: what is seen is checked in a real window.
  const { violations, passes } = await axe.run(screen.getByRole("region", { name: "Selection" }), {
    rules: { "color-contrast": { enabled: false } },
  });
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
  expect(passes.length).toBeGreaterThan(5);
});
