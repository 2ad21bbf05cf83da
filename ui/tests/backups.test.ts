// A profile's backups: what there is, starting one, and downloading one with its password to a file that the shell knows.
import { screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, expect, test } from "vitest";

import { account, profile } from "../src/backend/fake/fleet";
import { downloads } from "../src/screens/profile/downloads.svelte";
import { asked, changed, NOW, open, type Opened, type Options } from "./window";

afterEach(() => downloads.clear());

function openBackups(options: Options = {}): Opened {
  return open({ at: "#/profile/1/backups", ...options });
}

const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("tr[data-backup]")];

/** The page's whole text and every field's value: where a secret could be left. */
const everything = (): string =>
  document.documentElement.outerHTML +
  [...document.querySelectorAll("input")].map(({ value }) => value).join("\n");

async function first(): Promise<HTMLElement> {
  await waitFor(() => expect(rows()).toHaveLength(5));
  return rows()[0] as HTMLElement;
}

test("backups are listed with status, age and size, the newest first, without asking TagoIO", async () => {
  const { backend } = openBackups();
  const row = await first();
  expect(row.textContent).toContain("completed");
  expect(row.textContent).toContain("3.48");
  expect(row.textContent).toMatch(/2.d/);
  expect(rows()[2]?.textContent).toContain("failed: Backup storage was not reachable");
  expect(within(rows()[2] as HTMLElement).queryByRole("button", { name: "Download…" })).toBeNull();
  expect(asked(backend, "fetchBackups")).toEqual([]);
});

test("a list that nobody fetched is asked for when a person looks, and again when they say so", async () => {
  const { backend, user } = openBackups({
    prepare: (backend) => (backend.backupsOf = { freshness: { state: "never_fetched" } }),
  });
  await waitFor(() => expect(asked(backend, "fetchBackups")).toEqual([[1]]));
  await user.click(await screen.findByRole("button", { name: "Ask TagoIO" }));
  await waitFor(() => expect(asked(backend, "fetchBackups")).toHaveLength(2));
});

test("one is started after the review, and the list is asked for again", async () => {
  const { backend, user } = openBackups();
  await first();
  await user.click(screen.getByRole("button", { name: "Back up now…" }));
  const dialog = await screen.findByRole("dialog", { name: "Back up the profile" });
  expect(within(dialog).queryByLabelText("Password")).toBeNull();
  await user.click(await within(dialog).findByRole("button", { name: "Start the backup" }));
  await user.click(await within(dialog).findByRole("button", { name: "Close" }));
  expect(asked(backend, "carryOut")[0]?.[0]).toEqual({
    ask: "changes",
    changes: [{ kind: "create_backup", profile: 1 }],
  });
  await waitFor(() => expect(asked(backend, "fetchBackups")).toEqual([[1]]));
});

test("where the plan has none, or one was made today, the button says so", async () => {
  const blocked = "TagoIO makes no backups on the free plan.";
  const { user, backend } = openBackups({
    prepare: (backend) =>
      (backend.backupsOf = {
        blocked,
        rows: [],
        freshness: { state: "not_permitted", attempted_at: NOW.toISOString(), reason: "free" },
      }),
  });
  const button = await screen.findByRole("button", { name: "Back up now…" });
  await waitFor(() => expect(button.getAttribute("aria-disabled")).toBe("true"));
  expect(button.title).toBe(blocked);
  await user.click(button);
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(asked(backend, "previewChanges")).toEqual([]);
});

