// What the screen of allocation shows, and how an address says so.
import { SERVICES, type Service } from "../../backend";

export interface AllocationView {
  filter: string;
  /** The service whose profiles stand beside the accounts. */
  service: Service;
}

const FIRST: Service = "input";

/** The part of an address after `?`; empty if nothing is chosen. */
export function viewAddress({ filter, service }: AllocationView): string {
  const parts = new URLSearchParams();
  if (filter !== "") parts.set("filter", filter);
  if (service !== FIRST) parts.set("service", service);
  return parts.toString();
}

/** Reads that part; what it does not understand is as if it were not there. */
export function parseView(text: string): AllocationView {
  const parts = new URLSearchParams(text);
  const service = parts.get("service");
  return {
    filter: parts.get("filter") ?? "",
    service: SERVICES.find(({ key }) => key === service)?.key ?? FIRST,
  };
}
