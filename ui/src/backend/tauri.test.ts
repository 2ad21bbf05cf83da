import { clearMocks, mockIPC } from "@tauri-apps/api/mocks";
import { afterEach, expect, test } from "vitest";

import { asProblem } from "./backend";
import type { ActivityQuery } from "./generated/ActivityQuery";
import { tauriBackend } from "./tauri";

afterEach(clearMocks);

test("each call goes to its command with its arguments by name", async () => {
  const calls: [string, unknown][] = [];
  mockIPC((command, args) => {
    calls.push([command, args]);
    return null;
  });
  const fleet = { search: "a", sort: "risk", descending: true, offset: 0, limit: 100 } as const;
  const usage = { profile: 7, service: "input", by: "day", from: null, to: null, timezone: "UTC" } as const;
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
  await tauriBackend.fleet(fleet);
  await tauriBackend.profile(7);
  await tauriBackend.usage(usage);
  await tauriBackend.activity(activity);
  await tauriBackend.archiveAccounts();
  await tauriBackend.chooseArchive(3, false);
  await tauriBackend.settings();
  await tauriBackend.putSetting("sync.interval", null);
  await tauriBackend.lookAt(7);
  await tauriBackend.startSync(null, 7);
  await tauriBackend.cancelSync();
  await tauriBackend.sync();
  await tauriBackend.about();
  expect(calls).toEqual([
    ["accounts_list", {}],
    ["accounts_connect", { label: "Acme", region: "us-e1", token: "p-secret" }],
    ["accounts_forget", { key: 3, keepHistory: true }],
    ["fleet_page", { query: fleet }],
    ["profile_overview", { key: 7 }],
    ["profile_usage", { query: usage }],
    ["activity_page", { query: activity }],
    ["archive_accounts", {}],
    ["archive_choose", { account: 3, archive: false }],
    ["settings_list", {}],
    ["settings_put", { key: "sync.interval", value: null }],
    ["sync_look", { profile: 7 }],
    ["sync_start", { account: null, profile: 7 }],
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
