// The tokens of all profiles, and whose one is.
import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";

import type { TokensQuery } from "../src/backend";
import { news } from "../src/backend/fake/backend";
import { profile } from "../src/backend/fake/fleet";
import { expiry, lastUse } from "../src/screens/tokens/wording";
import { parseView, turned, viewAddress } from "../src/screens/tokens/view";
import { asked, NOW, open, type Options } from "./window";

const TOKEN = "p-3f0c5a1e-7777-4aaa-8bbb-secret00cafe";

function rows(): HTMLElement[] {
  return within(screen.getByRole("grid")).getAllByRole("row").slice(1);
}

function openTokens(more: Options = {}): ReturnType<typeof open> {
  return open({ at: "#/tokens", ...more });
}

async function ready(): Promise<void> {
  await waitFor(() => expect(rows().length).toBeGreaterThan(10));
}

function last(backend: ReturnType<typeof open>["backend"]): TokensQuery {
  return asked(backend, "tokens").at(-1)?.[0] as TokensQuery;
}

test("what expires first comes first, and tokens of signing in are folded away and counted", async () => {
  const { backend, user } = openTokens();
  await ready();
  expect(last(backend)).toMatchObject({ sort: "expires", descending: false, profile: null });
  expect(screen.queryByText("sign-in")).toBeNull();
  await user.click(screen.getByRole("button", { name: "Show them too" }));
  await waitFor(() => expect(location.hash).toContain("sign-in%3Aall"));
  await waitFor(() => expect(screen.getAllByText("sign-in").length).toBeGreaterThan(0));
  await waitFor(() => expect(screen.queryByRole("button", { name: "Show them too" })).toBeNull());
  expect(document.activeElement).toBe(screen.getByRole("grid"));
});

test("each figure is its filter, and is taken away by the same click", async () => {
  const { backend, user } = openTokens();
  const figure = await screen.findByRole("button", { name: /creator gone/ });
  await user.click(figure);
  await waitFor(() => expect(last(backend).filter).toBe("flag:orphan"));
  await waitFor(() => expect(rows().every((row) => row.textContent.includes("creator gone"))).toBe(true));
  const pressed = screen.getByRole("button", { name: /creator gone/ });
  expect(pressed.getAttribute("aria-pressed")).toBe("true");
  await user.click(pressed);
  await waitFor(() => expect(last(backend).filter).toBe(""));
});

test("the filter and the order stand in the address", () => {
  const view = { filter: 'permission:full creator:"Ünï"', sort: "used", descending: true } as const;
  expect(parseView(viewAddress(view))).toEqual(view);
  expect(viewAddress(parseView(""))).toBe("");
  expect(parseView("sort=nonsense").sort).toBe("expires");
  expect(turned("a flag:full", "flag:orphan")).toBe("a flag:orphan");
  expect(turned("a flag:orphan", "flag:orphan")).toBe("a");
});

test("what is not known is neither never nor a date", () => {
  expect(expiry({ expires_at: null, never_expires: true })).toBe("never");
  expect(expiry({ expires_at: null, never_expires: false })).toBe("—");
  const { backend } = openTokens();
  const row = backend.keys.rows[0];
  if (!row) throw new Error("no token");
  expect(lastUse({ ...row, last_authorization_at: null, never_used: true }, NOW)).toBe("never");
  expect(lastUse({ ...row, last_authorization_at: null, never_used: false }, NOW)).toBe("—");
});

test("names that are markup are text", async () => {
  openTokens();
  await ready();
  expect(document.querySelector("main img")).toBeNull();
  expect(screen.getAllByText("<img src=x onerror=alert(1)>").length).toBeGreaterThan(0);
});

