// The frame: the sync strip, what is told on every screen, and the way between the screens.
import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";

import type { SyncReport, SyncState } from "../src/backend";
import { report } from "../src/backend/fake/demo";
import { idle, news } from "../src/backend/fake/backend";
import { account } from "../src/backend/fake/fleet";
import { asked, NOW, open, running } from "./window";

const TOKENS = { filter: "", profile: null, sort: "name", descending: false, offset: 0 } as const;
const PEOPLE = { filter: "", at: null, sort: "name", descending: false, offset: 0 } as const;
/** On the day of the test, so that it is told without its date. */
const TEN_PAST = new Date(new Date(NOW).setHours(14, 10, 0, 0)).toISOString();
const strip = (): ReturnType<typeof within> => within(screen.getByRole("contentinfo"));
/** What the strip's live text says, without the space around it. */
const status = (): string | undefined => strip().getByRole("status").textContent?.replace(/\s+/g, " ").trim();

test("the strip counts a sync, cancels it, and reads the accounts again when it ends", async () => {
  const { backend, user } = open();
  await user.click(await screen.findByRole("button", { name: "Sync" }));
  expect(asked(backend, "startSync")).toEqual([[null, null]]);
  const pressed = document.activeElement;
  expect(pressed?.textContent).toBe("Sync");
  backend.emit("sync-changed", running(212, { failed: 3 }));
  await waitFor(() => expect(status()).toBe("Syncing 212 of 240 · ✕ 3 failed"));
  expect(strip().getByRole("progressbar")).toHaveProperty("value", 212);
  expect(strip().getByRole("status").getAttribute("aria-live")).toBe("off");
  await user.click(strip().getByRole("button", { name: "Cancel" }));
  expect(asked(backend, "cancelSync")).toEqual([[]]);
  backend.emit("sync-changed", running(214, { failed: 3, cancelling: true }));
  await waitFor(() => expect(status()).toContain("Stopping at 214 of 240"));
  const cancel = strip().getByRole("button", { name: "Cancel" });
  expect(cancel.getAttribute("aria-disabled")).toBe("true");
  await user.click(cancel);
  expect(asked(backend, "cancelSync")).toHaveLength(1);
  const before = asked(backend, "accounts").length;
  backend.emit("store-changed", news({ accounts: true }));
  backend.emit("sync-changed", idle(report(NOW, "partial")));
  await waitFor(() => expect(status()).toBe("237 of 240 synced · ✕ 3 failed"));
  expect(strip().getByRole("status").getAttribute("aria-live")).toBe("polite");
  expect(document.activeElement, "the focus is where it was").toBe(pressed);
  expect(pressed?.textContent).toBe("Sync");
  await waitFor(() => expect(asked(backend, "accounts").length).toBe(before + 1), { timeout: 2000 });
  expect(screen.getByText("what failed")).toBeTruthy();
});

test("a double click starts a sync, and does not cancel it", async () => {
  const { backend } = open();
  const button = await screen.findByRole("button", { name: "Sync" });
  await fireEvent.click(button, { detail: 1 });
  backend.emit("sync-changed", running(1));
  await waitFor(() => expect(button.textContent).toBe("Cancel"));
  await fireEvent.click(button, { detail: 2 });
  expect(asked(backend, "startSync")).toHaveLength(1);
  expect(asked(backend, "cancelSync")).toEqual([]);
  await fireEvent.click(button, { detail: 1 });
  expect(asked(backend, "cancelSync")).toHaveLength(1);
});

test("what failed says when to try again, until then", async () => {
  const last = report(NOW, "partial");
  const [first] = last.accounts;
  const [error] = first?.errors ?? [];
  if (!first || !error) throw new Error("nothing failed");
  const minutes = (many: number): string => new Date(NOW.getTime() + many * 60_000).toISOString();
  first.errors = [
    { ...error, message: "One waits.", retry_at: minutes(5) },
    { ...error, message: "One waited.", retry_at: minutes(-5) },
  ];
  open({ prepare: (backend) => (backend.syncState = idle(last)) });
  const waits = await screen.findByText(/One waits\./);
  expect(waits.textContent).toMatch(/One waits\.\s+Try again at .*\d\d:\d\d\./);
  expect(screen.getByText(/One waited\./).textContent).not.toContain("Try again");
});

