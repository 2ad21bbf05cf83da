// What is done to ticked profiles that has no way back, or hands something out: deletions, tokens, protection; and many
// profiles that are made from a file.
import { screen, waitFor, within } from "@testing-library/svelte";
import axe from "axe-core";
import { expect, test } from "vitest";

import type { Change } from "../src/backend";
import { account } from "../src/backend/fake/fleet";
import { asked, changed, NOW, open, type Opened, type Options } from "./window";

const acme = { ...account(1, NOW), label: "Acme" };
const own = (place: number, name?: string): ReturnType<typeof changed> =>
  changed(place, {
    account: "Acme",
    accounts: ["Acme"],
    shared: false,
    removed_at: null,
    ...(name === undefined ? {} : { name }),
  });

async function ticked(options: Options = {}): Promise<Opened> {
  const opened = open({
    accounts: [acme],
    profiles: [own(0, "Pier 1"), own(1, "<b>Bold</b>"), own(2, "Pier 3")],
    at: "#/fleet",
    ...options,
  });
  await opened.user.click(await screen.findByRole("checkbox", { name: /Select all/ }));
  return opened;
}

const sent = ({ backend }: Opened): Change[] =>
  (asked(backend, "carryOut") as [{ changes: Change[] }][]).flatMap(([request]) => request.changes);
// What became of values is told by another one.
const status = (dialog: HTMLElement): string => within(dialog).getAllByRole("status")[0]?.textContent ?? "";

test("several profiles are deleted once the name of each is typed and the password given, and not before", async () => {
  const opened = await ticked();
  const { user } = opened;
  await user.click(screen.getByRole("button", { name: "Delete…" }));
  const dialog = await screen.findByRole("dialog", { name: "Delete profiles" });
  const go = await within(dialog).findByRole<HTMLButtonElement>("button", { name: /^Delete 3 profiles/ });
  await user.type(within(dialog).getByLabelText(/password/i), "right");
  const fields = within(dialog).getAllByRole("textbox", { name: /type its name/ });
  expect(fields).toHaveLength(3);
  for (const [place, name] of ["<b>Bold</b>", "Pier 1", "Pier 2"].entries())
    await user.type(fields[place] as HTMLElement, name);
  expect(go.disabled).toBe(true);
  expect(
    within(dialog).getByText("Type the name of each profile as it stands beside its field."),
  ).toBeTruthy();
  await user.type(fields[2] as HTMLElement, "{Backspace}3");
  expect(go.disabled).toBe(false);
  expect((await axe.run(dialog, { rules: { "color-contrast": { enabled: false } } })).violations).toEqual([]);
  await user.click(go);
  await waitFor(() => expect(status(dialog)).toContain("3 done"));
  expect(sent(opened).map(({ kind }) => kind)).toEqual(["delete", "delete", "delete"]);
});

async function makeTokens({ user }: Opened): Promise<HTMLElement> {
  await user.click(screen.getByRole("button", { name: "New token…" }));
  const form = await screen.findByRole("dialog", { name: "A new token for each selected profile" });
  await user.type(within(form).getByLabelText("Name"), "Collector");
  await user.click(within(form).getByRole("button", { name: "Review…" }));
  const dialog = await screen.findByRole("dialog", { name: "Make tokens" });
  await user.type(await within(dialog).findByLabelText(/password/i), "right");
  await user.click(within(dialog).getByRole("button", { name: /^Make/ }));
  return dialog;
}

test("a token for each ticked profile is made at once, and all values go to one file", async () => {
  const opened = await ticked();
  const { backend, user } = opened;
  const dialog = await makeTokens(opened);
  await waitFor(() => expect(status(dialog)).toContain("3 done"));
  expect(sent(opened)).toHaveLength(3);
  expect(within(dialog).queryByRole("button", { name: "Copy the value" })).toBeNull();
  await user.click(within(dialog).getByRole("button", { name: "Close" }));
  expect(within(dialog).getByRole("alert").textContent).toContain("The values were not saved");
  await user.click(within(dialog).getByRole("button", { name: "Save them to a file…" }));
  await within(dialog).findByText("Saved as /home/ada/ci.token.");
  expect(asked(backend, "saveAllMadeTokens")).toEqual([[1]]);
  await user.click(within(dialog).getByRole("button", { name: "Close" }));
  await waitFor(() => expect(screen.queryByRole("dialog", { name: "Make tokens" })).toBeNull());
  expect(asked(backend, "forgetMadeTokens")).toEqual([[1]]);
});

