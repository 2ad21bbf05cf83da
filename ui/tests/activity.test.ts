// The change log: what a row says, what is asked of the store, and the two ways in which it can be empty.
import { screen, waitFor, within } from "@testing-library/svelte";
import { beforeEach, expect, test } from "vitest";

import type { ActivityQuery, ChangeRow } from "../src/backend";
import { FakeBackend, news } from "../src/backend/fake/backend";
import { PAGE } from "../src/components/pages.svelte";
import { changes } from "../src/backend/fake/changes";
import { account, profile } from "../src/backend/fake/fleet";
import { TOPICS, USUAL } from "../src/screens/activity/filter";
import { asked, NOW, open, type Opened } from "./window";

const PROFILES = Array.from({ length: 24 }, (_, place) => profile(place, NOW));
const LOG = changes(PROFILES, NOW, 60);

function openLog(rows: ChangeRow[] = LOG, at = "#/activity"): Opened {
  return open({ at, profiles: PROFILES, prepare: (backend) => (backend.changes = rows) });
}

const rows = (): HTMLElement[] => [
  ...document.querySelectorAll<HTMLElement>('[role="rowgroup"] > [role="row"]'),
];
const kinds = (): (string | undefined)[] =>
  rows().map((row) => row.querySelector<HTMLElement>("[data-kind]")?.dataset.kind);
const wide = (width: number): unknown =>
  Object.defineProperty(window, "innerWidth", { value: width, configurable: true });
beforeEach(() => void wide(1440));

/** What the table asked; the figures ask for no rows. */
const queries = (backend: FakeBackend): ActivityQuery[] =>
  asked(backend, "activity")
    .map(([query]) => query as ActivityQuery)
    .filter(({ limit }) => limit > 0);
const topic = (name: string): HTMLElement =>
  within(screen.getByRole("group", { name: "Topics" })).getByRole("button", { name: new RegExp(name) });

function change(of: Partial<ChangeRow>): ChangeRow {
  return { ...(LOG[0] as ChangeRow), subject: null, old: null, new: null, ...of };
}

test("the log comes newest first, without the sign-ins, and each row says what, of what and when", async () => {
  const { backend } = openLog();
  await waitFor(() => expect(rows().length).toBeGreaterThan(10));
  expect(queries(backend)[0]).toEqual({
    search: "",
    topics: USUAL,
    account: null,
    profile: null,
    since: null,
    offset: 0,
    limit: PAGE,
  });
  expect(kinds()).not.toContain("sign_in_started");
  expect(topic("Sign-ins").getAttribute("aria-pressed")).toBe("false");
  expect(topic("Tokens").getAttribute("aria-pressed")).toBe("true");
  const [first] = rows();
  expect(first?.textContent?.replace(/\s+/g, " ")).toMatch(
    /▲ Reached 90 % .* Acme Data input at 80 % → ?to at 90 %/,
  );
  expect(first?.querySelector("[aria-colindex='2']")?.getAttribute("title")).toContain(
    `${(LOG[0]?.at ?? "").slice(0, 19).replace("T", " ")} UTC`,
  );
  expect(screen.getByRole("link", { name: "Activity" }).getAttribute("aria-current")).toBe("page");
});

test("a day is named where it begins, and read in every row", async () => {
  const noon = (back: number): string =>
    new Date(NOW.getFullYear(), NOW.getMonth(), NOW.getDate() - back, 12).toISOString();
  openLog([0, 0, 1, 1, 9].map((back, place) => change({ key: 9 - place, at: noon(back) })));
  await waitFor(() => expect(rows()).toHaveLength(5));
  const days = rows().map((row) => row.firstElementChild?.firstElementChild);
  expect(days.slice(0, 4).map((day) => day?.textContent)).toEqual([
    "Today",
    "Today",
    "Yesterday",
    "Yesterday",
  ]);
  expect(days.map((day) => day?.classList.contains("visually-hidden"))).toEqual([
    false,
    true,
    false,
    true,
    false,
  ]);
});