test.each<[string, SyncState, string]>([
  ["says when the next one begins", idle(report(NOW, "partial"), { next_at: TEN_PAST }), "next at 14:10"],
  ["says that it is switched off", idle(null, { paused: "off" }), "○ automatic sync is off"],
  [
    "says that it spares a metered connection",
    idle(null, { paused: "metered" }),
    "‖ paused: metered connection",
  ],
  [
    "says until when it waits for the limit",
    running(212, { failed: 3, waiting_until: TEN_PAST }),
    "Syncing 212 of 240 · ✕ 3 failed · ◔ waiting for TagoIO’s limit until 14:10",
  ],
])("the strip %s", async (_, state, words) => {
  const { backend } = open();
  await strip().findByRole("button", { name: "Sync" });
  backend.emit("sync-changed", state);
  await waitFor(() => expect(status()).toContain(words));
});

test("the strip says quietly how far the audit log is archived, and only then", async () => {
  const { backend } = open();
  await strip().findByRole("button", { name: "Sync" });
  backend.emit("sync-changed", idle(report(NOW, "ok"), { archive: { done: 34, profiles: 1312 } }));
  const line = await strip().findByText(/archiving the audit log: 34 of 1,312/);
  expect(line.closest('[role="status"]')).toBeNull();
  backend.emit("sync-changed", idle(report(NOW, "ok")));
  await waitFor(() => expect(strip().queryByText(/archiving/)).toBeNull());
});

test("without an account the strip promises no sync", async () => {
  open({
    accounts: [],
    profiles: [],
    prepare: (backend) => (backend.syncState = idle(null, { next_at: TEN_PAST })),
  });
  await screen.findByRole("link", { name: "Connect an account" });
  expect(status()).toBe("");
});

test("a sync that cannot start says why, and a second one that runs is no alarm", async () => {
  const { user } = open({
    prepare: (backend) => backend.failures.set("startSync", { code: "busy", message: "pdesk syncs Acme." }),
  });
  await user.click(await screen.findByRole("button", { name: "Sync" }));
  const problem = await screen.findByRole("alert");
  expect(problem.textContent).toContain("pdesk syncs Acme.");
  expect(problem.classList.contains("over")).toBe(false);
  await user.click(screen.getByRole("button", { name: "Dismiss" }));
  expect(screen.queryByRole("alert")).toBeNull();
});

const offline = (labels: string[]): SyncReport => ({
  ...report(NOW, "ok"),
  accounts: labels.map((label) => ({
    label,
    status: "offline",
    profiles: { ok: 0, failed: 0, skipped: 80 },
    errors: [],
  })),
});

test("offline is a calm line that says since when the picture is, and no alert", async () => {
  const { backend } = open({
    prepare: (backend) => (backend.syncState = idle(offline(["Acme", "Nordwind"]))),
  });
  const line = await screen.findByText(/TagoIO cannot be reached. Showing what was stored at \d\d:\d\d/);
  expect(line.closest('[aria-live="polite"]')).not.toBeNull();
  expect(screen.queryByRole("alert")).toBeNull();
  backend.emit("sync-changed", idle(report(NOW, "ok")));
  await waitFor(() => expect(screen.queryByText(/cannot be reached/)).toBeNull());
});

test("one account out of reach is named; it is known after a restart too", async () => {
  const problem = { code: "offline", message: "No route to api.eu-w1.tago.io." } as const;
  open({ accounts: [account(1, NOW), account(2, NOW, { problem })] });
  expect(await screen.findByText(/^Nordwind cannot be reached/)).toBeTruthy();
});

test("an expired token is never called offline", async () => {
  open({ accounts: [account(1, NOW, { sign_in: "signed_out" })] });
  expect(await strip().findByRole("link", { name: "sign in again" })).toBeTruthy();
  expect(screen.queryByText(/cannot be reached/)).toBeNull();
});

test("with many accounts only those that need something are named", async () => {
  const accounts = Array.from({ length: 12 }, (_, index) =>
    account(index + 1, NOW, {
      label: `Account ${index + 1}`,
      ...(index === 7 ? { sign_in: "no_token" } : {}),
    }),
  );
  open({ accounts });
  expect(await strip().findByText("Account 8")).toBeTruthy();
  expect(strip().getByText(/11 more accounts/)).toBeTruthy();
  expect(strip().queryByText("Account 3")).toBeNull();
});

