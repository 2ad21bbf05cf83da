// What the palette offers of the screen that is open: found there, done from there, and gone with it.
import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";

import { account } from "../src/backend/fake/fleet";
import { asked, changed, NOW, open, type Opened, type Options } from "./window";

const acme = { ...account(1, NOW), label: "Acme" };
const own = changed(0, { account: "Acme", accounts: ["Acme"], shared: false, removed_at: null });

const palette = (): HTMLElement =>
  screen.getByRole("dialog", { name: "Find a profile, a screen or an action" });
const field = (): HTMLElement => within(palette()).getByRole("combobox");
const options = (): HTMLElement[] => within(palette()).queryAllByRole("option");
const nameOf = (option: HTMLElement): string => option.querySelector(".name")?.textContent?.trim() ?? "";
const option = (name: string): HTMLElement | undefined => options().find((one) => nameOf(one) === name);

async function opened(at: string, ready: () => Promise<unknown>, options: Options = {}): Promise<Opened> {
  const page = open({ accounts: [acme], profiles: [own], at, ...options });
  await ready();
  return page;
}

async function summon({ user }: Opened): Promise<void> {
  await user.keyboard("{Control>}k{/Control}");
  await waitFor(() => expect(palette()).toBeTruthy());
}

/** Leaves it as Escape does in a browser. */
async function leave(): Promise<void> {
  (palette() as HTMLDialogElement).close();
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
}

/** Types an action's name and takes it. */
async function take(page: Opened, name: string): Promise<void> {
  await summon(page);
  await page.user.type(field(), name);
  await waitFor(() => expect(option(name)).toBeTruthy());
  expect(option(name)?.getAttribute("aria-disabled"), name).toBe("false");
  await page.user.click(option(name) as HTMLElement);
  await waitFor(() =>
    expect(screen.queryByRole("dialog", { name: "Find a profile, a screen or an action" })).toBeNull(),
  );
}

const onProfile = (options: Options = {}, tab = ""): Promise<Opened> =>
  opened(`#/profile/1${tab}`, () => screen.findByRole("button", { name: "Refresh" }), options);
const onFleet = (): Promise<Opened> => opened("#/fleet", () => screen.findByText(own.row.name));
const onAccounts = (): Promise<Opened> =>
  opened("#/accounts", () => screen.findByText("Acme", { selector: "h2 bdi" }));

test.each<[action: string, there: () => Promise<unknown>]>([
  ["Rename this profile", () => screen.findByRole("textbox", { name: "New name" })],
  ["Change this profile's limits", () => screen.findByRole("dialog", { name: /^Limits of/ })],
  ["Change this profile's pictures", () => screen.findByRole("dialog", { name: "Pictures" })],
  ["Transfer this profile", () => screen.findByRole("dialog", { name: /^Transfer/ })],
  ["Delete this profile", () => screen.findByRole("dialog", { name: "Delete a profile" })],
  ["Copy this profile's id", () => screen.findByText("copied")],
])("on a profile “%s” does the same as its button, whatever part of it is open", async (action, there) => {
  await take(await onProfile({}, "/usage"), action);
  await there();
});

test("a form that the palette opened has the focus", async () => {
  await take(await onProfile(), "Change this profile's pictures");
  const form = await screen.findByRole("dialog", { name: "Pictures" });
  await waitFor(() =>
    expect(document.activeElement).toBe(within(form).getByLabelText("Address of the logo")),
  );
});

test("a profile is refreshed, and TagoIO's site opened, from the palette", async () => {
  const page = await onProfile();
  await take(page, "Open TagoIO's admin site");
  await waitFor(() => expect(asked(page.backend, "openAdminSite")).toEqual([[1]]));
  await take(page, "Refresh this profile");
  await waitFor(() => expect(asked(page.backend, "startSync")).toEqual([[null, 1]]));
  await summon(page);
  await page.user.type(field(), "Refresh this");
  await waitFor(() =>
    expect(option("Refresh this profile")?.textContent).toContain("It is being refreshed."),
  );
});

