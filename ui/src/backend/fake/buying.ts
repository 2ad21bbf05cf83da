// Purchases of the fake shell: two tiers above what stands, a price, and a purchase that goes as far as it is told to.
import type { BuyOffer } from "../generated/BuyOffer";
import type { BuyQuote } from "../generated/BuyQuote";
import type { AccountRow } from "../generated/AccountRow";
import type { Problem } from "../generated/Problem";
import type { PurchaseRequest } from "../generated/PurchaseRequest";
import type { PurchaseRow } from "../generated/PurchaseRow";
import type { PurchaseStep } from "../generated/PurchaseStep";
import type { Service } from "../generated/Service";
import type { SettingRow } from "../generated/SettingRow";

import { news, Shell } from "./shell";

/** What is sold: each tier's amount and its price a month. */
const TIERS: Partial<Record<Service, [amount: number, price: number][]>> = {
  input: [
    [1_200_000, 0],
    [4_000_000, 2_400],
    [12_000_000, 6_000],
  ],
  sms: [
    [10, 0],
    [120, 300],
  ],
};

export abstract class Buying extends Shell {
  abstract accountRows: AccountRow[];
  abstract settingRows: SettingRow[];
  abstract readonly now: () => Date;

  /** The purchases that there were. */
  purchased: PurchaseRow[] = [];
  /** How far the next purchase comes, and what is said of it. */
  comesTo: PurchaseStep = "done";
  says: string | null = null;
  /** What waits before a purchase is through. */
  beforeBought: () => Promise<void> = () => Promise.resolve();

  get #on(): boolean {
    return this.settingRows.some(({ key, value }) => key === "buying" && value === "true");
  }

  async buyingOffer(account: number): Promise<BuyOffer> {
    await this.asked("buyingOffer", account);
    const found = this.accountRows.find(({ key }) => key === account);
    if (!found) throw { code: "not_found", message: "There is no such account any more." } satisfies Problem;
    return {
      account,
      label: found.label,
      buying: this.#on,
      services: Object.entries(TIERS).map(([service, all]) => {
        const [first, ...more] = all.map(([amount, price]) => ({ amount, price }));
        return {
          service: service as Service,
          limit: first?.amount ?? 0,
          price: first?.price ?? null,
          tiers: more,
        };
      }),
    };
  }

  async buyingQuote(account: number, services: Partial<Record<Service, number>>): Promise<BuyQuote> {
    await this.asked("buyingQuote", account, services);
    const keys = Object.keys(services) as Service[];
    const monthly = keys.reduce((sum, key) => {
      const tier = TIERS[key]?.find(([amount]) => amount === services[key]);
      return sum + (tier?.[1] ?? 0) - (TIERS[key]?.[0]?.[1] ?? 0);
    }, 0);
    const from = Object.fromEntries(keys.map((key) => [key, TIERS[key]?.[0]?.[0] ?? 0]));
    const now = Math.floor(monthly / 3);
    const until = new Date(this.now().getTime() + 10 * 86_400_000);
    return {
      buy: { account, services, from, most: now },
      now,
      monthly,
      until: until.toISOString(),
      asked_at: this.now().toISOString(),
      refusal: this.#on ? null : { reason: "switched_off", message: "Buying is switched off." },
    };
  }

  async buy(request: PurchaseRequest): Promise<PurchaseRow> {
    await this.asked("buy", request);
    await this.beforeBought();
    const { buy, allocate_to } = request;
    const row: PurchaseRow = {
      key: this.purchased.length + 1,
      began_at: this.now().toISOString(),
      ended_at: null,
      account: buy.account,
      label: this.accountRows.find(({ key }) => key === buy.account)?.label ?? "",
      services: (Object.keys(buy.services) as Service[]).map((service) => ({
        service,
        from: buy.from[service] ?? null,
        to: buy.services[service] ?? 0,
      })),
      agreed: buy.most,
      allocate_to,
      allocate_to_name: null,
      step: "asked",
      message: null,
    };
    return this.#put(this.#come(row));
  }

  async purchases(): Promise<PurchaseRow[]> {
    await this.asked("purchases");
    return this.purchased.filter(({ ended_at }) => ended_at === null);
  }

  async resumePurchase(key: number): Promise<PurchaseRow> {
    await this.asked("resumePurchase", key);
    return this.#put(this.#come(this.#purchase(key)));
  }

  async endPurchase(key: number): Promise<void> {
    await this.asked("endPurchase", key);
    this.#put({ ...this.#purchase(key), ended_at: this.now().toISOString() });
  }

  #purchase(key: number): PurchaseRow {
    const row = this.purchased.find((one) => one.key === key);
    if (!row) throw { code: "not_found", message: `No purchase has the number ${key}.` } satisfies Problem;
    return row;
  }

  #come(row: PurchaseRow): PurchaseRow {
    const over = this.comesTo === "done" || this.comesTo === "not_bought";
    return {
      ...row,
      step: this.comesTo,
      message: this.says,
      ended_at: over ? this.now().toISOString() : null,
    };
  }

  #put(row: PurchaseRow): PurchaseRow {
    this.purchased = [...this.purchased.filter(({ key }) => key !== row.key), row];
    this.emit("store-changed", news({ accounts: true }));
    return row;
  }
}
