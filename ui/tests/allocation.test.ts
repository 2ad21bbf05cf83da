// The screen of allocation: what is bought, allocated, free and used, and what cannot be moved.
import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";

import type { AllocationAccount, AllocationProfilesQuery } from "../src/backend";
import { FakeBackend } from "../src/backend/fake/backend";
import { account, profile } from "../src/backend/fake/fleet";
import { inOrder } from "../src/screens/allocation/table.svelte";
import { memberBrief, memberSlots, profileSlots } from "../src/screens/allocation/wording";
import { asked, changed, NOW, open, type Opened, type Options } from "./window";

const ACCOUNTS = [account(1, NOW), account(2, NOW), account(3, NOW)];

function accountRows(): HTMLElement[] {
  return within(screen.getByRole("grid", { name: "Accounts" }))
    .getAllByRole("row")
    .slice(1);
}

async function openAllocation(at = "#/allocation", options: Options = {}): Promise<Opened> {
  const opened = open({ at, accounts: ACCOUNTS, ...options });
  await waitFor(() => expect(accountRows().length).toBeGreaterThan(0));
  return opened;
}

function panel(): Promise<HTMLElement> {
  return screen.findByRole("complementary", { name: "Selected account" });
}

const asks = (opened: Opened): AllocationProfilesQuery[] =>
  asked(opened.backend, "allocationProfiles").map(([query]) => query as AllocationProfilesQuery);

test("each account says how much of each limit is allocated, in words as well", async () => {
  await openAllocation();
  const [acme] = accountRows();
  const input = within(acme as HTMLElement).getAllByRole("gridcell")[2];
  expect(input?.getAttribute("aria-label")).toMatch(/bought [\d,]+, allocated [\d,]+, free [\d,]+, used/);
  expect(input?.textContent).toMatch(/\d+.%/);
});

test("more than was bought is a glyph and a word, here and in the panel", async () => {
  const { user } = await openAllocation("#/allocation?service=email");
  const cell = within(accountRows()[2] as HTMLElement).getByLabelText(/more allocated than bought/);
  expect(cell.textContent).toContain("✕");
  await user.keyboard("jjj");
  expect((await panel()).textContent).toContain("More is allocated than was bought.");
});

test("what is free elsewhere is said to be not movable", async () => {
  const { user } = await openAllocation();
  await user.keyboard("j");
  expect((await panel()).textContent).toMatch(/free in 1 other account\.\s+It\s+cannot\s+be\s+moved\s+here/);
});

test("sums over some profiles say how many of how many, and nothing is free of what is unknown", async () => {
  const { user } = await openAllocation();
  await user.keyboard("jj");
  const text = (await panel()).textContent ?? "";
  expect(text).toMatch(/\(\d+ of \d+\)/);
  const free = within(await panel()).getByText("Free").nextElementSibling;
  expect(free?.textContent?.trim()).toBe("—");
});

test("a service is chosen in the panel, stands in the address, and its profiles are sorted by the shell", async () => {
  const opened = await openAllocation();
  const { user } = opened;
  await user.keyboard("j");
  await user.selectOptions(within(await panel()).getByLabelText("Service"), "sms");
  await waitFor(() => expect(location.hash).toBe("#/allocation?service=sms"));
  await waitFor(() => expect(asks(opened).at(-1)).toMatchObject({ service: "sms", sort: "allocated" }));
  await user.click(within(await panel()).getByRole("button", { name: "Headroom" }));
  await waitFor(() => expect(asks(opened).at(-1)).toMatchObject({ sort: "headroom", descending: false }));
});

test("Enter goes into the account's profiles, and Enter there opens one", async () => {
  const { user } = await openAllocation();
  await user.keyboard("j");
  const holders = await screen.findByRole("grid", { name: "Profiles of the account" });
  await waitFor(() => expect(within(holders).getAllByRole("row").length).toBeGreaterThan(1));
  await user.keyboard("{Enter}");
  expect(document.activeElement).toBe(holders);
  await user.keyboard("{ArrowDown}{Enter}");
  expect(location.hash).toMatch(/^#\/profile\/\d+$/);
});

test("Esc closes the panel and gives the focus back", async () => {
  const { user } = await openAllocation();
  await user.keyboard("j");
  await panel();
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("complementary", { name: "Selected account" })).toBeNull();
  expect(document.activeElement).toBe(screen.getByRole("grid", { name: "Accounts" }));
});

test("more profiles or members than a plan has are special terms, never free below zero", () => {
  const slots = {
    profiles: 240,
    profiles_in_plan: 5,
    profiles_free: 0,
    members: 12,
    members_known: 238,
    members_in_plan: 5,
    members_free: 1178,
    members_beyond: 1,
  };
  expect(profileSlots(slots)).toBe("240 profiles, more than the plan's 5: special terms");
  expect(memberSlots(slots)).toBe(
    "12 members and invitations, of 238 of 240 teams that are known, 1,178 free (5 a profile); 1 profile has more than the plan: special terms",
  );
  expect(profileSlots({ ...slots, profiles: 3, profiles_free: 2 })).toBe("3 of 5 profiles, 2 free");
  expect(profileSlots({ ...slots, profiles_in_plan: null })).toContain("not published");
});

const labels = (): (string | null | undefined)[] =>
  accountRows().map((row) => row.querySelector("[role=rowheader] bdi")?.textContent);

