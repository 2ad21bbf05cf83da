// Backups of the fake shell, and what it answers to a live query of an audit log.
import type { AuditPage } from "../generated/AuditPage";
import type { BackupRow } from "../generated/BackupRow";
import type { BackupsView } from "../generated/BackupsView";
import type { DownloadEnd } from "../generated/DownloadEnd";
import type { LiveAuditEnd } from "../generated/LiveAuditEnd";
import type { LiveAuditPage } from "../generated/LiveAuditPage";
import type { LiveAuditQuery } from "../generated/LiveAuditQuery";

import type { Proof } from "../backend";
import { Customers } from "./customers";

const DAY = 86_400_000;
const SIZE = 3_482_112;

export abstract class Records extends Customers {
  /** What is not as it is for most profiles. */
  backupsOf: Partial<BackupsView> = {};
  /** Where a person wants a backup; `null` if they change their mind. */
  backupFile: string | null = "/home/ada/Acme 2026-11-22.backup";
  /** How a download ends that has the right password. */
  downloadOf: Partial<DownloadEnd> = {};
  /** What a download waits for after its address was given. */
  beforeSaved: () => Promise<void> = () => Promise.resolve();
  /** What a live query waits for after its first word. */
  beforeAnswer: () => Promise<void> = () => Promise.resolve();
  /** How a live query ends that is not as most. */
  answerOf: Partial<LiveAuditEnd> = {};

  #answer: AuditPage = { total: 0, rows: [] };

  backupRows(): BackupRow[] {
    const row = (place: number, of: Partial<BackupRow> = {}): BackupRow => ({
      id: (0x66a0_0000 + place).toString(16).padStart(24, "0"),
      created_at: new Date(this.now().getTime() - (place * 7 + 2.1) * DAY).toISOString(),
      status: "completed",
      file_size: SIZE - place * 40_960,
      error: null,
      ...of,
    });
    return [
      row(0),
      row(1),
      row(2, { status: "failed", file_size: null, error: "Backup storage was not reachable" }),
      row(3),
      row(4),
    ];
  }

  async backups(profile: number): Promise<BackupsView> {
    await this.asked("backups", profile);
    const found = this.profiles.find(({ row }) => row.key === profile);
    const owned = !(found?.row.shared ?? false);
    return {
      rows: owned ? this.backupRows() : [],
      owned,
      blocked: null,
      freshness: owned
        ? { state: "fresh", fetched_at: new Date(this.now().getTime() - 240_000).toISOString() }
        : { state: "never_fetched" },
      ...this.backupsOf,
    };
  }

  async fetchBackups(profile: number): Promise<void> {
    await this.asked("fetchBackups", profile);
  }

  async placeBackup(profile: number, backup: string): Promise<string | null> {
    await this.asked("placeBackup", profile, backup);
    return this.backupFile;
  }

  async downloadBackup(profile: number, backup: string, proof: Proof): Promise<DownloadEnd> {
    await this.asked("downloadBackup", profile, backup);
    const path = this.backupFile ?? "";
    const end = {
      path,
      bytes: 0,
      of: null,
      saved: null,
      cancelled: false,
      address_ended: false,
      needs_proof: null,
    };
    const right = proof.password === this.password;
    if (!right || (this.pin !== null && proof.pin !== this.pin)) {
      const pin = right && proof.pin === null;
      const message = pin ? "A second factor is needed (sms)." : "The password or the PIN is wrong.";
      const problem = { code: "rejected" as const, message };
      return { ...end, needs_proof: { account: "Acme", rows: 1, pin, problem } };
    }
    for (const bytes of [0, SIZE / 2]) this.emit("downloading", { backup, bytes, of: SIZE });
    await this.beforeSaved();
    return {
      ...end,
      bytes: SIZE,
      of: SIZE,
      saved: { sha256: "3f".repeat(32), size_agrees: true },
      ...this.downloadOf,
    };
  }

  async cancelDownload(backup: string): Promise<void> {
    await this.asked("cancelDownload", backup);
  }

  async askAudit(query: LiveAuditQuery): Promise<LiveAuditEnd> {
    await this.asked("askAudit", query);
    const to = query.to ?? this.now().toISOString();
    const from = query.from ?? new Date(Date.parse(to) - 7 * DAY).toISOString();
    const queries = Math.max(1, Math.ceil((Date.parse(to) - Date.parse(from)) / (7 * DAY)));
    const progress = { profile: query.profile, done: 0, queries, scanned: 120, matched: 40 };
    this.emit("asking-audit", progress);
    await this.beforeAnswer();
    const found = this.teams.audit({
      profile: query.profile,
      search: query.find ?? "",
      resource: query.resource,
      who: null,
      from,
      to,
      offset: 0,
      limit: query.limit ?? 1_000,
    });
    this.#answer = { total: found.rows.length, rows: found.rows };
    const narrowed = query.find !== null || query.resource !== null || query.resource_id !== null;
    return {
      progress: { ...progress, done: queries, scanned: 120 * queries, matched: found.total },
      from,
      to,
      events: found.rows.length,
      limited: found.rows.length < found.total,
      cancelled: false,
      archived: narrowed || query.limit !== null ? 0 : found.rows.length,
      problem: null,
      ...this.answerOf,
    };
  }

  async liveAudit({ profile, offset, limit }: LiveAuditPage): Promise<AuditPage> {
    await this.asked("liveAudit", { profile, offset, limit });
    const { total, rows } = this.#answer;
    return { total, rows: rows.slice(offset, offset + limit) };
  }

  async cancelAudit(profile: number): Promise<void> {
    await this.asked("cancelAudit", profile);
  }
}