test("a shared profile's are its owner's", async () => {
  const shared = profile(3, NOW);
  openBackups({ at: `#/profile/${shared.row.key}/backups` });
  expect(await screen.findByText(/Only the owner's account may see and make backups/)).toBeTruthy();
});

test("a download asks the shell for the file, then for the password, and shows the sum at the end", async () => {
  let go: () => void = () => undefined;
  const { backend, user } = openBackups({
    prepare: (backend) => {
      // A word that the page has for nothing else.
      backend.password = "s3cret";
      backend.beforeSaved = () => new Promise((resolve) => (go = resolve));
    },
  });
  const row = await first();
  await user.click(within(row).getByRole("button", { name: "Download…" }));
  const dialog = await screen.findByRole("dialog");
  expect(dialog.textContent).toContain("/home/ada/Acme 2026-11-22.backup");
  const submit = within(dialog).getByRole<HTMLButtonElement>("button", { name: "Download" });
  expect(submit.disabled).toBe(true);
  await user.type(within(dialog).getByLabelText("Password"), "s3cret{Enter}");
  // It is gone from its field before TagoIO answers.
  expect(everything()).not.toContain("s3cret");
  // Once TagoIO took the password the page is free again.
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(screen.getByRole("progressbar", { name: "Bytes that are here" })).toBeTruthy();
  expect(document.body.textContent).toMatch(/1\.74.MB of 3\.48.MB/);
  await user.click(screen.getByRole("button", { name: "Stop" }));
  expect(asked(backend, "cancelDownload")).toHaveLength(1);
  go();
  expect(await screen.findByText("3f".repeat(32))).toBeTruthy();
  expect(document.body.textContent).toContain("Its size is the one that TagoIO names.");
  expect(everything()).not.toContain("s3cret");
});

test("a wrong password is asked for once more, and a PIN where TagoIO wants one", async () => {
  const { user } = openBackups({ prepare: (backend) => (backend.pin = "123456") });
  await user.click(within(await first()).getByRole("button", { name: "Download…" }));
  const dialog = await screen.findByRole("dialog");
  await user.type(within(dialog).getByLabelText("Password"), "guess{Enter}");
  expect((await within(dialog).findByRole("alert")).textContent).toContain("is wrong");
  await user.type(within(dialog).getByLabelText("Password"), "right{Enter}");
  await waitFor(() => expect(within(dialog).getByRole("alert").textContent).toContain("second factor"));
  expect(within(dialog).getByLabelText<HTMLInputElement>("Password").value).toBe("");
});

test("what was stopped, or ended, is kept and gone on with", async () => {
  const { backend, user } = openBackups({
    prepare: (backend) => {
      backend.downloadOf = { saved: null, cancelled: true, bytes: 1_000_000 };
    },
  });
  const row = await first();
  await user.click(within(row).getByRole("button", { name: "Download…" }));
  const type = async (): Promise<void> => {
    const dialog = await screen.findByRole("dialog");
    await user.type(within(dialog).getByLabelText("Password"), "right{Enter}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  };
  await type();
  expect(await screen.findByText(/Stopped\..*1.MB of 3\.48.MB are kept beside the file/s)).toBeTruthy();
  backend.downloadOf = {};
  await user.click(screen.getByRole("button", { name: "Go on…" }));
  expect(asked(backend, "placeBackup")).toHaveLength(1);
  await type();
  expect(await screen.findByText("3f".repeat(32))).toBeTruthy();
});

test("who closes the file dialog is asked for nothing, and a file that cannot be written is said", async () => {
  const { backend, user } = openBackups({ prepare: (backend) => (backend.backupFile = null) });
  const row = await first();
  await user.click(within(row).getByRole("button", { name: "Download…" }));
  expect(screen.queryByRole("dialog")).toBeNull();
  backend.failures.set("placeBackup", { code: "internal", message: "No dialog could be opened." });
  await user.click(within(row).getByRole("button", { name: "Download…" }));
  expect((await screen.findByRole("alert")).textContent).toContain("No dialog could be opened.");
});

test("where nothing came yet no bytes are said to be kept, and a PIN that is wanted is not called a stop", async () => {
  const { user } = openBackups({ prepare: (backend) => (backend.pin = "123456") });
  await user.click(within(await first()).getByRole("button", { name: "Download…" }));
  const dialog = await screen.findByRole("dialog");
  await user.type(within(dialog).getByLabelText("Password"), "right{Enter}");
  await within(dialog).findByRole("alert");
  await user.click(within(dialog).getByRole("button", { name: "Cancel" }));
  const told = document.querySelector("tr.told");
  expect(told?.textContent?.replace(/\s+/g, " ").trim()).toBe("A PIN is wanted. Go on…");
});

test("an account that is only read may download, and neither start nor delete", async () => {
  openBackups({ accounts: [account(1, NOW, { read_only: true })] });
  const row = await first();
  const off = (name: string): string | null =>
    screen.getAllByRole("button", { name })[0]?.getAttribute("aria-disabled") ?? null;
  expect([off("Back up now…"), off("Delete…")]).toEqual(["true", "true"]);
  expect(within(row).getByRole("button", { name: "Download…" }).getAttribute("aria-disabled")).toBe("false");
});

test("an account that is signed out may not download, only read or not", async () => {
  openBackups({ accounts: [account(1, NOW, { read_only: true, sign_in: "signed_out" })] });
  const button = within(await first()).getByRole("button", { name: "Download…" });
  await waitFor(() => expect(button.title).toContain("is signed out"));
});

test("the ticked profiles of the fleet are backed up at once, after a review", async () => {
  const acme = { ...account(1, NOW), label: "Acme" };
  const profiles = [0, 1, 2].map((place) =>
    changed(place, { account: "Acme", accounts: ["Acme"], shared: false, removed_at: null }),
  );
  const { backend, user } = open({ accounts: [acme], profiles, at: "#/fleet" });
  await waitFor(() => expect(within(screen.getByRole("grid")).getAllByRole("row").length).toBe(4));
  await user.keyboard("jxjx");
  await user.click(await screen.findByRole("button", { name: "Back up…" }));
  const dialog = await screen.findByRole("dialog", { name: "Back up profiles" });
  const start = await within(dialog).findByRole("button", { name: "Start 2 backups" });
  expect(asked(backend, "carryOut")).toEqual([]);
  await user.click(start);
  await waitFor(() => expect(within(dialog).getByRole("status").textContent).toContain("2 done"));
  const [request] = asked(backend, "carryOut")[0] as [{ changes: { kind: string; profile: number }[] }];
  expect(request.changes.map(({ kind }) => kind)).toEqual(["create_backup", "create_backup"]);
  expect(new Set(request.changes.map(({ profile }) => profile)).size).toBe(2);
});
