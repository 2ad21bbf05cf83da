// What the lines of an account and their unknowns are called.
import { SERVICES, type CostAccount, type CostLine, type CostRow, type CostUnknown } from "../../backend";
import { count, number, UNKNOWN } from "../../format";
import { money } from "../../money";
import { named } from "../../wording";

/** What a line is of; a name that TagoIO gave stands apart, since it is text of its own. */
export function lineName({ kind, name }: CostLine): { what: string; name: string | null } {
  switch (kind) {
    case "plan":
      return { what: "Plan", name };
    case "coupon":
      return { what: "Coupon", name };
    case "addon":
      return name === null ? { what: "Add-ons", name } : { what: "Add-on", name: named(name) };
    default: {
      const service = SERVICES.find(({ key }) => key === name);
      return service ? { what: service.label, name: null } : { what: "", name: named(name ?? UNKNOWN) };
    }
  }
}

/** How much of it was bought. */
export function lineAmount({ kind, amount }: CostLine): string {
  if (amount === null || kind === "plan") return "";
  if (kind === "coupon") return `${number(amount)} %`;
  if (kind === "addon") return `× ${number(amount)}`;
  return number(amount);
}

/** Why its price is not known, if it is not. */
export function lineWhy({ kind, name, why }: CostLine): string | null {
  if (why !== null && kind === "addon" && name === null) return "which there are is not known";
  return why === null ? null : WHY[why];
}

const WHY: Record<CostUnknown, string> = {
  not_known: "its price is not known",
  no_tier: "this limit is no tier, so that its price is not known",
  not_monthly: "it is not paid by the month, as prices are",
  no_tiers: "the installation has no tiers",
};

/** What a profile costs: exactly, at least, or not known. */
export function total(row: CostRow): string {
  if (row.unknown === 0) return money(row.known);
  return row.unknown > row.services.length ? UNKNOWN : `≥ ${money(row.known)}`;
}

/** What stands in the way of a whole account. */
export function obstacle(account: CostAccount): string | null {
  if (!account.seen) return "What it had bought then was not seen.";
  if (account.no_tiers) return "TagoDeploy has no tiers: no cost can be worked out for its profiles.";
  if (account.unknown > 0)
    return `${count(account.unknown, "line is", "lines are")} not known, and part of the difference.`;
  return null;
}
