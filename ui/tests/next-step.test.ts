// The next step of a line on Today: what it says, and that the address which Enter opens shows the very action.
import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";

import type { AttentionFacts, TodayRow } from "../src/backend";
import { step } from "../src/attention-wording";
import { news } from "../src/backend/fake/backend";
import { account } from "../src/backend/fake/fleet";
import { line } from "../src/backend/fake/today";
import { asked, changed, NOW, open, type Opened, type Options } from "./window";

const failed: AttentionFacts = { kind: "payment", reason: "No funds.", overdue: false, profiles: 2 };
const downgrade: AttentionFacts = {
  kind: "downgrade",
  at: NOW.toISOString(),
  plan: "starter",
  profiles: 3,
  services: ["input"],
};
const input: AttentionFacts = { kind: "service", service: "data_records", used: 1_040, limit: 1_000 };
const ACCOUNT = { profile: null, profile_key: null, profile_name: null, account: "Nordwind", account_key: 2 };

const nordwind = account(2, NOW);
const own = { account: nordwind.label, accounts: [nordwind.label], shared: false, removed_at: null };

function openToday(rows: TodayRow[], options: Options = {}): Opened {
  return open({
    at: "#/today",
    accounts: [account(1, NOW), nordwind],
    profiles: [changed(0, own)],
    prepare: (backend) => (backend.attention = rows),
    ...options,
  });
}

const kinds = (): (string | undefined)[] =>
  [...document.querySelectorAll<HTMLElement>('[role="rowgroup"] [data-kind]')].map(
    ({ dataset }) => dataset.kind,
  );
const panel = (): HTMLElement => screen.getByRole("complementary", { name: "Selected line" });
const text = (element: Element): string => (element.textContent ?? "").replaceAll(/\s+/g, " ").trim();

/** Does the next step of the only line. */
async function goOn(rows: TodayRow[], options: Options = {}): Promise<Opened> {
  const opened = openToday(rows, options);
  await waitFor(() => expect(kinds()).toHaveLength(1));
  await opened.user.keyboard("j{Enter}");
  return opened;
}

const item = async (): Promise<HTMLElement> => {
  const name = await screen.findByText("Nordwind", { selector: "[data-account] h2 bdi" });
  return name.closest("li") as HTMLElement;
};

const STEPS: [facts: AttentionFacts, offers: string][] = [
  [failed, "Try the payment again, or cancel the purchase."],
  [{ kind: "payment", reason: null, overdue: true, profiles: 1 }, "Try the payment again"],
  [{ kind: "payment", reason: null, overdue: false, profiles: 1 }, "Add to the balance on TagoIO's site"],
  [{ kind: "signed_out", message: "No.", profiles: 1 }, "Sign in by password"],
  [input, "Give it a higher limit"],
  [downgrade, "Cancel the downgrade"],
  [
    { kind: "token_expiring", tokens: 1, first: "G", at: NOW.toISOString(), used: true },
    "Replace it: a new one is made",
  ],
  [{ kind: "token_unused", tokens: 2, first: "G" }, "Revoke them, or replace them"],
  [{ kind: "backup", newest: null, allowed_days: 7 }, "Back it up now."],
  [
    { kind: "invitation", invitations: 1, who: "Ada", at: null, ended: true },
    "Invite again, or take the invitation back.",
  ],
  [
    { kind: "invitation", invitations: 1, who: "Ada", at: null, ended: false },
    "Remind them, or take the invitation back.",
  ],
];

test.each(STEPS)("the next step of %j is what the window itself offers: %s", (facts, offers) => {
  expect(step(line(0, facts, "notice")).advice).toContain(offers);
});

test("where a payment is only to come there is none to try again", async () => {
  const low = line(0, { kind: "payment", reason: null, overdue: false, profiles: 1 }, "warning", ACCOUNT);
  const { user } = openToday([low]);
  await waitFor(() => expect(kinds()).toEqual(["payment"]));
  await user.keyboard("j");
  expect(text(panel())).toContain("Add to the balance on TagoIO's site");
  for (const name of ["Try the payment again…", "Cancel the purchase…"])
    expect(within(panel()).queryByRole("button", { name })).toBeNull();
});