test("J, Enter and Esc select a token, open its profile and let go of it", async () => {
  const { user } = openTokens();
  await ready();
  await user.keyboard("j");
  const panel = await screen.findByRole("complementary", { name: "Selected token" });
  expect(await within(panel).findByText("History")).toBeTruthy();
  expect(within(panel).getByText(/Old name/)).toBeTruthy();
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("complementary", { name: "Selected token" })).toBeNull();
  expect(document.activeElement).toBe(screen.getByRole("grid"));
  await user.keyboard("j{Enter}");
  await waitFor(() => expect(location.hash).toMatch(/^#\/profile\/\d+\/tokens$/));
});

test("a head sorts by its column, and the other way round by a second click", async () => {
  const { backend, user } = openTokens();
  await ready();
  await user.click(screen.getByRole("button", { name: "Last used" }));
  await waitFor(() => expect(last(backend)).toMatchObject({ sort: "used", descending: false }));
  await user.click(screen.getByRole("button", { name: /Last used/ }));
  await waitFor(() => expect(last(backend)).toMatchObject({ sort: "used", descending: true }));
  const head = screen.getByRole("columnheader", { name: /Last used/ });
  expect(head.getAttribute("aria-sort")).toBe("descending");
});

test("a pasted token goes through once, its field is empty at once, and it never comes back", async () => {
  const { backend, user } = openTokens();
  await ready();
  const row = backend.keys.rows[0];
  if (!row) throw new Error("no token");
  backend.keys.values.set(TOKEN.slice(2), row);
  await user.click(screen.getByRole("button", { name: "Whose token?" }));
  const field = screen.getByLabelText<HTMLInputElement>("Token");
  expect(document.activeElement).toBe(field);
  expect(field.type).toBe("password");
  await user.paste(TOKEN);
  await waitFor(() => expect(asked(backend, "findToken")).toEqual([[TOKEN]]));
  expect(field.value).toBe("");
  const answer = within(await screen.findByRole("complementary", { name: "Whose token is this?" }));
  expect(await answer.findByRole("link", { name: row.profile_name })).toBeTruthy();
  expect(answer.getByText(row.creator ?? "")).toBeTruthy();
  expect(document.body.innerHTML).not.toContain("secret00");
  expect(location.hash).not.toContain("secret00");
});

test("a typed token is looked for by Enter and gone from its field", async () => {
  const { backend, user } = openTokens();
  await user.click(await screen.findByRole("button", { name: "Whose token?" }));
  await user.type(screen.getByLabelText("Token"), `${TOKEN}{Enter}`);
  expect(screen.getByLabelText<HTMLInputElement>("Token").value).toBe("");
  await waitFor(() => expect(asked(backend, "findToken")).toHaveLength(1));
});

test("not found says which profiles' tokens are not known, and another kind by its name", async () => {
  const one = profile(1, NOW);
  const datasets = one.datasets.map((set) =>
    set.dataset === "tokens" ? { ...set, freshness: { state: "never_fetched" as const } } : set,
  );
  const { user } = openTokens({ profiles: [profile(0, NOW), { ...one, datasets }] });
  await user.click(await screen.findByRole("button", { name: "Whose token?" }));
  await user.paste("a-3f0c5a1e-7777-4aaa-8bbb-000000001234");
  const answer = within(await screen.findByRole("complementary", { name: "Whose token is this?" }));
  expect(await answer.findByText(/No profile is known to have or to have had/)).toBeTruthy();
  expect(answer.getByText(/an analysis's token/)).toBeTruthy();
  expect(answer.getByText(/may belong to one whose tokens are not known/)).toBeTruthy();
  expect(answer.getByText(/1 of 2 profiles known: 1 never fetched/)).toBeTruthy();
});

test("what can be no token is refused without being repeated", async () => {
  const { user } = openTokens();
  await user.click(await screen.findByRole("button", { name: "Whose token?" }));
  await user.paste(`${TOKEN} and more`);
  expect((await screen.findByRole("alert")).textContent).toContain("cannot be a token");
  expect(document.body.innerHTML).not.toContain("secret00");
});

test("a test that is not understood says so and keeps the rows", async () => {
  const { user } = openTokens();
  await ready();
  const before = rows().length;
  const box = screen.getByLabelText("Filter the tokens");
  // The rows follow each letter, so that it comes at once.
  box.focus();
  await user.paste("flag:nonsense");
  const problem = await screen.findByRole("alert");
  expect(problem.textContent).toContain("flag:nonsense");
  expect(box.getAttribute("aria-describedby")).toBe(problem.id);
  expect(rows()).toHaveLength(before);
  expect(before).toBeGreaterThan(10);
  await user.click(screen.getByRole("button", { name: "Clear" }));
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
});

test("what is written elsewhere is read again without losing the selection", async () => {
  const { backend, user } = openTokens();
  await ready();
  await user.keyboard("jj");
  const before = asked(backend, "tokens").length;
  backend.emit("store-changed", news({ profiles: [1] }));
  await waitFor(() => expect(asked(backend, "tokens").length).toBeGreaterThan(before), { timeout: 2000 });
  expect(rows().filter((row) => row.getAttribute("aria-selected") === "true")).toHaveLength(1);
  expect(document.activeElement).toBe(screen.getByRole("grid"));
});

test("without an account, before a sync and with a filter that leaves nothing it says what to do", async () => {
  const { user } = openTokens({ at: "#/tokens?filter=nowhere" });
  await user.click(await screen.findByRole("button", { name: "Clear the filter" }));
  await ready();
});

test("without an account it leads to the form", async () => {
  openTokens({ accounts: [], profiles: [] });
  expect(await screen.findByRole("link", { name: "Connect an account" })).toBeTruthy();
});

test("before the first sync it offers one", async () => {
  const { backend, user } = openTokens({ profiles: [] });
  await user.click(await screen.findByRole("button", { name: "Sync now" }));
  expect(asked(backend, "startSync")).toHaveLength(1);
});

test("a table that cannot be read says why and offers to try again", async () => {
  const { backend, user } = openTokens({
    prepare: (backend) =>
      backend.failures.set("tokens", { code: "store_failed", message: "The database is locked." }),
  });
  expect((await screen.findByRole("alert")).textContent).toContain("The database is locked.");
  backend.failures.clear();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  await ready();
});
