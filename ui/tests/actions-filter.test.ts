// The log of actions, narrowed by account, kind, result, time and batch; the address says it, and the export takes it.
import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";

import type { ActionQuery, ActionRow } from "../src/backend";
import { ALL_ACTIONS, filterAddress, parseFilter, UNFILTERED } from "../src/screens/activity/filter";
import { asked, NOW, open, type Opened } from "./window";

function action(key: number, of: Partial<ActionRow> = {}): ActionRow {
  const at = new Date(NOW.getTime() - key * 86_400_000).toISOString();
  return {
    key,
    at,
    ended_at: at,
    batch: key,
    account: key % 2 === 0 ? "Acme" : "Nordwind",
    profile: null,
    profile_key: null,
    profile_name: `Profile ${key}`,
    kind: key % 3 === 0 ? "create_backup" : "rename",
    before: { name: `Old ${key}` },
    after: { name: `New ${key}` },
    result: key === 4 ? "failed" : "done",
    code: null,
    message: null,
    ...of,
  };
}

function openLog(at = "#/activity?log=actions"): Opened {
  const rows = Array.from({ length: 12 }, (_, place) => action(place + 1));
  return open({ at, prepare: (backend) => (backend.actions = rows) });
}

const rows = (): HTMLElement[] => [
  ...document.querySelectorAll<HTMLElement>('[role="rowgroup"] > [role="row"]'),
];
const last = (opened: Opened): ActionQuery => asked(opened.backend, "actionLog").at(-1)?.[0] as ActionQuery;

test("each choice narrows the log, stands in the address, and is a step back", async () => {
  const opened = openLog();
  const { user } = opened;
  await waitFor(() => expect(rows()).toHaveLength(12));
  await user.selectOptions(screen.getByLabelText("What was done"), "New backup");
  await waitFor(() => expect(rows()).toHaveLength(4));
  expect(location.hash).toBe("#/activity?log=actions&kind=create_backup");
  await user.selectOptions(screen.getByLabelText("What was done"), "All kinds");
  await user.selectOptions(screen.getByLabelText("Result"), "failed");
  await waitFor(() => expect(rows()).toHaveLength(1));
  expect(last(opened)).toMatchObject({ kinds: [], results: ["failed"] });
  await user.selectOptions(screen.getByLabelText("Result"), "All results");
  await user.selectOptions(screen.getByLabelText("Account"), "Acme");
  await waitFor(() => expect(last(opened).account).not.toBeNull());
  await user.selectOptions(screen.getByLabelText("Time"), "Last 7 days");
  await waitFor(() => expect(last(opened).since).not.toBeNull());
  expect(location.hash).toContain("days=7");
  history.back();
  await waitFor(() => expect(screen.getByLabelText<HTMLSelectElement>("Time").value).toBe(""));
  expect(screen.getByLabelText<HTMLSelectElement>("Account").value).not.toBe("");
});

test("an address says all of it, and the export takes what is shown", async () => {
  const { backend, user } = openLog(
    "#/activity?log=actions&kind=rename&result=done&batch=2&from=2026-01-01&to=2030-12-31&search=profile",
  );
  await waitFor(() => expect(rows()).toHaveLength(1));
  expect(screen.getByLabelText<HTMLInputElement>("From this day on").value).toBe("2026-01-01");
  await user.click(screen.getByRole("button", { name: "Export" }));
  await user.click(screen.getByRole("menuitem", { name: /CSV/ }));
  expect(asked(backend, "exportSave")[0]?.[0]).toEqual({
    screen: "actions",
    query: {
      search: "profile",
      account: null,
      profile: null,
      kinds: ["rename"],
      results: ["done"],
      batch: 2,
      since: new Date(2026, 0, 1).toISOString(),
      until: new Date(2031, 0, 1).toISOString(),
      offset: 0,
      limit: 0,
    },
  });
  await user.click(screen.getByRole("button", { name: /Batch 2/ }));
  await waitFor(() => expect(rows().length).toBeGreaterThan(1));
  expect(location.hash).not.toContain("batch");
});

test("the search takes the filters of the other screens, completes them, and says what it does not take", async () => {
  const opened = openLog();
  const { backend, user } = opened;
  await waitFor(() => expect(rows()).toHaveLength(12));
  const box = screen.getByRole<HTMLInputElement>("combobox", { name: "Search the actions" });
  await user.type(box, "accou");
  await user.click(await screen.findByRole("option", { name: /^account:/ }));
  expect(box.value).toBe("account:");
  expect(asked(backend, "completeFilter").at(-1)?.[0]).toBe("activity");
  expect(last(opened).search).toBe("account:");
  const refusal = { code: "invalid_input", message: "There is no filter “colour:”." } as const;
  backend.failures.set("actionLog", refusal);
  await user.clear(box);
  await user.type(box, "colour:red");
  expect((await screen.findByRole("alert")).textContent).toContain(refusal.message);
});

test("a selected action leads to its batch, and what matches nothing can be left", async () => {
  const { user } = openLog();
  await waitFor(() => expect(rows()).toHaveLength(12));
  await user.click(rows()[4] as HTMLElement);
  const chosen = await screen.findByRole("region", { name: "Selected action" });
  await user.click(within(chosen).getByRole("button", { name: "Only its batch" }));
  await waitFor(() => expect(rows()).toHaveLength(1));
  await user.selectOptions(screen.getByLabelText("Result"), "failed");
  await user.click(await screen.findByRole("button", { name: "Show all actions" }));
  await waitFor(() => expect(rows()).toHaveLength(12));
});

test("a day that is none is said where it is typed, and nonsense in an address is passed over", async () => {
  const { user } = openLog("#/activity?log=actions&kind=nonsense&result=perhaps&batch=-3&account=x&days=0");
  await waitFor(() => expect(rows()).toHaveLength(12));
  await user.selectOptions(screen.getByLabelText("Time"), "From – to");
  await user.type(screen.getByLabelText("From this day on"), "yesterday{Enter}");
  await user.tab();
  expect(await screen.findByText("Type a day as 2026-11-22.")).toBeTruthy();
  const filter = {
    ...UNFILTERED,
    face: "taken" as const,
    actions: { ...ALL_ACTIONS, account: 3, result: "unknown" as const, days: 30 },
  };
  expect(parseFilter(filterAddress(filter))).toEqual(filter);
});
