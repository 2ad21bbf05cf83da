// Costs and allocation of the made-up fleet: they add up as the shell's do, and every state is among them.
import type { AccountRow } from "../generated/AccountRow";
import type { AllocationAccount } from "../generated/AllocationAccount";
import type { AllocationOverview } from "../generated/AllocationOverview";
import type { AllocationProfiles } from "../generated/AllocationProfiles";
import type { AllocationProfilesQuery } from "../generated/AllocationProfilesQuery";
import type { AllocationRow } from "../generated/AllocationRow";
import type { CostAccount } from "../generated/CostAccount";
import type { CostLine } from "../generated/CostLine";
import type { CostPage } from "../generated/CostPage";
import type { CostQuery } from "../generated/CostQuery";
import type { CostRow } from "../generated/CostRow";
import type { ProfileOverview } from "../generated/ProfileOverview";
import { SERVICES } from "../generated/services";

import { cell, LIMITS } from "./fleet";

/** Cents a month for the tier of each service that the made-up accounts have. */
const TIERS = [70_000, 72_000, 44_000, 5_200, 8_200, 8_200, 62_000, 5_500, 9_500];
const PLAN = 18_500;
const ADDON = 9_000;

/** What every account costs and every profile's part of it. */
export interface Book {
  accounts: CostAccount[];
  rows: CostRow[];
}

function sum(cents: (number | null)[]): number {
  return cents.reduce<number>((all, one) => all + (one ?? 0), 0);
}

function owned(account: AccountRow, profiles: ProfileOverview[]): ProfileOverview[] {
  return profiles.filter(
    ({ row }) => row.account === account.label && !row.shared && row.removed_at === null,
  );
}

/** The second account's first limit is no tier; a profile that is shared has no known cost. */
export function book(accounts: AccountRow[], profiles: ProfileOverview[], now: Date): Book {
  const rows: CostRow[] = [];
  const costs = accounts.map((account, number) => {
    const own = owned(account, profiles);
    const weight = (place: number): number => 1 + ((place * 7) % 11);
    const weights = own.reduce((all, _, place) => all + weight(place), 0);
    const share = (place: number): number => (weight(place) / weights) * 0.95;
    const synced = account.last_sync_at !== null;
    const deploy = !account.region.includes("-");
    const lines: CostLine[] = [];
    const line = (of: Partial<CostLine> & Pick<CostLine, "kind">): void => {
      const price = of.price === undefined || deploy ? null : of.price;
      const why = price !== null ? null : deploy ? "no_tiers" : (of.why ?? "not_known");
      lines.push({
        name: null,
        amount: null,
        allocated: null,
        unallocated: null,
        undivided: 0,
        ...of,
        price,
        why,
      });
    };
    line({ kind: "plan", name: account.plan, price: PLAN });
    const priced = TIERS.map((price, index) => (deploy || (number === 1 && index === 0) ? null : price));
    SERVICES.forEach(({ key }, index) => {
      const amount = (own[0]?.row.usage[index]?.limit ?? 0) * Math.max(1, own.length) * 1.05;
      const price = priced[index] ?? null;
      const allocated = price === null ? null : sum(own.map((_, place) => Math.floor(price * share(place))));
      line({
        kind: "service",
        name: key,
        amount: Math.round(amount),
        ...(price === null ? { why: "no_tier" as const } : { price }),
        allocated,
        unallocated: price === null || allocated === null ? null : price - allocated,
      });
    });
    const withAddon = own.filter((_, place) => place < 2);
    line({ kind: "addon", name: "custom_dns", amount: withAddon.length, price: ADDON * withAddon.length });
    const whole = sum(lines.map(({ price }) => price));
    if (number === 0) line({ kind: "coupon", name: "PARTNER", amount: 10, price: -Math.round(whole / 10) });
    const known = sum(lines.map(({ price }) => price));
    const invoice = synced ? known + (number === 0 ? 0 : 1_250) : null;
    own.forEach(({ row }, place) => {
      const services = priced.map((price) =>
        price === null || !synced ? null : Math.floor(price * share(place)),
      );
      const addons = synced && !deploy ? (place < 2 ? ADDON : 0) : null;
      const parts = [...services, addons];
      rows.push({
        key: row.key,
        id: row.id,
        name: row.name,
        name_is_shared: row.name_is_shared,
        account: account.label,
        owner: account.key,
        services,
        addons,
        known: sum(parts),
        unknown: parts.filter((part) => part === null).length,
      });
    });
    const fetched_at = account.last_sync_at ?? now.toISOString();
    const unallocated = lines.filter(({ kind }) => kind === "service").map((one) => one.unallocated);
    return {
      key: account.key,
      label: account.label,
      region: account.region,
      plan: account.plan,
      sign_in: account.sign_in,
      cycle: [
        new Date(now.getTime() - (21 - number) * 86_400_000).toISOString(),
        new Date(now.getTime() + (9 + number) * 86_400_000).toISOString(),
      ],
      seen: synced,
      no_tiers: synced && deploy,
      profiles: own.length,
      lines: synced ? lines : [],
      known: synced ? known : 0,
      unknown: synced ? lines.filter(({ price }) => price === null).length : 0,
      allocated: sum(rows.filter(({ owner }) => owner === account.key).map((row) => row.known)),
      unallocated: synced && !unallocated.includes(null) ? sum(unallocated) : null,
      invoice,
      difference: invoice === null ? null : invoice - known,
      balance: number === 1 && synced ? 12_500 : null,
      payment_seen: synced,
      datasets: (["subscription", "prices", "allocation", "payment"] as const).map((dataset) => ({
        dataset,
        freshness: !synced
          ? { state: "never_fetched" }
          : account.sign_in === "signed_out"
            ? { state: "stale", fetched_at: new Date(now.getTime() - 3 * 86_400_000).toISOString() }
            : { state: "fresh", fetched_at },
      })),
    } satisfies CostAccount;
  });
  for (const { row } of profiles.filter(({ row }) => row.shared && row.removed_at === null)) {
    rows.push({
      key: row.key,
      id: row.id,
      name: row.name,
      name_is_shared: row.name_is_shared,
      account: row.account,
      owner: null,
      services: SERVICES.map(() => null),
      addons: null,
      known: 0,
      unknown: 10,
    });
  }
  return { accounts: costs, rows };
}

