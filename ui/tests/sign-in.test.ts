// Signing in by e-mail and password: to connect an account, and to renew the tokens of several.
import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";

import type { FakeBackend } from "../src/backend/fake/backend";
import { account } from "../src/backend/fake/fleet";
import { asked, NOW, open } from "./window";

const field = (name: string | RegExp): HTMLInputElement => screen.getByLabelText<HTMLInputElement>(name);
const button = (name: string | RegExp): HTMLElement => screen.getByRole("button", { name });

/** The page's whole text and every field's value: where a secret could be left. */
const everything = (): string =>
  document.documentElement.outerHTML +
  [...document.querySelectorAll("input")].map(({ value }) => value).join("\n");

const inDays = (days: number): string => new Date(NOW.getTime() + days * 86_400_000).toISOString();

describe("connecting by e-mail and password", () => {
  const begin = async (prepare: (backend: FakeBackend) => void = () => undefined) => {
    const opened = open({ at: "#/accounts", accounts: [], prepare });
    await opened.user.type(field("Label"), "North");
    await opened.user.click(button("E-mail and password"));
    await opened.user.type(field("E-mail"), "ada@example.com");
    return opened;
  };

  test("leads to the choice of a profile, without a PIN where none is wanted, and to the account", async () => {
    const { backend, user } = await begin();
    await user.type(field("Password"), "right{Enter}");
    expect(document.activeElement).toBe(await screen.findByLabelText("Profile of the token"));
    expect(screen.queryByLabelText(/^The PIN/)).toBeNull();
    expect(everything()).not.toContain("right");
    expect(field("Is valid").value).toBe("90");
    await user.selectOptions(field("Profile of the token"), "Orchard");
    await user.click(button("Connect"));
    await screen.findByText(/is connected/);
    expect(asked(backend, "signIn")).toEqual([
      [{ region: "us-e1", email: "ada@example.com", password: "right", renews: null }],
    ]);
    const choice = {
      label: "North",
      profile: "5bb0a0c9f1d2e3a4b5c6d7e9",
      name: "Profile Desk · harbour · ada",
      days: 90,
    };
    expect(asked(backend, "chooseToken")).toEqual([[1, choice]]);
  });

  test("keeps all but the password when it is wrong, and says so", async () => {
    const { user } = await begin();
    await user.type(field("Password"), "a guess{Enter}");
    const problem = await screen.findByRole("alert");
    expect(problem.textContent).toContain("The password is wrong.");
    expect(problem.textContent).toContain("type it again");
    expect([field("Label").value, field("E-mail").value]).toEqual(["North", "ada@example.com"]);
    expect(everything()).not.toContain("a guess");
    expect(document.activeElement).toBe(field("Password"));
  });

  test("asks for the PIN by the way that TagoIO names, again, or by another way", async () => {
    const { backend, user } = await begin((backend) => (backend.pin = "123456"));
    await user.type(field("Password"), "right{Enter}");
    await user.type(await screen.findByLabelText("The PIN that came by SMS"), "000{Enter}");
    expect((await screen.findByRole("alert")).textContent).toContain("The PIN is wrong.");
    expect(field("The PIN that came by SMS").value).toBe("");
    await user.click(button("Send again"));
    await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
    await user.click(button("Have one sent by e-mail"));
    await user.type(await screen.findByLabelText("The PIN that came by e-mail"), "123456{Enter}");
    await screen.findByLabelText("Profile of the token");
    expect(everything()).not.toContain("123456");
    expect(asked(backend, "sendPin")).toEqual([
      [1, "sms"],
      [1, "email"],
    ]);
  });

  test("says that the PIN was cleared where one was, and not where only another one could not be sent", async () => {
    const { backend, user } = await begin((backend) => (backend.pin = "123456"));
    await user.type(field("Password"), "right{Enter}");
    await screen.findByLabelText("The PIN that came by SMS");
    backend.failures.set("sendPin", { code: "offline", message: "It cannot be reached." });
    await user.click(button("Send again"));
    const sending = await screen.findByRole("alert");
    expect(sending.textContent).toContain("It cannot be reached.");
    expect(sending.textContent).not.toContain("was cleared");
    backend.failures.set("givePin", { code: "offline", message: "It broke off." });
    await user.type(field("The PIN that came by SMS"), "123456{Enter}");
    await screen.findByText(/It broke off/);
    expect(screen.getByRole("alert").textContent).toContain("The PIN was cleared");
  });

  test("cannot be begun anew while the token is made", async () => {
    let go: () => void = () => undefined;
    const { backend, user } = await begin();
    await user.type(field("Password"), "right{Enter}");
    await screen.findByLabelText("Profile of the token");
    const choose = backend.chooseToken.bind(backend);
    backend.chooseToken = async (number, choice) => {
      await new Promise<void>((resolve) => (go = resolve));
      return choose(number, choice);
    };
    const over = button("Start over") as HTMLButtonElement;
    expect(over.disabled).toBe(false);
    await user.click(button("Connect"));
    expect(over.disabled).toBe(true);
    go();
    await screen.findByText(/is connected/);
    expect(asked(backend, "endSignIn")).toEqual([]);
  });

  test("tells a taken label at the label, and goes on with another one without the password", async () => {
    const { backend, user } = await begin(
      (backend) => (backend.accountRows = [account(1, NOW, { label: "North" })]),
    );
    await user.type(field("Password"), "right{Enter}");
    await screen.findByLabelText("Profile of the token");
    await user.click(button("Connect"));
    await waitFor(() => expect(document.activeElement).toBe(field("Label")));
    expect(field("Label").getAttribute("aria-invalid")).toBe("true");
    await user.clear(field("Label"));
    await user.type(field("Label"), "North 2");
    await user.click(button("Connect"));
    await screen.findByText(/is connected/);
    expect(asked(backend, "signIn")).toHaveLength(1);
  });

  test("begins anew once the sign-in is over, and is let go of when the page is left", async () => {
    const { backend, user } = await begin();
    await user.type(field("Password"), "right{Enter}");
    await screen.findByLabelText("Profile of the token");
    backend.failures.set("chooseToken", { code: "cancelled", message: "The sign-in took too long." });
    await user.click(button("Connect"));
    expect((await screen.findByRole("alert")).textContent).toContain("took too long");
    await user.type(field("Password"), "right{Enter}");
    await screen.findByLabelText("Profile of the token");
    expect(asked(backend, "endSignIn")).toEqual([]);
    location.hash = "#/fleet";
    await waitFor(() => expect(asked(backend, "endSignIn")).toHaveLength(1));
  });

  test("says at once what is missing, and sends nothing", async () => {
    const { backend, user } = open({ at: "#/accounts", accounts: [] });
    await user.click(button("E-mail and password"));
    await user.type(field("Password"), "right{Enter}");
    expect((await screen.findByRole("alert")).textContent).toContain("e-mail address");
    expect(field("Password").value).toBe("right");
    expect(asked(backend, "signIn")).toEqual([]);
  });
});

