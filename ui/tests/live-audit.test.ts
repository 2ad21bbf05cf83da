// Asking TagoIO for audit events, beside the archive: what is asked, how far it is, and what came.
import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";

import type { LiveAuditQuery } from "../src/backend";
import { news } from "../src/backend/fake/backend";
import { account } from "../src/backend/fake/fleet";
import { PAGE } from "../src/components/pages.svelte";
import { day } from "../src/format";
import { asked, NOW, open, type Opened, type Options } from "./window";

async function openLive(options: Options = {}): Promise<Opened> {
  const opened = open({ at: "#/profile/1/audit", ...options });
  await opened.user.click(await screen.findByRole("button", { name: "TagoIO, now" }));
  await screen.findByRole("form", { name: "What to ask TagoIO for" });
  return opened;
}

const rows = (): HTMLElement[] => [
  ...document.querySelectorAll<HTMLElement>('[role="rowgroup"] > [role="row"]'),
];

test("nothing is asked until a person asks; then all filters go out and the rows come page by page", async () => {
  const { backend, user } = await openLive();
  expect(asked(backend, "askAudit")).toEqual([]);
  await user.selectOptions(screen.getByLabelText("Time"), "From – to");
  await user.type(screen.getByLabelText("From"), "2026-11-01");
  const ask = screen.getByRole<HTMLButtonElement>("button", { name: "Ask TagoIO" });
  expect(ask.disabled).toBe(true);
  await user.type(screen.getByLabelText("To, with that day"), "2026-11-03");
  await user.selectOptions(screen.getByLabelText("Resource"), "device");
  await user.type(screen.getByLabelText("Resource id"), " 5be0 ");
  await user.type(screen.getByLabelText("Text in what was done"), "edited");
  await user.type(screen.getByLabelText("At most"), "50");
  await user.click(ask);
  const [query] = asked(backend, "askAudit")[0] as [LiveAuditQuery];
  expect(query).toEqual({
    profile: 1,
    from: new Date(2026, 10, 1).toISOString(),
    to: new Date(2026, 10, 4).toISOString(),
    resource: "device",
    resource_id: "5be0",
    find: "edited",
    limit: 50,
  });
  const told = await screen.findByText(/events? from/);
  // The day that was typed last, and not the moment after it.
  expect(told.textContent).toContain(`to ${day(new Date(2026, 10, 3))}:`);
  await waitFor(() => expect(rows().length).toBeGreaterThan(0));
  expect(asked(backend, "liveAudit")).toContainEqual([{ profile: 1, offset: 0, limit: PAGE }]);
});

test("it says how far it is, can be stopped, and how it ended", async () => {
  let go: () => void = () => undefined;
  const { backend, user } = await openLive({
    prepare: (backend) => (backend.beforeAnswer = () => new Promise((resolve) => (go = resolve))),
  });
  await user.selectOptions(screen.getByLabelText("Time"), "Last 30 days");
  await user.click(screen.getByRole("button", { name: "Ask TagoIO" }));
  expect((await screen.findByText(/0 of 5 queries/)).textContent).toContain("120 events read · 40 found");
  await user.click(screen.getByRole("button", { name: "Stop" }));
  expect(asked(backend, "cancelAudit")).toEqual([[1]]);
  go();
  await waitFor(() => expect(rows().length).toBeGreaterThan(5));
  expect(screen.getByText(/in 5 queries/).textContent?.replace(/\s+/g, " ")).toContain("new in the archive");
  const menu = screen.getByRole("button", { name: "Export" });
  await user.click(menu);
  await user.click(screen.getByRole("menuitem", { name: /CSV/ }));
  expect(asked(backend, "exportSave")[0]).toEqual([
    { screen: "live_audit", query: { profile: 1, offset: 0, limit: 0 } },
    "csv",
  ]);
});

