// Signing in to the fake shell by e-mail and password, and when the accounts' tokens end.
import type { PinWay, SignInStart } from "../backend";
import type { AccountRow } from "../generated/AccountRow";
import type { OfferedProfile } from "../generated/OfferedProfile";
import type { Problem } from "../generated/Problem";
import type { SignInStep } from "../generated/SignInStep";
import type { TokenChoice } from "../generated/TokenChoice";
import type { TokenEnd } from "../generated/TokenEnd";
import type { TokenEndRow } from "../generated/TokenEndRow";

import { Changing } from "./changing";
import { connected, endsSoon } from "./fleet";
import { news } from "./shell";

const DAY = 86_400_000;

const OFFERED: OfferedProfile[] = [
  { id: "5bb0a0c9f1d2e3a4b5c6d7e8", name: "Harbour", shared: false },
  { id: "5bb0a0c9f1d2e3a4b5c6d7e9", name: "Orchard", shared: false },
  { id: "5bb0a0c9f1d2e3a4b5c6d7ea", name: "Pier 9", shared: true },
];

const problem = (code: Problem["code"], message: string): Problem => ({ code, message });

export abstract class Signing extends Changing {
  /** Where a PIN goes by itself, if one is wanted. */
  pinWay: PinWay = "sms";
  #going: { number: number; start: SignInStart; way: PinWay } | null = null;
  #numbers = 0;

  async signIn(start: SignInStart): Promise<[number, SignInStep]> {
    await this.asked("signIn", start);
    if (start.password !== this.password) throw problem("rejected", "The password is wrong.");
    const going = { number: (this.#numbers += 1), start, way: this.pinWay };
    this.#going = going;
    return [going.number, this.pin === null ? this.#profiles(start) : this.#pinStep(true)];
  }

  async sendPin(number: number, way: PinWay): Promise<SignInStep> {
    await this.asked("sendPin", number, way);
    this.#now(number).way = way;
    return this.#pinStep(way !== "authenticator");
  }

  async givePin(number: number, pin: string): Promise<SignInStep> {
    await this.asked("givePin", number, pin);
    const { start } = this.#now(number);
    return pin === this.pin
      ? this.#profiles(start)
      : { ...this.#pinStep(false), problem: problem("rejected", "The PIN is wrong.") };
  }

  async chooseToken(number: number, choice: TokenChoice): Promise<SignInStep> {
    await this.asked("chooseToken", number, choice);
    const { start } = this.#now(number);
    const old = this.accountRows.find(({ key }) => key === start.renews);
    if (!old && this.accountRows.some(({ label }) => label === choice.label))
      throw problem("label_taken", `Another account is called “${choice.label}” already.`);
    const ends = choice.days === null ? null : this.now().getTime() + choice.days * DAY;
    const key = Math.max(0, ...this.accountRows.map((row) => row.key)) + 1;
    const token_expires_at = ends === null ? null : new Date(ends).toISOString();
    const account: AccountRow = {
      ...(old ?? {
        ...connected(key, { ...choice, region: start.region, token: "" }, 0),
        email: start.email,
      }),
      sign_in: "signed_in",
      problem: null,
      token_expires_at,
      token_ends_soon: endsSoon(token_expires_at, this.now()),
      token_profile: choice.profile,
      token_profile_name: OFFERED.find(({ id }) => id === choice.profile)?.name ?? null,
    };
    this.accountRows = old
      ? this.accountRows.map((row) => (row.key === old.key ? account : row))
      : [...this.accountRows, account];
    this.#going = null;
    this.emit("store-changed", news({ accounts: true, list: true }));
    return { step: "connected", account, notice: null };
  }

  async endSignIn(): Promise<void> {
    await this.asked("endSignIn");
    this.#going = null;
  }

  async tokenEnds(): Promise<TokenEndRow[]> {
    await this.asked("tokenEnds");
    const rows = this.accountRows.map((account) => this.#end(account));
    const order: TokenEnd[] = ["ended", "ends", "unknown", "never", "no_token"];
    return rows.sort(
      (a, b) => order.indexOf(a.end) - order.indexOf(b.end) || (a.at ?? "").localeCompare(b.at ?? ""),
    );
  }

  #end(account: AccountRow): TokenEndRow {
    const at = account.token_expires_at ?? (account.sign_in === "signed_out" ? account.last_sync_at : null);
    const days = at === null ? null : Math.floor((Date.parse(at) - this.now().getTime()) / DAY);
    const over = account.sign_in === "signed_out" || (days !== null && days < 0);
    // What is known of it in a profile's list, and no time: it is valid for good.
    const timeless = account.token_profile === null ? "unknown" : "never";
    const end =
      account.sign_in === "no_token" ? "no_token" : over ? "ended" : at === null ? timeless : "ends";
    return { account, end, at, days, soon: end === "ended" || endsSoon(at, this.now()) };
  }

  #now(number: number): { start: SignInStart; way: PinWay } {
    if (this.#going?.number !== number) throw problem("cancelled", "The sign-in is over.");
    return this.#going;
  }

  #pinStep(sent: boolean): Extract<SignInStep, { step: "pin" }> {
    const method = this.#going?.way ?? this.pinWay;
    return {
      step: "pin",
      method,
      methods: ["authenticator", "sms", "email"],
      sent: sent && method !== "authenticator",
      problem: null,
    };
  }

  #profiles(start: SignInStart): SignInStep {
    const label = this.accountRows.find(({ key }) => key === start.renews)?.label ?? null;
    return { step: "profile", profiles: OFFERED, label, token_name: "Profile Desk · harbour · ada" };
  }
}
