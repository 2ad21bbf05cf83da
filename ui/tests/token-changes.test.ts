// Tokens made and revoked in the window: the password goes through once, a value never comes here.
import { screen, waitFor, within } from "@testing-library/svelte";
import axe from "axe-core";
import { expect, test } from "vitest";

import { account } from "../src/backend/fake/fleet";
import { asked, changed, NOW, open, type Opened, type Options } from "./window";

const acme = { ...account(1, NOW), label: "Acme" };
const own = changed(0, { account: "Acme", accounts: ["Acme"], shared: false, removed_at: null });

function at(options: Options = {}): Opened {
  return open({ accounts: [acme], profiles: [own], at: "#/profile/1/tokens", ...options });
}

/** The review of a token that is to be made. */
async function review({ user }: Opened, name = "Night export"): Promise<HTMLElement> {
  await user.click(await screen.findByRole("button", { name: "New token…" }));
  await user.type(screen.getByLabelText("Name"), name);
  await user.selectOptions(screen.getByLabelText("Is valid"), "a year");
  await user.click(screen.getByRole("button", { name: "Review…" }));
  return screen.findByRole("dialog", { name: "Make a token" });
}

async function make(opened: Opened, password = "right"): Promise<HTMLElement> {
  const dialog = await review(opened);
  await opened.user.type(await within(dialog).findByLabelText("Password"), password);
  await opened.user.click(within(dialog).getByRole("button", { name: "Make the token" }));
  return dialog;
}

