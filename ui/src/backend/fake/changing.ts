// Changes of the fake shell: checked, carried out row by row, and written into its action log.
import type { ActionPage } from "../generated/ActionPage";
import type { ActionQuery } from "../generated/ActionQuery";
import type { ActionRow } from "../generated/ActionRow";
import type { Change } from "../generated/Change";
import type { ChangeCounts } from "../generated/ChangeCounts";
import type { ChangeEnd } from "../generated/ChangeEnd";
import type { ChangeOutcome } from "../generated/ChangeOutcome";
import type { ChangePreview } from "../generated/ChangePreview";
import type { ChangeRequest } from "../generated/ChangeRequest";
import type { ChosenPicture } from "../generated/ChosenPicture";
import type { Confirmation } from "../generated/Confirmation";
import type { CreateProfile } from "../generated/CreateProfile";
import type { FleetSelection } from "../generated/FleetSelection";
import type { InvitationRow } from "../generated/InvitationRow";
import type { PlannedChange } from "../generated/PlannedChange";
import type { Problem } from "../generated/Problem";
import type { ProfileOverview } from "../generated/ProfileOverview";
import type { Refusal } from "../generated/Refusal";

import type { Proof } from "../backend";
import { limited, limitFigures, limitSides } from "./limits";
import type { Access } from "./access";
import { Buying } from "./buying";
import {
  memberRefusal,
  memberSides,
  pictureRefusal,
  pictureSides,
  pictureWarnings,
  tokenRefusal,
} from "./checks";
import { news } from "./shell";
import type { Tokens } from "./tokens";

type End = Pick<ChangeEnd, "result" | "code" | "message">;

/** What the fake shell keeps nothing of. */
const NOTHING_SHOWN = [
  "create_token",
  "create_profile",
  "invite",
  "create_backup",
  "delete_backup",
  "pictures",
];

/** What it has no way back from: pictures that were not there cannot come back either. */
const FOR_GOOD = ["delete", "revoke_token", "create_backup", "delete_backup", "pictures"];

const DONE: End = { result: "done", code: null, message: null };

export abstract class Changing extends Buying {
  abstract profiles: ProfileOverview[];
  abstract readonly keys: Tokens;
  abstract readonly teams: Access;

  /** Newest first. */
  actions: ActionRow[] = [];
  /** What an earlier run is said to have left. */
  left: ActionRow[] = [];
  /** What was done. */
  carriedOut: Change[] = [];
  /** Profiles, by their numbers, whose next change does not end as done. */
  readonly failing = new Map<number, End>();
  /** What each row of a batch waits for before it is done. */
  beforeRow: () => Promise<void> = () => Promise.resolve();

  /** What proves that the owner is at hand; `pin` is wanted unless it is null. */
  password = "right";
  pin: string | null = null;
  /** Where a person saves a token's value; `null` if they change their mind. */
  tokenFile: string | null = "/home/ada/ci.token";

  /** The picture file that a person chooses; `null` if they change their mind. */
  pictureFile: ChosenPicture | null = { name: "harbour.png", kind: "png", bytes: 12_000, sha256: "ab12" };

  readonly #batches: ChangeEnd[][] = [];
  readonly #waiting = new Map<number, PlannedChange[]>();
  /** Batches that made a token whose value is not forgotten. */
  protected readonly made = new Set<number>();
  readonly #cancelled = new Set<number>();

  async previewChanges(request: ChangeRequest): Promise<ChangePreview> {
    await this.asked("previewChanges", request);
    const rows = this.#wanted(request).map((change) => this.#planned(change));
    const allocation = limitFigures(rows, this.accountRows, this.profiles, this.now());
    const ready = rows.filter(({ refusal }) => refusal === null);
    return {
      rows,
      ready: ready.length,
      refused: rows.length - ready.length,
      protected: ready.filter((row) => row.protected).length,
      undoable: ready.filter((row) => row.undoable).length,
      needs_proof: ready.some(({ change }) => needsProof(change)),
      allocation,
    };
  }

