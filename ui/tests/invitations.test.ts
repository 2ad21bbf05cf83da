// Invitations of an account to others' profiles: asked for when they are opened, each answered after a review.
import { screen, waitFor, within } from "@testing-library/svelte";
import axe from "axe-core";
import { expect, test } from "vitest";

import type { InvitationRow } from "../src/backend";
import { account } from "../src/backend/fake/fleet";
import { asked, NOW, open, type Opened, type Options } from "./window";

const acme = { ...account(1, NOW), label: "Acme" };
const invitation = (place: number): InvitationRow => ({
  notification: `n${place}`,
  invitation: `You are invited to the profile <b>Quay</b> ${place}.`,
  created_at: NOW.toISOString(),
});

async function opened(options: Options = {}): Promise<Opened & { dialog: HTMLElement }> {
  const window = open({ accounts: [acme], at: "#/accounts", ...options });
  await window.user.click(await screen.findByRole("button", { name: "Invitations…" }));
  return { ...window, dialog: await screen.findByRole("dialog", { name: "Invitations of Acme" }) };
}

test("one is accepted after a review, is listed no more, and the account is synced", async () => {
  const { backend, user, dialog } = await opened({
    prepare: (backend) => (backend.invited = [invitation(1), invitation(2)]),
  });
  await within(dialog).findByText(invitation(2).invitation);
  expect((await axe.run(dialog, { rules: { "color-contrast": { enabled: false } } })).violations).toEqual([]);
  await user.click(within(dialog).getByRole("button", { name: `Accept: ${invitation(1).invitation}` }));
  const review = await screen.findByRole("dialog", { name: "Answer an invitation" });
  await within(review).findByText("1 row cannot be undone later.");
  await user.click(within(review).getByRole("button", { name: "Accept the invitation" }));
  await user.click(await within(review).findByRole("button", { name: "Close" }));
  await waitFor(() => expect(within(dialog).queryByText(invitation(1).invitation)).toBeNull());
  expect(within(dialog).getByText(invitation(2).invitation)).toBeTruthy();
  expect(backend.carriedOut).toEqual([
    {
      kind: "answer_invitation",
      account: 1,
      notification: "n1",
      invitation: invitation(1).invitation,
      accept: true,
    },
  ]);
  await waitFor(() => expect(asked(backend, "startSync")).toContainEqual([1, null]));
});

test("one is refused without a sync; that there are none and that TagoIO did not answer is said", async () => {
  const { backend, user, dialog } = await opened({
    prepare: (backend) => (backend.invited = [invitation(1)]),
  });
  await user.click(await within(dialog).findByRole("button", { name: /^Refuse/ }));
  const review = await screen.findByRole("dialog", { name: "Answer an invitation" });
  await user.click(await within(review).findByRole("button", { name: "Refuse it" }));
  await user.click(await within(review).findByRole("button", { name: "Close" }));
  await within(dialog).findByText("No invitation to somebody else's profile is open.");
  expect(asked(backend, "startSync")).toEqual([]);
  await user.click(within(dialog).getByRole("button", { name: "Close" }));
  backend.failures.set("invitations", { code: "offline", message: "TagoIO cannot be reached." });
  await user.click(screen.getByRole("button", { name: "Invitations…" }));
  expect(await screen.findByText("TagoIO cannot be reached.")).toBeTruthy();
});
