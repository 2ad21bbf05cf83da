// Everybody with access to anything, and a profile's tokens, team and audit events.
import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";

import type { AuditQuery, Freshness, PeopleQuery, ProfileOverview } from "../src/backend";
import { profile } from "../src/backend/fake/fleet";
import { dayOf, endOf, parseView, viewAddress } from "../src/screens/people/view";
import { asked, NOW, open, type Options } from "./window";

function rows(): HTMLElement[] {
  return within(screen.getByRole("grid")).getAllByRole("row").slice(1);
}

function openPeople(more: Options = {}): ReturnType<typeof open> {
  return open({ at: "#/people", ...more });
}

async function ready(): Promise<void> {
  await waitFor(() => expect(rows().length).toBeGreaterThan(10));
}

function last(backend: ReturnType<typeof open>["backend"]): PeopleQuery {
  return asked(backend, "people").at(-1)?.[0] as PeopleQuery;
}

test("everybody is a row, names that are markup are text, and who has no name is known by the address", async () => {
  openPeople();
  await ready();
  expect(document.querySelector("main img")).toBeNull();
  expect(screen.getAllByText("<img src=x onerror=alert(1)>").length).toBeGreaterThan(0);
  expect(screen.getByText(/Teams of \d+ of 23 profiles known: \d+ not permitted/)).toBeTruthy();
});