describe("the calendar of tokens' ends", () => {
  const accounts = [
    account(1, NOW, { token_expires_at: inDays(40.5) }),
    account(2, NOW, { sign_in: "signed_out" }),
    account(3, NOW, { token_expires_at: inDays(5.5) }),
    account(4, NOW, { label: "Quay", token_profile: "5bb0a0c9f1d2e3a4b5c6d7e8" }),
    account(5, NOW, { label: "Reef" }),
  ];

  test("is in order of the date, under months, and tells the four apart that have no date to come", async () => {
    open({ at: "#/accounts?show=ends", accounts });
    const section = within(await screen.findByRole("region", { name: "When tokens end" }));
    const rows = await section.findAllByRole("listitem");
    expect(rows.map((row) => row.dataset.end)).toEqual(["ended", "ends", "ends", "unknown", "never"]);
    expect(rows[1]?.textContent).toContain("ends in 5 days");
    expect(rows[2]?.textContent).toContain("ends in 40 days");
    const titles = section.getAllByRole("heading").map(({ textContent }) => textContent);
    expect(titles[0]).toContain("Ended");
    expect(titles.at(-1)).toContain("Never end");
    expect(titles.length).toBeGreaterThanOrEqual(4);
  });

  test("renews those that are ticked in a row: one is skipped, and each takes its own password", async () => {
    const { backend, user } = open({ at: "#/accounts?show=ends", accounts });
    await user.click(await screen.findByRole("button", { name: /^Tick what ended/ }));
    await user.click(button("Renew 2 tokens…"));
    const dialog = within(await screen.findByRole("dialog"));
    const label = (text: string): HTMLInputElement => dialog.getByLabelText<HTMLInputElement>(text);
    expect(dialog.getByRole("heading").textContent).toContain("Nordwind");
    expect(label("E-mail").value).toBe("ops@nordwind.example");
    await user.click(dialog.getByRole("button", { name: "Skip" }));
    await waitFor(() => expect(dialog.getByRole("heading").textContent).toContain("Tsukuba"));
    expect(label("E-mail").value).toBe("ops@tsukuba.example");
    expect(label("Password").value).toBe("");
    await user.type(label("Password"), "right{Enter}");
    await dialog.findByLabelText("Profile of the token");
    await user.click(dialog.getByRole("button", { name: "Renew" }));
    await waitFor(() => expect(dialog.getByRole("heading").textContent).toBe("1 token renewed"));
    const ends = dialog.getAllByRole("listitem").map(({ textContent }) => textContent);
    expect(ends[0]).toContain("skipped");
    expect(ends[1]).toContain("until");
    expect(asked(backend, "signIn")).toEqual([
      [{ region: "https://api.tago.io", email: "ops@tsukuba.example", password: "right", renews: 3 }],
    ]);
    await user.click(dialog.getByRole("button", { name: "Close" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(backend.accountRows.find(({ key }) => key === 3)?.label).toBe("Tsukuba");
    expect(everything()).not.toContain("right");
  });

  test("is stopped in the middle: what is renewed stays, and the sign-in is let go of", async () => {
    const { backend, user } = open({ at: "#/accounts?show=ends", accounts });
    await user.click(await screen.findByRole("button", { name: /^Tick what ended/ }));
    await user.click(button("Renew 2 tokens…"));
    const dialog = within(await screen.findByRole("dialog"));
    await user.click(dialog.getByRole("button", { name: "Skip" }));
    await user.type(dialog.getByLabelText("Password"), "right{Enter}");
    await dialog.findByLabelText("Profile of the token");
    await user.click(dialog.getByRole("button", { name: "Stop" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(asked(backend, "endSignIn")).toHaveLength(1);
    expect(asked(backend, "chooseToken")).toEqual([]);
  });
});

test("an account's token is moved after a review, and the profile that has it is not offered", async () => {
  const { backend, user } = open({
    at: "#/accounts",
    prepare: (backend) => {
      const own = backend.profiles.find(({ row }) => row.account === "Acme" && !row.shared)?.row;
      backend.accountRows = backend.accountRows.map((row) =>
        row.key === 1
          ? { ...row, token_profile: own?.id ?? null, token_profile_name: own?.name ?? null }
          : row,
      );
    },
  });
  const before = backend.accountRows[0]?.token_profile;
  await user.click((await screen.findAllByRole("button", { name: "Move token…" }))[0] as HTMLElement);
  const target = await screen.findByLabelText<HTMLSelectElement>("It is to belong to");
  await waitFor(() => expect(target.options.length).toBeGreaterThan(0));
  expect([...target.options].map(({ value }) => value)).not.toContain(before);
  const chosen = target.options[1]?.value as string;
  await user.selectOptions(target, chosen);
  expect(target.form?.textContent).toContain("it can do what the other profile allows");
  await user.click(button("Review…"));
  // Who only looked at the review finds the choice as it was.
  await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Cancel" }));
  await user.click(screen.getAllByRole("button", { name: "Move token…" })[0] as HTMLElement);
  const again = await screen.findByLabelText<HTMLSelectElement>("It is to belong to");
  await waitFor(() => expect(again.value).toBe(chosen));
  await user.click(button("Review…"));
  const dialog = within(await screen.findByRole("dialog"));
  await dialog.findByText(/data of both profiles/);
  await user.click(dialog.getByRole("button", { name: "Move the token" }));
  await dialog.findByText("1 done");
  const change = { kind: "move_token", account: 1, profile: chosen };
  expect(asked(backend, "carryOut")[0]?.[0]).toEqual({ ask: "changes", changes: [change] });
});
