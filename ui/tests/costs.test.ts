// The screen of costs: sums that add up, what is not known, past days, keys, and hostile names.
import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";

import type { AccountRow, CostQuery } from "../src/backend";
import { book } from "../src/backend/fake/costs";
import { account, profile } from "../src/backend/fake/fleet";
import { news } from "../src/backend/fake/backend";
import { money } from "../src/money";
import { endOf, isDay, parseView, viewAddress, type CostsView } from "../src/screens/costs/address";
import { asked, changed, NOW, open, type Opened, type Options } from "./window";

function rows(): HTMLElement[] {
  return screen.queryAllByRole("row").slice(1);
}

function row(text: string | RegExp): HTMLElement {
  const found = rows().find((one) => new RegExp(text).test(one.textContent ?? ""));
  if (!found) throw new Error(`no row ${String(text)}`);
  return found;
}

function cells(of: HTMLElement): string[] {
  return within(of)
    .getAllByRole("gridcell")
    .map((cell) => cell.textContent?.trim() ?? "");
}

async function openCosts(at = "#/costs", options: Options = {}): Promise<Opened> {
  const opened = open({ at, ...options });
  await waitFor(() => expect(rows().length).toBeGreaterThan(0));
  return opened;
}

const queries = (opened: Opened): CostQuery[] =>
  asked(opened.backend, "costs").map(([query]) => query as CostQuery);

const PROFILES = Array.from({ length: 24 }, (_, place) => profile(place, NOW));
const ACCOUNTS = [account(1, NOW), account(2, NOW)];

test("each profile's part of each service, and all of them together first", async () => {
  await openCosts();
  const made = book(ACCOUNTS, PROFILES, NOW);
  const sum = made.rows.reduce((all, { known }) => all + known, 0);
  const all = cells(row(/^All \d+ profiles/));
  expect(all.at(-1)).toBe(`≥ ${money(sum)}`);
  const one = made.rows.find(({ account, unknown }) => account === "Acme" && unknown === 0);
  const shown = cells(row(one?.name ?? ""));
  expect(shown.at(-1)).toBe(money(one?.known ?? null));
  expect(shown.slice(1, 10)).toEqual(one?.services.map((cost) => money(cost)));
});

test("what is not known is a dash and makes a sum the least that it can be", async () => {
  const { user } = await openCosts();
  const unknown = cells(row("Ørsted Pilot"));
  expect(unknown[1]).toBe("—");
  expect(unknown.at(-1)).toMatch(/^≥ /);
  const shared = row("東京 Cold Chain");
  expect(cells(shared).slice(1)).toEqual(Array(11).fill("—"));
  expect(within(shared).getByText("shared")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: /shared in, not known/ }));
  expect(location.hash).toBe("#/costs?filter=cost%3Ashared");
  await waitFor(() => expect(rows().length).toBe(3 + 1));
  expect(cells(rows()[0] as HTMLElement).at(-1)).toBe(`≥ ${money(0)}`);
});

test("the lines of an account and the difference are its invoice", async () => {
  const { user } = await openCosts("#/costs?show=accounts");
  await user.keyboard("j");
  const panel = await screen.findByRole("complementary", { name: "Selected account" });
  const amounts = within(panel)
    .getAllByRole("row")
    .map((line) => line.querySelector("td:last-child")?.textContent ?? "")
    .filter((text) => text !== "")
    .map((text) => Math.round(Number(text.replace(/[^0-9.-]/g, "")) * 100));
  const invoice = amounts.pop();
  expect(amounts.reduce((all, one) => all + one, 0)).toBe(invoice);
  for (const text of ["PARTNER", "Credits, discounts, tax: difference to the invoice"]) {
    expect(panel.textContent).toContain(text);
  }
  await user.keyboard("j");
  expect(panel.textContent).toContain("this limit is no tier, so that its price is not known");
  expect(panel.textContent).toContain("Balance, as TagoIO has it: $125.00");
});

test("add-ons that are not known are a line that says so", async () => {
  const { user } = await openCosts("#/costs?show=accounts", {
    prepare: (backend) => {
      const known = backend.costAccounts.bind(backend);
      backend.costAccounts = async (...asked) => {
        const accounts = await known(...asked);
        return accounts.map((account) => ({
          ...account,
          lines: account.lines.map((line) =>
            line.kind === "addon"
              ? { ...line, name: null, amount: null, price: null, why: "not_known" as const }
              : line,
          ),
        }));
      };
    },
  });
  await user.keyboard("j");
  const panel = await screen.findByRole("complementary", { name: "Selected account" });
  const line = within(panel).getByRole("row", { name: /^Add-ons/ });
  expect(line.textContent).toContain("which there are is not known");
  expect(line.querySelector("td:last-child")?.textContent).toBe("—");
});

