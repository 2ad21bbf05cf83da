// The settings and the archive of audit logs, as the shell has them.
import type { ArchiveAccount } from "../generated/ArchiveAccount";
import type { Problem } from "../generated/Problem";
import type { SettingRow } from "../generated/SettingRow";

export function settings(): SettingRow[] {
  return [
    {
      key: "sync.interval",
      value: "15",
      default: "15",
      about: "Minutes from the end of a sync to the beginning of the next one; 0 syncs only when asked.",
    },
    {
      key: "sync.metered",
      value: "false",
      default: "false",
      about: "Whether it also syncs by itself over a connection that is paid by use.",
    },
    {
      key: "backup.age",
      value: "off",
      default: "off",
      about: "Days after which a profile's newest backup counts as old; off asks for no backups.",
    },
    {
      key: "buying",
      value: "false",
      default: "false",
      about:
        "Whether higher limits can be bought from here. It spends money; each purchase asks with its price first.",
    },
  ];
}

/** Refuses a value as the shell does. */
function checkSetting({ key }: SettingRow, value: string): void {
  const refuse = (message: string): never => {
    throw { code: "invalid_input", message } satisfies Problem;
  };
  if (key === "sync.interval" && !(/^\d+$/.test(value) && (value === "0" || Number(value) >= 5))) {
    refuse(`“${value}” is no number of minutes: it is 0 or at least 5.`);
  }
  if ((key === "sync.metered" || key === "buying") && value !== "true" && value !== "false")
    refuse("It is true or false.");
  if (key === "backup.age" && value !== "off" && !/^[1-9]\d{0,3}$/.test(value)) {
    refuse(`“${value}” is no number of days.`);
  }
}

/** The settings with one of them changed; `null` goes back to the default. */
export function changedSetting(rows: SettingRow[], key: string, value: string | null): SettingRow[] {
  return rows.map((row) => {
    if (row.key !== key) return row;
    if (value !== null) checkSetting(row, value);
    return { ...row, value: value ?? row.default };
  });
}

/** One is archived, one is done, and one is so large that a person must decide. */
export function archiveAccounts(): ArchiveAccount[] {
  return [
    { account: 1, label: "Acme", profiles: 312, done: 34, choice: "on", requests: 21_400, days: 1.2 },
    { account: 2, label: "Nordwind", profiles: 1_240, done: 0, choice: "ask", requests: 96_000, days: 4.1 },
    { account: 3, label: "Tsukuba", profiles: 18, done: 0, choice: "off", requests: 1_100, days: 0.1 },
  ];
}