test("the figures are each their filter", async () => {
  const { backend, user } = openPeople();
  await user.click(await screen.findByRole("button", { name: /share customers' data/ }));
  await waitFor(() => expect(last(backend).filter).toBe("flag:shared"));
  await waitFor(() =>
    expect(rows().every((row) => row.textContent.includes("2 customers' data"))).toBe(true),
  );
});

test("a person's panel lists the ways in, since when, and how each is known", async () => {
  const { user } = openPeople();
  await ready();
  await user.keyboard("j");
  const panel = within(await screen.findByRole("complementary", { name: "Selected person" }));
  expect(await panel.findByText("owner")).toBeTruthy();
  expect(panel.getByText(/Gateway import ····7f3a, full/)).toBeTruthy();
  expect(panel.getAllByText(/seen/).length).toBeGreaterThan(3);
  expect(panel.getByText(/2 tokens of signing in left out/)).toBeTruthy();
  await user.keyboard("{Escape}");
  expect(document.activeElement).toBe(screen.getByRole("grid"));
});

test("a day of the past is asked for to its last moment, and says what was not known then", async () => {
  const { backend, user } = openPeople({ at: "#/people?at=2020-05-03" });
  await ready();
  expect(last(backend).at).toBe(endOf("2020-05-03"));
  expect(screen.getByText(/No team was known yet on/)).toBeTruthy();
  expect(screen.getAllByText("inferred").length).toBeGreaterThan(0);
  await user.click(screen.getByRole("button", { name: "Now" }));
  await waitFor(() => expect(last(backend).at).toBeNull());
  expect(location.hash).toBe("#/people");
  expect(document.activeElement).toBe(screen.getByRole("grid"));
});

test("a day on which nobody is known leads back to now, and keeps the focus", async () => {
  const { user } = openPeople({ at: "#/people?at=2020-05-03", profiles: [] });
  await user.click(await screen.findByRole("button", { name: "Show now" }));
  await waitFor(() => expect(location.hash).toBe("#/people"));
  expect(document.activeElement).toBe(screen.getByRole("grid"));
});

test("days are whole, and what is no day is now", () => {
  expect(endOf("2026-02-30")).toBeNull();
  expect(endOf("nonsense")).toBeNull();
  const end = endOf("2026-05-03");
  expect(end !== null && dayOf(new Date(end))).toBe("2026-05-03");
  expect(parseView("at=2026-13-01").day).toBeNull();
  const view = { filter: "invited:>3d", day: "2026-05-03", sort: "tokens", descending: true } as const;
  expect(parseView(viewAddress(view))).toEqual(view);
});

test("the most come first where a column counts, and names from A", async () => {
  const { backend, user } = openPeople();
  await ready();
  await user.click(screen.getByRole("button", { name: "Profiles" }));
  await waitFor(() => expect(last(backend)).toMatchObject({ sort: "profiles", descending: true }));
  await user.click(screen.getByRole("button", { name: "Person" }));
  await waitFor(() => expect(last(backend)).toMatchObject({ sort: "name", descending: false }));
});

test("nothing found, no account, nothing known and a failure each say what to do", async () => {
  const { user } = openPeople({ at: "#/people?filter=nowhere" });
  await user.click(await screen.findByRole("button", { name: "Clear the filter" }));
  await ready();
});

test("without an account the list of persons leads to the form", async () => {
  openPeople({ accounts: [], profiles: [] });
  expect(await screen.findByRole("link", { name: "Connect an account" })).toBeTruthy();
});

test("before the first sync the list of persons offers one", async () => {
  openPeople({ profiles: [] });
  expect(await screen.findByRole("button", { name: "Sync now" })).toBeTruthy();
});

test("a list of persons that cannot be read says why", async () => {
  openPeople({
    prepare: (backend) => backend.failures.set("people", { code: "store_failed", message: "Locked." }),
  });
  expect((await screen.findByRole("alert")).textContent).toContain("Locked.");
});

function withDataset(dataset: "tokens" | "team", freshness: Freshness, shared = false): ProfileOverview {
  const made = profile(0, NOW);
  return {
    ...made,
    row: { ...made.row, shared },
    datasets: made.datasets.map((one) => (one.dataset === dataset ? { dataset, freshness } : one)),
  };
}

const AT = NOW.toISOString();
const STATES: [Freshness, RegExp][] = [
  [{ state: "never_fetched" }, /Never fetched/],
  [{ state: "stale", fetched_at: AT }, /Out of date/],
  [{ state: "fresh", fetched_at: AT }, /As of/],
  [{ state: "failed", attempted_at: AT, fetched_at: null, reason: "Cut off." }, /Cut off/],
  [{ state: "not_permitted", attempted_at: AT, reason: "Authorization Denied" }, /Authorization Denied/],
  [{ state: "not_there", fetched_at: AT }, /Not there/],
];

test.each(STATES)("a team that is %o says so", async (freshness, said) => {
  open({ at: "#/profile/1/team", profiles: [withDataset("team", freshness)] });
  expect(await screen.findByText("Acme Operations", { selector: ".team bdi" })).toBeTruthy();
  expect(screen.getByText(said)).toBeTruthy();
  const known = freshness.state === "fresh" || freshness.state === "stale";
  expect(screen.queryAllByText("invited").length > 0 || screen.queryByText(/Not any more/) !== null).toBe(
    known,
  );
});

test.each(STATES)("tokens that are %o say so", async (freshness, said) => {
  open({ at: "#/profile/1/tokens", profiles: [withDataset("tokens", freshness)] });
  await screen.findByRole("grid", { name: "Tokens of the profile" });
  expect(screen.getAllByText(said).length).toBeGreaterThan(0);
});

test("a profile's tokens are its own, and Esc leaves the token before the profile", async () => {
  const { backend, user } = open({ at: "#/profile/2/tokens" });
  await waitFor(() => expect(rows().length).toBeGreaterThan(1));
  expect(asked(backend, "tokens").every(([query]) => (query as { profile: number }).profile === 2)).toBe(
    true,
  );
  expect(screen.queryByRole("columnheader", { name: "Profile" })).toBeNull();
  const first = rows()[0];
  if (first) await user.click(first);
  expect(await screen.findByRole("complementary", { name: "Selected token" })).toBeTruthy();
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("complementary", { name: "Selected token" })).toBeNull();
  expect(location.hash).toBe("#/profile/2/tokens");
});

function lastAudit(backend: ReturnType<typeof open>["backend"]): AuditQuery {
  return asked(backend, "audit").at(-1)?.[0] as AuditQuery;
}

test("audit events are narrowed by words, resource and person, and it says how far back they reach", async () => {
  const { backend, user } = open({ at: "#/profile/1/audit" });
  await ready();
  expect(screen.getByText(/420 events from/).textContent).toContain("Missing:");
  expect(document.querySelector(".audit b")).toBeNull();
  await user.selectOptions(screen.getByLabelText("Resource"), "dashboard");
  await waitFor(() => expect(lastAudit(backend).resource).toBe("dashboard"));
  const person = screen.getByRole<HTMLOptionElement>("option", { name: /Mira Okafor/ });
  await user.selectOptions(screen.getByLabelText("Person"), person.value);
  await waitFor(() => expect(lastAudit(backend).who).toBe(person.value));
  await user.type(screen.getByLabelText("Search the audit events"), "nowhere");
  await user.click(await screen.findByRole("button", { name: "Show all" }));
  await waitFor(() => expect(lastAudit(backend)).toMatchObject({ resource: null, who: null, search: "" }));
  await ready();
});

test("the log of a profile of somebody else is its owner's alone", async () => {
  open({
    at: "#/profile/1/audit",
    profiles: [withDataset("team", { state: "never_fetched" }, true)],
    prepare: (backend) => (backend.teams.events = []),
  });
  expect(await screen.findByText(/Only the owner's account may read the audit log/)).toBeTruthy();
});

test("a log of which nothing is archived, or that is not to be, says so", async () => {
  open({
    at: "#/profile/1/audit",
    prepare: (backend) => {
      backend.teams.events = [];
      backend.teams.archiveOf = { spans: [], freshness: { state: "never_fetched" } };
    },
  });
  expect(await screen.findByText(/Nothing is archived yet/)).toBeTruthy();
});

test("a log that is not to be archived says so", async () => {
  open({
    at: "#/profile/1/audit",
    prepare: (backend) => {
      backend.teams.events = [];
      backend.teams.archiveOf = { spans: [], archiving: false, freshness: { state: "never_fetched" } };
    },
  });
  expect(await screen.findByText(/is not archived/)).toBeTruthy();
});

test("a profile's tokens are filtered in the language of all boxes, which keeps its keys from the page", async () => {
  const { backend, user } = open({ at: "#/profile/2/tokens" });
  await waitFor(() => expect(rows().length).toBeGreaterThan(1));
  await user.keyboard("/");
  const box = screen.getByRole("combobox", { name: "Filter the profile's tokens" });
  expect(document.activeElement).toBe(box);
  await user.keyboard("full ");
  await user.keyboard("{ArrowDown}");
  await screen.findAllByRole("option");
  expect(document.activeElement).toBe(box);
  await user.keyboard("{Escape}");
  expect(screen.queryAllByRole("option")).toHaveLength(0);
  expect((box as HTMLInputElement).value).toBe("full ");
  await user.keyboard("{Escape}");
  expect((box as HTMLInputElement).value).toBe("");
  await user.paste("flag:nonsense");
  expect((await screen.findByRole("alert")).textContent).toContain("flag:nonsense");
  expect(rows().length).toBeGreaterThan(1);
  expect(location.hash).toBe("#/profile/2/tokens");
  expect(asked(backend, "tokens").at(-1)?.[0]).toMatchObject({ profile: 2, filter: "flag:nonsense" });
});

test("/ leads to the search of the audit events, and Esc empties it before it leaves the profile", async () => {
  const { backend, user } = open({ at: "#/profile/1/audit" });
  await ready();
  await user.keyboard("/");
  const field = screen.getByLabelText<HTMLInputElement>("Search the audit events");
  expect(document.activeElement).toBe(field);
  await user.keyboard("token");
  await waitFor(() => expect(lastAudit(backend).search).toBe("token"));
  await user.keyboard("{Escape}");
  await waitFor(() => expect(lastAudit(backend).search).toBe(""));
  expect(field.value).toBe("");
  expect(document.activeElement).toBe(field);
  expect(location.hash).toBe("#/profile/1/audit");
});
