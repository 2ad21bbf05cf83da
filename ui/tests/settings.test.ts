// How accounts are synced and archived: what is put, what is refused, and that nothing that was typed is lost.
import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";

import type { ArchiveAccount } from "../src/backend";
import { idle, news } from "../src/backend/fake/backend";
import { account } from "../src/backend/fake/fleet";
import { asked, NOW, open, type Opened } from "./window";

const interval = (): Promise<HTMLInputElement> =>
  screen.findByLabelText<HTMLInputElement>("Sync by itself every");
const backups = (): Promise<HTMLInputElement> =>
  screen.findByLabelText<HTMLInputElement>("Report backups older than");
const settingOf = (field: HTMLElement): HTMLElement =>
  field.closest<HTMLElement>("[data-setting]") as HTMLElement;

test("an interval is put when Enter is pressed, and once", async () => {
  const { backend, user } = open({ at: "#/accounts" });
  const field = await interval();
  expect(field.value).toBe("15");
  await user.clear(field);
  await user.type(field, "30{Enter}");
  await waitFor(() => expect(settingOf(field).textContent).toContain("Saved"));
  await user.tab();
  expect(asked(backend, "putSetting")).toEqual([["sync.interval", "30"]]);
  expect(field.value).toBe("30");
});

test("a field that is left is put too, one that says the same is not", async () => {
  const { backend, user } = open({ at: "#/accounts" });
  const field = await interval();
  await user.click(field);
  await user.tab();
  await user.clear(field);
  await user.type(field, "15");
  await user.tab();
  expect(asked(backend, "putSetting")).toEqual([]);
  await user.clear(field);
  await user.type(field, "0");
  await user.tab();
  await waitFor(() => expect(asked(backend, "putSetting")).toEqual([["sync.interval", "0"]]));
  await waitFor(() => expect(settingOf(field).textContent).toContain("minutes (off)"));
});

test("what is refused stays in its field with the reason beside it, also when other settings change", async () => {
  const { backend, user } = open({ at: "#/accounts" });
  const field = await interval();
  await user.clear(field);
  await user.type(field, "soon{Enter}");
  const problem = await within(settingOf(field)).findByRole("alert");
  expect(problem.textContent).toContain("“soon” is no number of minutes");
  expect(field.getAttribute("aria-invalid")).toBe("true");
  expect(field.getAttribute("aria-describedby")).toContain(problem.id);
  await user.tab();
  backend.emit("store-changed", news({ settings: true }));
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(field.value).toBe("soon");
  expect(within(settingOf(field)).getByRole("alert")).toBeTruthy();
  expect(asked(backend, "putSetting")).toHaveLength(1);
  await user.type(field, "{Escape}");
  expect(field.value).toBe("15");
  expect(screen.queryByRole("alert")).toBeNull();
});

test("what is being typed outlives a setting that changed elsewhere; the others show it", async () => {
  const { backend, user } = open({ at: "#/accounts" });
  const field = await interval();
  await user.clear(field);
  await user.type(field, "4");
  backend.settingRows = backend.settingRows.map((row) => ({
    ...row,
    value: { "sync.interval": "60", "sync.metered": "true", "backup.age": "14" }[row.key] ?? row.value,
  }));
  backend.emit("store-changed", news({ settings: true }));
  await waitFor(async () => expect((await backups()).value).toBe("14"), { timeout: 2000 });
  expect(field.value).toBe("4");
  expect(
    screen.getByRole("switch", { name: "On metered connections too" }).getAttribute("aria-checked"),
  ).toBe("true");
});

test("backups are not asked for until a number of days is typed, and an empty field asks for none again", async () => {
  const { backend, user } = open({ at: "#/accounts" });
  const field = await backups();
  expect(field.value).toBe("");
  await user.type(field, "30{Enter}");
  await waitFor(() => expect(settingOf(field).textContent).toContain("Saved"));
  await user.clear(field);
  await user.keyboard("{Enter}");
  await waitFor(() =>
    expect(asked(backend, "putSetting")).toEqual([
      ["backup.age", "30"],
      ["backup.age", "off"],
    ]),
  );
});

test("a setting goes back to its default", async () => {
  const { backend, user } = open({ at: "#/accounts" });
  const field = await interval();
  await user.clear(field);
  await user.type(field, "60{Enter}");
  await user.click(await within(settingOf(field)).findByRole("button", { name: "back to 15" }));
  await waitFor(() => expect(field.value).toBe("15"));
  expect(asked(backend, "putSetting").at(-1)).toEqual(["sync.interval", null]);
});

test("metered connections are switched on at once; where that fails, it says so and stays off", async () => {
  const { backend, user } = open({ at: "#/accounts" });
  const metered = await screen.findByRole("switch", { name: "On metered connections too" });
  backend.failures.set("putSetting", { code: "store_failed", message: "The disk is full." });
  await user.click(metered);
  expect((await within(settingOf(metered)).findByRole("alert")).textContent).toContain("The disk is full.");
  expect(metered.getAttribute("aria-checked")).toBe("false");
  backend.failures.clear();
  await user.click(metered);
  await waitFor(() => expect(metered.getAttribute("aria-checked")).toBe("true"));
  expect(asked(backend, "putSetting").at(-1)).toEqual(["sync.metered", "true"]);
  expect(screen.queryByRole("alert")).toBeNull();
});