test("what failed is not tried again while values are not saved, which would be lost by it", async () => {
  const opened = await ticked({
    prepare: (backend) => backend.failing.set(2, { result: "failed", code: "rejected", message: "No luck." }),
  });
  const { user } = opened;
  const dialog = await makeTokens(opened);
  await waitFor(() => expect(status(dialog)).toContain("2 done, 1 failed"));
  const again = within(dialog).getByRole<HTMLButtonElement>("button", { name: "Retry what failed…" });
  expect(again.disabled).toBe(true);
  await user.click(within(dialog).getByRole("button", { name: "Save them to a file…" }));
  await waitFor(() => expect(again.disabled).toBe(false));
  await user.click(again);
  await user.type(await within(dialog).findByLabelText(/password/i), "right");
  await user.click(within(dialog).getByRole("button", { name: "Try 1 token again" }));
  await waitFor(() => expect(status(dialog)).toContain("1 done"));
  // The value of the one that was made now was not handed out.
  expect(within(dialog).getByRole("button", { name: "Copy the value" })).toBeTruthy();
  await user.click(within(dialog).getByRole("button", { name: "Close" }));
  expect(within(dialog).getByRole("alert").textContent).toContain("neither copied nor saved");
});

test("all of a filter are marked as protected, and the mark is taken away again", async () => {
  const opened = await ticked();
  const { backend, user } = opened;
  await user.click(screen.getByRole("button", { name: "Protection…" }));
  await user.click(screen.getByRole("button", { name: "Protect" }));
  await screen.findByText("3 profiles marked as protected.");
  expect(asked(backend, "protect")).toEqual([[{ keys: [], all_of: "" }, true]]);
  expect(backend.profiles.map((one) => one.protected)).toEqual([true, true, true]);
  await user.click(screen.getByRole("button", { name: "Protection…" }));
  await user.click(screen.getByRole("button", { name: "Protect no more" }));
  await screen.findByText("3 profiles not protected any more.");
});

async function fromFile(options: Options = {}): Promise<Opened> {
  const opened = open({ accounts: [acme], profiles: [own(0, "Pier 4")], at: "#/accounts", ...options });
  await opened.user.click(await screen.findByRole("button", { name: "New profiles…" }));
  await opened.user.click(await screen.findByRole("button", { name: "Choose a file…" }));
  return opened;
}

test("profiles that a file names are made after a look at each row, those of a name that is taken refused", async () => {
  const opened = await fromFile();
  const { backend, user } = opened;
  const dialog = await screen.findByRole("dialog", { name: "Make profiles" });
  await waitFor(() => expect(status(dialog)).toContain("1 will change, 1 refused"));
  expect(within(dialog).getByRole("row", { name: /Pier 4.*refused/ })).toBeTruthy();
  expect(asked(backend, "profilesOfFile")).toEqual([[1, true]]);
  await user.click(within(dialog).getByRole("button", { name: "Make the profile" }));
  await waitFor(() => expect(status(dialog)).toContain("1 done, 1 refused"));
  expect(backend.carriedOut).toEqual([
    { kind: "create_profile", account: 1, name: "Pier 5", free_resources: true },
  ]);
});

test("a file that cannot be read is said in the form, and one that is not chosen leaves it as it is", async () => {
  const message = "/home/ada/new.csv, line 3: it has 1 fields where the first line has 2.";
  const opened = await fromFile({
    prepare: (backend) => (backend.profileFile = { code: "invalid_input", message }),
  });
  const { backend, user } = opened;
  expect(await screen.findByText(message)).toBeTruthy();
  backend.profileFile = null;
  await user.click(screen.getByRole("button", { name: "Choose a file…" }));
  await waitFor(() => expect(screen.queryByText(message)).toBeNull());
  expect(screen.queryByRole("dialog", { name: "Make profiles" })).toBeNull();
  expect(screen.getByRole("button", { name: "Choose a file…" })).toBeTruthy();
});
