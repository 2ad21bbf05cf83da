// Ticked tokens: by keyboard and by mouse, and revoked together after one look.
import { screen, waitFor, within } from "@testing-library/svelte";
import axe from "axe-core";
import { expect, test } from "vitest";

import type { Change, ProfileOverview, TokenRow, TokensQuery } from "../src/backend";
import { news, type FakeBackend } from "../src/backend/fake/backend";
import { account } from "../src/backend/fake/fleet";
import { asked, changed, NOW, open, type Opened, type Options } from "./window";

const acme = { ...account(1, NOW), label: "Acme" };
function own(place: number, more: Partial<ProfileOverview> = {}): ProfileOverview {
  return {
    ...changed(place, { account: "Acme", accounts: ["Acme"], shared: false, removed_at: null }),
    ...more,
  };
}

const grid = (): HTMLElement => screen.getByRole("grid");
const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[role="row"][id]')];
const keys = (): number[] => rows().map(({ id }) => Number(id.replace("token-", "")));
const chosen = (): number[] =>
  rows()
    .filter((row) => row.getAttribute("aria-selected") === "true")
    .map(({ id }) => Number(id.replace("token-", "")));
const bar = (): ReturnType<typeof within> => within(screen.getByRole("region", { name: "Selection" }));
const noBar = (): void => expect(screen.queryByRole("region", { name: "Selection" })).toBeNull();
const says = (): string | undefined => bar().getByRole("status").textContent?.trim();
const tokenOf = (backend: FakeBackend, key: number | undefined): TokenRow => {
  const row = backend.keys.rows.find((one) => one.key === key);
  if (!row) throw new Error(`no token ${key}`);
  return row;
};

async function filled(options: Options = {}): Promise<Opened> {
  const opened = open({
    accounts: [acme],
    profiles: Array.from({ length: 6 }, (_, place) => own(place)),
    at: "#/tokens?sort=name",
    ...options,
  });
  await waitFor(() => expect(rows().length).toBeGreaterThan(0));
  return opened;
}

async function review({ user }: Opened): Promise<HTMLElement> {
  await user.click(bar().getByRole("button", { name: "Revoke…" }));
  return screen.findByRole("dialog", { name: "Revoke tokens" });
}
const status = (dialog: HTMLElement): string => within(dialog).getByRole("status").textContent ?? "";

test("X, Shift and a click into the gutter tick tokens, and the bar counts them", async () => {
  const { user } = await filled();
  noBar();
  expect(grid().getAttribute("aria-multiselectable")).toBe("true");
  await user.keyboard("jx");
  expect(chosen()).toEqual(keys().slice(0, 1));
  expect(says()).toBe("1 token selected");
  await user.keyboard("{Shift>}JJ{/Shift}");
  await waitFor(() => expect(chosen()).toEqual(keys().slice(0, 3)));
  const cell = rows()[4]?.firstElementChild as Element;
  await user.pointer([{ keys: "[MouseLeft]", target: cell, coords: { clientX: 12 } }]);
  expect(chosen()).toEqual([...keys().slice(0, 3), keys()[4]]);
  expect(says()).toBe("4 tokens selected");
  await user.pointer([{ keys: "[MouseLeft]", target: cell, coords: { clientX: 12 } }]);
  expect(says()).toBe("3 tokens selected");
});

test("the sheet of keys names what ticks", async () => {
  const { user } = await filled();
  await user.keyboard("?");
  const table = within(await screen.findByRole("region", { name: "In the table" }));
  expect(table.getByText("Select the row, or no longer").nextElementSibling?.textContent).toBe("X");
  expect(table.getByText("Select all that the filter leaves").nextElementSibling?.textContent).toBe("CtrlA");
});

test("Esc lets go of what is ticked, then of the token beside the table, then of the filter", async () => {
  const { user } = await filled({ at: "#/tokens?filter=mira&sort=name" });
  const filter = (): string => screen.getByLabelText<HTMLInputElement>("Filter the tokens").value;
  expect(filter()).toBe("mira");
  await user.keyboard("jx{Escape}");
  noBar();
  expect(screen.getByRole("complementary", { name: "Selected token" })).toBeTruthy();
  expect(document.activeElement).toBe(grid());
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("complementary")).toBeNull();
  expect(filter()).toBe("mira");
  await user.keyboard("{Escape}");
  await waitFor(() => expect(filter()).toBe(""));
});