test("topics are switched on and off, one alone with Ctrl, and the way back leads through them", async () => {
  const { backend, user } = openLog();
  await waitFor(() => expect(rows().length).toBeGreaterThan(10));
  await user.click(topic("Sign-ins"));
  await waitFor(() => expect(kinds()).toContain("sign_in_started"));
  expect(queries(backend).at(-1)?.topics).toEqual(TOPICS);
  await user.keyboard("{Control>}");
  await user.click(topic("People"));
  await user.keyboard("{/Control}");
  await waitFor(() =>
    expect(new Set(kinds().map((kind) => kind?.slice(0, 7)))).toEqual(new Set(["member_"])),
  );
  expect(location.hash).toBe("#/activity?topics=people");
  await user.click(topic("People"));
  expect(await screen.findByText("No topic is chosen.")).toBeTruthy();
  expect(queries(backend).at(-1)?.topics).toEqual(["people"]);
  history.back();
  await waitFor(() => expect(topic("People").getAttribute("aria-pressed")).toBe("true"));
  await waitFor(() => expect(rows().length).toBeGreaterThan(0));
});

test("/ leads to the search, what is typed is in the address, and Esc clears it", async () => {
  const { backend, user } = openLog();
  await waitFor(() => expect(rows().length).toBeGreaterThan(10));
  const before = history.length;
  await user.keyboard("/gateway import");
  await waitFor(() => expect(new Set(kinds())).toEqual(new Set(["token_created"])));
  expect(queries(backend).at(-1)?.search).toBe("gateway import");
  await waitFor(() => expect(location.hash).toBe("#/activity?search=gateway+import"));
  expect(history.length).toBe(before);
  await user.keyboard("{Escape}");
  await waitFor(() => expect(location.hash).toBe("#/activity"));
  await waitFor(() => expect(kinds()).toContain("limit_changed"));
});

test("J and K walk, Enter opens the profile, and the way back finds the same row", async () => {
  const { user } = openLog();
  await waitFor(() => expect(rows().length).toBeGreaterThan(10));
  await user.keyboard("jjk");
  expect(rows()[0]?.getAttribute("aria-selected")).toBe("true");
  await user.keyboard("{ArrowDown}");
  const selected = rows()[1];
  expect(screen.getByRole("grid").getAttribute("aria-activedescendant")).toBe(selected?.id);
  const link = within(selected as HTMLElement).getByRole("link");
  await user.keyboard("{Enter}");
  expect(location.hash).toBe(link.getAttribute("href"));
  await screen.findByRole("button", { name: "Refresh" });
  expect(screen.getByTitle("Back (Esc)").getAttribute("href")).toBe("#/activity");
  await user.keyboard("{Escape}");
  await waitFor(() => expect(location.hash).toBe("#/activity"));
  await waitFor(() => expect(rows()[1]?.getAttribute("aria-selected")).toBe("true"));
  await user.keyboard("{Escape}");
  expect(document.querySelector('[aria-selected="true"]')).toBeNull();
});

test("Esc lets go of the row, then of the filter", async () => {
  const { user } = openLog(LOG, "#/activity?topics=limits&since=24h");
  await waitFor(() => expect(rows().length).toBeGreaterThan(0));
  await user.keyboard("j{Escape}");
  expect(location.hash).toBe("#/activity?topics=limits&since=24h");
  await user.keyboard("{Escape}");
  await waitFor(() => expect(location.hash).toBe("#/activity"));
});

test("a figure counts the last day without asking for rows, and leads to what it counts", async () => {
  const { backend, user } = openLog();
  const figure = await screen.findByRole("button", { name: /limits and thresholds/ });
  const day = new Date(Date.now() - 24 * 3_600_000).toISOString();
  const expected = LOG.filter(({ at, kind }) => at >= day && /^(limit|threshold)_/.test(kind));
  expect(figure.textContent?.trim()).toBe(String(expected.length));
  expect(
    asked(backend, "activity")
      .map(([query]) => query as ActivityQuery)
      .filter(({ limit }) => limit === 0).length,
  ).toBe(USUAL.length);
  await user.click(figure);
  await waitFor(() => expect(rows()).toHaveLength(expected.length));
  expect(location.hash).toBe("#/activity?topics=limits&since=24h");
  expect(Math.abs(Date.parse(queries(backend).at(-1)?.since ?? "") - Date.parse(day))).toBeLessThan(10_000);
  await user.click(screen.getByRole("button", { name: /Last 24 hours/ }));
  await waitFor(() => expect(location.hash).toBe("#/activity?topics=limits"));
});

