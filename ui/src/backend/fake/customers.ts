// Onboardings and transfers of the fake shell.
import type { Onboard } from "../generated/Onboard";
import type { OnboardPreview } from "../generated/OnboardPreview";
import type { OnboardState } from "../generated/OnboardState";
import type { OnboardStep } from "../generated/OnboardStep";
import type { OnboardWent } from "../generated/OnboardWent";
import type { Onboarding } from "../generated/Onboarding";
import type { PageFormat } from "../generated/PageFormat";
import type { Problem } from "../generated/Problem";
import type { TransferLook } from "../generated/TransferLook";
import type { TransferRow } from "../generated/TransferRow";

import type { Proof } from "../backend";
import { Leaving } from "./leaving";
import { news } from "./shell";

/** More than any batch of a test. */
const BATCH = 9_000;

const missing = (what: string): Problem => ({ code: "not_found", message: `There is no such ${what}.` });

export abstract class Customers extends Leaving {
  onboarded: Onboarding[] = [];
  transferred: TransferRow[] = [];
  /** Steps, by their kinds, that fail when they are tried. */
  readonly failingSteps = new Set<OnboardStep["kind"]>();
  /** Where a person saves a page; `null` if they change their mind. */
  pageFile: string | null = "/home/ada/Pier 4.html";

  async previewOnboarding(wanted: Onboard): Promise<OnboardPreview> {
    await this.asked("previewOnboarding", wanted);
    const names = this.profiles.map(({ row }) => row.name);
    const steps = stepsOf(wanted).map((step): OnboardStep => {
      const refused = step.kind === "profile" && names.includes(wanted.name);
      return refused
        ? { ...step, state: "refused", message: "The account has a profile of this name already." }
        : step;
    });
    return {
      account: this.#label(wanted),
      steps,
      refused: steps.filter(({ state }) => state === "refused").length,
      needs_proof: wanted.token !== null,
      allocation: [],
    };
  }

