// A profile's pictures: an address, or a file that the shell asks for and reads.
import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";

import { account } from "../src/backend/fake/fleet";
import { asked, changed, NOW, open, type Opened, type Options } from "./window";

const acme = { ...account(1, NOW), label: "Acme" };
const own = changed(0, { account: "Acme", accounts: ["Acme"], shared: false, removed_at: null });

async function form(options: Options = {}): Promise<[Opened, HTMLElement]> {
  const opened = open({ accounts: [acme], profiles: [own], at: "#/profile/1", ...options });
  await opened.user.click(await screen.findByRole("button", { name: "Pictures…" }));
  return [opened, await screen.findByRole("dialog", { name: "Pictures" })];
}

test("a logo file is chosen by the shell, reviewed and sent by what it is, and not by its content", async () => {
  const [{ backend, user }, fields] = await form();
  await user.click(within(fields).getByRole("button", { name: "Choose a file… for the logo" }));
  await within(fields).findByText("harbour.png");
  await user.click(within(fields).getByRole("button", { name: "Review…" }));
  const dialog = await screen.findByRole("dialog", { name: "Change pictures" });
  await within(dialog).findByRole("row", { name: /harbour\.png/ });
  await user.click(within(dialog).getByRole("button", { name: "Change the pictures of 1 profile" }));
  await waitFor(() => expect(within(dialog).getByRole("status").textContent).toContain("1 done"));
  expect(asked(backend, "carryOut")[0]?.[0]).toEqual({
    ask: "changes",
    changes: [
      {
        kind: "pictures",
        profile: 1,
        logo_url: null,
        banner_url: null,
        logo_file: backend.pictureFile,
        banner_file: null,
      },
    ],
  });
});

test("a file that is no picture is said where it was chosen, and who closes the dialog changes nothing", async () => {
  const [{ backend, user }, fields] = await form({ prepare: (backend) => (backend.pictureFile = null) });
  const choose = within(fields).getByRole("button", { name: "Choose a file… for the banner" });
  await user.click(choose);
  expect(within(fields).getByRole<HTMLButtonElement>("button", { name: "Review…" }).disabled).toBe(true);
  backend.failures.set("choosePicture", { code: "invalid_input", message: "notes.txt is no picture." });
  await user.click(choose);
  await within(fields).findByText("notes.txt is no picture.");
});

test("an address is sent as it is typed, and a file in its place takes it away", async () => {
  const [{ backend, user }, fields] = await form();
  await user.type(within(fields).getByLabelText("Address of the logo"), "https://example.com/a.png");
  await user.type(within(fields).getByLabelText("Address of the banner"), "https://example.com/b.png");
  await user.click(within(fields).getByRole("button", { name: "Choose a file… for the banner" }));
  await within(fields).findByText("harbour.png");
  await user.click(within(fields).getByRole("button", { name: "take an address for the banner" }));
  expect(within(fields).getByLabelText<HTMLInputElement>("Address of the banner").value).toBe("");
  await user.click(within(fields).getByRole("button", { name: "Review…" }));
  const [request] = asked(backend, "previewChanges")[0] as [{ changes: Record<string, unknown>[] }];
  expect(request.changes[0]).toMatchObject({ logo_url: "https://example.com/a.png", banner_url: null });
});

test("what was chosen is there after it was refused, and gone once it was sent", async () => {
  const [{ backend, user }, fields] = await form();
  await user.type(within(fields).getByLabelText("Address of the logo"), "https://example.com/a.png");
  await user.click(within(fields).getByRole("button", { name: "Choose a file… for the banner" }));
  await within(fields).findByText("harbour.png");
  const send = async (): Promise<void> => {
    await user.click(screen.getByRole("button", { name: "Review…" }));
    const dialog = await screen.findByRole("dialog", { name: "Change pictures" });
    await user.click(await within(dialog).findByRole("button", { name: /^Change the pictures of/ }));
    await user.click(await within(dialog).findByRole("button", { name: "Close" }));
    await user.click(screen.getByRole("button", { name: "Pictures…" }));
  };
  backend.failing.set(1, { result: "failed", code: "rejected", message: "It was refused." });
  await send();
  expect(screen.getByLabelText<HTMLInputElement>("Address of the logo").value).toBe(
    "https://example.com/a.png",
  );
  expect(screen.getByText("harbour.png")).toBeTruthy();
  await send();
  expect(screen.getByLabelText<HTMLInputElement>("Address of the logo").value).toBe("");
  expect(screen.queryByText("harbour.png")).toBeNull();
});