test("on the free plan the filters are off, with the reason, and the time can be asked for", async () => {
  const { backend, user } = await openLive({ accounts: [account(1, NOW, { plan: "scale" })] });
  await user.selectOptions(screen.getByLabelText("Resource"), "device");
  await user.type(screen.getByLabelText("Resource id"), "5be0");
  await user.type(screen.getByLabelText("Text in what was done"), "edited");
  // What was typed before goes out no more, either.
  backend.accountRows = [account(1, NOW, { plan: "free" })];
  backend.emit("store-changed", news({ accounts: true }));
  await screen.findByText(/On the free plan/);
  expect(screen.getByText(/On the free plan TagoIO narrows by nothing but the time/)).toBeTruthy();
  for (const label of ["Resource", "Resource id", "Text in what was done"]) {
    expect(screen.getByLabelText<HTMLInputElement>(label).disabled).toBe(true);
  }
  await user.click(screen.getByRole("button", { name: "Ask TagoIO" }));
  const [query] = asked(backend, "askAudit")[0] as [LiveAuditQuery];
  expect([query.resource, query.resource_id, query.find]).toEqual([null, null, null]);
});

test("what failed on the way is said beside what came, and a refusal alone", async () => {
  const { backend, user } = await openLive({
    prepare: (backend) =>
      (backend.answerOf = { problem: { code: "rejected", message: "TagoIO failed on its side." } }),
  });
  await user.click(screen.getByRole("button", { name: "Ask TagoIO" }));
  expect((await screen.findByRole("alert")).textContent).toContain("TagoIO failed on its side.");
  await waitFor(() => expect(rows().length).toBeGreaterThan(3));
  backend.failures.set("askAudit", { code: "offline", message: "It cannot be reached." });
  await user.click(screen.getByRole("button", { name: "Ask TagoIO" }));
  await waitFor(() => expect(screen.getByRole("alert").textContent).toContain("It cannot be reached."));
  expect(screen.getByRole("button", { name: "Try again" })).toBeTruthy();
  // What stood was the answer to another question.
  expect(rows()).toEqual([]);
  expect(screen.queryByText(/TagoIO read/)).toBeNull();
  expect(screen.getByRole("button", { name: "Export" }).title).toBe("There is no answer to export.");
});

test("who leaves while TagoIO is asked stops it, and who leaves after it stops nothing", async () => {
  let go: () => void = () => undefined;
  const { backend, user } = await openLive({
    prepare: (backend) => (backend.beforeAnswer = () => new Promise((resolve) => (go = resolve))),
  });
  await user.click(screen.getByRole("button", { name: "Ask TagoIO" }));
  await screen.findByText(/0 of \d+ quer/);
  location.hash = "#/profile/2/audit";
  await waitFor(() => expect(asked(backend, "cancelAudit")).toEqual([[1]]));
  go();
  backend.beforeAnswer = () => Promise.resolve();
  await user.click(await screen.findByRole("button", { name: "TagoIO, now" }));
  await user.click(await screen.findByRole("button", { name: "Ask TagoIO" }));
  await screen.findByText(/TagoIO read/);
  location.hash = "#/fleet";
  await screen.findByRole("grid", { name: "Profiles" });
  expect(asked(backend, "cancelAudit").length).toBe(1);
});

test("an account that is only read may be asked, and one that is signed out may not", async () => {
  const only = account(1, NOW, { read_only: true });
  const { backend, user } = await openLive({ accounts: [only] });
  const ask = (): HTMLButtonElement => screen.getByRole<HTMLButtonElement>("button", { name: "Ask TagoIO" });
  expect(ask().disabled).toBe(false);
  backend.accountRows = [{ ...only, sign_in: "signed_out" }];
  backend.emit("store-changed", news({ accounts: true }));
  await waitFor(() => expect(ask().disabled).toBe(true));
  expect(document.getElementById(ask().getAttribute("aria-describedby") ?? "")?.textContent).toContain(
    "is signed out: sign in again first",
  );
  await user.click(ask());
  expect(asked(backend, "askAudit")).toEqual([]);
});

test("the archive is a click away, as it was", async () => {
  const { user } = await openLive();
  const group = screen.getByRole("group", { name: "Where the events come from" });
  await user.click(within(group).getByRole("button", { name: "Archive" }));
  expect(await screen.findByLabelText("Search the audit events")).toBeTruthy();
});
