// The six states of a datum where a screen shows a whole of it: each says its own, and none says that there is nothing
// where nothing is known.
import { screen, waitFor, within } from "@testing-library/svelte";
import { beforeEach, expect, test, vi } from "vitest";

import type { CostAccount, Dataset, Freshness } from "../src/backend";
import type { FakeBackend } from "../src/backend/fake/backend";
import { account } from "../src/backend/fake/fleet";
import { history } from "../src/backend/fake/history";
import { usageView } from "../src/screens/profile/view.svelte";
import { DATASET } from "../src/wording";
import { changed, NOW, open, type Opened } from "./window";

// The tests' document draws nothing.
vi.mock("uplot", () => ({ default: class {} }));
beforeEach(() => Object.assign(usageView, { services: null, range: "cycle", back: 0, asTable: false }));

const ago = new Date(NOW.getTime() - 60_000).toISOString();
const STATES: { name: string; freshness: Freshness; says: RegExp }[] = [
  { name: "never fetched", freshness: { state: "never_fetched" }, says: /Never fetched/ },
  { name: "fresh", freshness: { state: "fresh", fetched_at: ago }, says: /^As of/ },
  { name: "stale", freshness: { state: "stale", fetched_at: ago }, says: /Out of date: as of/ },
  {
    name: "failed before anything came",
    freshness: { state: "failed", attempted_at: ago, fetched_at: null, reason: "No route." },
    says: /Failed .*No route\..*Nothing was stored before/,
  },
  {
    name: "failed after something came",
    freshness: { state: "failed", attempted_at: ago, fetched_at: ago, reason: "No route." },
    says: /Failed .*No route\..*still stands/,
  },
  {
    name: "not permitted",
    freshness: { state: "not_permitted", attempted_at: ago, reason: "Denied." },
    says: /Not permitted .*Denied/,
  },
  { name: "not there", freshness: { state: "not_there", fetched_at: ago }, says: /^Not there/ },
];

type Case = (typeof STATES)[number];
type Named = Record<Case["name"], string | null>;

const own = changed(0, { account: "Acme", accounts: ["Acme"], shared: false, removed_at: null });
const acme = { ...account(1, NOW), label: "Acme" };
const openAt = (at: string, prepare: (backend: FakeBackend) => void): Opened =>
  open({ at, accounts: [acme], profiles: [own], prepare });

const text = (element: Element | null): string => (element?.textContent ?? "").replaceAll(/\s+/g, " ").trim();
const main = (): HTMLElement => screen.getByRole("main");

/** Waits for a mark of this state in a part of the page; returns what it says, without its glyph. */
async function mark(within: string, { state }: Freshness): Promise<string> {
  const found = await waitFor(() => {
    const mark = document.querySelector(`${within} [data-freshness="${state}"]`);
    expect(mark).not.toBeNull();
    return mark;
  });
  return text(found).replace(/^[^A-Z]*/, "");
}

const NO_HISTORY: Named = {
  "never fetched": "A sync fetches the history.",
  fresh: null,
  stale: null,
  "failed before anything came": "The history never arrived: the next sync asks for it again.",
  "failed after something came": null,
  "not permitted": "The account's token may not read the history.",
  "not there": "TagoIO has no history of it.",
};

test.each(STATES)("a usage history of which nothing is known says that, and why: $name", async (one) => {
  openAt("#/profile/1/usage", (backend) => {
    backend.usage = (query) => {
      const chart = history(query, own, NOW);
      const amounts = chart.starts.map(() => null);
      const unknown = { amounts, unknown: amounts.length, open: [], lower_bound: [], sum: null };
      return Promise.resolve({
        ...chart,
        freshness: one.freshness,
        series: chart.series.map((series) => ({ ...series, ...unknown })),
      });
    };
  });
  expect(await mark(".usage", one.freshness)).toMatch(one.says);
  const said = text(await screen.findByText(/^\s*Nothing is known of this service in this time\./));
  expect(said.replace("Nothing is known of this service in this time.", "").trim()).toBe(
    NO_HISTORY[one.name] ?? "",
  );
  expect(screen.queryByRole("img")).toBeNull();
});

