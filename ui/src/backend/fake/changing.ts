// Changes of the fake shell: checked, carried out row by row, and written into its action log.
import type { AccountRow } from "../generated/AccountRow";
import type { ActionPage } from "../generated/ActionPage";
import type { ActionQuery } from "../generated/ActionQuery";
import type { ActionRow } from "../generated/ActionRow";
import type { Change } from "../generated/Change";
import type { ChangeCounts } from "../generated/ChangeCounts";
import type { ChangeEnd } from "../generated/ChangeEnd";
import type { ChangeOutcome } from "../generated/ChangeOutcome";
import type { ChangePreview } from "../generated/ChangePreview";
import type { ChangeRequest } from "../generated/ChangeRequest";
import type { Confirmation } from "../generated/Confirmation";
import type { PlannedChange } from "../generated/PlannedChange";
import type { Problem } from "../generated/Problem";
import type { ProfileOverview } from "../generated/ProfileOverview";
import type { Refusal } from "../generated/Refusal";

import { news, Shell } from "./shell";

type End = Pick<ChangeEnd, "result" | "code" | "message">;

const DONE: End = { result: "done", code: null, message: null };

export abstract class Changing extends Shell {
  abstract accountRows: AccountRow[];
  abstract profiles: ProfileOverview[];
  abstract readonly now: () => Date;

  /** Newest first. */
  actions: ActionRow[] = [];
  /** What an earlier run is said to have left. */
  left: ActionRow[] = [];
  /** Profiles, by their numbers, whose next change does not end as done. */
  readonly failing = new Map<number, End>();
  /** What each row of a batch waits for before it is done. */
  beforeRow: () => Promise<void> = () => Promise.resolve();

  readonly #batches: ChangeEnd[][] = [];
  readonly #cancelled = new Set<number>();

  async previewChanges(request: ChangeRequest): Promise<ChangePreview> {
    await this.asked("previewChanges", request);
    const rows = this.#wanted(request).map((change) => this.#planned(change));
    const ready = rows.filter(({ refusal }) => refusal === null);
    return {
      rows,
      ready: ready.length,
      refused: rows.length - ready.length,
      protected: ready.filter((row) => row.protected).length,
      undoable: ready.length,
      needs_proof: false,
      allocation: [],
    };
  }

  async carryOut(request: ChangeRequest, { protected_too }: Confirmation): Promise<ChangeOutcome> {
    await this.asked("carryOut", request, { protected_too });
    const planned = this.#wanted(request).map((change) => this.#planned(change));
    const ends: ChangeEnd[] = [];
    const batch = this.#batches.push(ends);
    for (const row of planned) {
      this.emit("changing", { batch, counts: counted(ends, planned.length) });
      if (row.refusal === null && !this.#cancelled.has(batch)) await this.beforeRow();
      ends.push({ ...row, ...this.#end(row, protected_too, this.#cancelled.has(batch)), has_value: false });
      this.#note(batch, ends.at(-1) as ChangeEnd);
    }
    const changed = ends.flatMap(({ profile_key }) => profile_key ?? []);
    this.emit("store-changed", news({ list: true, profiles: changed, actions: true }));
    return {
      batch,
      counts: counted(ends, planned.length),
      cancelled: this.#cancelled.has(batch),
      needs_proof: null,
      rows: ends,
    };
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
        (query.batch === null || query.batch === row.batch)
      );
    });
    return { total: rows.length, rows: rows.slice(query.offset, query.offset + query.limit) };
  }

  async protect(profile: number, on: boolean): Promise<boolean> {
    await this.asked("protect", profile, on);
    this.profiles = this.profiles.map((one) => (one.row.key === profile ? { ...one, protected: on } : one));
    this.emit("store-changed", news({ profiles: [profile], actions: true }));
    return true;
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
      .map(({ before, profile_key }) => ({
        kind: "rename",
        profile: profile_key as number,
        name: String(before.name),
      }));
  }

  #planned(change: Change): PlannedChange {
    const found = this.profiles.find(({ row }) => row.key === change.profile);
    const after = change.kind === "rename" ? { name: change.name.trim() } : {};
    return {
      change,
      account: found?.row.account ?? null,
      profile: found?.row.id ?? null,
      profile_key: change.profile,
      profile_name: found?.row.name ?? null,
      before: { name: found?.row.name ?? null },
      after,
      refusal: found ? this.#refusal(found, String(after.name)) : { reason: "gone", message: "It is gone." },
      protected: found?.protected ?? false,
      undoable: true,
      warnings: [],
    };
  }

  #refusal({ row }: ProfileOverview, name: string): Refusal | null {
    const account = this.accountRows.find(({ label }) => label === row.account);
    if (row.shared) return { reason: "not_owned", message: "Only its owner can rename it." };
    if (account?.sign_in === "signed_out")
      return { reason: "signed_out", message: `${row.account} is signed out.` };
    if (account?.read_only) return { reason: "read_only", message: `${row.account} is only read.` };
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
    this.profiles = this.profiles.map((one) =>
      one.row.key === key ? { ...one, row: { ...one.row, name: String(row.after.name) } } : one,
    );
    return DONE;
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
