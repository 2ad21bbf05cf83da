// The fleet: what a row says, and what is asked of the store.
import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";

import type { FleetQuery, Freshness, UsageState } from "../src/backend";
import { news } from "../src/backend/fake/backend";
import { account, cell, profile } from "../src/backend/fake/fleet";
import { PAGE } from "../src/components/pages.svelte";
import { asked, changed, NOW, open } from "./window";

const rows = (): HTMLElement[] => [
  ...document.querySelectorAll<HTMLElement>('[role="rowgroup"] > [role="row"]'),
];
const queries = (backend: Parameters<typeof asked>[0]): FleetQuery[] =>
  asked(backend, "fleet").map(([query]) => query as FleetQuery);
const searchField = (): HTMLInputElement =>
  screen.getByRole<HTMLInputElement>("combobox", { name: "Filter the fleet" });

test("without an account the window welcomes and leads to the form", async () => {
  const { user } = open({ accounts: [], profiles: [] });
  await user.click(await screen.findByRole("link", { name: "Connect an account" }));
  expect(location.hash).toBe("#/accounts");
  expect(await screen.findByLabelText("Token")).toBeTruthy();
});

test("the table comes sorted by risk, the worst first, and says so", async () => {
  const { backend } = open();
  await screen.findByText("Hafen Kühlhaus");
  expect(queries(backend)[0]).toEqual({
    filter: "",
    sort: [
      { by: "risk", descending: true },
      { by: "growth", descending: true },
    ],
    trend: "input",
    offset: 0,
    limit: PAGE,
  });
  expect(screen.getByRole("columnheader", { name: /Worst/ }).getAttribute("aria-sort")).toBe("descending");
  expect(rows()[0]?.textContent).toContain("Hafen Kühlhaus");
});

test("a click on a head sorts by it, a second one turns the order around", async () => {
  const { backend, user } = open();
  await screen.findByText("Hafen Kühlhaus");
  await user.click(screen.getByRole("button", { name: "Profile" }));
  await user.click(screen.getByRole("button", { name: /^Data records/ }));
  await user.click(screen.getByRole("button", { name: /^Data records/ }));
  const last = queries(backend)
    .slice(-3)
    .map(({ sort }) => [sort[0]?.by, sort[0]?.descending]);
  expect(last).toEqual([
    ["name", false],
    ["data_records", true],
    ["data_records", false],
  ]);
  expect(screen.getByRole("columnheader", { name: /Data records/ }).getAttribute("aria-sort")).toBe(
    "ascending",
  );
  expect(screen.getByRole("columnheader", { name: /Profile/ }).getAttribute("aria-sort")).toBe("none");
});

test("/ leads to the filter, what is typed filters, and no result says so", async () => {
  const { backend, user } = open();
  await screen.findByText("Hafen Kühlhaus");
  await user.keyboard("/");
  expect(document.activeElement).toBe(searchField());
  await user.keyboard("same name");
  await waitFor(() => expect(rows()).toHaveLength(2));
  expect(queries(backend).at(-1)?.filter).toBe("same name");
  expect(rows().map((row) => within(row).getByRole("rowheader").textContent?.trim())).toEqual([
    expect.stringMatching(/^Same Name GmbH.*…d9c7/),
    expect.stringMatching(/^Same Name GmbH.*…d9c6/),
  ]);
  await user.keyboard(" nowhere");
  expect(await screen.findByText(/No profile matches/)).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Clear the filter" }));
  await screen.findByText("Hafen Kühlhaus");
});

test("of 10,000 profiles only a screenful is in the page, and only its pages are asked for", async () => {
  const { backend, user } = open({
    profiles: Array.from({ length: 10_000 }, (_, place) => changed(place, { removed_at: null })),
  });
  await waitFor(() => expect(rows().length).toBeGreaterThan(10));
  expect(screen.getByRole("grid").getAttribute("aria-rowcount")).toBe("10001");
  expect(rows().length).toBeLessThan(60);
  screen.getByRole("grid").focus();
  await user.keyboard("{End}");
  await waitFor(() => expect(rows().at(-1)?.getAttribute("aria-rowindex")).toBe("10001"));
  expect(rows().length).toBeLessThan(60);
  const pages = new Set(queries(backend).map(({ offset }) => offset));
  const last = Math.floor(9999 / PAGE) * PAGE;
  expect([...pages].every((offset) => offset === 0 || offset >= last - PAGE)).toBe(true);
  expect(pages).toContain(last);
  expect(rows().at(-1)?.getAttribute("aria-selected")).toBe("true");
});