test("settings that cannot be read say why, and can be asked for again", async () => {
  const { backend, user } = open({
    at: "#/accounts",
    prepare: (backend) => backend.failures.set("settings", { code: "internal", message: "Lost." }),
  });
  expect((await screen.findByRole("alert")).textContent).toContain("Lost.");
  backend.failures.clear();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect((await interval()).value).toBe("15");
});

const archived = (of: Partial<ArchiveAccount>): ArchiveAccount => ({
  account: 1,
  label: "Acme",
  profiles: 312,
  done: 34,
  choice: "on",
  requests: 21_400,
  days: 1.2,
  ...of,
});

function openArchive(...rows: ArchiveAccount[]): Opened {
  return open({
    at: "#/accounts",
    accounts: rows.map((row) => account(row.account, NOW, { label: row.label })),
    prepare: (backend) => (backend.archives = rows),
  });
}

const line = (label: string): Promise<HTMLElement> =>
  waitFor(() => {
    const found = [...document.querySelectorAll<HTMLElement>("[data-archive]")].find(
      ({ dataset }) => dataset.archive === label,
    );
    expect(found).toBeTruthy();
    return found as HTMLElement;
  });

test.each<[Partial<ArchiveAccount>, string]>([
  [{}, "34 of 312 profiles archived, about 21,400 requests over 1 day to go"],
  [{ days: 4.6, requests: 1 }, "34 of 312 profiles archived, about 1 request over 5 days to go"],
  [
    { days: 0.2, done: 311 },
    "311 of 312 profiles archived, about 21,400 requests over less than a day to go",
  ],
  [{ done: 312, requests: 0, days: 0 }, "all of 312 profiles archived"],
  [{ choice: "off", done: 0 }, "312 profiles, not archived"],
  [{ choice: "off" }, "34 of 312 profiles archived, stopped"],
  [{ profiles: 0, done: 0 }, "owns no profiles"],
])("an account's archive that is %j says %j", async (of, words) => {
  openArchive(archived(of));
  expect((await line("Acme")).textContent).toContain(words);
});

test("an archive is switched on and off at once", async () => {
  const { backend, user } = openArchive(archived({}));
  const turn = await screen.findByRole("switch", { name: "Archive the audit log of Acme" });
  await user.click(turn);
  await waitFor(() => expect(turn.getAttribute("aria-checked")).toBe("false"));
  await user.click(turn);
  await waitFor(() => expect(turn.getAttribute("aria-checked")).toBe("true"));
  expect(asked(backend, "chooseArchive")).toEqual([
    [1, false],
    [1, true],
  ]);
});

test.each([
  ["Archive", true],
  ["Do not archive", false],
])("a large account waits for a person's word: %s", async (name, archive) => {
  const { backend, user } = openArchive(
    archived({}),
    archived({
      account: 2,
      label: "<b>North</b>",
      profiles: 1240,
      done: 0,
      choice: "ask",
      requests: 96_000,
      days: 4.1,
    }),
  );
  const asks = await line("<b>North</b>");
  expect(asks.textContent).toContain("1,240 profiles: about 96,000 requests over 4 days.");
  expect(asks.querySelector("b")).toBeNull();
  expect(within(asks).queryByRole("switch")).toBeNull();
  await user.click(within(asks).getByRole("button", { name }));
  await waitFor(() => expect(asks.dataset.choice).toBe(archive ? "on" : "off"));
  expect(asked(backend, "chooseArchive")).toEqual([[2, archive]]);
});

test("a choice that fails says so at its account and changes nothing", async () => {
  const { backend, user } = openArchive(archived({ choice: "ask" }));
  const asks = await line("Acme");
  backend.failures.set("chooseArchive", { code: "busy", message: "Another process holds the store." });
  await user.click(within(asks).getByRole("button", { name: "Archive" }));
  expect((await within(asks).findByRole("alert")).textContent).toContain("Another process holds the store.");
  expect(asks.dataset.choice).toBe("ask");
  expect(within(asks).getByRole("button", { name: "Archive" })).toHaveProperty("disabled", false);
});

test("the archive follows the sync, one profile at a time", async () => {
  const { backend } = openArchive(archived({}));
  await line("Acme");
  backend.archives = [archived({ done: 35 })];
  backend.emit("sync-changed", idle(null, { archive: { done: 35, profiles: 312 } }));
  await waitFor(async () => expect((await line("Acme")).textContent).toContain("35 of 312"));
  const before = asked(backend, "archiveAccounts").length;
  backend.emit("sync-changed", idle(null, { archive: { done: 35, profiles: 312 } }));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(asked(backend, "archiveAccounts").length).toBe(before);
});

test("without an account there is nothing to archive, and syncing can be set all the same", async () => {
  open({ at: "#/accounts", accounts: [], profiles: [] });
  expect(await interval()).toBeTruthy();
  expect(screen.queryByRole("heading", { name: "Audit log archive" })).toBeNull();
});