test("one profile's changes are named, and one step away from those of all", async () => {
  const key = LOG[0]?.profile_key ?? 0;
  const name = LOG[0]?.profile_name ?? "";
  const { backend, user } = openLog(LOG, `#/activity?profile=${key}`);
  await waitFor(() =>
    expect(rows().length).toBe(
      LOG.filter((row) => row.profile_key === key && !row.kind.startsWith("sign_in")).length,
    ),
  );
  expect(queries(backend).at(-1)?.profile).toBe(key);
  const tag = await screen.findByRole("button", { name: new RegExp(`Profile ${name}`) });
  await user.click(tag);
  await waitFor(() => expect(location.hash).toBe("#/activity"));
});

test("names are text, whatever is in them, and what is not known is said", async () => {
  openLog([
    change({
      key: 3,
      kind: "profile_renamed",
      profile_name: '<img src=x onerror="boom()">',
      old: "<b>a</b>",
      new: "مياه",
    }),
    change({ key: 2, kind: "member_left", subject: "<i>Ulla</i>", account: null, profile_name: null }),
    change({
      key: 1,
      kind: "payment_failed",
      new: "<u>No</u>",
      profile: null,
      profile_key: null,
      profile_name: null,
    }),
  ]);
  const name = await screen.findByText('<img src=x onerror="boom()">');
  expect(name.tagName).toBe("BDI");
  for (const text of ["<b>a</b>", "مياه", "<i>Ulla</i>", "<u>No</u>"]) {
    expect(screen.getByText(text).tagName).toBe("BDI");
  }
  const grid = screen.getByRole("grid");
  expect(grid.querySelector("img, b, i, u")).toBeNull();
  expect(rows()[1]?.textContent).toContain("forgotten");
  expect(within(rows()[1] as HTMLElement).getByRole("link").textContent).toMatch(/^….{4}$/);
  expect(rows()[2]?.textContent).toContain("the account");
  expect(within(rows()[2] as HTMLElement).queryByRole("link")).toBeNull();
});

test("in a narrow window the account has no column, but an account's own change names it", async () => {
  wide(1000);
  openLog([
    change({ key: 2, kind: "member_left", subject: "Ulla" }),
    change({ key: 1, kind: "payment_overdue", profile: null, profile_key: null, profile_name: null }),
  ]);
  await waitFor(() => expect(rows()).toHaveLength(2));
  expect(screen.queryByRole("columnheader", { name: "Account" })).toBeNull();
  expect(screen.getByRole("grid").getAttribute("aria-colcount")).toBe("6");
  expect(rows()[0]?.textContent).not.toContain("Acme");
  expect(rows()[0]?.querySelector(".profile")?.getAttribute("title")).toContain("(Acme)");
  expect(rows()[1]?.textContent).toContain("the account Acme");
});

test("a log that is empty says what will stand in it, and that the first sync is the baseline", async () => {
  openLog([]);
  expect(await screen.findByRole("heading", { name: "Nothing was seen to change yet" })).toBeTruthy();
  expect(screen.getByText(/first sync sets the baseline/)).toBeTruthy();
});

test("before the first sync it offers one, and without an account to connect one", async () => {
  const first = open({ at: "#/activity", accounts: [account(1, NOW, { last_sync_at: null })], profiles: [] });
  await first.user.click(await screen.findByRole("button", { name: "Sync now" }));
  expect(asked(first.backend, "startSync")).toEqual([[null, null]]);
});

test("without an account the log leads to the form", async () => {
  open({ at: "#/activity", accounts: [], profiles: [] });
  expect(await screen.findByRole("link", { name: "Connect an account" })).toBeTruthy();
});