test("the keychain that waits is told while it waits, the restored store until it was read", async () => {
  const { backend, user } = open({
    prepare: (backend) => (backend.aboutProgram.notice = "The backup of 21 November was restored."),
  });
  await screen.findByText(/The backup of 21 November/);
  await user.click(screen.getByRole("button", { name: "Got it" }));
  expect(screen.queryByText(/The backup of 21 November/)).toBeNull();
  backend.emit("vault-waiting", true);
  expect(await screen.findByText(/Waiting for the keychain/)).toBeTruthy();
  backend.emit("vault-waiting", false);
  await waitFor(() => expect(screen.queryByText(/Waiting for the keychain/)).toBeNull());
});

test("back and forward lead through the screens, and each takes the focus", async () => {
  open();
  await screen.findByRole("grid");
  location.hash = "#/accounts";
  await waitFor(() => expect(document.activeElement?.textContent).toBe("Accounts and settings"));
  expect(screen.getByRole("link", { name: /^Accounts/ }).getAttribute("aria-current")).toBe("page");
  location.hash = "#/fleet";
  await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("grid")));
});

const count = (name: string): string | undefined =>
  screen.getByRole("link", { name: new RegExp(`^${name}`) }).querySelector(".n")?.textContent ?? undefined;

test("people and tokens are counted in the navigation, on every screen and as their screens count them", async () => {
  const { backend, close } = open({ at: "#/costs" });
  await waitFor(() => expect(count("Tokens")).toBeTruthy());
  const counted = await backend.navigationCounts();
  expect(counted.people).toBeGreaterThan(1);
  expect(count("Tokens")).toBe(String(counted.tokens));
  expect(count("People")).toBe(String(counted.people));
  expect(await backend.tokens({ ...TOKENS, limit: 0 })).toMatchObject({ total: counted.tokens });
  expect(await backend.people({ ...PEOPLE, limit: 0 })).toMatchObject({ total: counted.people });
  close();
});

test("they are asked for once the first screen has its rows, and again when a profile changed", async () => {
  const { backend } = open();
  await waitFor(() => expect(asked(backend, "navigationCounts")).toHaveLength(1));
  const names = backend.calls.map(({ name }) => name);
  expect(names.indexOf("navigationCounts")).toBeGreaterThan(names.indexOf("fleet"));
  expect(screen.getAllByRole("row").length, "the rows stand already").toBeGreaterThan(5);
  backend.emit("store-changed", news({ settings: true }));
  backend.emit("store-changed", news({ profiles: [1] }));
  backend.emit("store-changed", news({ profiles: [2] }));
  await waitFor(() => expect(asked(backend, "navigationCounts")).toHaveLength(2), { timeout: 5000 });
});

test("where they cannot be counted the navigation shows none, and nothing else is in the way", async () => {
  const { backend } = open({
    prepare: (backend) =>
      backend.failures.set("navigationCounts", { code: "store_failed", message: "The store is damaged." }),
  });
  await waitFor(() => expect(asked(backend, "navigationCounts")).toHaveLength(1));
  expect(count("Tokens")).toBeUndefined();
  expect(count("Fleet")).toBeTruthy();
  expect(screen.queryByRole("alert")).toBeNull();
});

const LOCKED = { code: "store_failed", message: "The database is locked." } as const;

test("a fleet that could not be read first is counted on the next screen, and people and tokens with it", async () => {
  const { backend } = open({
    prepare: (backend) => {
      backend.failures.set("fleet", LOCKED);
      backend.failures.set("navigationCounts", LOCKED);
    },
  });
  await screen.findByRole("alert");
  await waitFor(() => expect(asked(backend, "navigationCounts")).toHaveLength(1));
  backend.failures.clear();
  location.hash = "#/costs";
  await waitFor(() => expect(count("Fleet")).toBe("23"));
  await waitFor(() => expect(count("Tokens")).toBeTruthy(), { timeout: 5000 });
});

test("profiles that could not be counted hold up no other count, and are counted with the next news", async () => {
  const { backend } = open({ at: "#/costs", prepare: (backend) => backend.failures.set("fleet", LOCKED) });
  await waitFor(() => expect(count("Tokens")).toBeTruthy());
  expect(count("Fleet")).toBeUndefined();
  backend.failures.clear();
  backend.emit("store-changed", news({ profiles: [1] }));
  await waitFor(() => expect(count("Fleet")).toBe("23"), { timeout: 2000 });
});