test.each([
  [
    failed,
    "Try the payment again…",
    "A failed payment",
    { kind: "settle_payment", account: 2, how: "retry" },
  ],
  [downgrade, "Cancel the downgrade…", "Cancel a downgrade", { kind: "cancel_downgrade", account: 2 }],
] as const)(
  "Enter on %j leads to its account, and to its way out: %s",
  async (facts, face, title, change) => {
    const { backend, user } = await goOn([line(0, facts, "urgent", ACCOUNT)]);
    expect(location.hash).toBe("#/accounts?account=2");
    const button = within(await item()).getByRole("button", { name: face });
    await waitFor(() => expect(document.activeElement).toBe(button));
    await user.keyboard("{Enter}");
    const dialog = await screen.findByRole("dialog", { name: title });
    await within(dialog).findByText("1 row cannot be undone later.");
    expect(asked(backend, "previewChanges").at(-1)?.[0]).toEqual({ ask: "changes", changes: [change] });
    expect(asked(backend, "carryOut")).toEqual([]);
  },
);

test("an account says what hangs over its subscription, also where that was acknowledged, and no other does", async () => {
  const answer = { until: null, note: "", at: NOW.toISOString() };
  open({
    at: "#/accounts",
    accounts: [account(1, NOW), nordwind],
    prepare: (backend) => (backend.attention = [line(0, failed, "urgent", { ...ACCOUNT, answer })]),
  });
  const there = await item();
  await waitFor(() => expect(text(there)).toContain("Payment failed"));
  expect(text(there)).toContain("TagoIO says: No funds.");
  expect(document.querySelectorAll(".hanging")).toHaveLength(1);
});

test("news of the accounts does not take the focus back to the one that was come for", async () => {
  const { backend, user } = await goOn([line(0, failed, "urgent", ACCOUNT)]);
  const button = within(await item()).getByRole("button", { name: "Try the payment again…" });
  await waitFor(() => expect(document.activeElement).toBe(button));
  await user.click(screen.getByLabelText("Label"));
  const before = asked(backend, "today").length;
  backend.emit("store-changed", news({ accounts: true }));
  await waitFor(() => expect(asked(backend, "today").length).toBeGreaterThan(before), { timeout: 3000 });
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(document.activeElement).toBe(screen.getByLabelText("Label"));
});

test("what hangs over the accounts and cannot be read says why", async () => {
  open({
    at: "#/accounts",
    prepare: (backend) => backend.failures.set("today", { code: "store_failed", message: "Locked." }),
  });
  expect((await screen.findByRole("alert")).textContent).toContain("Locked.");
});

test("Enter on a service near its limit opens the form of limits at that service, once", async () => {
  const of = { profile_key: 1, account: nordwind.label };
  const { user } = await goOn([line(0, input, "urgent", of)]);
  const dialog = await screen.findByRole("dialog", { name: /^Limits of/ });
  await waitFor(() =>
    expect(document.activeElement).toBe(within(dialog).getByLabelText("Limit of Data records")),
  );
  await waitFor(() => expect(location.hash).toBe("#/profile/1"));
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  await user.click(screen.getByRole("button", { name: "Change limits…" }));
  const again = await screen.findByRole("dialog", { name: /^Limits of/ });
  await waitFor(() =>
    expect(document.activeElement).toBe(within(again).getByLabelText("Limit of Data input")),
  );
});

test("where the limit cannot be changed here, Enter leads to the button that says why", async () => {
  const of = { profile_key: 1, account: nordwind.label };
  await goOn([line(0, input, "urgent", of)], { profiles: [changed(0, { ...own, shared: true })] });
  const button = await screen.findByRole("button", { name: "Change limits…" });
  await waitFor(() => expect(document.activeElement).toBe(button));
  expect(button.title).toBe("None of the connected accounts owns it.");
  expect(screen.queryByRole("dialog")).toBeNull();
  await waitFor(() => expect(location.hash).toBe("#/profile/1"));
});
