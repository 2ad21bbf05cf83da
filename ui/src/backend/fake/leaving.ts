// Somebody who is to lose all access, and tokens that are being replaced, over the fake shell's tokens.
import type { Change } from "../generated/Change";
import type { Leaver } from "../generated/Leaver";
import type { LeaverWay } from "../generated/LeaverWay";
import type { OffboardLine } from "../generated/OffboardLine";
import type { OffboardReport } from "../generated/OffboardReport";
import type { Problem } from "../generated/Problem";
import type { ProfileOverview } from "../generated/ProfileOverview";
import type { Rotate } from "../generated/Rotate";
import type { RotationRow } from "../generated/RotationRow";
import type { TokenRow } from "../generated/TokenRow";
import type { TokenStanding } from "../generated/TokenStanding";

import { news } from "./shell";
import { Signing } from "./signing";

const HOUR = 3_600_000;
const STANDINGS: readonly TokenStanding[] = ["quiet", "in_use", "sign_in", "use_not_known"];

export abstract class Leaving extends Signing {
  /** What is known of whoever is asked for; made of the fleet unless a test sets it. */
  leaving: Leaver | null = null;
  /** Whether the text of a mail fits into the address that opens it. */
  mailFits = true;
  replacing: RotationRow[] = [];

  async leaver(who: string): Promise<Leaver> {
    await this.asked("leaver", who);
    const leaver = (this.leaving ??= this.#made(who));
    const ways = leaver.ways.filter(({ change }) => !this.#isGone(change));
    if (leaver.ways.length > 0 && ways.length === 0)
      throw { code: "not_found", message: `Nobody is known as “${who}”.` } satisfies Problem;
    return { ...leaver, ways };
  }

  async offboarded(who: string, batch: number | null): Promise<OffboardReport> {
    await this.asked("offboarded", who, batch);
    const leaver = (this.leaving ??= this.#made(who));
    const lines = leaver.ways.map((way): OffboardLine => {
      const gone = this.#isGone(way.change);
      const token = way.token && `token “${way.token.name}” ····${way.token.last4}`;
      return {
        end: gone ? "removed" : "left",
        profile: way.profile,
        what: token ?? way.kind.replaceAll("_", " "),
        why: gone || !way.token ? null : "It is in use: replace it, then revoke it.",
        result: gone ? "done" : null,
      };
    });
    const of = (end: OffboardLine["end"]): number => lines.filter((line) => line.end === end).length;
    return {
      at: this.now().toISOString(),
      who,
      called: leaver.name ?? who,
      batch,
      counts: {
        removed: of("removed"),
        not_removed: 0,
        unclear: 0,
        left: of("left"),
        of_others: 0,
        not_known: leaver.gaps.reduce((sum, gap) => sum + gap.profiles, 0),
      },
      lines,
    };
  }

  async copyOwnerMail(who: string, owner: string): Promise<void> {
    await this.asked("copyOwnerMail", who, owner);
  }

  async openOwnerMail(who: string, owner: string): Promise<boolean> {
    await this.asked("openOwnerMail", who, owner);
    return this.mailFits;
  }

  async syncAccess(): Promise<void> {
    await this.asked("syncAccess");
  }

  async rotations(): Promise<RotationRow[]> {
    await this.asked("rotations");
    return this.replacing;
  }

  async beginRotation(wanted: Rotate): Promise<number> {
    await this.asked("beginRotation", wanted);
    const token = this.keys.rows.find(({ fingerprint }) => fingerprint === wanted.old);
    if (this.replacing.some((row) => row.old.fingerprint === wanted.old))
      throw { code: "invalid_input", message: "This token is being replaced already." } satisfies Problem;
    const key = this.replacing.length + 1;
    if (token) this.replacing = [...this.replacing, replaced(key, token, wanted, this.now())];
    this.emit("store-changed", news({ list: true }));
    return key;
  }

  async endRotation(key: number): Promise<boolean> {
    await this.asked("endRotation", key);
    this.replacing = this.replacing.filter((row) => row.key !== key);
    this.emit("store-changed", news({ list: true }));
    return true;
  }

  #isGone(change: Change): boolean {
    return this.carriedOut.some((one) => JSON.stringify(one) === JSON.stringify(change));
  }

  #made(who: string): Leaver {
    const profiles = this.profiles.filter(({ row }) => row.removed_at === null && !row.shared).slice(0, 4);
    const ways = profiles.flatMap((profile, place): LeaverWay[] => [
      membership(profile, place),
      ...this.keys.rows
        .filter((token) => token.profile_key === profile.row.key)
        .slice(0, 1)
        .map((token) => made(token, STANDINGS[place] ?? "quiet", this.now())),
    ]);
    return {
      who,
      name: "Mira Okafor",
      email: "mira@north.example",
      ids: ["5bd1e0000000000000000000"],
      connected: null,
      ways,
      owned: [],
      mails: [
        {
          owner: "https://api.tago.io 5f00",
          name: "Gute Fahrt GmbH",
          email: "it@gute-fahrt.example",
          known: 1,
          unseen: 2,
          subject: "Access of Mira Okafor to your TagoIO profiles",
          body: "Hello Gute Fahrt GmbH,\n\nMira Okafor (mira@north.example) is to lose access.\n",
        },
      ],
      gaps: [
        { dataset: "team", cause: "not_permitted", shared: true, profiles: 3, names: ["Hafen 1", "Hafen 2"] },
      ],
      teams_as_of: new Date(this.now().getTime() - 50 * HOUR).toISOString(),
      tokens_as_of: new Date(this.now().getTime() - 3 * HOUR).toISOString(),
    };
  }
}

function place({ key, id, name, account }: ProfileOverview["row"]): LeaverWay["profile"] {
  return { key, id, name, account };
}

function membership({ row }: ProfileOverview, number: number): LeaverWay {
  return {
    change: { kind: "remove_member", profile: row.key, member: null, email: "mira@north.example" },
    profile: place(row),
    kind: number === 1 ? "invitation" : number === 2 ? "invitation_ended" : "member",
    made_at: null,
    token: null,
    ticked: true,
    possible: true,
  };
}

function made(token: TokenRow, standing: TokenStanding, now: Date): LeaverWay {
  const ours = token.used_here !== null;
  return {
    change: { kind: "revoke_token", profile: token.profile_key, fingerprint: token.fingerprint },
    profile: {
      key: token.profile_key,
      id: token.profile,
      name: token.profile_name,
      account: token.account,
    },
    kind: "token",
    made_at: token.created_at,
    token: {
      name: token.name,
      last4: token.last4,
      permission: token.permission,
      last_authorization_at: standing === "in_use" ? new Date(now.getTime() - 2 * HOUR).toISOString() : null,
      expires_at: token.expires_at,
      standing: ours ? "used_here" : standing,
    },
    ticked: !ours && (standing === "quiet" || standing === "sign_in"),
    possible: !ours,
  };
}

/** A token whose replacement was just made. */
export function replaced(key: number, token: TokenRow, wanted: Rotate, now: Date): RotationRow {
  return {
    key,
    began_at: now.toISOString(),
    profile_key: token.profile_key,
    profile: token.profile,
    profile_name: token.profile_name,
    account: token.account,
    old: {
      fingerprint: token.fingerprint,
      name: token.name,
      last4: token.last4,
      last_authorization_at: token.last_authorization_at,
      stands: true,
    },
    new: {
      fingerprint: "f".repeat(64),
      name: wanted.new_name,
      last4: "9f9f",
      last_authorization_at: null,
      stands: true,
    },
    place: wanted.place,
    fetched_at: now.toISOString(),
    step: "place",
  };
}
