// One profile: its overview and its usage history.
import { screen, waitFor, within } from "@testing-library/svelte";
import { beforeEach, expect, test, vi } from "vitest";

import type { Freshness, ProfileOverview, UsageChart, UsageQuery, UsageSeries } from "../src/backend";
import { news } from "../src/backend/fake/backend";
import { changes } from "../src/backend/fake/changes";
import { cell, profile } from "../src/backend/fake/fleet";
import { limitIn, limitLines, lineOf } from "../src/screens/profile/periods";
import { usageView } from "../src/screens/profile/view.svelte";
import { asked, NOW, open, running } from "./window";

// The tests' document draws nothing: what is drawn is decided in `periods`, and looked at in a real window.
vi.mock("uplot", () => ({ default: class {} }));

const one = (change: Partial<ProfileOverview> = {}): ProfileOverview => ({ ...profile(0, NOW), ...change });

test("the overview shows use and limit in exact numbers, and what is blocked until when", async () => {
  open({ profiles: [one()], at: "#/profile/1" });
  const input = await waitFor(() => {
    const found = document.querySelector<HTMLElement>('[data-service="input"]');
    expect(found).not.toBeNull();
    return found as HTMLElement;
  });
  expect(input.dataset.state).toBe("over");
  expect(input.textContent).toContain("1,529,121 / 1,158,425");
  expect(document.querySelector('[data-service="sms"]')?.textContent).toContain("not allocated");
  expect(screen.getByText(/Data input: over the limit/).parentElement?.textContent).toContain(
    "Devices' requests are denied",
  );
  expect(screen.getAllByText(profile(0, NOW).row.id).length).toBeGreaterThan(0);
});

const ago = new Date(NOW.getTime() - 60_000).toISOString();
test.each<[Freshness, RegExp]>([
  [{ state: "never_fetched" }, /^Never fetched/],
  [{ state: "fresh", fetched_at: ago }, /^As of/],
  [{ state: "stale", fetched_at: ago }, /^Out of date/],
  [
    { state: "failed", attempted_at: ago, fetched_at: ago, reason: "No route." },
    /^Failed .*No route.*still stands/,
  ],
  [{ state: "not_permitted", attempted_at: ago, reason: "Denied" }, /^Not permitted .*Denied/],
  [{ state: "not_there", fetched_at: ago }, /^Not there/],
])("each dataset says its own state: %j", async (freshness, words) => {
  open({ profiles: [one({ datasets: [{ dataset: "team", freshness }] })], at: "#/profile/1" });
  const said = await waitFor(() => {
    const found = document.querySelector<HTMLElement>('[data-dataset="team"] [data-freshness]');
    expect(found).not.toBeNull();
    return found as HTMLElement;
  });
  expect(said.dataset.freshness).toBe(freshness.state);
  expect(said.textContent?.replace(/^[^A-Z]*/, "").trim()).toMatch(words);
});

test("this profile alone can be refreshed, also while a sync is running", async () => {
  const { backend, user } = open({
    profiles: [one()],
    at: "#/profile/1",
    prepare: (backend) => (backend.syncState = running(3)),
  });
  const button = await screen.findByRole("button", { name: "Refresh" });
  await user.click(button);
  expect(asked(backend, "startSync")).toEqual([[null, 1]]);
  await waitFor(() => expect(button.textContent).toContain("Refreshing …"));
  await user.click(button);
  expect(asked(backend, "startSync")).toHaveLength(1);
  backend.emit("store-changed", news({ profiles: [1] }));
  await waitFor(() => expect(button.textContent).not.toContain("Refreshing"), { timeout: 2000 });
});

test("a refresh that cannot start says why, and can be tried again", async () => {
  const { user } = open({
    profiles: [one()],
    at: "#/profile/1",
    prepare: (backend) =>
      backend.failures.set("startSync", { code: "signed_out", message: "Token expired." }),
  });
  await user.click(await screen.findByRole("button", { name: "Refresh" }));
  expect((await screen.findByRole("alert")).textContent).toContain("Token expired.");
  expect(screen.getByRole("button", { name: "Refresh" })).toBeTruthy();
});

test("a profile that is not in the store says so", async () => {
  open({ profiles: [], at: "#/profile/99" });
  expect((await screen.findByRole("alert")).textContent).toContain("There is no profile 99");
});

const series = (change: Partial<UsageSeries> = {}): UsageSeries => ({
  service: "input",
  amounts: [10, null, 30],
  lower_bound: [0],
  open: [2],
  unknown: 1,
  sum: 40,
  sum_lower_bound: true,
  limit: 100,
  limits: [{ at: 0, limit: 100 }],
  before: null,
  ...change,
});

