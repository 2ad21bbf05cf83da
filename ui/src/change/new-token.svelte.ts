// The token that is to be made of one profile or of several, as it is typed.
import type { Change, TokenPermission } from "../backend";
import { end } from "./validity";

export class NewTokens {
  name = $state("");
  permission = $state<TokenPermission>("read");
  /** How many days it is valid, as the choices have it. */
  days = $state("90");
  readonly named = $derived(this.name.trim() !== "");

  /** The change that makes it of one profile. */
  of(profile: number, now: Date): Change {
    return {
      kind: "create_token",
      profile,
      name: this.name.trim(),
      permission: this.permission,
      expires_at: end(this.days, now),
    };
  }

  /** It is made: the next has another name. */
  clear(): void {
    this.name = "";
  }
}
