// The list's filter in the address, and the tests that the figures put into it.
import type { AttentionKind } from "../../backend";

export function parseQuery(query: string): string {
  return new URLSearchParams(query).get("filter") ?? "";
}

export function queryOf(filter: string): string {
  return filter === "" ? "" : new URLSearchParams({ filter }).toString();
}

const OWN = /(^|\s)-?(kind|snoozed):\S*/gi;

/** A filter that shows one kind alone, or what was answered; the other tests and words stay. */
export function only(filter: string, test: string | null): string {
  const rest = filter.replaceAll(OWN, " ").replaceAll(/\s+/g, " ").trim();
  return [test ?? "", rest].filter(Boolean).join(" ");
}

export const kindTest = (kind: AttentionKind): string => `kind:${kind}`;
export const ANSWERED = "snoozed:yes";

/** Whether a filter holds just this test of those that the figures put into it. */
export function has(filter: string, test: string): boolean {
  const own = [...filter.matchAll(OWN)].map(([found]) => found.trim().toLowerCase());
  return own.length === 1 && own[0] === test;
}