const chart = (of: Partial<UsageSeries> = {}, change: Partial<UsageChart> = {}): UsageChart => ({
  by: "day",
  starts: [0, 86_400, 172_800],
  end: 259_200,
  from: 0,
  to: 259_200,
  cycles: [0],
  utc: [],
  series: [series(of)],
  timezone: "UTC",
  freshness: { state: "fresh", fetched_at: ago },
  ...change,
});

beforeEach(() => Object.assign(usageView, view()));
/** What a person finds who chose nothing yet. */
function view() {
  return {
    services: null,
    range: "cycle" as const,
    back: 0,
    from: "",
    to: "",
    by: "day" as const,
    running: true,
    compare: true,
    timezone: "UTC",
    asTable: false,
  };
}

function openUsage(answer: (query: UsageQuery) => Promise<UsageChart>) {
  const questions: UsageQuery[] = [];
  const opened = open({
    profiles: [one()],
    at: "#/profile/1/usage",
    prepare: (backend) =>
      (backend.usage = (query) => {
        questions.push(query);
        return answer(query);
      }),
  });
  return { ...opened, questions };
}

test("the table says the same as the chart: amounts, gaps, lower bounds, what is open and the sum", async () => {
  const { user } = openUsage(() => Promise.resolve(chart()));
  await user.click(await screen.findByLabelText("Amounts"));
  expect(await screen.findByText("At least 40 variables in 2 days · 1 of 3 unknown")).toBeTruthy();
  expect(screen.getByRole("img", { name: /^Data input: At least 40 variables/ })).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Show as table" }));
  const texts = within(screen.getByRole("table"))
    .getAllByRole("row")
    .map((row) => [...row.children].map((part) => part.textContent?.trim()));
  expect(texts).toEqual([
    ["Day (UTC)", "Used, variables", "Remark"],
    ["Jan 3, 1970", "30", "not known to its end"],
    ["Jan 2, 1970", "—", "unknown"],
    ["Jan 1, 1970", "≥ 10", "at least: a reset fell into it"],
    ["Used in all", "≥ 40", ""],
  ]);
});

test("the first question is for the running total of this cycle beside the one before", async () => {
  const { questions } = openUsage(() => Promise.resolve(chart()));
  await waitFor(() => expect(questions).toHaveLength(1));
  expect(questions[0]).toEqual({
    profile: 1,
    services: [],
    by: "day",
    cycle: 0,
    from: null,
    to: null,
    running: true,
    compare: true,
    timezone: "UTC",
  });
});

test("services, cycle, periods and days that are typed go into the question", async () => {
  const { user, questions } = openUsage(() => Promise.resolve(chart()));
  await user.click(await screen.findByRole("button", { name: "Output" }));
  await waitFor(() => expect(questions.at(-1)?.services).toEqual(["input", "output"]));
  await user.click(screen.getByRole("button", { name: "The cycle before" }));
  await user.click(screen.getByLabelText("By hour"));
  await waitFor(() => expect(questions.at(-1)).toMatchObject({ cycle: 1, by: "hour" }));
  await user.click(screen.getByRole("button", { name: "The next cycle" }));
  await waitFor(() => expect(questions.at(-1)?.cycle).toBe(0));
  await user.click(screen.getByLabelText("From – to"));
  expect(await screen.findByText(/Type both days/)).toBeTruthy();
  const before = questions.length;
  await user.type(screen.getByLabelText("First day"), "2026-10-05");
  await user.type(screen.getByLabelText("Last day"), "2026-10-31");
  await waitFor(() =>
    expect(questions.at(-1)).toMatchObject({
      cycle: null,
      compare: false,
      from: "2026-10-05T00:00:00.000Z",
      to: "2026-11-01T00:00:00.000Z",
    }),
  );
  expect(questions.length, "a day that is half typed is not asked for").toBe(before + 1);
});

test("several services are small charts, each with its own words, and all nine by month are a table", async () => {
  const { user, questions } = openUsage((query) =>
    Promise.resolve(
      chart(
        {},
        {
          series: (query.services.length ? query.services : (["input"] as const)).map((service) =>
            series({ service }),
          ),
        },
      ),
    ),
  );
  await user.click(await screen.findByRole("button", { name: "All nine" }));
  await waitFor(() => expect(screen.getAllByRole("img")).toHaveLength(9));
  await user.click(screen.getByRole("button", { name: "By month as table" }));
  await waitFor(() => expect(questions.at(-1)).toMatchObject({ by: "month", running: false, cycle: null }));
  const heads = within(await screen.findByRole("table")).getAllByRole("columnheader");
  expect(heads).toHaveLength(11);
});

