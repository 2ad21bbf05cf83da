import { clearMocks, mockIPC } from "@tauri-apps/api/mocks";
import { afterEach, expect, test } from "vitest";

import { asProblem } from "./backend";
import type { ActivityQuery } from "./generated/ActivityQuery";
import type { FleetQuery } from "./generated/FleetQuery";
import type { UsageQuery } from "./generated/UsageQuery";
import { tauriBackend } from "./tauri";

afterEach(clearMocks);

test("each call goes to its command with its arguments by name", async () => {
  const calls: [string, unknown][] = [];
  mockIPC((command, args) => {
    calls.push([command, args]);
    return null;
  });
  const fleet = {
    filter: "a",
    sort: [{ by: "risk", descending: true }],
    trend: null,
    offset: 0,
    limit: 100,
  } satisfies FleetQuery;
  const usage = {
    profile: 7,
    services: ["input"],
    by: "day",
    cycle: 0,
    running: true,
    compare: true,
    from: null,
    to: null,
    timezone: "UTC",
  } satisfies UsageQuery;
  const activity = {
    search: "",
    topics: ["limits"],
    account: null,
    profile: 7,
    since: null,
    offset: 0,
    limit: 100,
  } satisfies ActivityQuery;
  await tauriBackend.accounts();
  await tauriBackend.connect({ label: "Acme", region: "us-e1", token: "p-secret" });
  await tauriBackend.forget(3, true);
  await tauriBackend.completeFilter("tokens", "plan:", 5);
  await tauriBackend.fleet(fleet);
  await tauriBackend.fleetSum({ keys: [7], all_of: "plan:free" });
  await tauriBackend.groups();
  await tauriBackend.putGroup(null, "North", "customer");
  await tauriBackend.deleteGroup(2);
  await tauriBackend.assignGroup(2, { keys: [7], all_of: null }, true);
  await tauriBackend.exportGroups();
  await tauriBackend.importGroups();
  await tauriBackend.previewChanges({ ask: "undo", batch: 4 });
  await tauriBackend.carryOut({ ask: "retry", batch: 4 }, { protected_too: true }, null);
  await tauriBackend.carryOutRest(4, { password: "hunter2", pin: "123456" });
  await tauriBackend.copyMadeToken(4, 0);
  await tauriBackend.saveMadeToken(4, 0);
  await tauriBackend.forgetMadeTokens(4);
  await tauriBackend.cancelChanges(4);
  await tauriBackend.unfinishedChanges();
  await tauriBackend.protect({ keys: [7], all_of: null }, true);
  await tauriBackend.invitations(3);
  await tauriBackend.profilesOfFile(3, true);
  await tauriBackend.saveAllMadeTokens(4);
  await tauriBackend.enlarge(150);
  await tauriBackend.readOnly(3, false);
  await tauriBackend.navigationCounts();
  await tauriBackend.putNote(7, "Call first.");
  await tauriBackend.views();
  await tauriBackend.putView("Mornings", "#/fleet?filter=state%3Aover");
  await tauriBackend.deleteView(4);
  await tauriBackend.profile(7);
  await tauriBackend.backups(7);
  await tauriBackend.fetchBackups(7);
  await tauriBackend.placeBackup(7, "66a0");
  await tauriBackend.downloadBackup(7, "66a0", { password: "hunter2", pin: null });
  await tauriBackend.cancelDownload("66a0");
  await tauriBackend.liveAudit({ profile: 7, offset: 32, limit: 32 });
  await tauriBackend.cancelAudit(7);
  await tauriBackend.usage(usage);
  await tauriBackend.activity(activity);
  await tauriBackend.syncRuns({ offset: 50, limit: 50 });
  await tauriBackend.syncRun(12);
  await tauriBackend.archiveAccounts();
  await tauriBackend.chooseArchive(3, false);
  await tauriBackend.settings();
  await tauriBackend.putSetting("sync.interval", null);
  await tauriBackend.lookAt(7);
  await tauriBackend.startSync(null, 7);
  await tauriBackend.leaver("ada@example.com");
  await tauriBackend.offboarded("ada@example.com", 4);
  await tauriBackend.copyOwnerMail("ada@example.com", "host 1");
  await tauriBackend.openOwnerMail("ada@example.com", "host 1");
  await tauriBackend.rotations();
  await tauriBackend.beginRotation({ profile: 7, old: "f", new_name: "CI 2", place: "the gateway" });
  await tauriBackend.endRotation(2);
  await tauriBackend.syncAccess();
  await tauriBackend.cancelSync();
  await tauriBackend.sync();
  await tauriBackend.about();
  expect(calls).toEqual([
    ["accounts_list", {}],
    ["accounts_connect", { label: "Acme", region: "us-e1", token: "p-secret" }],
    ["accounts_forget", { key: 3, keepHistory: true }],
    ["filter_complete", { screen: "tokens", text: "plan:", cursor: 5 }],
    ["fleet_page", { query: fleet }],
    ["fleet_sum", { selection: { keys: [7], all_of: "plan:free" } }],
    ["groups_list", {}],
    ["groups_put", { key: null, name: "North", kind: "customer" }],
    ["groups_delete", { key: 2 }],
    ["groups_assign", { key: 2, selection: { keys: [7], all_of: null }, member: true }],
    ["groups_export", {}],
    ["groups_import", {}],
    ["changes_preview", { request: { ask: "undo", batch: 4 } }],
    [
      "changes_carry_out",
      {
        request: { ask: "retry", batch: 4 },
        confirmation: { protected_too: true },
        password: null,
        pin: null,
      },
    ],
    ["changes_carry_out_rest", { batch: 4, password: "hunter2", pin: "123456" }],
    ["tokens_copy_made", { batch: 4, row: 0 }],
    ["tokens_save_made", { batch: 4, row: 0 }],
    ["tokens_forget_made", { batch: 4 }],
    ["changes_cancel", { batch: 4 }],
    ["changes_unfinished", {}],
    ["changes_protect", { selection: { keys: [7], all_of: null }, protected: true }],
    ["changes_invitations", { account: 3 }],
    ["changes_profiles_of_file", { account: 3, freeResources: true }],
    ["tokens_save_all_made", { batch: 4 }],
    ["app_enlarge", { percent: 150 }],
    ["changes_read_only", { account: 3, readOnly: false }],
    ["navigation_counts", {}],
    ["notes_put", { profile: 7, text: "Call first." }],
    ["views_list", {}],
    ["views_put", { name: "Mornings", address: "#/fleet?filter=state%3Aover" }],
    ["views_delete", { key: 4 }],
    ["profile_overview", { key: 7 }],
    ["backups_list", { profile: 7 }],
    ["backups_fetch", { profile: 7 }],
    ["backups_place", { profile: 7, backup: "66a0" }],
    ["backups_download", { profile: 7, backup: "66a0", password: "hunter2", pin: null }],
    ["backups_cancel", { backup: "66a0" }],
    ["profile_live_audit", { query: { profile: 7, offset: 32, limit: 32 } }],
    ["profile_cancel_audit", { key: 7 }],
    ["profile_usage", { query: usage }],
    ["activity_page", { query: activity }],
    ["activity_syncs", { query: { offset: 50, limit: 50 } }],
    ["activity_sync", { key: 12 }],
    ["archive_accounts", {}],
    ["archive_choose", { account: 3, archive: false }],
    ["settings_list", {}],
    ["settings_put", { key: "sync.interval", value: null }],
    ["sync_look", { profile: 7 }],
    ["sync_start", { account: null, profile: 7 }],
    ["people_leaver", { who: "ada@example.com" }],
    ["people_offboarded", { who: "ada@example.com", batch: 4 }],
    ["people_mail_copy", { who: "ada@example.com", owner: "host 1" }],
    ["people_mail_open", { who: "ada@example.com", owner: "host 1" }],
    ["tokens_rotations", {}],
    ["tokens_begin_rotation", { wanted: { profile: 7, old: "f", new_name: "CI 2", place: "the gateway" } }],
    ["tokens_end_rotation", { key: 2 }],
    ["sync_access", {}],
    ["sync_cancel", {}],
    ["sync_state", {}],
    ["app_about", {}],
  ]);
});

test("a failure arrives as a problem, whatever it was rejected with", async () => {
  mockIPC(() => {
    throw { code: "vault_locked", message: "The keychain is locked." };
  });
  await expect(tauriBackend.accounts()).rejects.toEqual({
    code: "vault_locked",
    message: "The keychain is locked.",
  });
  mockIPC(() => {
    throw "invalid args `key` for command `profile_overview`";
  });
  await expect(tauriBackend.profile(1)).rejects.toEqual({
    code: "internal",
    message: "invalid args `key` for command `profile_overview`",
  });
  expect(asProblem(new Error("gone"))).toEqual({ code: "internal", message: "gone" });
});
