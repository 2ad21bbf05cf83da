// The fake shell as `npm run dev` shows it. The page's address chooses the case:
// `?profiles=10000`, `?accounts=0`, `?changes=0`,
// `?case=offline|syncing|waiting|metered|off|archiving|restored|vault`.
import type { SyncReport } from "../generated/SyncReport";

import { FakeBackend, idle, news } from "./backend";
import { changes } from "./changes";
import { account, profile } from "./fleet";
import { runs } from "./syncs";

export function demoBackend(options: URLSearchParams): FakeBackend {
  const now = new Date();
  const accounts = Number(options.get("accounts") ?? 3);
  const profiles = accounts === 0 ? 0 : Number(options.get("profiles") ?? 240);
  const rows = Array.from({ length: accounts }, (_, index) =>
    account(
      index + 1,
      now,
      index === 1
        ? {
            sign_in: "signed_out",
            problem: {
              code: "signed_out",
              message: "TagoIO does not accept the token of Nordwind any more.",
              hint: "Make a new token at TagoIO and replace the old one here.",
            },
          }
        : {},
    ),
  );
  const demo = new FakeBackend(
    rows,
    Array.from({ length: profiles }, (_, place) => profile(place, now)),
  );
  demo.changes = options.get("changes") === "0" ? [] : changes(demo.profiles, now);
  demo.runs =
    accounts === 0 ? [] : runs((at, place) => report(at, place % 4 === 1 ? "partial" : "ok"), now, 200);
  populate(demo);
  const last = accounts === 0 ? null : report(now, "partial");
  const soon = new Date(now.getTime() + 11 * 60_000).toISOString();
  demo.syncState = idle(last, { next_at: accounts === 0 ? null : soon });
  switch (options.get("case")) {
    case "offline":
      demo.syncState = idle(report(now, "offline"), { next_at: soon });
      break;
    case "syncing":
      demo.syncState = running(now, 212, profiles);
      break;
    case "waiting":
      demo.syncState = running(now, 212, profiles, new Date(now.getTime() + 60_000));
      break;
    case "metered":
    case "off":
      demo.syncState = idle(last, { paused: options.get("case") === "off" ? "off" : "metered" });
      break;
    case "archiving":
      demo.syncState = idle(last, { next_at: soon, archive: { done: 34, profiles: 312 } });
      break;
    case "restored":
      demo.aboutProgram.notice = "The store was damaged; the backup of 21 November was restored.";
      break;
    case "vault":
      setTimeout(() => demo.emit("vault-waiting", true), 300);
      break;
  }
  let timer: ReturnType<typeof setInterval> | undefined;
  const start = demo.startSync.bind(demo);
  demo.startSync = async (of, one) => {
    await start(of, one);
    if (one !== null) {
      setTimeout(() => demo.emit("store-changed", news({ profiles: [one] })), 1500);
      return;
    }
    let done = 0;
    demo.emit("sync-changed", running(new Date(), 0, profiles));
    timer = setInterval(() => {
      done = Math.min(profiles, done + 7);
      demo.emit("store-changed", news({ profiles: [done] }));
      if (done < profiles) return demo.emit("sync-changed", running(new Date(), done, profiles));
      clearInterval(timer);
      demo.emit("store-changed", news({ accounts: true, list: true, activity: true }));
      demo.emit("sync-changed", idle(report(new Date(), "partial"), { next_at: soon }));
    }, 150);
  };
  demo.cancelSync = async () => {
    clearInterval(timer);
    demo.emit("sync-changed", idle({ ...report(new Date(), "ok"), cancelled: true }, { next_at: soon }));
  };
  return demo;
}

/** Some groups of each kind, a note here and there, and two views. */
function populate(demo: FakeBackend): void {
  const north = demo.kept.putGroup(null, "North", "group");
  const harbours = demo.kept.putGroup(null, "Harbours & Piers", "customer");
  const production = demo.kept.putGroup(null, "production", "environment");
  const favourites = demo.kept.putGroup(null, "Favourites", "favourites");
  demo.profiles = demo.profiles.map((profile, place) => ({
    ...profile,
    row: {
      ...profile.row,
      groups: [
        ...(place % 4 === 1 ? [north] : []),
        ...(place % 7 === 0 ? [harbours] : []),
        ...(place % 2 === 0 ? [production] : []),
        ...(place % 24 === 1 || place % 24 === 5 ? [favourites] : []),
      ],
      noted: place % 9 === 1,
    },
  }));
  demo.kept.putView("Near a limit", "#/fleet?filter=state%3Aover%2Chigh%2Cwarn");
  demo.kept.putView("North, as a map", "#/fleet?filter=group%3ANorth&face=heat");
}

function running(
  now: Date,
  done: number,
  profiles: number,
  until: Date | null = null,
): FakeBackend["syncState"] {
  return {
    state: "running",
    progress: {
      profiles,
      done,
      failed: Math.floor(done / 70),
      accounts: ["Acme", "Tsukuba"],
      started_at: now.toISOString(),
      cancelling: false,
      waiting_until: until?.toISOString() ?? null,
    },
  };
}

export function report(now: Date, status: "ok" | "partial" | "offline"): SyncReport {
  const failed = status === "partial" ? 3 : 0;
  return {
    requests: 1_452,
    retries: 4,
    rate_limited: 1,
    seconds: 48.2,
    cancelled: false,
    ended_at: new Date(now.getTime() - 4 * 60_000).toISOString(),
    accounts: ["Acme", "Nordwind", "Tsukuba"].map((label, index) => ({
      label,
      status: status === "offline" ? "offline" : index === 0 ? status : index === 1 ? "signed_out" : "ok",
      profiles:
        status === "offline"
          ? { ok: 0, failed: 0, skipped: 80 }
          : index === 0
            ? { ok: 80 - failed, failed, skipped: 0 }
            : { ok: 80, failed: 0, skipped: 0 },
      errors:
        index === 0 && failed > 0
          ? [
              {
                profile: "000000005bb0a0ccf1d7d9c4",
                dataset: "usage_by_hour",
                code: "offline",
                message: "The API did not answer within 60 s.",
                retry_at: null,
              },
            ]
          : [],
    })),
  };
}
