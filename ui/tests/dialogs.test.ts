// What every dialog does: it names itself, the keys are its own, Escape leaves it, and the focus goes back.
import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";

import { account } from "../src/backend/fake/fleet";
import { changed, NOW, open } from "./window";

const acme = { ...account(1, NOW), label: "Acme" };
const own = changed(0, { account: "Acme", accounts: ["Acme"], shared: false, removed_at: null });

/** Where it is opened, by which button, what it is called, and what has the focus then. */
const DIALOGS: [at: string, button: string, name: RegExp, first: string | null][] = [
  ["#/accounts", "Forget…", /^Forget Acme/, "Keep it: its profiles and their usage can still be read here"],
  ["#/accounts", "Renew token…", /^Renew the token of Acme$/, "Password"],
  ["#/profile/1", "Transfer…", /^Transfer .* to another account$/, "E-mail address of the account"],
  ["#/profile/1", "Change limits…", /^Limits of/, "Limit of Data input"],
  ["#/profile/1", "Delete…", /^Delete a profile$/, null],
  ["#/profile/1/backups", "Back up now…", /^Back up the profile$/, null],
  ["#/fleet", "Onboard…", /^Onboard a customer$/, null],
];

test.each(DIALOGS)("on %s “%s” opens a dialog that Escape leaves, and has the focus back", async (...row) => {
  const [at, face, name, first] = row;
  const { user } = open({ accounts: [acme], profiles: [own], at });
  const button = await screen.findByRole("button", { name: face });
  await waitFor(() => expect(button.getAttribute("aria-disabled")).not.toBe("true"));
  button.focus();
  await user.keyboard("{Enter}");
  const dialog = await screen.findByRole("dialog", { name });
  if (first !== null)
    await waitFor(() =>
      expect(document.activeElement).toBe(within(dialog).getByLabelText(first, { exact: false })),
    );
  const inside = dialog.querySelector<HTMLElement>("button:not(:disabled), input");
  if (!dialog.contains(document.activeElement)) inside?.focus();
  const hash = location.hash;
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(document.activeElement).toBe(button);
  // The screen behind it is not left by the same key.
  expect(location.hash).toBe(hash);
});
