// The accounts: connecting, what goes wrong, and forgetting.
import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";

import type { Problem, ProblemCode } from "../src/backend";
import { account } from "../src/backend/fake/fleet";
import { PROBLEM } from "../src/wording";
import { asked, NOW, open } from "./window";

const tokenField = (): HTMLInputElement => screen.getByLabelText<HTMLInputElement>("Token");

/** The page's whole text and every field's value: where a secret could be left. */
const everything = (): string =>
  document.documentElement.outerHTML +
  [...document.querySelectorAll("input")].map(({ value }) => value).join("\n");

describe("the token", () => {
  test("is a password, goes through once, and its field is empty while and after it is used", async () => {
    let finish: () => void = () => undefined;
    const { backend, user } = open({
      at: "#/accounts",
      prepare: (backend) => {
        const connect = backend.connect.bind(backend);
        backend.connect = async (typed) => {
          await new Promise<void>((resolve) => (finish = resolve));
          return connect(typed);
        };
      },
    });
    expect(tokenField().type).toBe("password");
    await user.type(screen.getByLabelText("Label"), "North");
    await user.type(tokenField(), "p-secret-value");
    await user.click(screen.getByRole("button", { name: "Connect" }));
    expect(everything()).not.toContain("p-secret-value");
    finish();
    await screen.findByText(/is connected/);
    expect(asked(backend, "connect")).toEqual([
      [{ label: "North", region: "us-e1", token: "p-secret-value" }],
    ]);
    expect(everything()).not.toContain("p-secret-value");
  });

  test("is cleared when the call fails, and the page says so", async () => {
    const { user } = open({
      at: "#/accounts",
      prepare: (backend) =>
        backend.failures.set("connect", { code: "signed_out", message: "No such token." }),
    });
    await user.type(tokenField(), "p-secret-value{Enter}");
    const problem = await screen.findByRole("alert");
    expect(problem.textContent).toContain("No such token.");
    expect(problem.textContent).toContain("paste it again");
    expect(tokenField().getAttribute("aria-invalid")).toBe("true");
    expect(tokenField().value).toBe("");
    expect(everything()).not.toContain("p-secret-value");
    expect(document.activeElement).toBe(tokenField());
  });

  test("is not sent when nothing was typed", async () => {
    const { backend, user } = open({ at: "#/accounts" });
    await user.type(tokenField(), "   {Enter}");
    expect((await screen.findByRole("alert")).textContent).toContain("Paste a token.");
    expect(asked(backend, "connect")).toEqual([]);
  });
});

const CODES = Object.keys(PROBLEM) as ProblemCode[];

test.each(CODES)("the problem %s says what happened and what to do", async (code) => {
  const problem: Problem = { code, message: `Happened: ${code}.`, hint: `Do this about ${code}.` };
  const { user } = open({ at: "#/accounts", prepare: (backend) => backend.failures.set("connect", problem) });
  await user.type(tokenField(), "p-x{Enter}");
  const shown = await screen.findByRole("alert");
  expect(shown.dataset.code).toBe(code);
  expect(shown.textContent).toContain(PROBLEM[code]);
  expect(shown.textContent).toContain(problem.message);
  expect(shown.textContent).toContain(problem.hint);
});

test("a taken label stands at the label", async () => {
  const { user } = open({
    at: "#/accounts",
    prepare: (backend) => backend.failures.set("connect", { code: "label_taken", message: "Acme is there." }),
  });
  await user.type(tokenField(), "p-x{Enter}");
  await screen.findByRole("alert");
  expect(screen.getByLabelText("Label").getAttribute("aria-invalid")).toBe("true");
  expect(document.activeElement).toBe(screen.getByLabelText("Label"));
});

test("a private deployment asks for its address and sends it as the region", async () => {
  const { backend, user } = open({ at: "#/accounts", accounts: [] });
  await user.selectOptions(screen.getByLabelText("Region"), "private");
  await user.type(screen.getByLabelText("Address of its API"), "https://api.north.example");
  await user.type(tokenField(), "p-x{Enter}");
  await screen.findByText(/is connected/);
  expect(asked(backend, "connect")).toEqual([
    [{ label: "My account", region: "https://api.north.example", token: "p-x" }],
  ]);
});

test("each sign-in state has its word, and a signed-out account can be given a new token", async () => {
  const problem: Problem = { code: "signed_out", message: "The token of Nordwind expired." };
  const { backend, user } = open({
    at: "#/accounts",
    accounts: [
      account(1, NOW),
      account(2, NOW, { sign_in: "signed_out", problem }),
      account(3, NOW, { sign_in: "no_token", last_sync_at: null }),
    ],
  });
  const list = within(await screen.findByLabelText("Connected accounts"));
  expect(await list.findByText(/signed in/)).toBeTruthy();
  expect(list.getByText(/no token/)).toBeTruthy();
  expect(list.getByText(/never synced/)).toBeTruthy();
  expect(list.getByRole("alert").textContent).toContain(problem.message);
  await user.click(list.getAllByRole("button", { name: "Sign in again…" })[0] as HTMLElement);
  await user.click(screen.getByRole("button", { name: "Paste a token instead" }));
  await waitFor(() => expect(document.activeElement).toBe(tokenField()));
  await user.type(tokenField(), "p-new{Enter}");
  await waitFor(() =>
    expect(asked(backend, "connect")).toEqual([[{ label: "Nordwind", region: "eu-w1", token: "p-new" }]]),
  );
});

test.each([
  [/Keep it/, true],
  [/Delete it/, false],
])("an account is forgotten only after a choice about its history (%s)", async (choice, keepHistory) => {
  const { backend, user } = open({ at: "#/accounts" });
  await user.click((await screen.findAllByRole("button", { name: "Forget…" }))[0] as HTMLElement);
  const dialog = within(screen.getByRole("dialog"));
  expect(dialog.getByText(/cannot be fetched again/)).toBeTruthy();
  const forget = (): HTMLButtonElement => dialog.getByRole<HTMLButtonElement>("button", { name: /^Forget/ });
  expect(forget().disabled).toBe(true);
  await user.click(dialog.getByLabelText(choice));
  await user.click(forget());
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(asked(backend, "forget")).toEqual([[1, keepHistory]]);
});

test("a token that ends soon says when, one that does not is quiet, and what is not known is not said", async () => {
  const inDays = (days: number): string => new Date(NOW.getTime() + days * 86_400_000).toISOString();
  open({
    at: "#/accounts",
    accounts: [
      account(1, NOW, { token_expires_at: inDays(3) }),
      account(2, NOW, { token_expires_at: inDays(200) }),
      account(3, NOW, { token_expires_at: null }),
    ],
  });
  const [soon, late, unknown] = await within(
    screen.getByRole("region", { name: "Connected accounts" }),
  ).findAllByRole("listitem");
  expect(within(soon!).getByText(/token expires on/).className).toContain("warn");
  expect(within(late!).getByText(/token expires on/).className).not.toContain("warn");
  expect(within(unknown!).queryByText(/token expire/)).toBeNull();
});

test("the page says which version it is and where its files are", async () => {
  open({ at: "#/accounts" });
  expect(await screen.findByText("Profile Desk 0.1.0")).toBeTruthy();
  expect(screen.getByText("/home/ada/.local/share/profile-desk")).toBeTruthy();
  expect(screen.getByText("/home/ada/.local/state/profile-desk/logs")).toBeTruthy();
});