test("the accounts are sorted by a click on a head, the other way round by another, and it is kept", async () => {
  const opened = await openAllocation();
  const byName = labels();
  expect(byName).toEqual([...byName].sort((one, other) => (one ?? "").localeCompare(other ?? "")));
  const head = (name: string): HTMLElement =>
    within(screen.getByRole("grid", { name: "Accounts" })).getByRole("columnheader", {
      name: new RegExp(`^${name}`),
    });
  await opened.user.click(within(head("Account")).getByRole("button"));
  await waitFor(() => expect(labels()).toEqual([...byName].reverse()));
  expect(head("Account").getAttribute("aria-sort")).toBe("descending");
  await opened.user.click(within(head("Profiles")).getByRole("button"));
  await waitFor(() => expect(head("Profiles").getAttribute("aria-sort")).toBe("descending"));
  const counts = accountRows().map((row) =>
    Number.parseInt(within(row).getAllByRole("gridcell")[0]?.textContent ?? "", 10),
  );
  expect(counts).toEqual([...counts].sort((one, other) => other - one));
  expect(JSON.parse(localStorage.getItem("profile-desk.order-allocation-accounts") ?? "")).toMatchObject({
    value: "-profiles",
  });
});

test("what is not known of an account stands last, whichever way round", async () => {
  const { accounts } = await new FakeBackend(
    ACCOUNTS,
    Array.from({ length: 24 }, (_, place) => profile(place, NOW)),
  ).allocation({ filter: "" });
  const [first] = accounts;
  const cell = first?.services[0];
  if (!first || !cell) throw new Error("the made-up fleet has an account");
  const of = (label: string, bought: number | null, allocated: number): AllocationAccount => ({
    ...first,
    label,
    services: [{ ...cell, bought, allocated, allocated_known: first.slots.profiles, free: 0 }],
  });
  const all = [
    of("unknown", null, 0),
    of("half", 10, 5),
    of("over", 0, 1),
    of("full", 10, 10),
    of("none", 0, 0),
  ];
  const by = (descending: boolean): string[] =>
    inOrder(all, { sort: "input", descending }).map(({ label }) => label);
  expect(by(true)).toEqual(["over", "full", "half", "none", "unknown"]);
  expect(by(false)).toEqual(["half", "full", "over", "none", "unknown"]);
});

test("free places of members stand beside those that are taken, at least as many where teams are not known", () => {
  const slots = {
    profiles: 2,
    profiles_in_plan: 5,
    profiles_free: 3,
    members: 12,
    members_known: 2,
    members_in_plan: 10,
    members_free: 8,
    members_beyond: 0,
  };
  expect(memberBrief(slots)).toBe("12 · 8 free");
  expect(memberBrief({ ...slots, members_known: 1 })).toBe("≥ 12 · ≥ 8 free");
  expect(memberBrief({ ...slots, members_in_plan: null, members_free: null })).toBe("12");
  expect(memberBrief({ ...slots, members_known: 0, members: 0, members_free: 0 })).toBe("—");
});

test("a filter is asked of the shell and one that leaves nothing can be cleared", async () => {
  const opened = await openAllocation();
  await opened.user.keyboard("/");
  await opened.user.keyboard("nowhere");
  expect(await screen.findByText("nowhere", { selector: "q" })).toBeTruthy();
  await waitFor(() => expect(location.hash).toBe("#/allocation?filter=nowhere"));
  await opened.user.click(screen.getByRole("button", { name: "Clear the filter" }));
  await waitFor(() => expect(accountRows().length).toBe(3));
});

test("never fetched is not known, signed out says so, and an empty store leads to the form", async () => {
  await openAllocation("#/allocation", {
    accounts: [account(1, NOW, { last_sync_at: null }), account(2, NOW, { sign_in: "signed_out" })],
  });
  const [never, out] = accountRows();
  expect(within(never as HTMLElement).getAllByLabelText(/what was bought is not known/)).toHaveLength(9);
  expect(out?.textContent).toContain("sign in again");
});

test("without an account it leads to the form", async () => {
  open({ at: "#/allocation", accounts: [], profiles: [] });
  expect(await screen.findByRole("link", { name: "Connect an account" })).toBeTruthy();
});

test("names are text, whatever is in them", async () => {
  const hostile = "<img src=x onerror=alert(1)>";
  const label = "<i>Acme</i>";
  const { user } = await openAllocation("#/allocation", {
    accounts: [account(1, NOW, { label })],
    profiles: [changed(0, { name: hostile, account: label, accounts: [label] })],
  });
  await user.keyboard("j");
  await panel();
  expect((await screen.findByText(hostile)).tagName).toBe("BDI");
  for (const found of within(screen.getByRole("main")).getAllByText(label)) expect(found.tagName).toBe("BDI");
  expect(document.querySelector("main img, main i:not([class])")).toBeNull();
});

test("what cannot be read keeps the old rows and offers to try again", async () => {
  const { backend, user } = await openAllocation("#/allocation", {
    profiles: Array.from({ length: 24 }, (_, place) => profile(place, NOW)),
  });
  backend.failures.set("allocation", { code: "store_failed", message: "The database is locked." });
  await user.keyboard("/");
  await user.keyboard("a");
  expect((await screen.findByRole("alert")).textContent).toContain("The database is locked.");
  expect(accountRows().length).toBe(3);
  backend.failures.clear();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
});
