// The real shell. Nothing else in this folder's reach calls Tauri.
import { invoke, type InvokeArgs } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";

import { asProblem, type Backend } from "./backend";

async function call<Answer>(command: string, args?: InvokeArgs): Promise<Answer> {
  try {
    return await invoke<Answer>(command, args);
  } catch (reason) {
    throw asProblem(reason);
  }
}

export const tauriBackend: Backend = {
  accounts: () => call("accounts_list"),
  connect: ({ label, region, token }) => call("accounts_connect", { label, region, token }),
  forget: (key, keepHistory) => call("accounts_forget", { key, keepHistory }),
  fleet: (query) => call("fleet_page", { query }),
  profile: (key) => call("profile_overview", { key }),
  usage: (query) => call("profile_usage", { query }),
  activity: (query) => call("activity_page", { query }),
  archiveAccounts: () => call("archive_accounts"),
  chooseArchive: (account, archive) => call("archive_choose", { account, archive }),
  settings: () => call("settings_list"),
  putSetting: (key, value) => call("settings_put", { key, value }),
  lookAt: (profile) => call("sync_look", { profile }),
  startSync: (account, profile) => call("sync_start", { account, profile }),
  cancelSync: () => call("sync_cancel"),
  sync: () => call("sync_state"),
  about: () => call("app_about"),
  on: (event, listener) => listen(event, ({ payload }) => listener(payload as never)),
};
