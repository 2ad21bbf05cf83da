// Today: what a line says, its keys, the answers that a person gives, and every way in which the list can be empty.
import { screen, waitFor, within } from "@testing-library/svelte";
import { beforeEach, expect, test } from "vitest";

import type { AttentionFacts, TodayQuery, TodayRow } from "../src/backend";
import { stake, step, what } from "../src/attention-wording";
import { news, type FakeBackend } from "../src/backend/fake/backend";
import { PAGE } from "../src/components/pages.svelte";
import { account, profile } from "../src/backend/fake/fleet";
import { line } from "../src/backend/fake/today";
import { has, only, parseQuery, queryOf } from "../src/screens/today/filter";
import { asked, changed, NOW, open, running, type Opened, type Options } from "./window";

const PROFILES = Array.from({ length: 24 }, (_, place) => profile(place, NOW));

function openToday(at = "#/today", options: Options = {}): Opened {
  return open({ at, profiles: PROFILES, ...options });
}

const withLines = (rows: TodayRow[]): Options => ({ prepare: (backend) => (backend.attention = rows) });

const rows = (): HTMLElement[] => [
  ...document.querySelectorAll<HTMLElement>('[role="rowgroup"] > [role="row"]'),
];
const kinds = (): (string | undefined)[] =>
  rows().map((row) => row.querySelector<HTMLElement>("[data-kind]")?.dataset.kind);
const queries = (backend: FakeBackend): TodayQuery[] =>
  asked(backend, "today")
    .map(([query]) => query as TodayQuery)
    .filter(({ limit }) => limit > 0);
const listed = (): Promise<void> => waitFor(() => expect(rows().length).toBeGreaterThan(5));
const panel = (): HTMLElement => screen.getByRole("complementary", { name: "Selected line" });
const text = (element: Element | null | undefined): string =>
  (element?.textContent ?? "").replaceAll(/\s+/g, " ").trim();

beforeEach(() => Object.defineProperty(window, "innerWidth", { value: 1440, configurable: true }));

const input: AttentionFacts = { kind: "service", service: "input", used: 1_040, limit: 1_000 };

test("the first screen is the list, the worst first, and each line says whose, what, at what stake and what next", async () => {
  const { backend } = openToday("");
  await listed();
  expect(queries(backend)).toEqual([{ filter: "", offset: 0, limit: PAGE }]);
  const severities = rows().map(
    (row) => row.querySelector<HTMLElement>("[data-severity]")?.dataset.severity ?? "",
  );
  const order = ["critical", "urgent", "warning", "notice"];
  const ranks = severities.map((severity) => order.indexOf(severity));
  expect(ranks).toEqual([...ranks].sort((one, other) => one - other));
  expect(text(rows()[0])).toMatch(
    /✕ Critical Hafen Kühlhaus Acme Data input at 132 % of its limit Devices' requests are denied now .*Change its limits/,
  );
});

test("the navigation bears the number of lines that need attention, on every screen", async () => {
  openToday("#/fleet");
  const link = await screen.findByRole("link", { name: /^Today/ });
  await waitFor(() => expect(text(link)).toMatch(/^Today \d+ need attention$/));
});

test("J and K walk, Enter does the next step, and the way back finds the same line", async () => {
  const { user } = openToday();
  await listed();
  await user.keyboard("jjk");
  expect(rows()[0]?.getAttribute("aria-selected")).toBe("true");
  expect(text(panel())).toContain("Data input at 132 % of its limit");
  expect(text(rows()[0])).toContain("↵");
  await user.keyboard("{Enter}");
  await screen.findByRole("dialog", { name: /^Limits of Hafen/ });
  await user.keyboard("{Escape}");
  await waitFor(() => expect(location.hash).toBe("#/profile/1"));
  history.back();
  await listed();
  expect(rows()[0]?.getAttribute("aria-selected")).toBe("true");
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("complementary")).toBeNull();
  expect(document.activeElement).toBe(screen.getByRole("grid"));
});