/** As the shell: words, `cost:unknown`, `cost:shared` and `cost:>10`; other tests leave everything. */
function left(rows: CostRow[], filter: string): CostRow[] {
  const terms = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) =>
    terms.every((term) => {
      const over = /^cost:>(\d+)$/.exec(term)?.[1];
      if (over !== undefined) return row.known > Number(over) * 100;
      if (term === "cost:unknown") return row.owner !== null && row.unknown > 0;
      if (term === "cost:shared") return row.owner === null;
      return term.includes(":") || `${row.name} ${row.id} ${row.account}`.toLowerCase().includes(term);
    }),
  );
}

export function costPage({ accounts, rows: all }: Book, query: CostQuery): CostPage {
  const rows = left(all, query.filter);
  const value = (row: CostRow): number | string | null => {
    if (query.sort === "name") return row.name;
    if (query.sort === "account") return row.account;
    if (query.sort === "total") return row.unknown < 10 ? row.known : null;
    if (query.sort === "addons") return row.addons;
    return row.services[SERVICES.findIndex(({ key }) => key === query.sort)] ?? null;
  };
  rows.sort((one, other) => {
    const [a, b] = [value(one), value(other)];
    if (a === b) return one.key - other.key;
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return a < b === query.descending ? 1 : -1;
  });
  const invoices = accounts.map(({ invoice }) => invoice).filter((one) => one !== null);
  const lines = accounts.flatMap((account) => account.lines);
  const mine = all.filter(({ owner }) => owner !== null);
  return {
    total: rows.length,
    rows: rows.slice(query.offset, query.offset + query.limit),
    sum: {
      cost: sum(rows.map(({ known }) => known)),
      known: rows.filter(({ unknown }) => unknown === 0).length,
      services: SERVICES.map((_, index) => sum(rows.map((row) => row.services[index] ?? null))),
      services_known: SERVICES.map((_, index) => rows.filter((row) => row.services[index] !== null).length),
      addons: sum(rows.map(({ addons }) => addons)),
      addons_known: rows.filter(({ addons }) => addons !== null).length,
    },
    figures: {
      accounts: accounts.length,
      invoices: sum(invoices),
      invoices_known: invoices.length,
      allocated: sum(all.map(({ known }) => known)),
      unallocated: sum(lines.map(({ unallocated }) => unallocated)),
      unallocated_known: accounts.filter(({ unallocated }) => unallocated !== null).length,
      profiles: mine.length,
      unknown: mine.filter(({ unknown }) => unknown > 0).length,
      shared: all.length - mine.length,
    },
  };
}

export function costAccounts({ accounts, rows }: Book, filter: string): CostAccount[] {
  if (filter.trim() === "") return accounts;
  const owners = new Set(left(rows, filter).map(({ owner }) => owner));
  return accounts.filter(({ key }) => owners.has(key));
}

