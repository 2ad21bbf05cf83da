// Onboarding a customer in the window.
import { screen, waitFor, within } from "@testing-library/svelte";
import axe from "axe-core";
import { expect, test } from "vitest";

import type { Onboard } from "../src/backend";
import { account } from "../src/backend/fake/fleet";
import { asked, changed, NOW, open, type Opened } from "./window";

const acme = { ...account(1, NOW), label: "Acme" };
const own = changed(0, { account: "Acme", accounts: ["Acme"], shared: false, removed_at: null });

interface Begun extends Opened {
  dialog: HTMLElement;
}

async function begin(prepare: (opened: Opened) => void = () => undefined): Promise<Begun> {
  const opened = open({ accounts: [acme], profiles: [own] });
  prepare(opened);
  await opened.user.click(await screen.findByRole("button", { name: "Onboard…" }));
  return { ...opened, dialog: await screen.findByRole("dialog", { name: "Onboard a customer" }) };
}

async function clean(dialog: HTMLElement): Promise<void> {
  // The tests' document has no layout: what is seen is checked in a real window.
  const { violations } = await axe.run(dialog, { rules: { "color-contrast": { enabled: false } } });
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
}

test("a customer is typed once, reviewed whole, confirmed once, and its page is handed over", async () => {
  const { backend, user, dialog } = await begin();
  const within_ = within(dialog);
  await waitFor(() => expect(within_.getByText("Give the profile a name.")).toBeTruthy());
  await user.type(within_.getByLabelText("Name"), "Pier 4");
  await user.type(within_.getByLabelText(/Data input/), "350,000");
  await user.type(within_.getByLabelText(/Invite to its team/), "ada@pier.example, bo@pier.example");
  await user.click(within_.getByLabelText("Make a token"));
  await user.type(within_.getByLabelText("Name of the token"), "Gateway");
  await user.type(within_.getByLabelText("Customer"), "Pier, Ltd");
  await user.type(within_.getByLabelText("Note"), "Calls on Mondays.");
  await clean(dialog);
  await user.click(within_.getByRole("button", { name: "Review…" }));

  await within_.findByText("Make the profile “Pier 4”");
  const wanted = asked(backend, "previewOnboarding")[0]?.[0] as Onboard;
  expect(wanted).toMatchObject({
    account: 1,
    name: "Pier 4",
    services: { input: 350_000 },
    people: ["ada@pier.example", "bo@pier.example"],
    groups: [{ name: "Pier, Ltd", kind: "customer" }],
    note: "Calls on Mondays.",
  });
  expect(asked(backend, "beginOnboarding")).toEqual([]);
  const go = within_.getByRole<HTMLButtonElement>("button", { name: "Onboard the customer" });
  expect(go.disabled).toBe(true);
  await user.type(within_.getByLabelText("Password"), "right");
  await clean(dialog);
  await user.click(go);

  await within_.findByText("Page to hand over");
  expect(asked(backend, "beginOnboarding")).toEqual([[wanted]]);
  expect(within_.queryByLabelText("Password")).toBeNull();
  await clean(dialog);
  // The token's value is lost only by a second wish to leave.
  await user.click(within_.getByRole("button", { name: "Close" }));
  await within_.findByText(/neither copied nor saved/);
  await user.click(within_.getByRole("button", { name: "Copy the value" }));
  await waitFor(() => expect(asked(backend, "onboardingHandedOut")).toEqual([[1]]));
  await within_.findByText("7 of 7 steps done");
  await user.click(within_.getByRole("button", { name: "Save as a web page…" }));
  await within_.findByText("Saved as /home/ada/Pier 4.html.");
  expect(asked(backend, "saveHandOver")).toEqual([[1, "html"]]);
  await user.click(within_.getByRole("button", { name: "Close" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(asked(backend, "forgetMadeTokens").length).toBe(1);
});

test("a step that would be refused is mended before anything is begun", async () => {
  const { backend, user, dialog } = await begin();
  await user.type(within(dialog).getByLabelText("Name"), own.row.name.replaceAll(/[[{]/g, "$&$&"));
  await user.click(within(dialog).getByRole("button", { name: "Review…" }));
  await within(dialog).findByText(/1 step would be refused/);
  const go = within(dialog).getByRole<HTMLButtonElement>("button", { name: "Onboard the customer" });
  expect(go.disabled).toBe(true);
  await user.click(within(dialog).getByRole("button", { name: "Back" }));
  const name = within(dialog).getByLabelText<HTMLInputElement>("Name");
  expect(name.value).toBe(own.row.name);
  expect(asked(backend, "beginOnboarding")).toEqual([]);
});

test("a step that failed is tried again or skipped, and what was begun is gone on with later", async () => {
  const { backend, user, dialog } = await begin(({ backend }) => backend.failingSteps.add("logo"));
  await user.type(within(dialog).getByLabelText("Name"), "Pier 4");
  await user.type(within(dialog).getByLabelText("Address of the logo"), "https://a.b/c.png");
  await user.click(within(dialog).getByRole("button", { name: "Review…" }));
  await user.click(await within(dialog).findByRole("button", { name: "Onboard the customer" }));
  await within(dialog).findByText("1 of 2 steps done");
  await user.click(within(dialog).getByRole("button", { name: "Close" }));

  await user.click(await screen.findByRole("button", { name: "Onboard…" }));
  const again = await screen.findByRole("dialog", { name: "Onboard a customer" });
  await user.click(await within(again).findByRole("button", { name: "Go on…" }));
  await user.click(within(again).getByRole("button", { name: "Go on with what is left" }));
  await waitFor(() => expect(asked(backend, "goOnOnboarding").length).toBe(2));
  await user.click(await within(again).findByRole("button", { name: /^Skip: Give it the logo/ }));
  await within(again).findByText("skipped");
  expect(within(again).queryByRole("button", { name: "Go on with what is left" })).toBeNull();
  expect(backend.onboarded[0]?.over).toBe(true);
});

/** An onboarding whose token waits for the right password, and whose logo failed. */
async function waiting(): Promise<Begun> {
  const begun = await begin(({ backend }) => backend.failingSteps.add("logo"));
  const { user, dialog } = begun;
  await user.type(within(dialog).getByLabelText("Name"), "Pier 4");
  await user.type(within(dialog).getByLabelText("Address of the logo"), "https://a.b/c.png");
  await user.click(within(dialog).getByLabelText("Make a token"));
  await user.type(within(dialog).getByLabelText("Name of the token"), "Gateway");
  await user.click(within(dialog).getByRole("button", { name: "Review…" }));
  await user.type(await within(dialog).findByLabelText("Password"), "wrong{Enter}");
  await within(dialog).findByText(/waiting for a password/);
  return begun;
}

test("Enter where something is missing leaves the focus where it is", async () => {
  const { user, dialog } = await begin();
  const name = within(dialog).getByLabelText("Name");
  await user.type(name, "{Enter}");
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(document.activeElement).toBe(name);
  await user.type(name, "Pier 4");
  await user.click(within(dialog).getByLabelText("Make a token"));
  await user.type(within(dialog).getByLabelText("Name of the token"), "Gateway{Enter}");
  const password = await within(dialog).findByLabelText("Password");
  await user.type(password, "{Enter}");
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(document.activeElement).toBe(password);
});

test("a password is not kept once the last step that takes it is skipped, nor is the step done", async () => {
  const { backend, user, dialog } = await waiting();
  await user.type(within(dialog).getByLabelText("Password"), "half");
  await user.click(within(dialog).getByRole("button", { name: /^Skip: Make the token/ }));
  await within(dialog).findByText("skipped");
  expect(within(dialog).queryByLabelText("Password")).toBeNull();
  expect(asked(backend, "cancelChanges").length).toBe(1);
  await user.click(within(dialog).getByRole("button", { name: /^Do it after all: Make the token/ }));
  const password = await within(dialog).findByLabelText<HTMLInputElement>("Password");
  expect(password.value).toBe("");
  await user.click(within(dialog).getByRole("button", { name: /^Skip: Make the token/ }));
  await user.click(await within(dialog).findByRole("button", { name: "Go on with what is left" }));
  await waitFor(() => expect(asked(backend, "goOnOnboarding").length).toBe(2));
  expect(asked(backend, "goOnOnboardingWith")).toEqual([]);
});

test("where going on with what waited fails, the next try begins it anew", async () => {
  const { backend, user, dialog } = await waiting();
  backend.failures.set("goOnOnboardingWith", { code: "not_found", message: "No such batch waits." });
  await user.type(within(dialog).getByLabelText("Password"), "right{Enter}");
  await within(dialog).findByText("No such batch waits.");
  await user.type(within(dialog).getByLabelText("Password"), "right{Enter}");
  await within(dialog).findByRole("button", { name: "Copy the value" });
  expect(asked(backend, "goOnOnboardingWith").length).toBe(1);
});

test("the way to the profile asks first, too, where a token's value would be lost", async () => {
  const { user, dialog } = await waiting();
  await user.type(within(dialog).getByLabelText("Password"), "right{Enter}");
  await within(dialog).findByRole("button", { name: "Copy the value" });
  const link = await within(dialog).findByRole("link", { name: "Open the profile" });
  await user.click(link);
  await within(dialog).findByText(/neither copied nor saved/);
  expect(location.hash).toBe("#/fleet");
  await user.click(link);
  await waitFor(() => expect(location.hash).toBe("#/profile/1"));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});