test("what closes the panel leaves the ticks, and Clear lets go of them", async () => {
  const { user } = await filled();
  await user.keyboard("jx");
  const panel = within(screen.getByRole("complementary", { name: "Selected token" }));
  await user.click(panel.getByRole("button", { name: "Close" }));
  expect(screen.queryByRole("complementary")).toBeNull();
  expect(says()).toBe("1 token selected");
  await user.click(screen.getByRole("button", { name: "Whose token?" }));
  await user.type(screen.getByLabelText("Token"), "{Escape}");
  expect(screen.queryByRole("complementary")).toBeNull();
  expect(says()).toBe("1 token selected");
  await user.click(bar().getByRole("button", { name: "Clear" }));
  noBar();
  expect(document.activeElement).toBe(grid());
});

test("what is ticked outlasts another filter, another order and what the sync brings", async () => {
  const { backend, user } = await filled();
  await user.keyboard("jxjx");
  const two = chosen();
  await user.click(screen.getByRole("button", { name: "Last used" }));
  await waitFor(() => expect([...chosen()].sort()).toEqual([...two].sort()));
  const before = asked(backend, "tokens").length;
  backend.emit("store-changed", news({ profiles: [1] }));
  await waitFor(() => expect(asked(backend, "tokens").length).toBeGreaterThan(before), { timeout: 2000 });
  screen.getByLabelText("Filter the tokens").focus();
  await user.paste("nowhere");
  await waitFor(() => expect(rows()).toHaveLength(0));
  expect(says()).toBe("2 tokens selected");
});

test("Ctrl+A ticks all that the filter leaves, also what is not near, and one can be left out", async () => {
  const { backend, user } = await filled({ profiles: Array.from({ length: 400 }, (_, place) => own(place)) });
  await user.keyboard("j{Control>}a{/Control}");
  const made = backend.keys.rows.filter((row) => !row.sign_in).length;
  expect(made).toBeGreaterThan(1000);
  await waitFor(() => expect(says()).toBe(`${made.toLocaleString("en-US")} tokens selected`));
  const box = screen.getByRole("checkbox", { name: /Select all/ });
  expect(box.getAttribute("aria-checked")).toBe("true");
  const far = asked(backend, "tokens")
    .map(([query]) => query as TokensQuery)
    .filter(({ limit }) => limit > 100);
  expect(far.map(({ offset, filter }) => [offset, filter])).toEqual(
    Array.from({ length: Math.ceil(made / 500) }, (_, page) => [page * 500, ""]),
  );
  await user.keyboard("x");
  expect(says()).toBe(`${(made - 1).toLocaleString("en-US")} tokens selected`);
  expect(box.getAttribute("aria-checked")).toBe("mixed");
  await user.click(box);
  noBar();
});

test("rows that cannot be read are not ticked, and it is said why", async () => {
  const { backend, user } = await filled({ profiles: Array.from({ length: 60 }, (_, place) => own(place)) });
  backend.failures.set("tokens", { code: "store_failed", message: "The database is locked." });
  await user.keyboard("j{Control>}a{/Control}");
  expect((await screen.findByRole("alert")).textContent).toContain("The database is locked.");
  noBar();
  backend.failures.clear();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
});

test("the ticked tokens are revoked in one go after one look, and are ticked no more", async () => {
  const opened = await filled();
  const { backend, user } = opened;
  // The first is the one that this program works with.
  const wanted = keys()
    .filter((key) => tokenOf(backend, key).used_here === null)
    .slice(0, 3);
  for (const key of wanted) {
    const cell = document.getElementById(`token-${key}`)?.firstElementChild as Element;
    await user.pointer([{ keys: "[MouseLeft]", target: cell, coords: { clientX: 12 } }]);
  }
  const tokens = wanted.map((key) => tokenOf(backend, key));
  const dialog = await review(opened);
  await waitFor(() => expect(status(dialog)).toContain("3 will change"));
  for (const { last4 } of tokens)
    expect(within(dialog).getByRole("row", { name: new RegExp(`ends with: ${last4}`) })).toBeTruthy();
  expect(within(dialog).getByText("3 rows cannot be undone later.")).toBeTruthy();
  expect(asked(backend, "carryOut")).toEqual([]);
  await user.click(within(dialog).getByRole("button", { name: "Revoke 3 tokens" }));
  await waitFor(() => expect(status(dialog)).toContain("3 done"));
  const [request] = asked(backend, "carryOut")[0] as [{ changes: Change[] }];
  expect(request.changes).toEqual(
    tokens.map(({ profile_key, fingerprint }) => ({
      kind: "revoke_token",
      profile: profile_key,
      fingerprint,
    })),
  );
  await user.click(within(dialog).getByRole("button", { name: "Close" }));
  await waitFor(noBar);
  await waitFor(() => expect(document.activeElement).toBe(grid()));
  await waitFor(() => expect(keys().filter((key) => wanted.includes(key))).toEqual([]));
});