test.each(STATES)("a usage history that is known is drawn with its state beside it: $name", async (one) => {
  openAt("#/profile/1/usage", (backend) => {
    backend.usage = (query) => Promise.resolve({ ...history(query, own, NOW), freshness: one.freshness });
  });
  expect(await mark(".usage", one.freshness)).toMatch(one.says);
  expect(await screen.findByRole("img")).toBeTruthy();
});

/** The panel of an account in the allocation, of which one part is in a state. */
async function allocation(
  of: { bought?: Freshness; allocated?: Freshness },
  known: boolean,
): Promise<HTMLElement> {
  const { user } = openAt("#/allocation", (backend) => {
    const made = backend.allocation.bind(backend);
    backend.allocation = async (query) => {
      const overview = await made(query);
      const accounts = overview.accounts.map((one) => ({
        ...one,
        ...of,
        services: one.services.map((cell) => (known ? cell : { ...cell, bought: null, free: null })),
      }));
      return { ...overview, accounts };
    };
  });
  await screen.findByText("Acme", { selector: "[role=rowheader] bdi" });
  await user.keyboard("j");
  return screen.findByRole("complementary", { name: "Selected account" });
}

test.each(STATES)(
  "what an account has bought says its state, and unknown is not none: $name",
  async (one) => {
    const known = "fetched_at" in one.freshness && one.freshness.fetched_at !== null;
    const panel = await allocation({ bought: one.freshness }, known);
    expect(await mark('[aria-label="Selected account"]', one.freshness)).toMatch(one.says);
    const bought = text(within(panel).getByText("Bought").nextElementSibling);
    if (known) expect(bought).toMatch(/^[\d,]+$/);
    else {
      expect(bought).toBe("—");
      expect(screen.queryByText("none", { selector: ".value" })).toBeNull();
    }
  },
);

test.each(STATES)(
  "what an account has allocated says its state where that is another: $name",
  async (one) => {
    const panel = await allocation(
      { bought: { state: "fresh", fetched_at: ago }, allocated: one.freshness },
      true,
    );
    const says = !["fresh", "not there"].includes(one.name);
    await waitFor(() => expect(text(panel).includes("Allocation:")).toBe(says));
    if (says) expect(await mark('[aria-label="Selected account"]', one.freshness)).toMatch(one.says);
  },
);

/** Opens an account's costs with one of its datasets in a state; what hangs on it is unknown where it never came. */
async function costs(dataset: Dataset, { freshness }: Case): Promise<HTMLElement> {
  const came = "fetched_at" in freshness && freshness.fetched_at !== null;
  const { user } = openAt("#/costs?show=accounts", (backend) => {
    const made = backend.costAccounts.bind(backend);
    backend.costAccounts = async (...asked) =>
      (await made(...asked)).map((one): CostAccount => {
        const datasets = one.datasets.map((other) =>
          other.dataset === dataset ? { dataset, freshness } : other,
        );
        if (came) return { ...one, datasets };
        if (dataset === "payment") {
          const lines = one.lines.filter(({ kind }) => kind !== "coupon");
          return { ...one, datasets, lines, payment_seen: false, balance: null };
        }
        if (dataset === "subscription")
          return {
            ...one,
            datasets,
            seen: false,
            payment_seen: false,
            lines: [],
            invoice: null,
            difference: null,
          };
        return { ...one, datasets };
      });
  });
  await screen.findByText("Acme", { selector: "[role=rowheader] bdi" });
  await user.keyboard("j");
  return screen.findByRole("complementary", { name: "Selected account" });
}

const COSTS = (["subscription", "prices", "allocation", "payment"] as const).flatMap((dataset) =>
  STATES.map((one) => ({ dataset, ...one })),
);