test("A acknowledges, the next line takes its place, the focus stays, and U takes it back", async () => {
  const { backend, user } = openToday();
  await listed();
  await user.keyboard("j");
  const [first, second] = rows().map((row) => row.id);
  await user.keyboard("a");
  await waitFor(() => expect(rows()[0]?.id).toBe(second));
  expect(asked(backend, "answerAttention")).toEqual([[expect.stringContaining("service:p1"), null, null]]);
  await waitFor(() => expect(rows()[0]?.getAttribute("aria-selected")).toBe("true"));
  expect(document.activeElement).toBe(screen.getByRole("grid"));
  expect(screen.getByText(/Acknowledged until it is worse/)).toBeTruthy();
  await user.keyboard("u");
  await waitFor(() => expect(rows()[0]?.id).toBe(first));
  expect(screen.queryByText(/Acknowledged until it is worse/)).toBeNull();
});

test("S opens the dates without closing the list, and a note goes with the answer", async () => {
  const { backend, user } = openToday();
  await listed();
  await user.keyboard("js");
  const dates = screen.getByRole("dialog", { name: "Snooze" });
  expect(dates.getAttribute("aria-modal")).toBeNull();
  await waitFor(() =>
    expect(document.activeElement).toBe(within(dates).getByRole("button", { name: /Tomorrow/ })),
  );
  // Letters are the note's, and no keys of the list.
  await user.type(within(dates).getByLabelText("Note"), "jas, says Ada");
  expect(asked(backend, "answerAttention")).toEqual([]);
  await user.click(within(dates).getByRole("button", { name: /In a week/ }));
  const week = new Date(NOW.getFullYear(), NOW.getMonth(), NOW.getDate() + 7).toISOString();
  expect(asked(backend, "answerAttention")).toEqual([[expect.anything(), week, "jas, says Ada"]]);
  await waitFor(() => expect(screen.getByText(/Snoozed until/)).toBeTruthy());
});

test("a line that came back shows what was noted, and a new answer begins with that", async () => {
  const earlier = { at: NOW.toISOString(), until: null, note: "Ada pays on Friday" };
  const { backend, user } = openToday("#/today", withLines([line(0, input, "critical", { earlier })]));
  await waitFor(() => expect(rows()).toHaveLength(1));
  await user.keyboard("j");
  expect(text(panel())).toMatch(/It came back\. On .+ you wrote: Ada pays on Friday/);
  await user.keyboard("s");
  const dates = screen.getByRole("dialog", { name: "Snooze" });
  expect(within(dates).getByLabelText<HTMLInputElement>("Note").value).toBe("Ada pays on Friday");
  await user.keyboard("{Escape}a");
  await waitFor(() => expect(backend.attention?.[0]?.answer?.note).toBe("Ada pays on Friday"));
});

test("Esc closes the dates first, then the line, then the filter", async () => {
  const { user } = openToday("#/today?filter=severity%3Acritical");
  await waitFor(() => expect(rows().length).toBeGreaterThan(0));
  await user.keyboard("js");
  expect(screen.getByRole("dialog", { name: "Snooze" })).toBeTruthy();
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(panel()).toBeTruthy();
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("complementary")).toBeNull();
  await user.keyboard("{Escape}");
  await waitFor(() => expect(location.hash).toBe("#/today"));
});

test("a line can be snoozed until any date to come", async () => {
  const { backend, user } = openToday();
  await listed();
  await user.keyboard("js");
  const dates = screen.getByRole("dialog", { name: "Snooze" });
  const until = within(dates).getByRole<HTMLButtonElement>("button", { name: "Until this date" });
  expect(until.disabled).toBe(true);
  await user.type(within(dates).getByLabelText("Until a date"), "2999-03-01");
  await user.click(until);
  const [, when] = asked(backend, "answerAttention")[0] ?? [];
  expect(when).toBe(new Date(2999, 2, 1).toISOString());
});