test("the fleet asks for its page once: at the start, when it is come back to, and for another filter", async () => {
  const { backend, user } = open();
  await screen.findByText("Hafen Kühlhaus");
  const pages = (): number => queries(backend).filter(({ limit }) => limit > 0).length;
  expect(pages()).toBe(1);
  await user.click(screen.getByRole("link", { name: /^Activity/ }));
  await screen.findByRole("grid", { name: "Changes" });
  expect(pages()).toBe(1);
  await user.click(screen.getByRole("link", { name: /^Fleet/ }));
  await screen.findByText("Hafen Kühlhaus");
  await waitFor(() => expect(pages()).toBe(2));
  location.hash = "#/today";
  await screen.findByRole("heading", { name: "Today" });
  location.hash = "#/fleet?filter=same";
  await waitFor(() => expect(rows()).toHaveLength(2));
  expect(pages()).toBe(3);
});

test("J and K walk, Enter opens, Esc closes, and the way back finds the same row", async () => {
  const { user } = open();
  await screen.findByText("Hafen Kühlhaus");
  await user.keyboard("jjk");
  const chosen = (): string | null | undefined =>
    document.querySelector('[aria-selected="true"] [role="rowheader"] bdi')?.textContent;
  expect(chosen()).toBe("Hafen Kühlhaus");
  expect(await screen.findByRole("complementary", { name: "Selected profile" })).toBeTruthy();
  await user.keyboard("{ArrowDown}");
  expect(chosen()).toBe("Ørsted Pilot");
  expect(screen.getByRole("grid").getAttribute("aria-activedescendant")).toBe("profile-2");
  await user.keyboard("{Enter}");
  expect(location.hash).toBe("#/profile/2");
  await screen.findByRole("button", { name: /Refresh/ });
  await user.keyboard("{Escape}");
  await waitFor(() => expect(chosen()).toBe("Ørsted Pilot"));
  await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("grid")));
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("complementary")).toBeNull();
  expect(document.activeElement).toBe(screen.getByRole("grid"));
});

test("Esc in the table closes the panel, then clears the filter", async () => {
  const { user } = open({ at: "#/fleet?filter=same" });
  await waitFor(() => expect(rows()).toHaveLength(2));
  screen.getByRole("grid").focus();
  await user.keyboard("j");
  await screen.findByRole("complementary", { name: "Selected profile" });
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("complementary")).toBeNull();
  expect(location.hash).toBe("#/fleet?filter=same");
  await user.keyboard("{Escape}");
  await screen.findByText("Hafen Kühlhaus");
  expect(location.hash).toBe("#/fleet");
  expect(document.activeElement).toBe(screen.getByRole("grid"));
});

test("without an account a fleet that cannot be read says so, and welcomes once it can", async () => {
  const { backend, user } = open({
    accounts: [],
    profiles: [],
    prepare: (backend) => backend.failures.set("fleet", { code: "store_failed", message: "Locked." }),
  });
  expect((await screen.findByRole("alert")).textContent).toContain("Locked.");
  expect(screen.queryByRole("heading", { name: "Welcome to Profile Desk" })).toBeNull();
  backend.failures.clear();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("heading", { name: "Welcome to Profile Desk" })).toBeTruthy();
});

test("after the store changed the selection stays with its profile, and so does the focus", async () => {
  const { backend, user } = open();
  await screen.findByText("Hafen Kühlhaus");
  await user.keyboard("jj");
  const usage = profile(1, NOW).row.usage.map((_, index) => (index === 0 ? cell(1, 100) : cell(null, 100)));
  backend.profiles = backend.profiles.map((other) =>
    other.row.key === 2 ? changed(1, { usage, worst: "input" }) : other,
  );
  backend.emit("store-changed", news({ profiles: [2] }));
  await waitFor(
    () => expect(screen.getByRole("row", { selected: true }).getAttribute("aria-rowindex")).not.toBe("3"),
    {
      timeout: 2000,
    },
  );
  expect(screen.getByRole("row", { selected: true }).textContent).toContain("Ørsted Pilot");
  expect(document.activeElement).toBe(screen.getByRole("grid"));
});