test("an answer to an older question is dropped", async () => {
  const answers: ((chart: UsageChart) => void)[] = [];
  const { user, questions } = openUsage(() => new Promise((resolve) => answers.push(resolve)));
  await user.click(await screen.findByLabelText("By hour"));
  await waitFor(() => expect(questions.at(-1)?.by).toBe("hour"));
  answers.at(-1)?.(chart({ service: "run_users", sum: null }, { by: "hour" }));
  await screen.findByText("2 hours known · 1 of 3 unknown");
  answers[0]?.(chart({ sum: 999 }));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(screen.queryByText(/999/)).toBeNull();
  expect(screen.getByRole("heading", { name: "End users, stored at the end of each hour" })).toBeTruthy();
});

test("a range of too many hours says that days are shown", async () => {
  const { user } = openUsage(() => Promise.resolve(chart()));
  await user.click(await screen.findByLabelText("By hour"));
  expect(await screen.findByText(/^Shown by day: by hour there would be more/)).toBeTruthy();
});

test("a history of which nothing is known is said in words, not drawn as zero", async () => {
  openUsage(() => Promise.resolve(chart({ amounts: [null, null, null], unknown: 3, sum: null })));
  expect(await screen.findByText(/Nothing is known of this service/)).toBeTruthy();
  expect(screen.queryByRole("img")).toBeNull();
});

test("a history that cannot be read says why", async () => {
  openUsage(() => Promise.reject({ code: "store_failed", message: "The disk said no." }));
  expect((await screen.findByRole("alert")).textContent).toContain("The disk said no.");
});

test("a service that is not known shows neither a bar nor a zero", async () => {
  const base = profile(0, NOW);
  const row = { ...base.row, usage: base.row.usage.map(() => cell(null, null)), worst: null };
  open({ profiles: [{ ...base, row }], at: "#/profile/1" });
  await waitFor(() => expect(document.querySelectorAll('[data-state="unknown"]')).toHaveLength(9));
  expect(document.querySelector('[data-service="input"]')?.textContent).toContain("not known");
});

test.each([
  [null, "— not known yet"],
  [[], "none"],
  [["mobile"], "mobile app"],
])("add-ons %j read as %s", async (addons, says) => {
  open({ profiles: [{ ...profile(0, NOW), addons }], at: "#/profile/1" });
  const heading = await screen.findByRole("heading", { name: "Add-ons" });
  expect(heading.parentElement?.querySelector("p")?.textContent?.toLowerCase()).toBe(says);
});

test("a running total is a line from zero that is broken by gaps and begins again with each cycle", () => {
  const periods = { starts: [0, 100, 200, 300], end: 400 };
  expect(lineOf(periods, [5, null, 9, 3], [0, 350])).toEqual([
    { at: 0, value: 0 },
    { at: 100, value: 5 },
    { at: 200, value: null },
    { at: 300, value: 9 },
    { at: 350, value: null },
    { at: 350, value: 0 },
    { at: 400, value: 3 },
  ]);
  expect(lineOf(periods, [5, 6, 7, 8], [], 320).at(-1), "nothing is known of what is to come").toEqual({
    at: 320,
    value: 8,
  });
});

test("a limit is a line only where the history can be compared with it", () => {
  const level = { service: "run_users" as const };
  expect(limitIn(series(), "day", false)).toBe("cycle");
  expect(limitIn(series(), "day", true)).toBe("line");
  expect(limitIn(series(), "month", false)).toBe("line");
  expect(limitIn(series(level), "hour", false)).toBe("line");
  expect(limitIn(series({ limit: 100_000, limits: [] }), "month", false)).toBe("above");
  expect(limitIn(series({ limit: 0, limits: [] }), "month", false)).toBe("none");
  expect(limitIn(series({ ...level, limit: null, limits: [] }), "hour", true)).toBe("none");
});

test("a limit steps where it changed, and what was not seen is told apart", () => {
  const limits = [
    { at: 100, limit: 50 },
    { at: 200, limit: null },
    { at: 300, limit: 80 },
  ];
  expect(limitLines(series({ limits }), { from: 0, to: 400 })).toEqual([
    { from: 0, to: 100, limit: 50, seen: false },
    { from: 100, to: 200, limit: 50, seen: true },
    { from: 300, to: 400, limit: 80, seen: true },
  ]);
});

test("a note is kept when the field is left, and what was typed stays if it cannot be", async () => {
  const { backend, user } = open({ profiles: [one()], at: "#/profile/1" });
  const field = await screen.findByLabelText("Note");
  expect(screen.getByText("Kept on this computer, never sent.")).toBeTruthy();
  backend.failures.set("putNote", { code: "disk_full", message: "There is no space left." });
  await user.type(field, "<b>Call Mira</b>");
  await user.tab();
  expect((await screen.findByRole("alert")).textContent).toContain("There is no space left.");
  expect((field as HTMLTextAreaElement).value).toBe("<b>Call Mira</b>");
  backend.failures.clear();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await screen.findByText("Saved.");
  expect(asked(backend, "putNote").at(-1)).toEqual([1, "<b>Call Mira</b>"]);
  expect(screen.queryByRole("alert")).toBeNull();
  await user.type(field, " today{Control>}{Enter}{/Control}");
  await waitFor(() => expect(asked(backend, "putNote").at(-1)).toEqual([1, "<b>Call Mira</b> today"]));
});