  async beginOnboarding(wanted: Onboard): Promise<Onboarding> {
    await this.asked("beginOnboarding", wanted);
    return this.#put({
      key: this.onboarded.length + 1,
      began_at: this.now().toISOString(),
      ended_at: null,
      wanted,
      account: this.#label(wanted),
      profile_key: null,
      profile: null,
      steps: stepsOf(wanted),
      over: false,
      needs_proof: wanted.token !== null,
      made_batch: null,
      made_row: null,
    });
  }

  async onboardings(): Promise<Onboarding[]> {
    await this.asked("onboardings");
    return this.onboarded;
  }

  async goOnOnboarding(key: number, proof: Proof | null): Promise<OnboardWent> {
    await this.asked("goOnOnboarding", key);
    return this.#go(key, proof);
  }

  async goOnOnboardingWith(key: number, batch: number, proof: Proof): Promise<OnboardWent> {
    await this.asked("goOnOnboardingWith", key, batch);
    return this.#go(key, proof);
  }

  async skipOnboardingStep(key: number, step: string, skipped: boolean): Promise<Onboarding> {
    await this.asked("skipOnboardingStep", key, step, skipped);
    return this.#steps(key, (one) =>
      one.id === step ? { ...one, state: skipped ? "skipped" : "waits", message: null } : one,
    );
  }

  async onboardingHandedOut(key: number): Promise<Onboarding> {
    await this.asked("onboardingHandedOut", key);
    return this.#steps(key, (one) => (one.state === "hand_out" ? { ...one, state: "done" } : one));
  }

  async forgetOnboarding(key: number): Promise<void> {
    await this.asked("forgetOnboarding", key);
    this.onboarded = this.onboarded.filter((one) => one.key !== key);
  }

  async handOverPage(key: number): Promise<string> {
    await this.asked("handOverPage", key);
    const { wanted } = this.#one(key);
    return `${wanted.name}\n\nPeople\n${wanted.people.map((email) => `- ${email} (invited)`).join("\n")}\n`;
  }

  async copyHandOver(key: number): Promise<void> {
    await this.asked("copyHandOver", key);
  }

  async saveHandOver(key: number, format: PageFormat): Promise<string | null> {
    await this.asked("saveHandOver", key, format);
    return this.pageFile;
  }

  async lookAtTransfer(profile: number, destination: string): Promise<TransferLook> {
    await this.asked("lookAtTransfer", profile, destination);
    const named = destination.includes("@");
    return {
      checks: [
        { kind: "plan", verdict: "yes", why: "“Acme” is on the plan scale." },
        {
          kind: "destination",
          verdict: destination === "" ? "unknown" : named ? "yes" : "no",
          why: destination === "" ? "Nobody is named yet." : `${destination} was looked at.`,
        },
        { kind: "resources", verdict: "unknown", why: "The destination is not connected here." },
      ],
      text: `Profile: ${this.profiles.find(({ row }) => row.key === profile)?.row.name ?? ""}\nTo: ${destination}\n`,
    };
  }

  async copyTransfer(profile: number, destination: string): Promise<void> {
    await this.asked("copyTransfer", profile, destination);
  }

  async beginTransfer(profile: number, destination: string, ticket: string): Promise<TransferRow> {
    await this.asked("beginTransfer", profile, destination, ticket);
    const found = this.profiles.find(({ row }) => row.key === profile);
    if (!found) throw missing("profile");
    return this.#track({
      key: this.transferred.length + 1,
      asked_at: this.now().toISOString(),
      ended_at: null,
      state: "waits",
      profile_key: profile,
      profile: found.row.id,
      profile_name: found.row.name,
      account: found.row.account,
      destination,
      ticket,
    });
  }

  async transferOf(profile: number): Promise<TransferRow | null> {
    await this.asked("transferOf", profile);
    return this.transferred.findLast((row) => row.profile_key === profile) ?? null;
  }

  async noteTransfer(key: number, ticket: string): Promise<TransferRow> {
    await this.asked("noteTransfer", key, ticket);
    return this.#track({ ...this.#transfer(key), ticket });
  }

  async giveUpTransfer(key: number): Promise<TransferRow> {
    await this.asked("giveUpTransfer", key);
    return this.#track({ ...this.#transfer(key), state: "given_up", ended_at: this.now().toISOString() });
  }

  #go(key: number, proof: Proof | null): OnboardWent {
    const proven = proof?.password === this.password;
    const end = (step: OnboardStep): OnboardState => {
      if (step.state === "done" || step.state === "skipped") return step.state;
      if (this.failingSteps.has(step.kind)) return "failed";
      if (step.kind !== "token") return "done";
      return proven ? "hand_out" : "waits";
    };
    const went = this.#steps(key, (step) => {
      const state = end(step);
      return { ...step, state, message: state === "failed" ? "TagoIO could not be reached." : null };
    });
    const handsOut = went.steps.some(({ state }) => state === "hand_out");
    if (handsOut) this.made.add(BATCH);
    const waits = went.steps.some(({ kind, state }) => kind === "token" && state === "waits");
    const onboarding = this.#put({
      ...went,
      profile_key: this.profiles[0]?.row.key ?? null,
      profile: this.profiles[0]?.row.id ?? null,
      made_batch: handsOut ? BATCH : null,
      made_row: handsOut ? 0 : null,
    });
    return {
      onboarding,
      batch: waits ? BATCH : null,
      needs_proof: waits
        ? {
            account: onboarding.account ?? "",
            rows: 1,
            pin: false,
            problem: proof === null ? null : { code: "rejected", message: "Invalid password" },
          }
        : null,
    };
  }

  #label(wanted: Onboard): string | null {
    return this.accountRows.find(({ key }) => key === wanted.account)?.label ?? null;
  }

  #one(key: number): Onboarding {
    const found = this.onboarded.find((one) => one.key === key);
    if (!found) throw missing("onboarding");
    return found;
  }

  #steps(key: number, change: (step: OnboardStep) => OnboardStep): Onboarding {
    const one = this.#one(key);
    const steps = one.steps.map(change);
    const over = steps.every(({ state }) => state === "done" || state === "skipped");
    const token = steps.find(({ kind }) => kind === "token")?.state;
    return this.#put({
      ...one,
      steps,
      over,
      needs_proof: token === "waits" || token === "failed",
      ended_at: over ? this.now().toISOString() : null,
      made_batch: token === "hand_out" ? one.made_batch : null,
      made_row: token === "hand_out" ? one.made_row : null,
    });
  }

  #put(one: Onboarding): Onboarding {
    this.onboarded = [...this.onboarded.filter(({ key }) => key !== one.key), one];
    return one;
  }

  #transfer(key: number): TransferRow {
    const found = this.transferred.find((row) => row.key === key);
    if (!found) throw missing("transfer");
    return found;
  }

  #track(row: TransferRow): TransferRow {
    this.transferred = [...this.transferred.filter(({ key }) => key !== row.key), row];
    this.emit("store-changed", news({ profiles: [row.profile_key] }));
    return row;
  }
}

function stepsOf(wanted: Onboard): OnboardStep[] {
  const step = (kind: OnboardStep["kind"], what: string, which = ""): OnboardStep => ({
    id: which === "" ? kind : `${kind}:${which}`,
    kind,
    what,
    state: "waits",
    message: null,
  });
  return [
    step("profile", `Make the profile “${wanted.name}”`),
    ...(wanted.logo_url === null ? [] : [step("logo", `Give it the logo ${wanted.logo_url}`)]),
    ...(Object.keys(wanted.services).length === 0 ? [] : [step("limits", "Set its limits")]),
    ...wanted.people.map((email) => step("invitation", `Invite ${email} to its team`, email)),
    ...(wanted.token === null ? [] : [step("token", `Make the token “${wanted.token.name}”`)]),
    ...wanted.groups.map(({ kind, name }) => step("group", `Put it into the ${kind} “${name}”`, name)),
    ...(wanted.note === "" ? [] : [step("note", "Write the note about it")]),
    ...(wanted.protect ? [step("protection", "Mark it as protected")] : []),
  ];
}
