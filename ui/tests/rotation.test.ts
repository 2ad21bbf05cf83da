// A token is replaced by another one in the window: made with the password, watched above the list, and the old one revoked.
import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";

import type { RotationStep } from "../src/backend";
import { account } from "../src/backend/fake/fleet";
import { replaced } from "../src/backend/fake/leaving";
import type { FakeBackend } from "../src/backend/fake/backend";
import { asked, changed, NOW, open, type Opened, type Options } from "./window";

const acme = { ...account(1, NOW), label: "Acme" };
const own = changed(0, { account: "Acme", accounts: ["Acme"], shared: false, removed_at: null });

function at(options: Options = {}): Opened {
  return open({ accounts: [acme], profiles: [own], at: "#/tokens", ...options });
}

const theirs = ({ keys }: FakeBackend): FakeBackend["keys"]["rows"][number] => {
  const row = keys.rows.find(({ used_here, sign_in }) => used_here === null && !sign_in);
  if (!row) throw new Error("there is no token");
  return row;
};

async function review({ backend, user }: Opened): Promise<HTMLElement> {
  const row = await screen.findByRole("row", { name: new RegExp(theirs(backend).last4) });
  // At the row's left edge it would be ticked.
  await user.pointer([{ keys: "[MouseLeft]", target: row, coords: { clientX: 200 } }]);
  await user.click(await screen.findByRole("button", { name: "Replace…" }));
  await user.type(screen.getByLabelText("Where it is to be put"), "the gateway");
  await user.click(screen.getByRole("button", { name: "Review…" }));
  return screen.findByRole("dialog", { name: /^Replace a token/ });
}

function standing(step: RotationStep): (backend: FakeBackend) => void {
  return (backend) => {
    const token = theirs(backend);
    const wanted = { profile: token.profile_key, old: token.fingerprint, new_name: "Next", place: "" };
    backend.replacing = [{ ...replaced(1, token, wanted, NOW), step }];
  };
}

test("the new token bears what the old one may, and the replacement is noted before it is made", async () => {
  const opened = at();
  const { backend, user } = opened;
  const dialog = await review(opened);
  const token = theirs(backend);
  await user.type(await within(dialog).findByLabelText("Password"), "right");
  expect(asked(backend, "beginRotation")).toEqual([]);
  await user.click(within(dialog).getByRole("button", { name: "Make the token" }));
  await user.click(await within(dialog).findByRole("button", { name: "Copy the value" }));
  await user.click(within(dialog).getByRole("button", { name: "Close" }));
  const order = backend.calls.map(({ name }) => name);
  expect(order.indexOf("beginRotation")).toBeLessThan(order.indexOf("carryOut"));
  expect(asked(backend, "beginRotation")).toEqual([
    [
      {
        profile: token.profile_key,
        old: token.fingerprint,
        new_name: `${token.name} ${NOW.toISOString().slice(0, 7)}`,
        place: "the gateway",
      },
    ],
  ]);
  expect(asked(backend, "endRotation")).toEqual([]);
  const strip = await screen.findByRole("region", { name: "Tokens that are being replaced" });
  expect(within(strip).getByText(/Put the new one in its place/)).toBeTruthy();
  expect(strip.textContent).toContain("for the gateway");
});

