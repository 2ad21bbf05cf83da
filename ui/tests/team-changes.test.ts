// A team changed in the window: invited, removed, taken back, invited again, and many profiles at once.
import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";

import { account } from "../src/backend/fake/fleet";
import { asked, changed, NOW, open, type Opened } from "./window";

const acme = { ...account(1, NOW), label: "Acme" };
const own = changed(0, { account: "Acme", accounts: ["Acme"], shared: false, removed_at: null });

const changes = ({ backend }: Opened): unknown[] =>
  asked(backend, "carryOut").map(([request]) => (request as { changes: unknown[] }).changes);

function at(): Opened {
  return open({ accounts: [acme], profiles: [own], at: "#/profile/1/team" });
}

async function row(role: string): Promise<HTMLElement> {
  await waitFor(() => expect(document.querySelector(`tr[data-role=${role}]`)).not.toBeNull());
  return document.querySelector(`tr[data-role=${role}]`) as HTMLElement;
}

test("somebody is invited to the team after the review", async () => {
  const opened = at();
  const { user } = opened;
  await user.click(await screen.findByRole("button", { name: "Invite…" }));
  await user.type(screen.getByLabelText("E-mail address"), "ada@example.com");
  await user.click(screen.getByRole("button", { name: "Review…" }));
  const dialog = await screen.findByRole("dialog", { name: "Invite to a team" });
  await user.click(await within(dialog).findByRole("button", { name: "Invite to the team of 1 profile" }));
  await waitFor(() => expect(within(dialog).getByRole("status").textContent).toContain("1 done"));
  expect(changes(opened)).toEqual([[{ kind: "invite", profile: 1, email: "ada@example.com" }]]);
});

test("an address that was refused is there to be mended, and gone once it was invited", async () => {
  const { backend, user } = at();
  const invite = async (): Promise<HTMLInputElement> => {
    await user.click(await screen.findByRole("button", { name: "Invite…" }));
    return screen.getByLabelText<HTMLInputElement>("E-mail address");
  };
  const send = async (): Promise<void> => {
    await user.click(screen.getByRole("button", { name: "Review…" }));
    const dialog = await screen.findByRole("dialog", { name: "Invite to a team" });
    await user.click(await within(dialog).findByRole("button", { name: /^Invite to the team of/ }));
    await user.click(await within(dialog).findByRole("button", { name: "Close" }));
  };
  await user.type(await invite(), "ada@exmaple.com");
  backend.failing.set(1, { result: "failed", code: "rejected", message: "It was refused." });
  await send();
  expect((await invite()).value).toBe("ada@exmaple.com");
  await send();
  expect((await invite()).value).toBe("");
});

test("a member is removed and an invitation taken back, each by what TagoIO knows the person by", async () => {
  const opened = at();
  const { user } = opened;
  const member = await row("member");
  expect(within(await row("owner")).queryByRole("button")).toBeNull();
  await user.click(within(member).getByRole("button", { name: "Remove…" }));
  const dialog = await screen.findByRole("dialog", { name: "Remove from a team" });
  await user.click(await within(dialog).findByRole("button", { name: "Remove from the team of 1 profile" }));
  await user.click(await within(dialog).findByRole("button", { name: "Close" }));
  await user.click(within(await row("invited")).getByRole("button", { name: "Take back…" }));
  await screen.findByRole("dialog", { name: "Take an invitation back" });
  expect(changes(opened)).toEqual([
    [
      {
        kind: "remove_member",
        profile: 1,
        member: "0000000000000000005bd1e2",
        email: "mira@north.example",
      },
    ],
  ]);
});

test("an invitation that ended is made again in two steps, and not where the first was left", async () => {
  const opened = at();
  const { user } = opened;
  const again = within(await row("invitation_ended"));
  await user.click(again.getByRole("button", { name: "Invite again…" }));
  const left = await screen.findByRole("dialog", { name: /first take the old invitation back/ });
  await user.click(await within(left).findByRole("button", { name: "Cancel" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());

  await user.click(again.getByRole("button", { name: "Invite again…" }));
  const first = await screen.findByRole("dialog", { name: /first take the old invitation back/ });
  await user.click(await within(first).findByRole("button", { name: "Remove from the team of 1 profile" }));
  // The screen reads the team again, and the line is gone before the review is.
  await waitFor(() => expect(document.querySelector("tr[data-role=invitation_ended]")).toBeNull());
  expect(within(first).getByRole("status").textContent).toContain("1 done");
  await user.click(await within(first).findByRole("button", { name: "Close" }));
  const second = await screen.findByRole("dialog", { name: "Invite again" });
  await user.click(await within(second).findByRole("button", { name: "Invite to the team of 1 profile" }));
  await user.click(await within(second).findByRole("button", { name: "Close" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(changes(opened).flat()).toMatchObject([{ kind: "remove_member" }, { kind: "invite" }]);
});

test("the ticked profiles of the fleet are invited to at once", async () => {
  const profiles = [0, 1, 2].map((place) =>
    changed(place, { account: "Acme", accounts: ["Acme"], shared: false, removed_at: null }),
  );
  const opened = open({ accounts: [acme], profiles, at: "#/fleet" });
  const { user } = opened;
  await waitFor(() => expect(within(screen.getByRole("grid")).getAllByRole("row").length).toBe(4));
  await user.keyboard("jxjx");
  await user.click(await screen.findByRole("button", { name: "Invite to…" }));
  await user.type(screen.getByLabelText("E-mail address"), "ada@example.com");
  await user.click(screen.getByRole("button", { name: "Review…" }));
  const dialog = await screen.findByRole("dialog", { name: "Invite to teams" });
  await user.click(await within(dialog).findByRole("button", { name: "Invite to the team of 2 profiles" }));
  await waitFor(() => expect(within(dialog).getByRole("status").textContent).toContain("2 done"));
  const invited = changes(opened).flat() as { kind: string; profile: number; email: string }[];
  expect(invited.map(({ kind, email }) => [kind, email])).toEqual([
    ["invite", "ada@example.com"],
    ["invite", "ada@example.com"],
  ]);
  expect(new Set(invited.map(({ profile }) => profile)).size).toBe(2);
});