test("what this program works with, and what an account that is only read owns, is refused and stays ticked", async () => {
  const beta = { ...account(2, NOW), label: "Beta", read_only: true };
  const foreign = changed(1, { account: "Beta", accounts: ["Beta"], shared: false, removed_at: null });
  const opened = await filled({ accounts: [acme, beta], profiles: [own(0), foreign] });
  const { backend, user } = opened;
  await user.keyboard("j{Control>}a{/Control}");
  const all = keys().map((key) => tokenOf(backend, key));
  const refused = all.filter((token) => token.account === "Beta" || token.used_here !== null);
  const going = all.length - refused.length;
  expect(refused.length).toBeGreaterThan(1);
  expect(going).toBeGreaterThan(0);
  const dialog = await review(opened);
  await waitFor(() => expect(status(dialog)).toContain(`${going} will change, ${refused.length} refused`));
  expect(within(dialog).getByText(/This program reaches “Acme” with it/)).toBeTruthy();
  expect(within(dialog).getAllByText("Beta is only read.").length).toBeGreaterThan(0);
  await user.click(within(dialog).getByRole("button", { name: /^Revoke/ }));
  await waitFor(() => expect(status(dialog)).toContain(`${going} done, ${refused.length} refused`));
  await user.click(within(dialog).getByRole("button", { name: "Close" }));
  await waitFor(() => expect(says()).toBe(`${refused.length} tokens selected`));
  await waitFor(() => expect(chosen().sort()).toEqual(refused.map(({ key }) => key).sort()));
});

test("tokens of a protected profile take one more tick, which counts profiles and not tokens", async () => {
  const opened = await filled({ profiles: [own(1, { protected: true })] });
  const { backend, user } = opened;
  await user.keyboard("j{Control>}a{/Control}");
  const many = keys().length;
  expect(many).toBeGreaterThan(1);
  const dialog = await review(opened);
  const go = await within(dialog).findByRole<HTMLButtonElement>("button", { name: `Revoke ${many} tokens` });
  expect(go.disabled).toBe(true);
  await user.click(within(dialog).getByRole("checkbox", { name: "Change 1 protected profile, too" }));
  await user.click(go);
  await waitFor(() => expect(status(dialog)).toContain(`${many} done`));
  expect(backend.carriedOut).toHaveLength(many);
});

test("what failed says why, is tried again by itself, and is ticked until it is gone", async () => {
  const opened = await filled({
    profiles: [own(1), own(2)],
    prepare: (backend) => backend.failing.set(3, { result: "failed", code: "rejected", message: "No luck." }),
  });
  const { user } = opened;
  await user.keyboard("j{Control>}a{/Control}");
  const many = keys().length;
  const dialog = await review(opened);
  await user.click(await within(dialog).findByRole("button", { name: `Revoke ${many} tokens` }));
  await waitFor(() => expect(status(dialog)).toContain(`${many - 1} done, 1 failed`));
  expect(within(dialog).getByText("No luck.")).toBeTruthy();
  await user.click(within(dialog).getByRole("button", { name: "Retry what failed…" }));
  const again = await within(dialog).findByRole("button", { name: "Try 1 token again" });
  expect(says()).toBe(`${many} tokens selected`);
  await user.click(again);
  await waitFor(() => expect(status(dialog)).toContain("1 done"));
  await user.click(within(dialog).getByRole("button", { name: "Close" }));
  await waitFor(noBar);
});

test("a review that is left revokes nothing and leaves the ticks", async () => {
  const opened = await filled();
  const { backend, user } = opened;
  await user.keyboard("jxjx");
  const dialog = await review(opened);
  await within(dialog).findByRole("table");
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(asked(backend, "carryOut")).toEqual([]);
  expect(says()).toBe("2 tokens selected");
});

test("a token that went elsewhere meanwhile has nothing to be done", async () => {
  const opened = await filled({ profiles: [own(1)] });
  const { backend, user } = opened;
  await user.keyboard("jx");
  const [key] = chosen();
  backend.keys.rows = backend.keys.rows.filter((row) => row.key !== key);
  const dialog = await review(opened);
  await waitFor(() => expect(status(dialog)).toContain("0 will change, 1 with nothing to do"));
  expect(within(dialog).getByText("The profile has no such token any more.")).toBeTruthy();
});

test("the screen with ticked tokens has no fault that axe finds", async () => {
  const { user } = await filled();
  await user.keyboard("jxjx");
  // The tests' document has no layout: what is seen is checked in a real window.
  const { violations, passes } = await axe.run(document.body, {
    rules: { "color-contrast": { enabled: false } },
  });
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
  expect(passes.length).toBeGreaterThan(5);
});