test("where no token was made nothing is being replaced, and one that may have been made stays", async () => {
  const opened = at();
  const { backend, user } = opened;
  const dialog = await review(opened);
  await user.type(await within(dialog).findByLabelText("Password"), "wrong");
  await user.click(within(dialog).getByRole("button", { name: "Make the token" }));
  await within(dialog).findByText("The password or the PIN is wrong.");
  await user.click(within(dialog).getByRole("button", { name: "Cancel" }));
  await waitFor(() => expect(asked(backend, "endRotation")).toEqual([[1]]));

  backend.failing.set(theirs(backend).profile_key, { result: "unknown", code: null, message: "Lost." });
  await user.click(await screen.findByRole("button", { name: "Replace…" }));
  await user.click(screen.getByRole("button", { name: "Review…" }));
  const again = await screen.findByRole("dialog", { name: /^Replace a token/ });
  await user.type(await within(again).findByLabelText("Password"), "right");
  await user.click(within(again).getByRole("button", { name: "Make the token" }));
  await user.click(await within(again).findByRole("button", { name: "Close" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(asked(backend, "endRotation").length).toBe(1);
});

test("the old token is revoked after the review, and with that the replacement is over", async () => {
  const { backend, user } = at({ prepare: standing("revoke") });
  const token = theirs(backend);
  const strip = await screen.findByRole("region", { name: "Tokens that are being replaced" });
  await user.click(within(strip).getByRole("button", { name: "Look now" }));
  expect(asked(backend, "startSync")).toEqual([[null, token.profile_key]]);
  await user.click(within(strip).getByRole("button", { name: "Revoke the old one…" }));
  const dialog = await screen.findByRole("dialog", { name: "Revoke the old token" });
  await user.click(await within(dialog).findByRole("button", { name: "Revoke the token" }));
  await user.click(await within(dialog).findByRole("button", { name: "Close" }));
  await waitFor(() => expect(asked(backend, "endRotation")).toEqual([[1]]));
  expect(backend.keys.rows.some(({ key }) => key === token.key)).toBe(false);
  await waitFor(() =>
    expect(screen.queryByRole("region", { name: "Tokens that are being replaced" })).toBeNull(),
  );
});

test("a review that is left revokes nothing, and what is given up asks once and leaves both tokens", async () => {
  const { backend, user } = at({ prepare: standing("watch") });
  const strip = await screen.findByRole("region", { name: "Tokens that are being replaced" });
  await user.click(within(strip).getByRole("button", { name: "Roll back…" }));
  const dialog = await screen.findByRole("dialog", { name: /^Roll back/ });
  await user.click(await within(dialog).findByRole("button", { name: "Cancel" }));
  expect(asked(backend, "endRotation")).toEqual([]);
  await user.click(within(strip).getByRole("button", { name: "Give up…" }));
  expect(asked(backend, "endRotation")).toEqual([]);
  // The focus is not lost with the button that had it.
  expect(document.activeElement).toBe(within(strip).getByRole("button", { name: "Keep" }));
  await user.keyboard("{Enter}");
  const giveUp = within(strip).getByRole("button", { name: "Give up…" });
  expect(document.activeElement).toBe(giveUp);
  await user.click(giveUp);
  await user.click(within(strip).getByRole("button", { name: "Forget" }));
  await waitFor(() => expect(asked(backend, "endRotation")).toEqual([[1]]));
  expect(asked(backend, "carryOut")).toEqual([]);
});

test("an account that is only read can be looked at again, and revokes nothing", async () => {
  at({ prepare: standing("revoke"), accounts: [{ ...acme, read_only: true }] });
  const strip = await screen.findByRole("region", { name: "Tokens that are being replaced" });
  const off = (name: string): string | null =>
    within(strip).getByRole("button", { name }).getAttribute("aria-disabled");
  await waitFor(() => expect(off("Revoke the old one…")).toBe("true"));
  expect(off("Look now")).toBe("false");
});

async function made(opened: Opened): Promise<HTMLElement> {
  const dialog = await review(opened);
  await opened.user.type(await within(dialog).findByLabelText("Password"), "right");
  await opened.user.click(within(dialog).getByRole("button", { name: "Make the token" }));
  await opened.user.click(await within(dialog).findByRole("button", { name: "Copy the value" }));
  return dialog;
}

test("a replacement whose new token was made stays, whatever becomes of an undo", async () => {
  const opened = at();
  const { backend, user } = opened;
  const dialog = await made(opened);
  await user.click(within(dialog).getByRole("button", { name: "Undo…" }));
  const key = theirs(backend).profile_key;
  backend.failing.set(key, { result: "failed", code: "offline", message: "It cannot be reached." });
  await user.click(await within(dialog).findByRole("button", { name: "Undo the change of 1 profile" }));
  await within(dialog).findByText(/1 failed/);
  await user.click(within(dialog).getByRole("button", { name: "Close" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  await screen.findByRole("region", { name: "Tokens that are being replaced" });
  expect(asked(backend, "endRotation")).toEqual([]);
});

test.each(["carryOut", "carryOutRest"] as const)(
  "a replacement stays where it is not known whether %s made the new token",
  async (call) => {
    const opened = at();
    const { backend, user } = opened;
    const dialog = await review(opened);
    backend.failures.set(call, { code: "internal", message: "The program failed." });
    const password = await within(dialog).findByLabelText("Password");
    await user.type(password, call === "carryOut" ? "right" : "wrong");
    await user.click(within(dialog).getByRole("button", { name: "Make the token" }));
    if (call === "carryOutRest") {
      await within(dialog).findByText("The password or the PIN is wrong.");
      await user.type(within(dialog).getByLabelText("Password"), "right{Enter}");
    }
    await within(dialog).findByText("The program failed.");
    await user.click(within(dialog).getByRole("button", { name: "Cancel" }));
    await screen.findByRole("region", { name: "Tokens that are being replaced" });
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(asked(backend, "endRotation")).toEqual([]);
  },
);

test("a replacement that cannot be taken back is said, and what was typed is there to try again", async () => {
  const opened = at();
  const { backend, user } = opened;
  const dialog = await review(opened);
  backend.failures.set("endRotation", { code: "store_failed", message: "The database is locked." });
  await user.type(await within(dialog).findByLabelText("Password"), "wrong");
  await user.click(within(dialog).getByRole("button", { name: "Make the token" }));
  await within(dialog).findByText("The password or the PIN is wrong.");
  await user.click(within(dialog).getByRole("button", { name: "Cancel" }));
  await screen.findByText("The database is locked.");
  await user.click(screen.getByRole("button", { name: "Replace…" }));
  expect(screen.getByLabelText<HTMLInputElement>("Where it is to be put").value).toBe("the gateway");
  expect(screen.queryByText("The database is locked.")).toBeNull();
});