test("a filter that leaves nothing says so, and can be cleared", async () => {
  const { user } = openLog(LOG, "#/activity?search=nowhere");
  expect(await screen.findByText("nowhere", { selector: "q" })).toBeTruthy();
  expect(screen.queryByText(/baseline/)).toBeNull();
  await user.click(screen.getByRole("button", { name: "Clear the filter" }));
  await waitFor(() => expect(rows().length).toBeGreaterThan(10));
  expect(screen.getByLabelText<HTMLInputElement>("Search the changes").value).toBe("");
  expect(document.activeElement).toBe(screen.getByRole("grid"));
});

test("a log of sign-ins alone is not empty: it says how to see them", async () => {
  const { user } = openLog([change({ kind: "sign_in_started", subject: "Sign-in ····9c1e" })]);
  await user.click(await screen.findByRole("button", { name: "Show all topics" }));
  await waitFor(() => expect(kinds()).toEqual(["sign_in_started"]));
  expect(document.activeElement).toBe(screen.getByRole("grid"));
});

test("a profile of which nothing was seen to change says that of it alone", async () => {
  openLog(
    LOG.filter(({ profile_key }) => profile_key !== 24),
    "#/activity?profile=24",
  );
  expect(await screen.findByText("Nothing of this profile was seen to change yet.")).toBeTruthy();
  expect(screen.getByRole("link", { name: "Changes of all profiles" }).getAttribute("href")).toBe(
    "#/activity",
  );
});

test("what is seen to change comes in at the top; news of other things are not read", async () => {
  const { backend } = openLog();
  await waitFor(() => expect(rows().length).toBeGreaterThan(10));
  await new Promise((resolve) => setTimeout(resolve, 100));
  const before = asked(backend, "activity").length;
  backend.emit("store-changed", news({ profiles: [1], accounts: true, list: true, settings: true }));
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(asked(backend, "activity").length).toBe(before);
  backend.changes = [change({ key: 99, kind: "backup_old", at: NOW.toISOString() }), ...LOG];
  backend.emit("store-changed", news({ activity: true }));
  await waitFor(() => expect(kinds()[0]).toBe("backup_old"), { timeout: 2000 });
});

test("who reads further down stays there while changes come in at the top", async () => {
  const { backend } = openLog();
  await waitFor(() => expect(rows().length).toBeGreaterThan(10));
  const grid = screen.getByRole("grid");
  const scrollTo = (top: number): void => {
    grid.scrollTop = top;
    grid.dispatchEvent(new Event("scroll"));
  };
  const come = (key: number): void => {
    backend.changes = [change({ key, kind: "backup_old", at: NOW.toISOString() }), ...backend.changes];
    backend.emit("store-changed", news({ activity: true }));
  };
  scrollTo(640);
  come(98);
  await waitFor(() => expect(grid.scrollTop).toBe(672), { timeout: 2000 });
  scrollTo(0);
  come(99);
  await waitFor(() => expect(kinds().slice(0, 2)).toEqual(["backup_old", "backup_old"]), { timeout: 2000 });
  expect(grid.scrollTop).toBe(0);
});

test("of 10,000 changes only a screenful is in the page, and only its pages are asked for", async () => {
  const { backend, user } = openLog(changes(PROFILES, NOW, 10_000));
  await waitFor(() => expect(rows().length).toBeGreaterThan(10));
  screen.getByRole("grid").focus();
  await user.keyboard("{End}");
  await waitFor(() => expect(rows().at(-1)?.getAttribute("aria-selected")).toBe("true"));
  expect(rows().length).toBeLessThan(60);
  // The first page, and at most two that the last screenful lies on.
  expect(new Set(queries(backend).map(({ offset }) => offset)).size).toBeLessThanOrEqual(3);
});

test("a log that cannot be read keeps the old rows and offers to try again", async () => {
  const { backend, user } = openLog();
  await waitFor(() => expect(rows().length).toBeGreaterThan(10));
  backend.failures.set("activity", { code: "store_failed", message: "The database is locked." });
  await user.click(topic("Sign-ins"));
  expect((await screen.findByRole("alert")).textContent).toContain("The database is locked.");
  expect(rows().length).toBeGreaterThan(10);
  backend.failures.clear();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
});
