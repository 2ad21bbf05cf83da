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
  completeFilter: (screen, text, cursor) => call("filter_complete", { screen, text, cursor }),
  fleet: (query) => call("fleet_page", { query }),
  fleetSum: (selection) => call("fleet_sum", { selection }),
  groups: () => call("groups_list"),
  putGroup: (key, name, kind) => call("groups_put", { key, name, kind }),
  deleteGroup: (key) => call("groups_delete", { key }),
  assignGroup: (key, selection, member) => call("groups_assign", { key, selection, member }),
  exportGroups: () => call("groups_export"),
  importGroups: () => call("groups_import"),
  putNote: (profile, text) => call("notes_put", { profile, text }),
  views: () => call("views_list"),
  putView: (name, address) => call("views_put", { name, address }),
  deleteView: (key) => call("views_delete", { key }),
  exportCopy: (query) => call("export_copy", { query }),
  exportSave: (query, format) => call("export_save", { query, format }),
  previewChanges: (request) => call("changes_preview", { request }),
  carryOut: (request, confirmation, proof) =>
    call("changes_carry_out", {
      request,
      confirmation,
      password: proof?.password ?? null,
      pin: proof?.pin ?? null,
    }),
  carryOutRest: (batch, { password, pin }) => call("changes_carry_out_rest", { batch, password, pin }),
  cancelChanges: (batch) => call("changes_cancel", { batch }),
  unfinishedChanges: () => call("changes_unfinished"),
  actionLog: (query) => call("changes_log", { query }),
  protect: (profile, on) => call("changes_protect", { profile, protected: on }),
  readOnly: (account, on) => call("changes_read_only", { account, readOnly: on }),
  choosePicture: () => call("changes_choose_picture"),
  buyingOffer: (account) => call("buying_offer", { account }),
  buyingQuote: (account, services) => call("buying_quote", { account, services }),
  buy: (request) => call("buying_buy", { request }),
  purchases: () => call("buying_purchases"),
  resumePurchase: (key) => call("buying_resume", { key }),
  endPurchase: (key) => call("buying_end", { key }),
  navigationCounts: () => call("navigation_counts"),
  palette: (query) => call("palette_find", { query }),
  people: (query) => call("people_page", { query }),
  access: (query) => call("people_access", { query }),
  profile: (key) => call("profile_overview", { key }),
  team: (key) => call("profile_team", { key }),
  audit: (query) => call("profile_audit", { query }),
  auditArchive: (key) => call("profile_audit_archive", { key }),
  tokens: (query) => call("tokens_page", { query }),
  tokenFigures: () => call("tokens_figures"),
  token: (key) => call("tokens_detail", { key }),
  copyMadeToken: (batch, row) => call("tokens_copy_made", { batch, row }),
  saveMadeToken: (batch, row) => call("tokens_save_made", { batch, row }),
  forgetMadeTokens: (batch) => call("tokens_forget_made", { batch }),
  findToken: (token) => call("tokens_find", { token }),
  takeLink: () => call("link_take"),
  openAdminSite: (key) => call("profile_admin_site", { key }),
  usage: (query) => call("profile_usage", { query }),
  activity: (query) => call("activity_page", { query }),
  syncRuns: (query) => call("activity_syncs", { query }),
  syncRun: (key) => call("activity_sync", { key }),
  allocation: (query) => call("allocation_overview", { query }),
  allocationProfiles: (query) => call("allocation_profiles", { query }),
  costs: (query) => call("costs_page", { query }),
  costAccounts: (filter, at) => call("costs_accounts", { filter, at }),
  archiveAccounts: () => call("archive_accounts"),
  chooseArchive: (account, archive) => call("archive_choose", { account, archive }),
  settings: () => call("settings_list"),
  putSetting: (key, value) => call("settings_put", { key, value }),
  today: (query) => call("today_page", { query }),
  answerAttention: (id, until, note) => call("today_answer", { id, until, note }),
  unanswerAttention: (id) => call("today_unanswer", { id }),
  lookAt: (profile) => call("sync_look", { profile }),
  startSync: (account, profile) => call("sync_start", { account, profile }),
  cancelSync: () => call("sync_cancel"),
  sync: () => call("sync_state"),
  about: () => call("app_about"),
  on: (event, listener) => listen(event, ({ payload }) => listener(payload as never)),
};
