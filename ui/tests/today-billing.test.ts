// Today: what is done about a payment and a downgrade from their lines.
import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";

import type { TodayRow } from "../src/backend";
import { account, profile } from "../src/backend/fake/fleet";
import { line } from "../src/backend/fake/today";
import { asked, NOW, open, type Opened, type Options } from "./window";

const PROFILES = Array.from({ length: 24 }, (_, place) => profile(place, NOW));

const openToday = (lines: TodayRow[], options: Options = {}): Opened =>
  open({
    at: "#/today",
    profiles: PROFILES,
    prepare: (backend) => (backend.attention = lines),
    ...options,
  });

const kinds = (): (string | undefined)[] =>
  [...document.querySelectorAll<HTMLElement>("[data-kind]")].map(({ dataset }) => dataset.kind);
const panel = (): HTMLElement => screen.getByRole("complementary", { name: "Selected line" });

const OF_ACCOUNT = { profile: null, profile_key: null, profile_name: null };
const PAYMENT = line(
  0,
  { kind: "payment", reason: "No.", overdue: false, profiles: 2 },
  "urgent",
  OF_ACCOUNT,
);
const DOWNGRADE = line(
  1,
  { kind: "downgrade", at: NOW.toISOString(), plan: "starter", profiles: 3, services: ["input"] },
  "warning",
  OF_ACCOUNT,
);
const ways = [
  {
    row: PAYMENT,
    face: "Try the payment again…",
    title: "A failed payment",
    does: "Try the payment again",
    change: { kind: "settle_payment", account: 1, how: "retry" },
  },
  {
    row: PAYMENT,
    face: "Cancel the purchase…",
    title: "A failed payment",
    does: "Cancel the purchase",
    change: { kind: "settle_payment", account: 1, how: "cancel" },
  },
  {
    row: DOWNGRADE,
    face: "Cancel the downgrade…",
    title: "Cancel a downgrade",
    does: "Cancel the downgrade",
    change: { kind: "cancel_downgrade", account: 1 },
  },
] as const;

test.each(ways)("$face sends nothing before its review is confirmed", async (way) => {
  const { backend, user } = openToday([way.row]);
  await waitFor(() => expect(kinds()).toEqual([way.row.kind]));
  await user.keyboard("j");
  const button = within(panel()).getByRole("button", { name: way.face });
  await user.click(button);
  const left = await screen.findByRole("dialog", { name: way.title });
  await within(left).findByText("1 row cannot be undone later.");
  await user.click(within(left).getByRole("button", { name: "Cancel" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(asked(backend, "carryOut")).toEqual([]);
  await user.click(button);
  const dialog = await screen.findByRole("dialog", { name: way.title });
  await user.click(await within(dialog).findByRole("button", { name: way.does }));
  await waitFor(() => expect(within(dialog).getByRole("status").textContent).toContain("1 done"));
  expect(asked(backend, "carryOut").map(([request]) => request)).toEqual([
    { ask: "changes", changes: [way.change] },
  ]);
});

const HINDRANCES: [why: RegExp, options: Options][] = [
  [/is only read/, { accounts: [account(1, NOW, { read_only: true })] }],
  [/is signed out/, { accounts: [account(1, NOW, { sign_in: "signed_out" })] }],
  [
    /cannot be reached now/,
    { accounts: [account(1, NOW, { problem: { code: "offline", message: "It cannot be reached." } })] },
  ],
];

test.each(HINDRANCES)(
  "of an account that %s no payment is settled and no downgrade cancelled",
  async (why, options) => {
    const { backend, user } = openToday([PAYMENT, DOWNGRADE], options);
    await waitFor(() => expect(kinds()).toEqual(["payment", "downgrade"]));
    for (const kind of ["payment", "downgrade"] as const) {
      await user.keyboard("j");
      for (const { face } of ways.filter(({ row }) => row.kind === kind)) {
        const button = within(panel()).getByRole("button", { name: face });
        await waitFor(() => expect(button.title).toMatch(why));
        await user.click(button);
      }
    }
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(asked(backend, "previewChanges")).toEqual([]);
  },
);

test("a payment that is tried again is reviewed to the end, although its line goes meanwhile", async () => {
  const { backend, user } = openToday([PAYMENT]);
  backend.beforeRow = async () => {
    backend.attention = [];
  };
  await waitFor(() => expect(kinds()).toEqual(["payment"]));
  await user.keyboard("j");
  await user.click(within(panel()).getByRole("button", { name: "Try the payment again…" }));
  const dialog = await screen.findByRole("dialog", { name: "A failed payment" });
  await user.click(await within(dialog).findByRole("button", { name: "Try the payment again" }));
  await waitFor(() => expect(screen.queryByRole("complementary")).toBeNull(), { timeout: 6000 });
  expect(within(screen.getByRole("dialog")).getByRole("status").textContent).toContain("1 done");
  await user.click(within(dialog).getByRole("button", { name: "Close" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(asked(backend, "carryOut")[0]?.[0]).toEqual({
    ask: "changes",
    changes: [{ kind: "settle_payment", account: 1, how: "retry" }],
  });
});
