// The log of syncs, a face of Activity: what a run did, and what failed in it.
import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";

import { news } from "../src/backend/fake/backend";
import { PAGE } from "../src/components/pages.svelte";
import { report } from "../src/backend/fake/demo";
import { runs, type Run } from "../src/backend/fake/syncs";
import { asked, NOW, open, running, type Opened } from "./window";

const LOG = runs((at, place) => report(at, place % 4 === 1 ? "partial" : "ok"), NOW, 40);
const at = "#/activity?log=syncs";
const openLog = (all: Run[] = LOG): Opened => open({ at, prepare: (backend) => (backend.runs = all) });

const rows = (): HTMLElement[] => [
  ...document.querySelectorAll<HTMLElement>('[role="rowgroup"] > [role="row"]'),
];
const ended = (): (string | undefined)[] =>
  rows().map((row) => row.querySelector<HTMLElement>("[data-ended]")?.dataset.ended);

test("the syncs are a face of Activity, newest first, each with how it ended and what it took", async () => {
  const { user, backend } = open({ at: "#/activity", prepare: (backend) => (backend.runs = LOG) });
  await user.click(await screen.findByRole("link", { name: "Syncs" }));
  expect(location.hash).toBe(at);
  await waitFor(() => expect(rows().length).toBeGreaterThan(10));
  expect(asked(backend, "syncRuns")[0]).toEqual([{ offset: 0, limit: PAGE }]);
  // Of three accounts one is signed out: a part arrived.
  expect(ended().slice(4, 8)).toEqual(["partly", "cancelled", "partly", "did not end"]);
  expect(rows()[0]?.textContent?.replace(/\s+/g, " ")).toMatch(
    /48 s ! partly 0 240 1,452 Acme, Nordwind, Tsukuba/,
  );
  expect(rows()[1]?.querySelector(".over")?.textContent?.trim()).toBe("3");
  expect(screen.getByRole("link", { name: "Syncs" }).getAttribute("aria-current")).toBe("page");
  // The link that was pressed is of the face that went.
  expect(document.activeElement).toBe(screen.getByRole("grid", { name: "Syncs" }));
});

test("a run is opened by the keyboard: each account with how it ended, and what failed", async () => {
  const { user, backend } = openLog();
  await waitFor(() => expect(rows().length).toBeGreaterThan(10));
  await user.keyboard("jj");
  const panel = await screen.findByRole("complementary", { name: "Selected sync" });
  await within(panel).findByText(/did not answer within 60 s/);
  expect(asked(backend, "syncRun").at(-1)).toEqual([LOG[1]?.key]);
  expect(panel.textContent).toContain("Usage by hour");
  expect(panel.textContent).toMatch(/77 profiles arrived, 3 failed/);
  expect(within(panel).getByRole("heading", { name: /Nordwind.*signed out/ })).toBeTruthy();
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("complementary")).toBeNull();
  expect(document.activeElement).toBe(screen.getByRole("grid"));
});

test("a run without an end says so, and one that the window is at is told to go on", async () => {
  const { user, backend } = openLog([{ key: 1, started_at: NOW.toISOString(), report: null }]);
  await waitFor(() => expect(ended()).toEqual(["did not end"]));
  await user.click(rows()[0] as HTMLElement);
  const panel = screen.getByRole("complementary", { name: "Selected sync" });
  expect(panel.textContent).toContain("No end of it is known");
  const before = new Date(NOW.getTime() - 1_000).toISOString();
  backend.emit("sync-changed", running(1, { started_at: before }));
  await waitFor(() => expect(ended()).toEqual(["goes on"]));
});

test("a run that ends comes in at the top without being asked for", async () => {
  const { backend } = openLog(LOG.slice(1));
  await waitFor(() => expect(rows().length).toBeGreaterThan(10));
  backend.runs = LOG;
  backend.emit("store-changed", news({ accounts: true }));
  await waitFor(() => expect(rows()[0]?.id).toBe(`sync-${LOG[0]?.key}`), { timeout: 2000 });
});

test("before the first sync it says what will stand there", async () => {
  openLog([]);
  expect(await screen.findByRole("heading", { name: "There was no sync yet" })).toBeTruthy();
});

test("a run that cannot be read says why in the panel", async () => {
  const { backend, user } = openLog();
  await waitFor(() => expect(rows().length).toBeGreaterThan(10));
  backend.failures.set("syncRun", { code: "not_found", message: "There is no sync 40 in the store." });
  await user.click(rows()[0] as HTMLElement);
  expect(await screen.findByText("There is no sync 40 in the store.")).toBeTruthy();
});