test("a figure shows its kind alone, the way back leads through it, and answered lines are a figure too", async () => {
  const { user } = openToday();
  await listed();
  await user.keyboard("ja");
  await user.click(await screen.findByRole("button", { name: /fell silent/ }));
  await waitFor(() => expect(new Set(kinds())).toEqual(new Set(["silent"])));
  expect(location.hash).toBe("#/today?filter=kind%3Asilent");
  await user.click(screen.getByRole("button", { name: /1 acknowledged or snoozed/ }));
  await waitFor(() => expect(text(rows()[0])).toContain("acknowledged"));
  expect(rows()).toHaveLength(1);
  await user.keyboard("j");
  expect(within(panel()).getByRole("button", { name: /Put back/ })).toBeTruthy();
  history.back();
  await waitFor(() => expect(new Set(kinds())).toEqual(new Set(["silent"])));
});

test("/ leads to the filter, what is typed is in the address without steps of its own", async () => {
  const { backend, user } = openToday();
  await listed();
  const before = history.length;
  await user.keyboard("/kind:silent");
  await waitFor(() => expect(new Set(kinds())).toEqual(new Set(["silent"])));
  expect(queries(backend).at(-1)?.filter).toBe("kind:silent");
  expect(history.length).toBe(before);
  await user.keyboard("{Escape}");
  await waitFor(() => expect(location.hash).toBe("#/today"));
});

test("Enter on a signed-out account opens its sign-in form", async () => {
  const out = account(2, NOW, { sign_in: "signed_out" });
  const { user } = openToday("#/today?filter=kind%3Asigned_out", { accounts: [account(1, NOW), out] });
  await waitFor(() => expect(kinds()).toEqual(["signed_out"]));
  await user.keyboard("j{Enter}");
  expect(location.hash).toBe("#/accounts");
  const dialog = await screen.findByRole("dialog");
  expect(dialog.textContent).toContain("Renew the token of Nordwind");
  await waitFor(() => expect((document.activeElement as HTMLInputElement).type).toBe("password"));
});

test("names are text, whatever is in them", async () => {
  const hostile = "<img src=x onerror=alert(1)>";
  const { user } = openToday(
    "#/today",
    withLines([
      line(0, { kind: "token_unused", tokens: 1, first: "<b>Old</b> ····0001" }, "notice", {
        profile_name: hostile,
        account: "<u>Acme</u>",
        answer: null,
      }),
      line(1, { kind: "invitation", invitations: 1, who: "مياه", at: null, ended: true }, "notice"),
    ]),
  );
  expect((await screen.findByText(hostile)).tagName).toBe("BDI");
  for (const name of ["<b>Old</b> ····0001", "مياه", "<u>Acme</u>"])
    expect(screen.getByText(name).tagName).toBe("BDI");
  await user.keyboard("ja");
  await screen.findByText(/Acknowledged until/);
  const main = document.querySelector("main");
  expect(main?.querySelector("img, b, u")).toBeNull();
});

test("what is not known is said: when it began, and that it may have begun earlier", async () => {
  openToday(
    "#/today",
    withLines([
      line(0, { kind: "dashboards", used: 3e6, limit: 3e6 }, "critical"),
      line(1, input, "critical", { since: NOW.toISOString(), or_earlier: true }),
    ]),
  );
  await waitFor(() => expect(rows()).toHaveLength(2));
  expect(text(rows()[0])).toContain("not known");
  expect(text(rows()[1])).toContain("before");
});

test("when nothing needs attention it says so, as of when and over how many", async () => {
  openToday("#/today", {
    ...withLines([]),
    profiles: [changed(0, { freshness: { state: "fresh", fetched_at: NOW.toISOString() } })],
  });
  expect(await screen.findByRole("heading", { name: "Nothing needs attention" })).toBeTruthy();
  const all = screen.getByText(/over/);
  expect(text(all)).toMatch(/^As of .+, over 1 of 1 profile\.$/);
});

