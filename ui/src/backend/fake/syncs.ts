// The log of syncs of the fake shell, answered as the store does.
import type { SyncReport } from "../generated/SyncReport";
import type { SyncRunRow } from "../generated/SyncRunRow";
import type { SyncRunsPage } from "../generated/SyncRunsPage";
import type { SyncRunsQuery } from "../generated/SyncRunsQuery";

/** A run; without a report it did not end. */
export interface Run {
  key: number;
  started_at: string;
  report: SyncReport | null;
}

/** One run each quarter of an hour, the newest some minutes ago; one was cancelled and one never ended. */
export function runs(report: (now: Date, place: number) => SyncReport, now: Date, many: number): Run[] {
  return Array.from({ length: many }, (_, place): Run => {
    const ended = new Date(now.getTime() - place * 15 * 60_000);
    const made = report(ended, place);
    return {
      key: many - place,
      started_at: new Date(Date.parse(made.ended_at) - made.seconds * 1_000).toISOString(),
      report: place % 11 === 7 ? null : place % 11 === 5 ? { ...made, cancelled: true } : made,
    };
  });
}

function row({ key, started_at, report }: Run): SyncRunRow {
  if (!report) return { key, started_at, end: null };
  const { accounts, seconds, cancelled, requests, retries, rate_limited } = report;
  const sum = (count: "ok" | "failed" | "skipped"): number =>
    accounts.reduce((all, { profiles }) => all + profiles[count], 0);
  const [first] = accounts;
  const status =
    first === undefined
      ? "ok"
      : accounts.every((one) => one.status === first.status)
        ? first.status
        : "partial";
  return {
    key,
    started_at,
    end: {
      at: report.ended_at,
      seconds,
      status,
      cancelled,
      requests,
      retries,
      rate_limited,
      accounts: accounts.map(({ label }) => label),
      profiles: { ok: sum("ok"), failed: sum("failed"), skipped: sum("skipped") },
      errors: accounts.flatMap(({ errors }) => errors).length,
    },
  };
}

export function syncRunsPage(all: Run[], { offset, limit }: SyncRunsQuery): SyncRunsPage {
  return { total: all.length, rows: all.slice(offset, offset + limit).map(row) };
}
