// One profile: its overview and its usage history.
import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test, vi } from "vitest";

import type { Freshness, ProfileOverview, UsageChart, UsageQuery } from "../src/backend";
import { news } from "../src/backend/fake/backend";
import { cell, profile } from "../src/backend/fake/fleet";
import { columnsOf, limitIn } from "../src/screens/profile/periods";
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
  expect(screen.getByText(profile(0, NOW).row.id)).toBeTruthy();
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

const chart = (change: Partial<UsageChart> = {}): UsageChart => ({
  starts: [0, 86_400, 172_800],
  end: 259_200,
  amounts: [10, null, 30],
  lower_bound: [true, false, false],
  complete: [true, false, false],
  limit: 100,
  sum: 40,
  unknown: 1,
  timezone: "UTC",
  freshness: { state: "fresh", fetched_at: ago },
  ...change,
});

test("the table says the same as the chart: amounts, gaps, lower bounds and what is open", async () => {
  const { user } = open({
    profiles: [one()],
    at: "#/profile/1/usage",
    prepare: (backend) => (backend.usage = () => Promise.resolve(chart())),
  });
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
  ]);
});

test("service, period and zone go into the question, and an answer to an older one is dropped", async () => {
  const answers: ((chart: UsageChart) => void)[] = [];
  const questions: UsageQuery[] = [];
  const { user } = open({
    profiles: [one()],
    at: "#/profile/1/usage",
    prepare: (backend) =>
      (backend.usage = (query) => {
        questions.push(query);
        return new Promise((resolve) => answers.push(resolve));
      }),
  });
  await user.selectOptions(await screen.findByLabelText("Service"), "run_users");
  await user.click(screen.getByLabelText("By hour"));
  expect(questions.at(-1)).toEqual({
    profile: 1,
    service: "run_users",
    by: "hour",
    from: null,
    to: null,
    timezone: "UTC",
  });
  answers.at(-1)?.(chart({ sum: null }));
  await screen.findByText("2 hours known · 1 of 3 unknown");
  answers[0]?.(chart({ sum: 999 }));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(screen.queryByText(/999/)).toBeNull();
  expect(screen.getByRole("heading", { name: "End users, stored at the end of each hour" })).toBeTruthy();
});

test("a history of which nothing is known is said in words, not drawn as zero", async () => {
  open({
    profiles: [one()],
    at: "#/profile/1/usage",
    prepare: (backend) =>
      (backend.usage = () => Promise.resolve(chart({ amounts: [null, null, null], unknown: 3, sum: null }))),
  });
  expect(await screen.findByText(/Nothing is known of this service/)).toBeTruthy();
  expect(screen.queryByRole("img")).toBeNull();
});

test("a service that is not known shows neither a bar nor a zero", async () => {
  const base = profile(0, NOW);
  const row = { ...base.row, usage: base.row.usage.map(() => cell(null, null)), worst: null };
  open({ profiles: [{ ...base, row }], at: "#/profile/1" });
  await waitFor(() => expect(document.querySelectorAll('[data-state="unknown"]')).toHaveLength(9));
  expect(document.querySelector('[data-service="input"]')?.textContent).toContain("not known");
});

test("the columns keep gaps as gaps, set open periods apart, and end where the last period ends", () => {
  expect(columnsOf(chart(), false)).toEqual({
    starts: [0, 86_400, 172_800, 259_200],
    whole: [10, null, null, null],
    open: [null, null, 30, null],
  });
  expect(columnsOf(chart(), true)).toEqual({
    starts: [0, 86_400, 172_800, 259_200],
    whole: [10, null, 30, 30],
    open: [null, null, null, null],
  });
});

test("a limit is a line only where the history can be compared with it", () => {
  expect(limitIn(chart(), "day", false)).toBe("none");
  expect(limitIn(chart(), "month", false)).toBe("line");
  expect(limitIn(chart(), "hour", true)).toBe("line");
  expect(limitIn(chart({ limit: 100_000 }), "month", false)).toBe("above");
  expect(limitIn(chart({ limit: 0 }), "month", false)).toBe("none");
  expect(limitIn(chart({ limit: null }), "hour", true)).toBe("none");
});