test("what cannot be judged is counted and not called well", async () => {
  const never = changed(0, { freshness: { state: "never_fetched" } });
  openToday("#/today", {
    ...withLines([]),
    profiles: [never],
    accounts: [account(1, NOW, { sign_in: "signed_out" })],
  });
  const said = await screen.findByText(/what they hide is not here/);
  expect(text(said)).toContain("1 profile of 1 was never fetched");
  expect(text(said)).toContain("1 account is signed out");
  expect(screen.queryByRole("heading", { name: "Nothing needs attention" })).toBeNull();
  expect(screen.getByRole("button", { name: "Sync now" })).toBeTruthy();
});

test("without an account a list that cannot be read says so, and does not welcome", async () => {
  openToday("#/today", {
    accounts: [],
    profiles: [],
    prepare: (backend) => backend.failures.set("today", { code: "store_failed", message: "Locked." }),
  });
  expect((await screen.findByRole("alert")).textContent).toContain("Locked.");
  expect(screen.queryByRole("heading", { name: "Welcome to Profile Desk" })).toBeNull();
});

test("without an account it welcomes, as the fleet does", async () => {
  openToday("#/today", { accounts: [], profiles: [] });
  expect(await screen.findByRole("heading", { name: "Welcome to Profile Desk" })).toBeTruthy();
});

test("a filter that leaves nothing says so, and can be cleared", async () => {
  const { user } = openToday("#/today?filter=nowhere");
  expect(await screen.findByText("nowhere", { selector: "q" })).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Clear the filter" }));
  await listed();
  expect(document.activeElement).toBe(screen.getByRole("combobox", { name: "Filter what needs attention" }));
});

test("a filter that cannot be read keeps the lines and says what it takes", async () => {
  const { backend, user } = openToday();
  await listed();
  backend.failures.set("today", {
    code: "invalid_input",
    message: "kind: cannot be “x”.",
    hint: "It takes any of: payment",
  });
  await user.keyboard("/kind:x");
  expect(text(await screen.findByRole("alert"))).toContain("kind: cannot be “x”.");
  const box = screen.getByRole("combobox", { name: "Filter what needs attention" });
  expect(box.getAttribute("aria-describedby")).toBe(screen.getByRole("alert").id);
  expect(rows().length).toBeGreaterThan(5);
  // Trying the same again would be refused again.
  expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
  backend.failures.clear();
  await user.clear(box);
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
});

test("a list that cannot be read keeps the old lines and offers to try again", async () => {
  const { backend, user } = openToday();
  await listed();
  backend.failures.set("today", { code: "store_failed", message: "The database is locked." });
  backend.emit("store-changed", news({ profiles: [1] }));
  await waitFor(() => expect(text(screen.queryByRole("alert"))).toContain("The database is locked."), {
    timeout: 6000,
  });
  expect(rows().length).toBeGreaterThan(5);
  backend.failures.clear();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
});

test("an answer that cannot be stored leaves the line and says why", async () => {
  const { backend, user } = openToday();
  await listed();
  const before = rows().length;
  backend.failures.set("answerAttention", { code: "disk_full", message: "The disk is full." });
  await user.keyboard("ja");
  expect(text(await screen.findByRole("alert"))).toContain("The disk is full.");
  expect(rows()).toHaveLength(before);
});