test("ids are copied, and a private deployment offers no admin site", async () => {
  const { user } = open({ profiles: [one({ has_admin_site: false })], at: "#/profile/1" });
  await user.click(await screen.findByRole("button", { name: "Copy the profile id" }));
  expect(await screen.findByText("copied")).toBeTruthy();
  expect(await navigator.clipboard.readText()).toBe(profile(0, NOW).row.id);
  expect(screen.queryByRole("button", { name: /admin site/ })).toBeNull();
});

test("the admin site is opened by the shell, which says so if it cannot", async () => {
  const { backend, user } = open({ profiles: [one()], at: "#/profile/1" });
  backend.failures.set("openAdminSite", { code: "internal", message: "The browser could not be opened." });
  await user.click(await screen.findByRole("button", { name: /admin site/ }));
  expect((await screen.findByRole("alert")).textContent).toContain("could not be opened");
  expect(asked(backend, "openAdminSite")).toEqual([[1]]);
});

test("the usage is exported as it is shown, and not by days that are none", async () => {
  const { backend, user } = open({ profiles: [one()], at: "#/profile/1/usage" });
  const button = await screen.findByRole("button", { name: "Export" });
  await waitFor(() => expect(asked(backend, "usage")).toHaveLength(1));
  await user.click(button);
  await user.click(screen.getByRole("menuitem", { name: /CSV/ }));
  await waitFor(() => expect(asked(backend, "exportSave")).toHaveLength(1));
  expect(asked(backend, "exportSave")[0]).toEqual([
    { screen: "usage", query: asked(backend, "usage")[0]?.[0] },
    "csv",
  ]);
  await user.click(screen.getByRole("radio", { name: "From – to" }));
  expect(button.getAttribute("aria-disabled")).toBe("true");
  expect(button.getAttribute("title")).toBe("Type both days as 2026-11-22.");
});

test("the audit events are exported as they are narrowed", async () => {
  const { backend, user } = open({ profiles: [one()], at: "#/profile/1/audit" });
  const search = await screen.findByLabelText("Search the audit events");
  await user.type(search, "token");
  await waitFor(() => expect(asked(backend, "audit").at(-1)?.[0]).toMatchObject({ search: "token" }));
  await user.click(screen.getByRole("button", { name: "Export" }));
  await user.click(screen.getByRole("menuitem", { name: /Excel/ }));
  await waitFor(() => expect(asked(backend, "exportSave")).toHaveLength(1));
  expect(asked(backend, "exportSave")[0]).toMatchObject([
    { screen: "audit", query: { profile: 1, search: "token", resource: null, who: null } },
    "xlsx",
  ]);
});

test("the changes of the profile alone are a tab of its page", async () => {
  const profiles = [profile(0, NOW), profile(1, NOW)];
  const { user } = open({
    profiles,
    at: "#/profile/2",
    prepare: (backend) => (backend.changes = changes(profiles, NOW, 60)),
  });
  await user.click(await screen.findByRole("link", { name: "Changes" }));
  expect(location.hash).toBe("#/profile/2/changes");
  const grid = await screen.findByRole("grid", { name: "Changes of this profile" });
  await waitFor(() => expect(within(grid).getAllByRole("row").length).toBeGreaterThan(3));
  const names = [...grid.querySelectorAll(".profile")].map((part) => part.textContent?.trim());
  expect(new Set(names)).toEqual(new Set([profiles[1]?.row.name]));
});

test("a link leads to its profile or screen, also one that came before the page, and a bad one leads nowhere", async () => {
  const { backend } = open({
    at: "#/fleet",
    prepare: (backend) => (backend.link = { key: 2, tab: "usage" }),
  });
  await waitFor(() => expect(location.hash).toBe("#/profile/2/usage"));
  backend.link = { key: 3, tab: "overview" };
  backend.emit("link-arrived", null);
  await waitFor(() => expect(location.hash).toBe("#/profile/3"));
  backend.link = { screen: "costs" };
  backend.emit("link-arrived", null);
  await waitFor(() => expect(location.hash).toBe("#/costs"));
  backend.link = { key: 3, tab: "overview" };
  backend.emit("link-arrived", null);
  await waitFor(() => expect(location.hash).toBe("#/profile/3"));
  backend.link = { code: "not_found", message: "No profile with the id 5f… is in the store." };
  backend.emit("link-arrived", null);
  expect(await screen.findByText(/is in the store/)).toBeTruthy();
  expect(location.hash).toBe("#/profile/3");
});
