// Limits that are changed in the window: typed beside what the account has, and never more than that.
import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import axe from "axe-core";
import { expect, test } from "vitest";

import { account } from "../src/backend/fake/fleet";
import { typedNumber } from "../src/format";
import { asked, changed, NOW, open, type Opened, type Options } from "./window";

const acme = { ...account(1, NOW), label: "Acme" };
const own = (place: number): ReturnType<typeof changed> =>
  changed(place, { account: "Acme", accounts: ["Acme"], shared: false, removed_at: null });
const profiles = [own(0), own(1), own(2)];

function at(address: string, options: Options = {}): Opened {
  return open({ accounts: [acme], profiles, at: address, ...options });
}

async function dialog(name: RegExp): Promise<HTMLElement> {
  const found = await screen.findByRole("dialog", { name });
  await waitFor(() => expect(within(found).getAllByRole("textbox").length).toBeGreaterThan(0));
  return found;
}

const review = (form: HTMLElement): HTMLButtonElement =>
  within(form).getByRole<HTMLButtonElement>("button", { name: "Review…" });

async function retype({ user }: Opened, field: HTMLElement, text: string): Promise<void> {
  await user.clear(field);
  await user.type(field, text);
}

test("a limit is read as it is written here, and nothing is guessed", () => {
  for (const [text, number] of [
    ["350000", 350_000],
    [" 350,000 ", 350_000],
    ["1,158,425", 1_158_425],
    ["350 000", 350_000],
    ["50.75", 50.75],
    ["0", 0],
  ] as const)
    expect(typedNumber(text), text).toBe(number);
  for (const text of ["", "-1", "1,5", "350,00", "3e5", "350k", "1.2.3", "NaN"])
    expect(typedNumber(text), text).toBeNull();
});