test("a profile's panel has its part beside what its account pays, and an owner that is not connected none", async () => {
  const { user } = await openCosts();
  await user.click(row("Hafen Kühlhaus"));
  const panel = await screen.findByRole("complementary", { name: "Selected profile" });
  expect(within(panel).getByRole("columnheader", { name: "Its part" })).toBeTruthy();
  await user.click(row("東京 Cold Chain"));
  await waitFor(() => expect(panel.textContent).toContain("is not connected"));
  expect(within(panel).queryByRole("table")).toBeNull();
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("complementary", { name: "Selected profile" })).toBeNull();
});

test("the method is said on the page", async () => {
  await openCosts();
  expect(screen.getByText(/price of its account's tier × its share of the account's limit/)).toBeTruthy();
  expect(screen.getByText(/TagoDeploy has no tiers/)).toBeTruthy();
  expect(screen.getByText(/largest remainder/)).toBeTruthy();
});

test("TagoDeploy says that it has no tiers", async () => {
  const deploy: AccountRow = account(1, NOW, { region: "api.acme.tagoio.net", label: "Acme" });
  deploy.region = "api.tagodeploy";
  const { user } = await openCosts("#/costs?show=accounts", { accounts: [deploy] });
  expect(within(row("Acme")).getByText("no tiers")).toBeTruthy();
  await user.keyboard("j");
  const panel = await screen.findByRole("complementary", { name: "Selected account" });
  expect(panel.textContent).toContain("no cost can be worked out");
});

test("an account that is signed out shows what was known last, with its age", async () => {
  const out = account(2, NOW, { sign_in: "signed_out" });
  const { user } = await openCosts("#/costs?show=accounts", { accounts: [account(1, NOW), out] });
  expect(row("Nordwind").textContent).toContain("sign in again");
  expect(row("Nordwind").textContent).toContain("Out of date");
  await user.keyboard("jj");
  const panel = await screen.findByRole("complementary", { name: "Selected account" });
  expect(panel.textContent).toContain("this is what was known last");
});

test("a past day is asked for as of its end and stands in the address", async () => {
  const opened = await openCosts("#/costs?at=2026-01-31");
  expect(queries(opened).at(-1)?.at).toBe("2026-01-31T23:59:59.999Z");
  expect(asked(opened.backend, "costAccounts").at(-1)?.[1]).toBe("2026-01-31T23:59:59.999Z");
  await opened.user.click(screen.getByRole("button", { name: "Current cycle" }));
  await waitFor(() => expect(queries(opened).at(-1)?.at).toBeNull());
  expect(location.hash).toBe("#/costs");
  expect(document.activeElement).toBe(screen.getByRole("grid"));
});

test("a day before anything was seen says so, and the way to the current cycle keeps the focus", async () => {
  const { user } = open({ at: "#/costs?at=2020-01-31", profiles: [] });
  const [inBar, inTable] = await waitFor(() => {
    const found = screen.getAllByRole("button", { name: "Current cycle" });
    expect(found).toHaveLength(2);
    return found;
  });
  await user.click(inTable ?? inBar ?? document.body);
  await waitFor(() => expect(location.hash).toBe("#/costs"));
  expect(document.activeElement).toBe(screen.getByRole("grid"));
});

test("a day to come that is refused is not the filter's fault", async () => {
  const refused = { code: "invalid_input", message: "Costs of the future are not known." } as const;
  open({
    at: "#/costs?filter=agro&at=2999-01-31",
    prepare: (backend) => backend.failures.set("costs", refused),
  });
  const alert = await screen.findByRole("alert");
  expect(alert.textContent).toContain(refused.message);
  const box = screen.getByRole("combobox", { name: "Filter the costs" });
  expect(box.getAttribute("aria-invalid")).not.toBe("true");
  expect(screen.getByRole("button", { name: "Try again" })).toBeTruthy();
});

