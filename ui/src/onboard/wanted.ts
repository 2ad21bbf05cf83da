// What a person types of a customer, and what the desk is asked for from it.
import type { AllocationAccount, GroupKind, Onboard, Service, TokenPermission } from "../backend";
import { SERVICES } from "../backend";
import { end } from "../change/validity";
import { count, number, typedNumber } from "../format";

/** Everything as it is typed. */
export interface Typed {
  account: number | null;
  name: string;
  free: boolean;
  logo: string;
  /** The limit of each service; empty leaves it as TagoIO makes it. */
  limits: Record<Service, string>;
  /** Addresses, a line or a comma each. */
  people: string;
  token: boolean;
  tokenName: string;
  permission: TokenPermission;
  /** Days that the token is valid; empty is for good. */
  days: string;
  customer: string;
  environment: string;
  /** Names with commas between. */
  groups: string;
  note: string;
  protect: boolean;
}

export function nothingTyped(): Typed {
  return {
    account: null,
    name: "",
    free: true,
    logo: "",
    limits: Object.fromEntries(SERVICES.map(({ key }) => [key, ""])) as Record<Service, string>,
    people: "",
    token: false,
    tokenName: "",
    permission: "write",
    days: "90",
    customer: "",
    environment: "",
    groups: "",
    note: "",
    protect: false,
  };
}

const parts = (text: string): string[] =>
  text
    .split(/[\n,;]/)
    .map((part) => part.trim())
    .filter(Boolean);

/** What of it cannot be asked for yet, if anything. */
export function missing(typed: Typed): string | null {
  if (typed.account === null) return "Choose the account.";
  if (typed.name.trim() === "") return "Give the profile a name.";
  const wrong = SERVICES.find(
    ({ key }) => typed.limits[key].trim() !== "" && typedNumber(typed.limits[key]) === null,
  );
  if (wrong) return `The limit of ${wrong.label} is no number.`;
  return typed.token && typed.tokenName.trim() === "" ? "Give the token a name." : null;
}

export function wanted(typed: Typed, now: Date): Onboard {
  const groups = (kind: GroupKind, names: string[]): Onboard["groups"] =>
    names.map((name) => ({ name, kind }));
  // It is one, and its name may have a comma.
  const one = (text: string): string[] => [text.trim()].filter(Boolean);
  const services: Onboard["services"] = {};
  for (const { key } of SERVICES) {
    const limit = typedNumber(typed.limits[key]);
    if (limit !== null) services[key] = limit;
  }
  return {
    account: typed.account ?? 0,
    name: typed.name.trim(),
    free_resources: typed.free,
    logo_url: typed.logo.trim() === "" ? null : typed.logo.trim(),
    services,
    people: parts(typed.people),
    token: typed.token
      ? {
          name: typed.tokenName.trim(),
          permission: typed.permission,
          expires_at: end(typed.days, now),
        }
      : null,
    groups: [
      ...groups("customer", one(typed.customer)),
      ...groups("environment", one(typed.environment)),
      ...groups("group", parts(typed.groups)),
    ],
    note: typed.note.trim(),
    protect: typed.protect,
  };
}

/** What an account has left of profiles, beside its label. */
export function slots({ slots: { profiles_free, profiles_in_plan } }: AllocationAccount): string {
  if (profiles_free === null || profiles_in_plan === null) return "profiles left: not known";
  return profiles_free === 0
    ? `all ${number(profiles_in_plan)} profiles of its plan used`
    : `${count(profiles_free, "profile")} of ${number(profiles_in_plan)} left`;
}
