import { expect, test } from "vitest";

import type { ChangeKind, ChangeRow } from "./backend";
import { changes } from "./backend/fake/changes";
import { profile } from "./backend/fake/fleet";
import { changeText } from "./change-wording";

const now = new Date(2026, 10, 22, 14, 10);

function change(kind: ChangeKind, of: Partial<ChangeRow> = {}): ChangeRow {
  return {
    key: 1,
    at: now.toISOString(),
    account: "Acme",
    profile: "000000005bb0a0ccf1d7d9c4",
    profile_key: 1,
    profile_name: "Hafen Kühlhaus",
    kind,
    subject: null,
    old: null,
    new: null,
    ...of,
  };
}

/** Subject, old and new as they are read from left to right. */
function read(kind: ChangeKind, of: Partial<ChangeRow> = {}): string {
  const { glyph, word, subject, last4, old, new: now, unit } = changeText(change(kind, of));
  const token = last4 === null ? null : `····${last4}`;
  const values = [old, now].filter((value) => value !== null).join(" → ");
  return [glyph, word, "|", subject, token, "|", values || null, unit]
    .filter((part) => part !== null)
    .join(" ")
    .replace(/\s+/g, " ");
}

test.each<[ChangeKind, Partial<ChangeRow>, string]>([
  [
    "limit_changed",
    { subject: "input", old: 350_000, new: 500_000 },
    "↑ Limit raised | Data input | 350,000 → 500,000 variables",
  ],
  [
    "limit_changed",
    { subject: "file_storage", old: 500, new: 200.5 },
    "↓ Limit lowered | File storage | 500 → 200.5 MB",
  ],
  [
    "limit_changed",
    { subject: "sms", old: 0, new: 1000 },
    "↑ Limit raised | SMS | not allocated → 1,000 messages",
  ],
  ["limit_changed", { subject: "sms", old: null, new: 1000 }, "↕ Limit changed | SMS | — → 1,000 messages"],
  [
    "limit_changed",
    { subject: "dashboard_output", old: 1, new: 2 },
    "↑ Limit raised | Dashboards' output | 1 → 2",
  ],
  [
    "threshold_reached",
    { subject: "input", old: 80, new: 90 },
    "▲ Reached 90 % | Data input | at 80 % → at 90 %",
  ],
  [
    "threshold_reached",
    { subject: "input", old: null, new: 80 },
    "△ Reached 80 % | Data input | below 80 % → at 80 %",
  ],
  [
    "threshold_reached",
    { subject: "input", old: 90, new: 100 },
    "✕ Reached the limit | Data input | at 90 % → at 100 %",
  ],
  [
    "threshold_left",
    { subject: "output", old: 90, new: 80 },
    "▽ Below 90 % again | Data output | at 90 % → at 80 %",
  ],
  [
    "threshold_left",
    { subject: "output", old: 100, new: null },
    "▽ Below the limit again | Data output | at 100 % → below 80 %",
  ],
  [
    "token_created",
    { subject: "Gateway import ····7f3a", new: "full" },
    "+ Token created | Gateway import ····7f3a | full",
  ],
  ["token_gone", { subject: "····7f3a" }, "− Token gone | ····7f3a |"],
  ["token_gone", { subject: "A ····b, ····c ····7f3a" }, "− Token gone | A ····b, ····c ····7f3a |"],
  ["token_gone", { subject: "No end" }, "− Token gone | No end |"],
  [
    "token_expiring",
    { subject: "Exporter ····e402", new: "2026-12-03T12:00:00Z" },
    "◔ Token expires soon | Exporter ····e402 | expires Dec 3, 2026",
  ],
  ["sign_in_started", { subject: "Sign-in ····9c1e" }, "→ Signed in | Sign-in ····9c1e |"],
  ["sign_in_ended", { subject: "Sign-in ····9c1e" }, "← Sign-in ended | Sign-in ····9c1e |"],
  [
    "member_invited",
    { subject: "Jonas Brandt", new: "Jonas Brandt" },
    "○ Invited to the team | Jonas Brandt |",
  ],
  [
    "member_joined",
    { subject: "Mira Okafor", new: "mira@north.example" },
    "● Joined the team | Mira Okafor | mira@north.example",
  ],
  ["member_left", { subject: "<i>Ulla</i>" }, "− Left the team | <i>Ulla</i> |"],
  ["plan_changed", { old: "starter", new: "scale" }, "≠ Plan changed | | starter → scale"],
  ["payment_failed", { new: "Your card was declined." }, "✕ Payment failed | | Your card was declined."],
  ["payment_failed", { new: "2026-12 is not paid" }, "✕ Payment failed | | 2026-12 is not paid"],
  ["payment_overdue", { new: "2026-11-20T12:00:00Z" }, "! Payment overdue | | Nov 20, 2026"],
  ["payment_recovered", {}, "✓ Payments in order | |"],
  ["downgrade_scheduled", { new: "2026-12-01T12:00:00Z" }, "◔ Downgrade scheduled | | on Dec 1, 2026"],
  ["downgrade_gone", { old: "2026-12-01T12:00:00Z" }, "✓ No downgrade pending | | was due Dec 1, 2026"],
  ["backup_old", { new: "2026-10-12T12:00:00Z" }, "◔ Backup is old | | made Oct 12, 2026"],
  ["backup_old", { new: null }, "◔ Backup is old | | no backup"],
  ["backup_old", { new: "2026-99-99" }, "◔ Backup is old | | made 2026-99-99"],
  ["profile_appeared", { new: "Hafen Kühlhaus" }, "+ Profile appeared | |"],
  ["profile_returned", {}, "↺ Profile is back | |"],
  ["profile_removed", { old: "Harbour" }, "− Profile gone | | Harbour"],
  [
    "profile_renamed",
    { old: "2026-01-01", new: "<b>Bold</b>" },
    "≠ Profile renamed | | 2026-01-01 → <b>Bold</b>",
  ],
])("%s with %j reads as its kind asks for", (kind, of, text) => {
  expect(read(kind, of)).toBe(text);
});

test("no two kinds have the same word, and each has a glyph", () => {
  const all = changes([profile(0, now)], now, 200);
  const words = new Map(all.map((row) => [row.kind, changeText({ ...row, old: null, new: null })]));
  expect(words.size).toBe(22);
  expect(new Set([...words.values()].map(({ word }) => word)).size).toBe(22);
  expect([...words.values()].every(({ glyph }) => glyph !== "")).toBe(true);
});