const ago = new Date(NOW.getTime() - 60_000).toISOString();
test.each<[Freshness, string]>([
  [{ state: "never_fetched" }, "Never fetched"],
  [{ state: "fresh", fetched_at: ago }, "As of"],
  [{ state: "stale", fetched_at: ago }, "Out of date"],
  [{ state: "failed", attempted_at: ago, fetched_at: ago, reason: "No route." }, "No route."],
  [{ state: "not_permitted", attempted_at: ago, reason: "Denied by policy" }, "Denied by policy"],
  [{ state: "not_there", fetched_at: ago }, "Not there"],
])("a row says when its summary is %j", async (freshness, words) => {
  open({ profiles: [changed(0, { freshness })] });
  const mark = await waitFor(() => {
    const found = document.querySelector<HTMLElement>("[data-freshness]");
    expect(found).not.toBeNull();
    return found as HTMLElement;
  });
  expect(mark.dataset.freshness).toBe(freshness.state);
  expect(mark.title).toContain(words);
});

test.each<[number | null, number | null, UsageState, string, string]>([
  [132, 100, "over", "✕ 132 %", "at or over the limit"],
  [100, 100, "over", "✕ 100 %", "at or over the limit"],
  [95, 100, "high", "▲ 95 %", "above 90 %"],
  [85, 100, "warn", "△ 85 %", "above 80 %"],
  [40, 100, "ok", "40 %", "up to 80 %"],
  [3, 0, "not_allocated", "not allocated", "not allocated"],
  [null, 100, "unknown", "—", "not known"],
])(
  "%j of %j is %s: a glyph, a word and the numbers, not colour alone",
  async (used, limit, state, text, word) => {
    const usage = profile(0, NOW).row.usage.map((other, index) => (index === 0 ? cell(used, limit) : other));
    const { user } = open({ profiles: [changed(0, { usage })] });
    const shown = (await screen.findAllByRole("gridcell"))[1] as HTMLElement;
    expect(shown.dataset.state).toBe(state);
    expect(shown.textContent?.replaceAll("\u00a0", " ").trim()).toBe(text);
    // What has no glyph to be put into words is heard as it stands there.
    const spoken = shown.getAttribute("aria-label");
    if (state === "ok" || state === "not_allocated") expect(spoken).toBeNull();
    else expect(spoken).toContain(word);
    await user.hover(shown);
    expect(shown.title).toContain(word);
    expect(shown.title).toContain(limit === null ? "—" : `of ${limit} variables`);
  },
);

test("a name is text: markup in it stays letters, and a long or right-to-left one keeps to itself", async () => {
  open({
    profiles: [changed(0, { name: '<img src=x onerror="boom()">' }), changed(1, { name: "مياه النيل" })],
  });
  const name = await screen.findByText('<img src=x onerror="boom()">');
  expect(name.tagName).toBe("BDI");
  expect(document.querySelector("img")).toBeNull();
  expect(screen.getByText("مياه النيل").tagName).toBe("BDI");
});

test("an account without profiles and one that was never synced are told apart", async () => {
  const first = open({ profiles: [], accounts: [account(1, NOW, { last_sync_at: null, profiles: 0 })] });
  await first.user.click(await screen.findByRole("button", { name: "Sync now" }));
  expect(asked(first.backend, "startSync")).toEqual([[null, null]]);
});

test("an account that reaches no profile says so", async () => {
  open({ profiles: [], accounts: [account(1, NOW, { profiles: 0 })] });
  expect(await screen.findByText("The connected accounts reach no profiles.")).toBeTruthy();
});

test("a store that cannot be read keeps the old rows and offers to try again", async () => {
  const { backend, user } = open();
  await screen.findByText("Hafen Kühlhaus");
  backend.failures.set("fleet", { code: "store_failed", message: "The database is locked." });
  await user.click(screen.getByRole("button", { name: "Profile" }));
  expect((await screen.findByRole("alert")).textContent).toContain("The database is locked.");
  expect(screen.getByText("Hafen Kühlhaus")).toBeTruthy();
  backend.failures.clear();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
});