test("a profile's limits stand beside what its account has of each, and the review sends them", async () => {
  const opened = at("#/profile/1");
  const { backend, user } = opened;
  await user.click(await screen.findByRole("button", { name: "Change limits…" }));
  const form = await dialog(/^Limits of/);
  const row = await within(form).findByRole("row", { name: /^Data input/ });
  await waitFor(() => expect(within(row).getAllByRole("cell").length).toBe(6));
  const field = within(row).getByRole<HTMLInputElement>("textbox", { name: "Limit of Data input" });
  expect(document.activeElement).toBe(field);
  expect(review(form).disabled).toBe(true);
  const free = (): string => within(row).getAllByRole("cell")[4]?.textContent?.trim() ?? "";
  const before = free();
  await retype(opened, field, "1000");
  await waitFor(() => expect(review(form).disabled).toBe(false));
  expect(free()).not.toBe(before);
  expect(within(row).getAllByRole("cell")[3]?.textContent).toContain("→");
  const { violations } = await axe.run(form, { rules: { "color-contrast": { enabled: false } } });
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
  await user.keyboard("{Enter}");
  const reviewed = await screen.findByRole("dialog", { name: "Change limits" });
  expect(asked(backend, "carryOut")).toEqual([]);
  await user.click(await within(reviewed).findByRole("button", { name: "Change the limits of 1 profile" }));
  await waitFor(() => expect(within(reviewed).getByRole("status").textContent).toContain("1 done"));
  expect(asked(backend, "carryOut")[0]?.[0]).toEqual({
    ask: "changes",
    changes: [{ kind: "allocate", profile: 1, services: { input: 1000 } }],
  });
  await user.click(within(reviewed).getByRole("button", { name: "Close" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

test("the desk is asked once typing pauses, and not for each letter", async () => {
  const opened = at("#/profile/1");
  const { backend } = opened;
  await opened.user.click(await screen.findByRole("button", { name: "Change limits…" }));
  const form = await dialog(/^Limits of/);
  const row = await within(form).findByRole("row", { name: /^Data input/ });
  const field = within(row).getByRole<HTMLInputElement>("textbox", { name: "Limit of Data input" });
  const asks = (): number => backend.calls.filter(({ name }) => name === "previewChanges").length;
  const before = asks();
  fireEvent.input(field, { target: { value: "1" } });
  fireEvent.input(field, { target: { value: "12" } });
  fireEvent.input(field, { target: { value: "123" } });
  await waitFor(() => expect(review(form).disabled).toBe(false));
  expect(asks() - before).toBe(1);
});

test("a review that is left gives the form back as it was", async () => {
  const opened = at("#/profile/1");
  await opened.user.click(await screen.findByRole("button", { name: "Change limits…" }));
  const form = await dialog(/^Limits of/);
  const field = within(form).getByRole<HTMLInputElement>("textbox", { name: "Limit of Data input" });
  await retype(opened, field, "1000");
  await waitFor(() => expect(review(form).disabled).toBe(false));
  await opened.user.click(review(form));
  const reviewed = await screen.findByRole("dialog", { name: "Change limits" });
  await opened.user.click(await within(reviewed).findByRole("button", { name: "Cancel" }));
  await waitFor(() => expect(screen.queryByRole("dialog", { name: "Change limits" })).toBeNull());
  expect(field.value).toBe("1000");
  await opened.user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(asked(opened.backend, "carryOut")).toEqual([]);
});

test("limits that were refused are still in the form, to be mended", async () => {
  const opened = at("#/profile/1");
  const { backend, user } = opened;
  await user.click(await screen.findByRole("button", { name: "Change limits…" }));
  const form = await dialog(/^Limits of/);
  await retype(opened, within(form).getByLabelText("Limit of Data input"), "1,000,000");
  await waitFor(() => expect(review(form).disabled).toBe(false));
  await user.click(review(form));
  backend.failing.set(1, { result: "failed", code: "rejected", message: "It was refused." });
  const shown = await screen.findByRole("dialog", { name: "Change limits" });
  await user.click(await within(shown).findByRole("button", { name: "Change the limits of 1 profile" }));
  await user.click(await within(shown).findByRole("button", { name: "Close" }));
  expect(within(form).getByLabelText<HTMLInputElement>("Limit of Data input").value).toBe("1,000,000");
  expect(form.isConnected).toBe(true);
});

test("a limit that is taken away letter by letter stays empty, and what stands comes back when it is left", async () => {
  const opened = at("#/profile/1");
  await opened.user.click(await screen.findByRole("button", { name: "Change limits…" }));
  const form = await dialog(/^Limits of/);
  const field = within(form).getByRole<HTMLInputElement>("textbox", { name: "Limit of Data input" });
  const stands = field.value;
  await opened.user.type(field, "{Backspace}".repeat(stands.length + 1));
  expect(field.value).toBe("");
  await opened.user.tab();
  expect(field.value).toBe(stands);
  expect(review(form).disabled).toBe(true);
});

test("more than the account has is said while it is typed, and no review is offered", async () => {
  const opened = at("#/profile/1");
  await opened.user.click(await screen.findByRole("button", { name: "Change limits…" }));
  const form = await dialog(/^Limits of/);
  const field = within(form).getByRole("textbox", { name: "Limit of Data input" });
  await retype(opened, field, "999999999999");
  await waitFor(() => expect(within(form).getByRole("status").textContent).toMatch(/Acme.*in all/));
  expect(within(form).getByRole("row", { name: /^Data input/ }).textContent).toContain("too few");
  expect(review(form).disabled).toBe(true);
  await retype(opened, field, "many");
  await waitFor(() => expect(within(form).getByRole("status").textContent).toContain("number from 0"));
  expect(field.getAttribute("aria-invalid")).toBe("true");
});

test("the profiles of an account are changed each by itself, over services, as one batch", async () => {
  const opened = at("#/allocation");
  const { backend, user } = opened;
  await screen.findByRole("grid", { name: "Accounts" });
  await waitFor(() => expect(screen.getAllByRole("row").length).toBeGreaterThan(1));
  await user.keyboard("j");
  await user.click(await screen.findByRole("button", { name: "Change limits…" }));
  const form = await dialog(/^Limits in Acme$/);
  const fields = (): HTMLInputElement[] => within(form).getAllByRole<HTMLInputElement>("textbox");
  expect(fields().length).toBe(3);
  await retype(opened, fields()[0] as HTMLElement, "10");
  await retype(opened, fields()[1] as HTMLElement, "20");
  await user.selectOptions(within(form).getByLabelText("Service"), "output");
  await waitFor(() => expect(fields().length).toBe(3));
  await retype(opened, fields()[1] as HTMLElement, "30");
  await within(form).findByText("2 profiles changed, in 2 services.");
  await waitFor(() => expect(review(form).disabled).toBe(false));
  await user.click(review(form));
  const reviewed = await screen.findByRole("dialog", { name: "Change limits" });
  await user.click(await within(reviewed).findByRole("button", { name: "Change the limits of 2 profiles" }));
  await waitFor(() => expect(asked(backend, "carryOut").length).toBe(1));
  const [request] = asked(backend, "carryOut")[0] as [{ changes: { services: object }[] }];
  expect(request.changes.map(({ services }) => services)).toEqual([{ input: 10 }, { input: 20, output: 30 }]);
});

test("the ticked profiles are given the same limits, and what is left empty stays", async () => {
  const opened = at("#/fleet");
  const { backend, user } = opened;
  await waitFor(() => expect(screen.getAllByRole("row").length).toBeGreaterThan(3));
  await user.keyboard("jxjx");
  await user.click(await screen.findByRole("button", { name: "Set limits…" }));
  const form = await dialog(/^Limits of 2 profiles$/);
  const field = within(form).getByRole<HTMLInputElement>("textbox", { name: "Limit of Data output" });
  expect(field.value).toBe("");
  await retype(opened, field, "20");
  await waitFor(() => expect(review(form).disabled).toBe(false));
  await user.click(review(form));
  const reviewed = await screen.findByRole("dialog", { name: "Change limits" });
  await user.click(await within(reviewed).findByRole("button", { name: "Change the limits of 2 profiles" }));
  await waitFor(() => expect(asked(backend, "carryOut").length).toBe(1));
  const [request] = asked(backend, "carryOut")[0] as [{ changes: { services: object }[] }];
  expect(request.changes.map(({ services }) => services)).toEqual([{ output: 20 }, { output: 20 }]);
});

test("an account that is only read changes no limits and says so", async () => {
  const { user } = at("#/profile/1", { accounts: [{ ...acme, read_only: true }] });
  const button = (): HTMLElement => screen.getByRole("button", { name: "Change limits…" });
  await waitFor(() => expect(button().title).toMatch(/only read/));
  await user.click(button());
  expect(screen.queryByRole("dialog")).toBeNull();
});