/** What a profile is allocated of a service; of the second account's profiles some are not known. */
function held({ row }: ProfileOverview, index: number): AllocationRow {
  const { used, limit: said } = row.usage[index] ?? { used: null, limit: null };
  const limit = said ?? (row.account === "Nordwind" ? null : (LIMITS[index] ?? null));
  const { share, state } = cell(used, limit);
  return {
    key: row.key,
    id: row.id,
    name: row.name,
    name_is_shared: row.name_is_shared,
    allocated: limit,
    share: null,
    used,
    used_share: share,
    state,
    headroom: used === null || limit === null ? null : limit - used,
  };
}

/** The third account has allocated more e-mail than it has. */
function bought(rows: AllocationRow[], number: number, index: number): number {
  const whole = sum(rows.map(({ allocated }) => allocated));
  return Math.round(whole * (number === 2 && index === 4 ? 0.9 : 1.05 + (index % 4) * 0.15));
}

export function allocation(
  accounts: AccountRow[],
  profiles: ProfileOverview[],
  filter: string,
  now: Date,
): AllocationOverview {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "" && !word.includes(":"));
  const all = accounts.map((account, number): AllocationAccount => {
    const own = owned(account, profiles);
    const fetched_at = account.last_sync_at ?? now.toISOString();
    const freshness: AllocationAccount["bought"] =
      account.last_sync_at === null
        ? { state: "never_fetched" }
        : account.sign_in === "signed_out"
          ? { state: "stale", fetched_at: new Date(now.getTime() - 3 * 86_400_000).toISOString() }
          : { state: "fresh", fetched_at };
    const plan = account.plan === "scale" ? 5 : account.plan === "starter" ? 2 : null;
    return {
      key: account.key,
      label: account.label,
      region: account.region,
      plan: account.plan,
      sign_in: account.sign_in,
      services: SERVICES.map((_, index) => {
        const rows = own.map((profile) => held(profile, index));
        const known = rows.filter(({ allocated }) => allocated !== null);
        const limit = account.last_sync_at === null ? null : bought(rows, number, index);
        const allocated = sum(rows.map((row) => row.allocated));
        return {
          bought: limit,
          allocated,
          allocated_known: known.length,
          used: sum(rows.map(({ used }) => used)),
          used_known: rows.filter(({ used }) => used !== null).length,
          headroom: sum(rows.map(({ headroom }) => Math.max(0, headroom ?? 0))),
          headroom_known: rows.filter(({ headroom }) => headroom !== null).length,
          free: limit === null || known.length < rows.length ? null : limit - allocated,
          elsewhere: 0,
          elsewhere_accounts: 0,
        };
      }),
      slots: {
        profiles: own.length,
        profiles_in_plan: plan,
        profiles_free: plan === null ? null : Math.max(0, plan - own.length),
        members: own.length * 2,
        members_known: own.length,
        members_in_plan: plan,
        members_free: plan === null ? null : own.length * Math.max(0, plan - 2),
        members_beyond: 0,
      },
      bought: freshness,
      allocated: freshness,
    };
  });
  for (const [index] of SERVICES.entries()) {
    const free = (account: AllocationAccount): number => Math.max(0, account.services[index]?.free ?? 0);
    for (const account of all) {
      const cell = account.services[index];
      const others = all.filter((other) => other !== account && free(other) > 0);
      if (cell) cell.elsewhere = sum(others.map(free));
      if (cell) cell.elsewhere_accounts = others.length;
    }
  }
  return {
    accounts: all.filter(({ label }) => words.every((word) => label.toLowerCase().includes(word))),
    all: all.length,
    over: all
      .flatMap(({ services }) => services)
      .filter(({ bought, allocated }) => bought !== null && allocated > bought).length,
    shared: profiles.filter(({ row }) => row.shared).length,
  };
}

export function allocationProfiles(
  accounts: AccountRow[],
  profiles: ProfileOverview[],
  query: AllocationProfilesQuery,
): AllocationProfiles {
  const number = accounts.findIndex(({ key }) => key === query.account);
  const account = accounts[number];
  if (!account) throw { code: "not_found", message: "There is no such account in the store any more." };
  const index = SERVICES.findIndex(({ key }) => key === query.service);
  const all = owned(account, profiles).map((profile) => held(profile, index));
  const limit = bought(all, number, index);
  const rows = all.map((row) => ({
    ...row,
    share: row.allocated === null || limit === 0 ? null : row.allocated / limit,
  }));
  const value = (row: AllocationRow): number | string | null =>
    query.sort === "name" ? row.name : query.sort === "used" ? row.used_share : row[query.sort];
  rows.sort((one, other) => {
    const [a, b] = [value(one), value(other)];
    if (a === b) return one.key - other.key;
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return a < b === query.descending ? 1 : -1;
  });
  return { total: rows.length, rows: rows.slice(query.offset, query.offset + query.limit) };
}
