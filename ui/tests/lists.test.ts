// What list screens have in common: what is remembered when one is left, and over a restart.
import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";

import { account, profile } from "../src/backend/fake/fleet";
import { asked, NOW, open, running, type Opened } from "./window";

function grid(name: string): Promise<HTMLElement> {
  return screen.findByRole("grid", { name });
}

function rows(of: HTMLElement): HTMLElement[] {
  return within(of).getAllByRole("row").slice(1);
}

const chosen = (of: HTMLElement): string | undefined =>
  rows(of).find((row) => row.getAttribute("aria-selected") === "true")?.id;

async function filled(name: string, least: number): Promise<HTMLElement> {
  const found = await grid(name);
  await waitFor(() => expect(rows(found).length).toBeGreaterThanOrEqual(least));
  return found;
}

async function goTo(name: string): Promise<void> {
  const screens = within(screen.getByRole("navigation", { name: "Screens" }));
  // Its count may stand beside the name.
  (await screens.findByRole("link", { name: new RegExp(`^${name}`) })).click();
  await waitFor(() => expect(screen.getByRole("heading", { level: 1 }).textContent).toBe(name));
}

function openMany(at: string): Opened {
  return open({
    at,
    accounts: Array.from({ length: 40 }, (_, place) => account(place + 1, NOW)),
    profiles: Array.from({ length: 300 }, (_, place) => profile(place, NOW)),
  });
}

test.each([
  ["Allocation", "#/allocation", "Accounts"],
  ["Costs", "#/costs", "Costs of profiles"],
  ["Costs", "#/costs?show=accounts", "Costs of accounts"],
  ["Tokens", "#/tokens", "Tokens"],
  ["People", "#/people", "Persons"],
])("%s is left and entered again where it was, at %s", async (name, at, label) => {
  openMany(at);
  const before = await filled(label, 10);
  await fireEvent.click(rows(before)[4] as HTMLElement);
  await screen.findByRole("complementary");
  const selected = chosen(before);
  expect(selected).toBeTruthy();
  before.scrollTop = 96;
  await fireEvent.scroll(before);

  await goTo("Fleet");
  await filled("Profiles", 10);
  if (at.includes("?")) location.hash = at;
  else await goTo(name);

  const after = await filled(label, 10);
  expect(after).not.toBe(before);
  expect(chosen(after)).toBe(selected);
  expect(await screen.findByRole("complementary")).toBeTruthy();
  await waitFor(() => expect(after.scrollTop).toBe(96));
});

test("the profiles of an account stay where they were scrolled to while its screen is left", async () => {
  openMany("#/allocation");
  await fireEvent.click(rows(await filled("Accounts", 10))[0] as HTMLElement);
  const before = await filled("Profiles of the account", 3);
  before.scrollTop = 64;
  await fireEvent.scroll(before);
  await goTo("Fleet");
  await goTo("Allocation");
  const after = await filled("Profiles of the account", 3);
  expect(after).not.toBe(before);
  await waitFor(() => expect(after.scrollTop).toBe(64));
});

const ORDERED: [at: string, label: string, call: string, head: string, order: object][] = [
  ["#/costs", "Costs of profiles", "costs", "SMS", { sort: "sms", descending: true }],
  ["#/tokens", "Tokens", "tokens", "Last used", { sort: "used", descending: false }],
  ["#/people", "Persons", "people", "Profiles", { sort: "profiles", descending: true }],
];

test.each(ORDERED)(
  "the order that is chosen at %s is still there after a restart",
  async (at, label, call, head, order) => {
    const first = open({ at });
    await filled(label, 3);
    expect(asked(first.backend, call).at(-1)?.[0]).not.toMatchObject(order);
    const length = history.length;
    await first.user.click(screen.getByRole("button", { name: head }));
    await waitFor(() => expect(asked(first.backend, call).at(-1)?.[0]).toMatchObject(order));
    // An order is no step of its own, as in the fleet.
    expect(history.length).toBe(length);
    first.close();

    const second = open({ at });
    await filled(label, 3);
    expect(asked(second.backend, call).at(-1)?.[0]).toMatchObject(order);
    const sorted = within(await grid(label)).getByRole("columnheader", { name: new RegExp(`^${head}`) });
    expect(sorted.getAttribute("aria-sort")).toMatch(/ending$/);
  },
);

test.each(ORDERED)(
  "at %s an address that names another order wins over the one that is remembered",
  async (at, label, call, head, order) => {
    const first = open({ at });
    await filled(label, 3);
    await first.user.click(screen.getByRole("button", { name: head }));
    await waitFor(() => expect(asked(first.backend, call).at(-1)?.[0]).toMatchObject(order));
    first.close();

    const named = open({ at: `${at}?sort=-name` });
    await filled(label, 3);
    expect(asked(named.backend, call).at(-1)?.[0]).toMatchObject({ sort: "name", descending: true });
    named.close();

    // It was looked at and not chosen.
    const third = open({ at });
    await filled(label, 3);
    expect(asked(third.backend, call).at(-1)?.[0]).toMatchObject(order);
  },
);

test("an order that is usual is chosen again in place of another, and the address need not say it", async () => {
  const { backend, user } = open({ at: "#/costs" });
  await filled("Costs of profiles", 3);
  await user.click(screen.getByRole("button", { name: "SMS" }));
  await user.click(screen.getByRole("button", { name: "A month" }));
  await waitFor(() =>
    expect(asked(backend, "costs").at(-1)?.[0]).toMatchObject({ sort: "total", descending: true }),
  );
  expect(location.hash).toBe("#/costs");
});

