// Transfers of a profile to another account, in the window.
import { screen, waitFor, within } from "@testing-library/svelte";
import axe from "axe-core";
import { expect, test } from "vitest";

import { news } from "../src/backend/fake/backend";
import { account } from "../src/backend/fake/fleet";
import { asked, changed, NOW, open } from "./window";

const acme = { ...account(1, NOW), label: "Acme" };
const own = changed(0, { account: "Acme", accounts: ["Acme"], shared: false, removed_at: null });

test("a transfer is checked as the address is typed, noted, and given up", async () => {
  const { backend, user } = open({ accounts: [acme], profiles: [own], at: "#/profile/1" });
  await user.click(await screen.findByRole("button", { name: "Transfer…" }));
  const dialog = await screen.findByRole("dialog", { name: /^Transfer / });
  await within(dialog).findByText("Nobody is named yet.");
  const noted = within(dialog).getByRole<HTMLButtonElement>("button", { name: "It was asked for" });
  expect(noted.disabled).toBe(true);
  await user.type(within(dialog).getByLabelText(/^E-mail address/), "new@owner.example");
  await within(dialog).findByText("new@owner.example was looked at.");
  const { violations } = await axe.run(dialog, { rules: { "color-contrast": { enabled: false } } });
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
  await user.click(within(dialog).getByRole("button", { name: "Copy for the ticket" }));
  await waitFor(() => expect(asked(backend, "copyTransfer")).toEqual([[1, "new@owner.example"]]));
  await user.type(within(dialog).getByLabelText(/^Number of the ticket/), "T-7");
  await user.click(noted);
  await waitFor(() => expect(asked(backend, "beginTransfer")).toEqual([[1, "new@owner.example", "T-7"]]));
  await screen.findByText(/^transfer asked on/);
  await user.click(within(dialog).getByRole("button", { name: "Give it up" }));
  await waitFor(() => expect(screen.queryByText(/^transfer asked on/)).toBeNull());
  expect(backend.transferred[0]?.state).toBe("given_up");
});

test("a profile that is shared cannot be transferred from here, and it is said why", async () => {
  const shared = { ...own, row: { ...own.row, shared: true } };
  const { user } = open({ accounts: [acme], profiles: [shared], at: "#/profile/1" });
  const button = await screen.findByRole("button", { name: "Transfer…" });
  await waitFor(() => expect(button.title).toContain("owns it"));
  await user.click(button);
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("what could not be read is not said any more once it is read", async () => {
  const { backend, user } = open({
    accounts: [acme],
    profiles: [own],
    at: "#/profile/1",
    prepare: (backend) => {
      backend.failures.set("lookAtTransfer", { code: "store_failed", message: "The database is locked." });
      backend.failures.set("transferOf", { code: "store_failed", message: "The disk is full." });
    },
  });
  await user.click(await screen.findByRole("button", { name: "Transfer…" }));
  const dialog = await screen.findByRole("dialog", { name: /^Transfer / });
  await within(dialog).findByText("The database is locked.");
  backend.failures.delete("lookAtTransfer");
  await user.type(within(dialog).getByLabelText(/^E-mail address/), "n");
  await within(dialog).findByText("n was looked at.");
  expect(within(dialog).queryByRole("alert")).toBeNull();
  backend.emit("store-changed", news({ profiles: [1] }));
  await within(dialog).findByText("The disk is full.");
  backend.failures.clear();
  backend.emit("store-changed", news({ profiles: [1] }));
  await waitFor(() => expect(within(dialog).queryByRole("alert")).toBeNull(), { timeout: 4000 });
});

test("another profile's transfer says nothing of what was typed for this one", async () => {
  const other = changed(1, { account: "Acme", accounts: ["Acme"], shared: false, removed_at: null });
  const { user } = open({ accounts: [acme], profiles: [own, other], at: "#/profile/1" });
  await user.click(await screen.findByRole("button", { name: "Transfer…" }));
  await user.type(await screen.findByLabelText(/^E-mail address/), "new@owner.example");
  location.hash = "#/profile/2";
  await screen.findByRole("heading", { name: other.row.name });
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  await user.click(await screen.findByRole("button", { name: "Transfer…" }));
  expect((await screen.findByLabelText<HTMLInputElement>(/^E-mail address/)).value).toBe("");
});

test("a transfer whose account is not connected any more is said to be watched by nobody, and given up", async () => {
  const left = { ...own, row: { ...own.row, shared: true } };
  const { backend, user } = open({
    accounts: [acme],
    profiles: [left],
    at: "#/profile/1",
    prepare: (backend) => {
      backend.transferred = [
        {
          key: 1,
          asked_at: NOW.toISOString(),
          ended_at: null,
          state: "unwatched",
          profile_key: 1,
          profile: left.row.id,
          profile_name: left.row.name,
          account: "Acme",
          destination: "new@owner.example",
          ticket: "T-7",
        },
      ];
    },
  });
  await screen.findByText(/^transfer asked on/);
  expect(screen.getByText("not watched").title).toContain("not connected any more");
  await user.click(screen.getByRole("button", { name: "Transfer…" }));
  const dialog = await screen.findByRole("dialog", { name: /^Transfer / });
  await user.click(within(dialog).getByRole("button", { name: "Give it up" }));
  await waitFor(() => expect(asked(backend, "giveUpTransfer")).toEqual([[1]]));
  await waitFor(() => expect(screen.queryByText("not watched")).toBeNull());
});
