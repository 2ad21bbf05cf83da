// Picks who answers: the shell if the page runs in it, the fake one while the page is developed in a browser.
import { isTauri } from "@tauri-apps/api/core";

import type { Backend } from "./backend";
import { tauriBackend } from "./tauri";

/** `null` if this is a built page outside the shell: there is nobody to ask. */
export async function openBackend(): Promise<Backend | null> {
  if (isTauri()) return tauriBackend;
  if (!import.meta.env.DEV) return null;
  const { demoBackend } = await import("./fake/demo");
  return demoBackend(new URLSearchParams(location.search));
}

export { asProblem } from "./backend";
export type { About, Backend, Connect, Events, Unsubscribe } from "./backend";
export { SERVICES } from "./generated/services";
export type { AccountRow } from "./generated/AccountRow";
export type { ActivityPage } from "./generated/ActivityPage";
export type { ActivityQuery } from "./generated/ActivityQuery";
export type { ArchiveAccount } from "./generated/ArchiveAccount";
export type { ChangeKind } from "./generated/ChangeKind";
export type { ChangeRow } from "./generated/ChangeRow";
export type { ChangeTopic } from "./generated/ChangeTopic";
export type { Dataset } from "./generated/Dataset";
export type { FleetFigures } from "./generated/FleetFigures";
export type { FleetPage } from "./generated/FleetPage";
export type { FleetQuery } from "./generated/FleetQuery";
export type { FleetRow } from "./generated/FleetRow";
export type { FleetSort } from "./generated/FleetSort";
export type { Freshness } from "./generated/Freshness";
export type { NamedAmount } from "./generated/NamedAmount";
export type { Problem } from "./generated/Problem";
export type { ProblemCode } from "./generated/ProblemCode";
export type { ProfileOverview } from "./generated/ProfileOverview";
export type { Service } from "./generated/Service";
export type { SettingRow } from "./generated/SettingRow";
export type { SignIn } from "./generated/SignIn";
export type { StoreNews } from "./generated/StoreNews";
export type { SyncPause } from "./generated/SyncPause";
export type { SyncReport } from "./generated/SyncReport";
export type { SyncState } from "./generated/SyncState";
export type { UsageBy } from "./generated/UsageBy";
export type { UsageCell } from "./generated/UsageCell";
export type { UsageChart } from "./generated/UsageChart";
export type { UsageQuery } from "./generated/UsageQuery";
export type { UsageState } from "./generated/UsageState";
