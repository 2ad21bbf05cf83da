// Profiles made and deleted in the window.
import { screen, waitFor, within } from "@testing-library/svelte";
import axe from "axe-core";
import { expect, test } from "vitest";

import { account } from "../src/backend/fake/fleet";
import { asked, changed, NOW, open } from "./window";

const acme = { ...account(1, NOW), label: "Acme" };
const own = changed(0, { account: "Acme", accounts: ["Acme"], shared: false, removed_at: null });

test("a profile is deleted only once its name is typed and the password given, and cannot be undone", async () => {
  const { backend, user } = open({ accounts: [acme], profiles: [own], at: "#/profile/1" });
  await user.click(await screen.findByRole("button", { name: "Delete…" }));
  const dialog = await screen.findByRole("dialog", { name: "Delete a profile" });
  const go = await within(dialog).findByRole<HTMLButtonElement>("button", { name: "Delete the profile" });
  await user.type(within(dialog).getByLabelText("Password"), "right");
  expect(go.disabled).toBe(true);
  const name = within(dialog).getByRole("textbox", { name: /type its name/ });
  await user.type(name, "another");
  expect(go.disabled).toBe(true);
  await user.clear(name);
  await user.type(name, own.row.name.replaceAll(/[[{]/g, "$&$&"));
  expect(go.disabled).toBe(false);
  // The tests' document has no layout: what is seen is checked in a real window.
  const { violations } = await axe.run(dialog, { rules: { "color-contrast": { enabled: false } } });
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
  await user.click(go);
  await waitFor(() => expect(within(dialog).getByRole("status").textContent).toContain("1 done"));
  expect(within(dialog).queryByRole("button", { name: "Undo…" })).toBeNull();
  expect(backend.profiles[0]?.row.removed_at).not.toBeNull();
});

test("a profile that is shared cannot be deleted, and it is said why", async () => {
  const shared = { ...own, row: { ...own.row, shared: true } };
  const { user } = open({ accounts: [acme], profiles: [shared], at: "#/profile/1" });
  const button = await screen.findByRole("button", { name: "Delete…" });
  await waitFor(() => expect(button.title).toContain("owns it"));
  await user.click(button);
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("a profile is made from its account, after a review, under a name that the account has not", async () => {
  const { backend, user } = open({ accounts: [acme], profiles: [own], at: "#/accounts" });
  const begin = async (name: string): Promise<HTMLElement> => {
    await user.click(await screen.findByRole("button", { name: "New profile…" }));
    expect(screen.getByLabelText<HTMLInputElement>("Name").value).toBe("");
    await user.type(screen.getByLabelText("Name"), name);
    await user.click(screen.getByRole("button", { name: "Review…" }));
    return screen.findByRole("dialog", { name: "Make a profile" });
  };
  const dialog = await begin("Pier 4");
  await user.click(await within(dialog).findByRole("button", { name: "Make the profile" }));
  await waitFor(() => expect(within(dialog).getByRole("status").textContent).toContain("1 done"));
  const change = { kind: "create_profile", account: 1, name: "Pier 4", free_resources: true };
  expect(asked(backend, "carryOut")[0]?.[0]).toEqual({ ask: "changes", changes: [change] });
  await user.click(within(dialog).getByRole("button", { name: "Close" }));
  const again = await begin(own.row.name.replaceAll(/[[{]/g, "$&$&"));
  await within(again).findByText(/a profile of this name already/);
  // What was refused is there to be mended.
  await user.click(within(again).getByRole("button", { name: "Cancel" }));
  await user.click(screen.getByRole("button", { name: "New profile…" }));
  expect(screen.getByLabelText<HTMLInputElement>("Name").value).toBe(own.row.name);
});