test("an address that names what is usual goes on naming it while another order is remembered", async () => {
  const first = open({ at: "#/tokens" });
  await filled("Tokens", 3);
  await first.user.click(screen.getByRole("button", { name: "Last used" }));
  await waitFor(() => expect(location.hash).toBe("#/tokens?sort=used"));
  first.close();
  const { backend, user } = open({ at: "#/tokens?sort=expires" });
  await user.click(await screen.findByRole("button", { name: /creator gone/ }));
  await waitFor(() => expect(location.hash).toContain("flag%3Aorphan"));
  expect(location.hash).toContain("sort=expires");
  await waitFor(() =>
    expect(asked(backend, "tokens").at(-1)?.[0]).toMatchObject({ filter: "flag:orphan", sort: "expires" }),
  );
});

test("the order of an account's profiles is still there after a restart", async () => {
  const first = open({ at: "#/allocation" });
  await fireEvent.click(rows(await filled("Accounts", 2))[0] as HTMLElement);
  await filled("Profiles of the account", 2);
  await first.user.click(screen.getByRole("button", { name: "Headroom" }));
  first.close();
  const { backend } = open({ at: "#/allocation" });
  await fireEvent.click(rows(await filled("Accounts", 2))[0] as HTMLElement);
  await filled("Profiles of the account", 2);
  expect(asked(backend, "allocationProfiles").at(-1)?.[0]).toMatchObject({
    sort: "headroom",
    descending: false,
  });
});

test("what is remembered and is no column is as if it were not there", async () => {
  localStorage.setItem("profile-desk.order-costs", '{"version":1,"value":"-nonsense"}');
  localStorage.setItem("profile-desk.order-people", '{"version":1,"value":7}');
  const costs = open({ at: "#/costs" });
  await filled("Costs of profiles", 3);
  expect(asked(costs.backend, "costs").at(-1)?.[0]).toMatchObject({ sort: "total", descending: true });
  costs.close();
  const people = open({ at: "#/people" });
  await filled("Persons", 3);
  expect(asked(people.backend, "people").at(-1)?.[0]).toMatchObject({ sort: "name", descending: false });
});

test.each(ORDERED)("%s asks for its first rows once", async (at, label, call) => {
  const { backend } = open({ at });
  await filled(label, 3);
  expect(asked(backend, call)).toHaveLength(1);
});

test.each([
  ["#/allocation", "Accounts"],
  ["#/costs?show=accounts", "Costs of accounts"],
])("at %s an account that was forgotten meanwhile is selected no more", async (at, label) => {
  const { backend } = open({ at });
  await fireEvent.click(rows(await filled(label, 2))[1] as HTMLElement);
  expect((await screen.findByRole("complementary")).textContent).toContain("Nordwind");
  await goTo("Fleet");
  await backend.forget(2, false);
  location.hash = at;
  const left = await grid(label);
  await waitFor(() => expect(rows(left)).toHaveLength(1));
  expect(screen.queryByRole("complementary")).toBeNull();
});

test.each([
  ["#/costs?sort=-addons", "Costs of profiles", "Add-ons", "A month", 13],
  ["#/costs?show=accounts", "Costs of accounts", "Invoice", "As of", 10],
  ["#/allocation?service=run_users", "Accounts", "End users", "As of", 13],
])(
  "at %s no column is cut beside the panel, and what is looked at stays",
  async (at, label, looked, last, all) => {
    // The room beside the panel in a window of 1440 pixels.
    const width = Object.getOwnPropertyDescriptor(HTMLElement.prototype, "clientWidth");
    Object.defineProperty(HTMLElement.prototype, "clientWidth", { configurable: true, get: () => 50 * 16 });
    try {
      const { user } = open({ at });
      const table = await filled(label, 2);
      const heads = (): string[] =>
        within(table)
          .getAllByRole("columnheader")
          .map((head) => head.textContent?.replace(/[↑↓]/, "").trim() ?? "");
      expect(heads()).toHaveLength(all);
      await fireEvent.click(rows(table)[1] as HTMLElement);
      await screen.findByRole("complementary");
      await waitFor(() => expect(heads().length).toBeLessThan(all));
      expect(heads()).toContain(looked);
      expect(heads().at(-1)).toBe(last);
      for (const row of rows(table)) {
        const places = [...row.querySelectorAll(":scope > [aria-colindex]")];
        expect(places.map((cell) => Number(cell.getAttribute("aria-colindex")))).toEqual(
          heads().map((_, place) => place + 1),
        );
      }
      await user.keyboard("{Escape}");
      await waitFor(() => expect(heads()).toHaveLength(all));
    } finally {
      if (width) Object.defineProperty(HTMLElement.prototype, "clientWidth", width);
    }
  },
);

test.each(["today", "fleet", "costs", "tokens", "people", "activity", "activity?log=syncs"])(
  "who begins the first sync at #/%s by the keyboard has the screen's focus when the button goes",
  async (at) => {
    const { backend, user } = open({
      at: `#/${at}`,
      accounts: [account(1, NOW, { last_sync_at: null })],
      profiles: [],
    });
    (await screen.findByRole("button", { name: "Sync now" })).focus();
    await user.keyboard("{Enter}");
    expect(asked(backend, "startSync")).toEqual([[null, null]]);
    expect(document.activeElement).toBe(screen.getByRole("button", { name: "Sync now" }));
    backend.emit("sync-changed", running(0, { profiles: 0 }));
    await waitFor(() => expect(screen.queryByRole("button", { name: "Sync now" })).toBeNull());
    expect(document.activeElement).toBe(document.querySelector("[data-first-focus]"));
  },
);