test("a token is made with the password, and its value is copied by the shell and asked for nowhere else", async () => {
  const opened = at();
  const { backend, user } = opened;
  const dialog = await review(opened);
  const row = await within(dialog).findByRole("row", { name: /Night export/ });
  expect(row.textContent).toContain("permission: read");
  const go = within(dialog).getByRole<HTMLButtonElement>("button", { name: "Make the token" });
  expect(go.disabled).toBe(true);
  const password = within(dialog).getByLabelText<HTMLInputElement>("Password");
  expect(password.type).toBe("password");
  await user.type(password, "right");
  await user.click(go);
  await user.click(await within(dialog).findByRole("button", { name: "Copy the value" }));
  await within(dialog).findByText(/taken off the clipboard in 30 seconds/);
  expect(asked(backend, "copyMadeToken")).toEqual([[1, 0]]);
  const [request] = asked(backend, "carryOut")[0] as [{ changes: { expires_at: string }[] }];
  const year = new Date(request.changes[0]?.expires_at ?? "").getTime() - NOW.getTime();
  expect(Math.round(year / 86_400_000)).toBe(365);
  await user.click(within(dialog).getByRole("button", { name: "Close" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(asked(backend, "forgetMadeTokens")).toEqual([[1]]);
});

test("a value goes to a file where the person says so, and a closed dialog leaves it to be had", async () => {
  const opened = at({ prepare: (backend) => (backend.tokenFile = null) });
  const { backend, user } = opened;
  const dialog = await make(opened);
  const save = await within(dialog).findByRole("button", { name: "Save it to a file…" });
  await user.click(save);
  expect(within(dialog).queryByText(/Saved as/)).toBeNull();
  backend.tokenFile = "/home/ada/ci.token";
  await user.click(save);
  await within(dialog).findByText("Saved as /home/ada/ci.token.");
});

test("who leaves without the value is warned once", async () => {
  const opened = at();
  const { backend, user } = opened;
  const dialog = await make(opened);
  await within(dialog).findByRole("button", { name: "Copy the value" });
  await user.keyboard("{Escape}");
  await within(dialog).findByText(/neither copied nor saved/);
  expect(asked(backend, "forgetMadeTokens")).toEqual([]);
  await user.click(within(dialog).getByRole("button", { name: "Close and lose the value" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(asked(backend, "forgetMadeTokens")).toEqual([[1]]);
});

test("a wrong password and a PIN that is wanted are said, with empty fields, and the batch goes on", async () => {
  const opened = at({ prepare: (backend) => (backend.pin = "123456") });
  const { backend, user } = opened;
  const dialog = await make(opened, "wrong");
  await within(dialog).findByText("The password or the PIN is wrong.");
  const password = within(dialog).getByLabelText<HTMLInputElement>("Password");
  expect(password.value).toBe("");
  expect(within(dialog).getByRole("row", { name: /Night export/ })).toBeTruthy();
  await user.type(password, "right{Enter}");
  await within(dialog).findByText(/TagoIO wants a PIN/);
  await user.type(within(dialog).getByLabelText("Password"), "right");
  await user.type(within(dialog).getByLabelText("PIN"), "123456");
  await user.click(within(dialog).getByRole("button", { name: "Go on" }));
  await within(dialog).findByRole("button", { name: "Copy the value" });
  expect(asked(backend, "carryOutRest")).toEqual([[1], [1]]);
});

test("a batch that waits for a password is forgotten when it is left", async () => {
  const opened = at();
  const dialog = await make(opened, "wrong");
  await within(dialog).findByText("The password or the PIN is wrong.");
  await opened.user.click(within(dialog).getByRole("button", { name: "Cancel" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(asked(opened.backend, "cancelChanges")).toEqual([[1]]);
});

test("a token is revoked from beside the list after the review, and one that this program uses is not", async () => {
  const { backend, user } = at();
  const row = backend.keys.rows.find(({ used_here, sign_in }) => used_here === null && !sign_in);
  const cell = await screen.findByRole("row", { name: new RegExp(row?.last4 ?? "none") });
  await user.click(cell);
  await user.click(await screen.findByRole("button", { name: "Revoke…" }));
  const dialog = await screen.findByRole("dialog", { name: "Revoke a token" });
  await within(dialog).findByText("1 row cannot be undone later.");
  await user.click(within(dialog).getByRole("button", { name: "Revoke the token" }));
  await waitFor(() => expect(within(dialog).getByRole("status").textContent).toContain("1 done"));
  expect(backend.keys.rows.some(({ key }) => key === row?.key)).toBe(false);
  // What is shown of it is read again, and can be revoked no more; the review is there to its end.
  await waitFor(() => expect(screen.queryByRole("button", { name: "Revoke…" })).toBeNull());
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Close" }));
  const ours = backend.keys.rows.find(({ used_here }) => used_here !== null);
  await user.click(await screen.findByRole("row", { name: new RegExp(ours?.last4 ?? "none") }));
  await waitFor(() =>
    expect(screen.getByRole("button", { name: "Revoke…" }).title).toContain("with another token first"),
  );
});

test("an account that is only read makes no token and says so", async () => {
  const { user } = at({ accounts: [{ ...acme, read_only: true }] });
  const button = (): HTMLElement => screen.getByRole("button", { name: "New token…" });
  await waitFor(() => expect(button().title).toMatch(/only read/));
  await user.click(button());
  expect(screen.queryByLabelText("Is valid")).toBeNull();
});

test("the dialog with a new token's value has no fault that axe finds", async () => {
  const opened = at();
  const dialog = await make(opened);
  await within(dialog).findByRole("button", { name: "Copy the value" });
  // The tests' document has no layout: what is seen is checked in a real window.
  const { violations } = await axe.run(dialog, { rules: { "color-contrast": { enabled: false } } });
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
});

test("what was typed of a token is there after it was not made, and gone once one was", async () => {
  const opened = at();
  const { backend, user } = opened;
  backend.failing.set(1, { result: "failed", code: "rejected", message: "It was refused." });
  const failed = await make(opened);
  await within(failed).findByText(/1 failed/);
  await user.click(within(failed).getByRole("button", { name: "Close" }));
  await user.click(screen.getByRole("button", { name: "New token…" }));
  expect(screen.getByLabelText<HTMLInputElement>("Name").value).toBe("Night export");
  await user.keyboard("{Escape}");
  await user.click(screen.getByRole("button", { name: "New token…" }));
  await user.click(screen.getByRole("button", { name: "Review…" }));
  const dialog = await screen.findByRole("dialog", { name: "Make a token" });
  await user.type(await within(dialog).findByLabelText("Password"), "right{Enter}");
  await user.click(await within(dialog).findByRole("button", { name: "Copy the value" }));
  await user.click(within(dialog).getByRole("button", { name: "Close" }));
  await user.click(screen.getByRole("button", { name: "New token…" }));
  expect(screen.getByLabelText<HTMLInputElement>("Name").value).toBe("");
});