test("sorting and typing are asked of the shell, and typing makes no step of its own", async () => {
  const opened = await openCosts();
  const { user } = opened;
  await user.click(screen.getByRole("button", { name: "SMS" }));
  await waitFor(() => expect(queries(opened).at(-1)).toMatchObject({ sort: "sms", descending: true }));
  expect(screen.getByRole("columnheader", { name: /SMS/ }).getAttribute("aria-sort")).toBe("descending");
  const before = history.length;
  await user.keyboard("/");
  await user.keyboard("agro");
  await waitFor(() => expect(queries(opened).at(-1)?.filter).toBe("agro"));
  await waitFor(() => expect(location.hash).toBe("#/costs?filter=agro&sort=-sms"));
  expect(history.length).toBe(before);
  await user.keyboard("{Escape}");
  await waitFor(() => expect(location.hash).toBe("#/costs?sort=-sms"));
});

test("Enter opens the selected profile, and the sum opens nothing", async () => {
  const { user } = await openCosts();
  await user.keyboard("j{Enter}");
  expect(location.hash).toBe("#/costs");
  await user.keyboard("j");
  const key = rows()
    .find((one) => one.getAttribute("aria-selected") === "true")
    ?.id.replace("cost-", "");
  await user.keyboard("{Enter}");
  expect(location.hash).toBe(`#/profile/${key}`);
});

test("names are text, whatever is in them", async () => {
  const hostile = '<img src=x onerror="boom()">';
  const label = "<b>Acme</b>";
  const { user } = await openCosts("#/costs", {
    accounts: [account(1, NOW, { label })],
    profiles: [changed(0, { name: hostile, account: label, accounts: [label] })],
  });
  await user.keyboard("jj");
  await screen.findByRole("complementary", { name: "Selected profile" });
  for (const found of screen.getAllByText(hostile)) expect(found.tagName).toBe("BDI");
  for (const found of within(screen.getByRole("grid")).getAllByText(label)) expect(found.tagName).toBe("BDI");
  expect(document.querySelector("main img, main b")).toBeNull();
});

test("an account that was never fetched has no sums, and an empty store leads to the form", async () => {
  await openCosts("#/costs?show=accounts", { accounts: [account(1, NOW, { last_sync_at: null })] });
  expect(cells(row("Acme")).slice(2, 8)).toEqual(["—", "—", "—", "—", "—", "—"]);
});

test("without an account it leads to the form", async () => {
  open({ at: "#/costs", accounts: [], profiles: [] });
  expect((await screen.findByRole("link", { name: "Connect an account" })).getAttribute("href")).toBe(
    "#/accounts",
  );
});

test("a filter that leaves nothing says so and can be cleared", async () => {
  const { user } = open({ at: "#/costs?filter=nowhere" });
  expect(await screen.findByText("nowhere", { selector: "q" })).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Clear the filter" }));
  await waitFor(() => expect(rows().length).toBeGreaterThan(10));
});

test("costs that cannot be read keep the old rows and offer to try again; news are read", async () => {
  const opened = await openCosts();
  const { backend, user } = opened;
  backend.failures.set("costs", { code: "store_failed", message: "The database is locked." });
  await user.click(screen.getByRole("button", { name: "SMS" }));
  expect((await screen.findByRole("alert")).textContent).toContain("The database is locked.");
  expect(rows().length).toBeGreaterThan(10);
  backend.failures.clear();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
  const before = queries(opened).length;
  backend.emit("store-changed", news({ accounts: true }));
  await waitFor(() => expect(queries(opened).length).toBeGreaterThan(before), { timeout: 2000 });
});

test("of 10,000 profiles only a screenful is in the page", async () => {
  const many = Array.from({ length: 10_000 }, (_, place) => profile(place, NOW));
  const opened = await openCosts("#/costs", { profiles: many });
  screen.getByRole("grid").focus();
  await opened.user.keyboard("{End}");
  await waitFor(() => expect(rows().at(-1)?.getAttribute("aria-selected")).toBe("true"));
  expect(rows().length).toBeLessThan(60);
  expect(queries(opened).every(({ limit }) => limit <= 100)).toBe(true);
});

test("an address says what is shown, and days that there are not are none", () => {
  const view: CostsView = {
    filter: "group:north cost:>10",
    accounts: true,
    day: "2026-02-28",
    sort: "data_records",
    descending: false,
  };
  expect(parseView(viewAddress(view))).toEqual(view);
  expect(viewAddress(parseView(""))).toBe("");
  expect(parseView("sort=-nonsense")).toMatchObject({ sort: "total", descending: true });
  expect(isDay("2026-02-30")).toBe(false);
  expect(parseView("at=yesterday").day).toBeNull();
  const now = new Date("2026-02-28T12:00:00Z");
  expect(endOf("2026-02-28", now)).toBeNull();
  expect(endOf("2026-02-27", now)).toBe("2026-02-27T23:59:59.999Z");
  expect(endOf(null, now)).toBeNull();
});