  async carryOut(
    request: ChangeRequest,
    confirmation: Confirmation,
    proof: Proof | null,
  ): Promise<ChangeOutcome> {
    await this.asked("carryOut", request, confirmation);
    const planned = this.#wanted(request).map((change) => this.#planned(change));
    const batch = this.#batches.push([]);
    return this.#go(batch, planned, confirmation.protected_too, proof);
  }

  async carryOutRest(batch: number, proof: Proof): Promise<ChangeOutcome> {
    await this.asked("carryOutRest", batch);
    const waiting = this.#waiting.get(batch);
    if (!waiting) throw { code: "not_found", message: "No such batch waits." } satisfies Problem;
    return this.#go(batch, waiting, true, proof);
  }

  async #go(
    batch: number,
    planned: PlannedChange[],
    protectedToo: boolean,
    proof: Proof | null,
  ): Promise<ChangeOutcome> {
    const ends = this.#batches[batch - 1] as ChangeEnd[];
    const waiting: PlannedChange[] = [];
    this.#waiting.delete(batch);
    const proven = proof?.password === this.password && (this.pin === null || proof.pin === this.pin);
    for (const [place, row] of planned.entries()) {
      this.emit("changing", { batch, counts: counted(ends, planned.length) });
      if (needsProof(row.change) && row.refusal === null && !proven) {
        waiting.push(row);
        continue;
      }
      if (row.refusal === null && !this.#cancelled.has(batch)) await this.beforeRow();
      const end = this.#end(row, protectedToo, this.#cancelled.has(batch));
      const made = row.change.kind === "create_token" && end === DONE ? place : null;
      if (made !== null) this.made.add(batch);
      ends.push({ ...row, ...end, made });
      this.#note(batch, ends.at(-1) as ChangeEnd);
    }
    if (waiting.length > 0) this.#waiting.set(batch, waiting);
    const changed = ends.flatMap(({ profile_key }) => profile_key ?? []);
    this.emit("store-changed", news({ list: true, profiles: changed, actions: true }));
    const pin = proof?.password === this.password && this.pin !== null && proof.pin === null;
    return {
      batch,
      counts: counted(ends, planned.length),
      cancelled: this.#cancelled.has(batch),
      needs_proof:
        waiting.length === 0
          ? null
          : {
              account: waiting[0]?.account ?? "",
              rows: waiting.length,
              pin,
              problem:
                proof === null
                  ? null
                  : {
                      code: "rejected",
                      message: pin ? "A second factor is needed (sms)." : "The password or the PIN is wrong.",
                    },
            },
      rows: ends,
    };
  }

  async copyMadeToken(batch: number, row: number): Promise<void> {
    await this.asked("copyMadeToken", batch, row);
    this.#mustBeMade(batch);
  }

  async saveMadeToken(batch: number, row: number): Promise<string | null> {
    await this.asked("saveMadeToken", batch, row);
    this.#mustBeMade(batch);
    return this.tokenFile;
  }

  async saveAllMadeTokens(batch: number): Promise<string | null> {
    await this.asked("saveAllMadeTokens", batch);
    this.#mustBeMade(batch);
    return this.tokenFile;
  }

  async forgetMadeTokens(batch: number): Promise<void> {
    await this.asked("forgetMadeTokens", batch);
    this.made.delete(batch);
  }

  #mustBeMade(batch: number): void {
    if (!this.made.has(batch))
      throw { code: "not_found", message: "The value of this token is not known here." } satisfies Problem;
  }

  async choosePicture(): Promise<ChosenPicture | null> {
    await this.asked("choosePicture");
    return this.pictureFile;
  }

  async cancelChanges(batch: number): Promise<void> {
    await this.asked("cancelChanges", batch);
    this.#cancelled.add(batch);
  }

  async unfinishedChanges(): Promise<ActionRow[]> {
    await this.asked("unfinishedChanges");
    return this.left;
  }

  async actionLog(query: ActionQuery): Promise<ActionPage> {
    await this.asked("actionLog", query);
    const words = query.search.toLowerCase().split(/\s+/);
    const rows = this.actions.filter((row) => {
      const text = JSON.stringify([row.account, row.profile_name, row.before, row.after, row.message]);
      return (
        words.every((word) => text.toLowerCase().includes(word)) &&
        (query.batch === null || query.batch === row.batch) &&
        (query.account === null ||
          row.account === this.accountRows.find(({ key }) => key === query.account)?.label) &&
        (query.kinds.length === 0 || query.kinds.includes(row.kind)) &&
        (query.results.length === 0 || query.results.includes(row.result)) &&
        (query.since === null || row.at >= query.since) &&
        (query.until === null || row.at < query.until)
      );
    });
    return { total: rows.length, rows: rows.slice(query.offset, query.offset + query.limit) };
  }

  async protect({ keys, all_of }: FleetSelection, on: boolean): Promise<number> {
    await this.asked("protect", { keys, all_of }, on);
    const turned = this.profiles.filter(
      ({ row, protected: was }) => keys.includes(row.key) === (all_of === null) && was !== on,
    );
    this.profiles = this.profiles.map((one) => (turned.includes(one) ? { ...one, protected: on } : one));
    this.emit("store-changed", news({ profiles: turned.map(({ row }) => row.key), actions: true }));
    return turned.length;
  }

  /** What the accounts are invited to. */
  invited: InvitationRow[] = [];

  async invitations(account: number): Promise<InvitationRow[]> {
    await this.asked("invitations", account);
    return this.invited;
  }

  /** What is in the file of profiles that a person chooses; `null` if they change their mind. */
  profileFile: { name: string; account?: number }[] | Problem | null = [
    { name: "Pier 4" },
    { name: "Pier 5" },
  ];

  async profilesOfFile(account: number, freeResources: boolean): Promise<CreateProfile[] | null> {
    await this.asked("profilesOfFile", account, freeResources);
    const rows = this.profileFile;
    if (rows === null) return null;
    if (!Array.isArray(rows)) throw rows;
    return rows.map((row) => ({ account, ...row, free_resources: freeResources }));
  }

  async readOnly(account: number, on: boolean): Promise<boolean> {
    await this.asked("readOnly", account, on);
    this.accountRows = this.accountRows.map((row) => (row.key === account ? { ...row, read_only: on } : row));
    this.emit("store-changed", news({ accounts: true, actions: true }));
    return true;
  }

  #wanted(request: ChangeRequest): Change[] {
    if (request.ask === "changes") return request.changes;
    const ends = this.#batches[request.batch - 1];
    if (!ends) throw { code: "not_found", message: `There is no batch ${request.batch}.` } satisfies Problem;
    if (request.ask === "retry")
      return ends
        .filter(({ result }) => result === "failed" || result === "unknown")
        .map(({ change }) => change);
    return ends
      .filter(({ result, profile_key }) => result === "done" && profile_key !== null)
      .map(({ change, before, profile_key }) =>
        change.kind === "remove_member" && change.email !== null
          ? { kind: "invite", profile: change.profile, email: change.email }
          : { kind: "rename", profile: profile_key as number, name: String(before.name) },
      );
  }

  #planned(change: Change): PlannedChange {
    if (change.kind === "create_profile") return this.#new(change);
    if (change.kind === "move_token") return this.#moved(change);
    if (!("profile" in change)) return this.#ofAccount(change);
    const found = this.profiles.find(({ row }) => row.key === change.profile);
    const [before, after] =
      change.kind === "allocate" ? limitSides(change, found) : this.#sides(change, found?.row.name ?? null);
    return {
      change,
      account: found?.row.account ?? null,
      profile: found?.row.id ?? null,
      profile_key: change.profile,
      profile_name: found?.row.name ?? null,
      before,
      after,
      refusal: found ? this.#refusal(found, change) : { reason: "gone", message: "It is gone." },
      protected: found?.protected ?? false,
      undoable: !FOR_GOOD.includes(change.kind),
      warnings: change.kind === "pictures" ? pictureWarnings(change) : [],
    };
  }

  /** What is done to an account's subscription. */
  #ofAccount(change: Exclude<Change, { profile: unknown } | { kind: "create_profile" }>): PlannedChange {
    const account = this.accountRows.find(({ key }) => key === change.account);
    const field = change.kind === "cancel_downgrade" ? "downgrade" : "failed_payment";
    return {
      change,
      account: account?.label ?? null,
      profile: null,
      profile_key: null,
      profile_name: null,
      ...(change.kind === "answer_invitation"
        ? {
            before: { invitation: change.invitation, answer: null },
            after: { invitation: change.invitation, answer: change.accept ? "accept" : "refuse" },
          }
        : { before: { [field]: "Your card was declined." }, after: { [field]: null } }),
      refusal: null,
      protected: false,
      undoable: false,
      warnings: [],
    };
  }

  /** A profile that is to be made. */
  #new(change: Extract<Change, { kind: "create_profile" }>): PlannedChange {
    const account = this.accountRows.find(({ key }) => key === change.account);
    const taken = this.profiles.some(({ row }) => row.account === account?.label && row.name === change.name);
    return {
      change,
      account: account?.label ?? null,
      profile: null,
      profile_key: null,
      profile_name: null,
      before: { profile: null },
      after: { profile: change.name, free_resources: change.free_resources },
      refusal: taken ? { reason: "taken", message: "It has a profile of this name already." } : null,
      protected: false,
      undoable: false,
      warnings: [],
    };
  }

  /** A token that is to belong to another profile. */
  #moved(change: Extract<Change, { kind: "move_token" }>): PlannedChange {
    const account = this.accountRows.find(({ key }) => key === change.account);
    const target = this.profiles.find(({ row }) => row.id === change.profile);
    return {
      change,
      account: account?.label ?? null,
      profile: null,
      profile_key: null,
      profile_name: null,
      before: { profile: account?.token_profile_name ?? null, profile_id: account?.token_profile ?? null },
      after: { profile: target?.row.name ?? null, profile_id: change.profile },
      refusal: target ? null : { reason: "gone", message: "There is no such profile in the store." },
      protected: false,
      undoable: account?.token_profile != null,
      warnings: ["The data of both profiles stays where it is."],
    };
  }

  /** What stands before and after. */
  #sides(change: Change, name: string | null): [PlannedChange["before"], PlannedChange["after"]] {
    if (change.kind === "create_token") {
      const { permission, expires_at } = change;
      return [{ token: null }, { token: change.name, permission, expires: expires_at ?? "never" }];
    }
    if (change.kind === "revoke_token") {
      const row = this.keys.rows.find(({ fingerprint }) => fingerprint === change.fingerprint);
      return [{ token: row?.name ?? null, ends_with: row?.last4 ?? null }, { token: null }];
    }
    if (change.kind === "invite") {
      const member = change.email;
      return [
        { member, standing: "none" },
        { member, standing: "invited" },
      ];
    }
    if (change.kind === "remove_member") return memberSides(this.teams.team(change.profile), change);
    if (change.kind === "create_backup") return [{ backup: null }, { backup: "2026-11-29" }];
    if (change.kind === "delete_backup") return [{ backup: change.backup }, { backup: null }];
    if (change.kind === "pictures") return pictureSides(change);
    return [{ name }, change.kind === "rename" ? { name: change.name.trim() } : { name: null }];
  }

  #refusal({ row }: ProfileOverview, change: Change): Refusal | null {
    const account = this.accountRows.find(({ label }) => label === row.account);
    if (row.shared) return { reason: "not_owned", message: "Only its owner can change it." };
    if (account?.sign_in === "signed_out")
      return { reason: "signed_out", message: `${row.account} is signed out.` };
    if (account?.read_only) return { reason: "read_only", message: `${row.account} is only read.` };
    if (change.kind === "allocate") {
      const [before, after] = limitSides(
        change,
        this.profiles.find(({ row: one }) => one.key === row.key),
      );
      const same = JSON.stringify(before) === JSON.stringify(after);
      return same ? { reason: "nothing_to_do", message: "It has these limits already." } : null;
    }
    if (change.kind === "remove_member") return memberRefusal(this.teams.team(change.profile), change);
    if (change.kind === "revoke_token") return tokenRefusal(this.keys.rows, change);
    if (change.kind === "pictures") return pictureRefusal(change);
    if (change.kind !== "rename") return null;
    const name = change.name.trim();
    if (name === "") return { reason: "invalid", message: "A name cannot be empty." };
    return name === row.name ? { reason: "nothing_to_do", message: "It is called so already." } : null;
  }

  #end(row: PlannedChange, protectedToo: boolean, cancelled: boolean): End {
    const { refusal, profile_key: key } = row;
    if (refusal) return { result: "refused", code: refusal.reason, message: refusal.message };
    if (row.protected && !protectedToo)
      return { result: "refused", code: "protected", message: "It is protected." };
    if (cancelled) return { result: "failed", code: "cancelled", message: "It was not sent." };
    const failing = this.failing.get(key as number);
    this.failing.delete(key as number);
    if (failing) return failing;
    this.carriedOut.push(row.change);
    this.#done(row);
    return DONE;
  }

  #done({ change, after, profile_key: key }: PlannedChange): void {
    if (change.kind === "answer_invitation") {
      this.invited = this.invited.filter(({ notification }) => notification !== change.notification);
      return;
    }
    if (NOTHING_SHOWN.includes(change.kind)) return;
    if (change.kind === "move_token") {
      const home = { token_profile: change.profile, token_profile_name: String(after.profile) };
      this.accountRows = this.accountRows.map((row) =>
        row.key === change.account ? { ...row, ...home } : row,
      );
      this.emit("store-changed", news({ accounts: true }));
      return;
    }
    if (change.kind === "revoke_token") {
      this.keys.rows = this.keys.rows.filter(({ fingerprint }) => fingerprint !== change.fingerprint);
      return;
    }
    if (change.kind === "remove_member") {
      const taken = this.teams.taken.get(change.profile) ?? new Set();
      const who = change.member ?? change.email ?? "";
      this.teams.taken.set(change.profile, taken.add(who.toLowerCase()));
      return;
    }
    if (change.kind === "allocate") {
      this.profiles = this.profiles.map((one) => (one.row.key === key ? limited(one, change) : one));
      return;
    }
    const deleted = change.kind === "delete" ? this.now().toISOString() : null;
    this.profiles = this.profiles.map((one) => {
      if (one.row.key !== key) return one;
      const name = deleted === null ? String(after.name) : one.row.name;
      return { ...one, row: { ...one.row, name, removed_at: deleted } };
    });
  }

  #note(batch: number, { change, ...end }: ChangeEnd): void {
    const at = this.now().toISOString();
    this.actions = [
      {
        key: this.actions.length + 1,
        at,
        ended_at: at,
        batch,
        account: end.account,
        profile: end.profile,
        profile_key: end.profile_key,
        profile_name: end.profile_name,
        kind: change.kind,
        before: end.before,
        after: end.after,
        result: end.result,
        code: end.code,
        message: end.message,
      },
      ...this.actions,
    ];
  }
}

function counted(ends: ChangeEnd[], rows: number): ChangeCounts {
  const of = (wanted: ChangeEnd["result"]): number => ends.filter(({ result }) => result === wanted).length;
  return { rows, done: of("done"), refused: of("refused"), failed: of("failed"), unknown: of("unknown") };
}

function needsProof({ kind }: Change): boolean {
  return kind === "create_token" || kind === "delete" || kind === "delete_backup";
}