test("what cannot be done with this profile says why, and is not done", async () => {
  const shared = { ...own, has_admin_site: false, row: { ...own.row, shared: true } };
  const page = await onProfile({ profiles: [shared] });
  await summon(page);
  for (const [action, why] of [
    ["Rename this profile", "None of the connected accounts owns it."],
    ["Change this profile's limits", "None of the connected accounts owns it."],
    ["Change this profile's pictures", "None of the connected accounts owns it."],
    ["Open TagoIO's admin site", "The address of a private deployment's is not known here."],
  ] as const) {
    expect(option(action)?.getAttribute("aria-disabled"), action).toBe("true");
    expect(option(action)?.textContent, action).toContain(why);
  }
  await page.user.click(option("Rename this profile") as HTMLElement);
  expect(screen.queryByRole("textbox", { name: "New name" })).toBeNull();
});

test("parts of a profile offer what is done in them, and take it away when they go", async () => {
  const page = await onProfile({}, "/backups");
  await screen.findByRole("button", { name: "Back up now…" });
  await summon(page);
  expect(option("Back up this profile now")).toBeTruthy();
  await leave();
  location.hash = "#/profile/1/team";
  await screen.findByRole("button", { name: "Invite…" });
  await summon(page);
  expect(option("Invite to this profile's team")).toBeTruthy();
  expect(option("Back up this profile now")).toBeUndefined();
  await leave();
  location.hash = "#/costs";
  await screen.findByRole("heading", { level: 1, name: "Costs" });
  await summon(page);
  expect(option("Rename this profile")).toBeUndefined();
});

test("the fleet turns to its heat map and back", async () => {
  const page = await onFleet();
  await take(page, "Show the fleet as heat map");
  await waitFor(() => expect(location.hash).toContain("heat"));
  await take(page, "Show the fleet as table");
  await waitFor(() => expect(location.hash).not.toContain("heat"));
});

test.each([
  ["Choose the columns", "Columns"],
  ["Views of the fleet", "Views"],
  ["Groups of profiles", "Groups"],
])("on the fleet “%s” opens the small window of %s, with the focus in it", async (action, name) => {
  await take(await onFleet(), action);
  const shown = await screen.findByRole("dialog", { name });
  await waitFor(() => expect(shown.contains(document.activeElement)).toBe(true));
});

test("the selected profile of the fleet is renamed from the palette", async () => {
  const page = await onFleet();
  await page.user.keyboard("j");
  await screen.findByRole("button", { name: "Rename" });
  await take(page, "Rename this profile");
  expect(document.activeElement).toBe(await screen.findByRole("textbox", { name: "New name" }));
});

test.each([
  ["New profile in Acme", "New profile"],
  ["Renew the token of Acme", "Renew the token of Acme"],
])(
  "on the accounts “%s” is found by its words, and not listed among all without any",
  async (action, name) => {
    const page = await onAccounts();
    await summon(page);
    expect(option(action)).toBeUndefined();
    await leave();
    await take(page, action);
    await screen.findByRole("dialog", { name });
  },
);

test("a line of Today is answered from the palette, and where none is selected it says so", async () => {
  const page = await opened("#/today", () => screen.findAllByText(/of its limit/));
  await summon(page);
  expect(option("Acknowledge the selected line")?.textContent).toContain("No line is selected.");
  expect(option("Snooze the selected line…")?.getAttribute("aria-disabled")).toBe("true");
  await leave();
  await page.user.keyboard("j");
  await take(page, "Snooze the selected line…");
  await screen.findByRole("dialog", { name: "Snooze" });
  await page.user.keyboard("{Escape}");
  await take(page, "Acknowledge the selected line");
  await waitFor(() => expect(asked(page.backend, "answerAttention")).toHaveLength(1));
});

test("what was done last is listed first", async () => {
  const page = await onProfile();
  await take(page, "Change this profile's pictures");
  await page.user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  await summon(page);
  await waitFor(() => expect(nameOf(options()[0] as HTMLElement)).toBe("Change this profile's pictures"));
});