test("while a sync writes, the list is read again now and then; selection and focus stay", async () => {
  const { backend, user } = openToday();
  await listed();
  await user.keyboard("jj");
  const selected = rows()[1]?.id;
  const before = queries(backend).length;
  backend.emit("sync-changed", running(12));
  backend.attention = [
    line(990, input, "critical", { profile_name: "Newcomer" }),
    ...(backend.attention ?? []),
  ];
  for (let write = 0; write < 6; write += 1) {
    backend.emit("store-changed", news({ profiles: [write + 1] }));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await waitFor(() => expect(text(rows()[0])).toContain("Newcomer"), { timeout: 6000 });
  expect(queries(backend).length).toBeLessThanOrEqual(before + 2);
  expect(rows()[2]?.id).toBe(selected);
  expect(rows()[2]?.getAttribute("aria-selected")).toBe("true");
  expect(document.activeElement).toBe(screen.getByRole("grid"));
}, 10_000);

test("of 5,000 lines only a screenful is in the page", async () => {
  const many = Array.from({ length: 5_000 }, (_, place) => line(place, input, "critical"));
  const { backend, user } = openToday("#/today", withLines(many));
  await listed();
  screen.getByRole("grid").focus();
  await user.keyboard("{End}");
  await waitFor(() => expect(rows().at(-1)?.getAttribute("aria-selected")).toBe("true"));
  expect(rows().length).toBeLessThan(60);
  // The first page, and at most two that the last screenful lies on.
  expect(new Set(queries(backend).map(({ offset }) => offset)).size).toBeLessThanOrEqual(3);
});

test("in a narrow window the stake stands beside what happened", async () => {
  Object.defineProperty(window, "innerWidth", { value: 1000, configurable: true });
  openToday();
  await listed();
  expect(screen.queryByRole("columnheader", { name: "At stake" })).toBeNull();
  expect(text(rows()[0])).toContain("of its limit · Devices' requests are denied now");
});

test("every kind of line says what happened, what is at stake and what to do", () => {
  const at = NOW.toISOString();
  const all: [AttentionFacts, string, string][] = [
    [{ kind: "payment", reason: "No.", overdue: false, profiles: 2 }, "Payment failed", "2 profiles"],
    [{ kind: "payment", reason: null, overdue: true, profiles: 1 }, "Bill past due", "1 profile"],
    [{ kind: "signed_out", message: "No.", profiles: 1 }, "Account signed out", "is not seen"],
    [{ ...input, used: 950 }, "Data input at 95 % of its limit", "At 100 %: devices' requests are denied"],
    [{ kind: "dashboards", used: 3, limit: 3 }, "Dashboards' output at 100 %", "Dashboards fail now"],
    [
      { kind: "downgrade", at, plan: null, profiles: 3, services: ["input", "device"] },
      "use of 3 profiles",
      "Data input, Devices",
    ],
    [{ kind: "silent", last_input_at: at, known_until: at }, "No input since", "offline"],
    [
      { kind: "resource", resource: "am", amount: 5, limit: 5 },
      "5 of 5 access policies",
      "No more access policies",
    ],
    [{ kind: "token_expiring", tokens: 1, first: "G", at, used: true }, "Token G expires on", "cut off"],
    [{ kind: "token_expiring", tokens: 4, first: "G", at, used: false }, "4 tokens expire", "never used"],
    [{ kind: "backup", newest: null, allowed_days: 7 }, "No backup", "cannot be restored"],
    [
      { kind: "invitation", invitations: 2, who: "Ada", at, ended: true },
      "2 invitations are ended",
      "Nobody can",
    ],
    [{ kind: "token_unused", tokens: 2, first: "G" }, "2 tokens with full permission", "everything"],
  ];
  for (const [facts, happened, risk] of all) {
    const says = what(facts, NOW);
    const plain = (words: string): string => words.replaceAll(/\s/g, " ");
    expect(plain(`${says.before}${says.name}${says.after}`)).toContain(happened);
    expect(plain(stake(facts))).toContain(risk);
    const next = step(line(0, facts, "notice"));
    expect(next.href).toMatch(/^#\//);
    expect(next.advice).toMatch(/\.$/);
  }
});

test("the figures' tests come and go, and what else is filtered stays", () => {
  expect(only("severity:urgent hafen", "kind:silent")).toBe("kind:silent severity:urgent hafen");
  expect(only("kind:silent hafen snoozed:yes", null)).toBe("hafen");
  expect(has("hafen kind:silent", "kind:silent")).toBe(true);
  expect(has("kind:silent snoozed:yes", "kind:silent")).toBe(false);
  // A space that was just typed stays: the next letter belongs behind it.
  expect(parseQuery(queryOf('name:"a & b" '))).toBe('name:"a & b" ');
  expect(queryOf("")).toBe("");
});