test.each(COSTS)("the costs of an account say of the $dataset that it is: $name", async (one) => {
  const panel = await costs(one.dataset, one);
  const silent = one.dataset !== "subscription" && ["fresh", "not there"].includes(one.name);
  if (silent) {
    expect(text(panel)).not.toContain(`${DATASET[one.dataset]}:`);
    return;
  }
  expect(await mark('[aria-label="Selected account"]', one.freshness)).toMatch(one.says);
  if (one.dataset !== "subscription") expect(text(panel)).toContain(`${DATASET[one.dataset]}:`);
});

test.each(STATES)("a coupon of which nothing was seen is not said to be none: $name", async (one) => {
  await costs("payment", one);
  const came = "fetched_at" in one.freshness && one.freshness.fetched_at !== null;
  expect(screen.queryAllByText("none", { selector: "[role=gridcell] .quiet" })).toEqual([]);
  expect(text(main()).includes("coupon and balance are not known")).toBe(!came);
});

/** What is said of an archive that holds nothing. */
const NO_EVENTS: Record<Case["name"], RegExp> = {
  ...Object.fromEntries(STATES.map(({ name, says }) => [name, new RegExp(says.source.replace("^", ""))])),
  "never fetched": /Nothing is archived yet/,
};

test.each(STATES)(
  "an archive that holds nothing says why, and not that nobody did anything: $name",
  async (one) => {
    openAt("#/profile/1/audit", ({ teams }) => {
      teams.events = [];
      teams.archiveOf = { spans: [], missing: [], events: 0, freshness: one.freshness };
    });
    await waitFor(() => expect(text(main())).toMatch(NO_EVENTS[one.name] as RegExp));
    expect(text(main())).not.toContain("Nobody did anything");
  },
);

test.each(STATES)(
  "an archive that holds something says from when to when, and its state: $name",
  async (one) => {
    openAt("#/profile/1/audit", ({ teams }) => {
      teams.events = [];
      teams.archiveOf = { freshness: one.freshness };
    });
    await screen.findByText(/Nobody did anything in this profile in the time that is archived/);
    if (one.name === "fresh") expect(document.querySelector(".audit .note [data-freshness]")).toBeNull();
    else expect(await mark(".audit .note", one.freshness)).toMatch(one.says);
  },
);

test("an archive that could not be read is read again when a person says so", async () => {
  const { backend, user } = openAt("#/profile/1/audit", (backend) =>
    backend.failures.set("auditArchive", { code: "store_failed", message: "Locked." }),
  );
  expect((await screen.findByRole("alert")).textContent).toContain("Locked.");
  backend.failures.clear();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
  await screen.findByText(/read offline\s+from the archive/);
});

const NO_BACKUP: Named = {
  "never fetched": null,
  fresh: "TagoIO has no backup of this profile.",
  stale: "TagoIO had no backup of this profile then.",
  "failed before anything came": null,
  "failed after something came": "TagoIO had no backup of this profile when it last said so.",
  "not permitted": null,
  "not there": "TagoIO keeps no list of backups for this profile.",
};

test.each(STATES)("an empty list of backups says no more than is known: $name", async (one) => {
  openAt("#/profile/1/backups", (backend) => {
    backend.backupsOf = { rows: [], freshness: one.freshness };
  });
  expect(await mark(".backups", one.freshness)).toMatch(one.says);
  const said = screen.queryByText(/no backup of this profile|no list of backups/);
  expect(said === null ? null : text(said)).toBe(NO_BACKUP[one.name]);
});

test.each(STATES)("backups that are known stay in sight with their state: $name", async (one) => {
  openAt("#/profile/1/backups", (backend) => {
    backend.backupsOf = { freshness: one.freshness };
  });
  expect(await mark(".backups", one.freshness)).toMatch(one.says);
  expect(document.querySelectorAll("tr[data-backup]")).toHaveLength(5);
});
