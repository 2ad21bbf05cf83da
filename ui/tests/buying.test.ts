// Buying more for an account in the window: never without its price, and gone on with where it was cut off.
import { screen, waitFor, within } from "@testing-library/svelte";
import axe from "axe-core";
import { expect, test } from "vitest";

import { account } from "../src/backend/fake/fleet";
import type { PurchaseStep } from "../src/backend";
import { news, type FakeBackend } from "../src/backend/fake/backend";
import { asked, changed, NOW, open, type Opened, type Options } from "./window";

const acme = { ...account(1, NOW), label: "Acme" };
const own = changed(0, { account: "Acme", accounts: ["Acme"], shared: false, removed_at: null });

const switchedOn = (backend: FakeBackend): void => {
  backend.settingRows = backend.settingRows.map((row) =>
    row.key === "buying" ? { ...row, value: "true" } : row,
  );
};

function at(prepare: (backend: FakeBackend) => void = switchedOn, options: Options = {}): Opened {
  return open({ accounts: [acme], profiles: [own], at: "#/allocation", prepare, ...options });
}

async function dialog({ user }: Opened): Promise<HTMLElement> {
  await waitFor(() => expect(screen.getAllByRole("row").length).toBeGreaterThan(1));
  screen.getByRole("grid", { name: "Accounts" }).focus();
  await user.keyboard("j");
  await user.click(await screen.findByRole("button", { name: "Buy more…" }));
  const found = await screen.findByRole("dialog", { name: /^Buy more for/ });
  await within(found).findByLabelText("New limit of Data input");
  return found;
}

test("what it costs is asked, agreed to by a tick of its own, and then bought for that", async () => {
  const opened = at();
  const { backend, user } = opened;
  const buying = await dialog(opened);
  expect(within(buying).getByRole<HTMLButtonElement>("button", { name: "Ask the price" }).disabled).toBe(
    true,
  );
  await user.selectOptions(within(buying).getByLabelText("New limit of Data input"), "4000000");
  await user.selectOptions(within(buying).getByLabelText("Give what is new to"), "1");
  await user.click(within(buying).getByRole("button", { name: "Ask the price" }));
  await within(buying).findByText("$8.00 now");
  const go = within(buying).getByRole<HTMLButtonElement>("button", { name: "Buy for $8.00" });
  expect(go.disabled).toBe(true);
  await user.click(go);
  expect(asked(backend, "buy")).toEqual([]);
  expect(asked(backend, "buyingQuote")).toEqual([[1, { input: 4_000_000 }]]);
  const { violations } = await axe.run(buying, { rules: { "color-contrast": { enabled: false } } });
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
  await user.click(within(buying).getByRole("checkbox", { name: "Spend up to $8.00 now" }));
  await user.click(go);
  await within(buying).findByText("It is bought.");
  const [request] = asked(backend, "buy")[0] as [{ buy: { most: number }; allocate_to: number }];
  expect([request.buy.most, request.allocate_to]).toEqual([800, 1]);
  await user.click(within(buying).getByRole("button", { name: "Close" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

test("another choice after the price takes the price away", async () => {
  const opened = at();
  const buying = await dialog(opened);
  await opened.user.selectOptions(within(buying).getByLabelText("New limit of Data input"), "4000000");
  await opened.user.click(within(buying).getByRole("button", { name: "Ask the price" }));
  await within(buying).findByText("$8.00 now");
  await opened.user.selectOptions(within(buying).getByLabelText("New limit of Data input"), "12000000");
  expect(within(buying).queryByText("$8.00 now")).toBeNull();
  expect(within(buying).queryByRole("button", { name: /^Buy for/ })).toBeNull();
});

test("while buying is switched off no price is asked, and it is said where it is switched on", async () => {
  const opened = at(() => undefined);
  const buying = await dialog(opened);
  await opened.user.selectOptions(within(buying).getByLabelText("New limit of Data input"), "4000000");
  expect(within(buying).getByRole("status").textContent).toContain("switched on in the settings");
  const ask = within(buying).getByRole<HTMLButtonElement>("button", { name: "Ask the price" });
  expect(ask.disabled).toBe(true);
  await opened.user.click(ask);
  expect(asked(opened.backend, "buyingQuote")).toEqual([]);
});

test("a purchase that is not over stands above the accounts, is gone on with and let be", async () => {
  const opened = at((backend) => {
    switchedOn(backend);
    [backend.comesTo, backend.says] = ["processing", "The payment failed."];
  });
  const { backend, user } = opened;
  const buying = await dialog(opened);
  await user.selectOptions(within(buying).getByLabelText("New limit of Data input"), "4000000");
  await user.click(within(buying).getByRole("button", { name: "Ask the price" }));
  await user.click(await within(buying).findByRole("checkbox"));
  await user.click(within(buying).getByRole("button", { name: "Buy for $8.00" }));
  await within(buying).findByText(/The payment failed/);
  await user.click(within(buying).getByRole("button", { name: "Close" }));
  const left = await screen.findByRole("group", { name: "Purchase of Acme" });
  expect(left.textContent).toMatch(/Data input 1,200,000 → 4,000,000/);
  await user.click(within(left).getByRole("button", { name: "Go on" }));
  await waitFor(() => expect(asked(backend, "resumePurchase")).toEqual([[1]]));
  expect(asked(backend, "buy").length).toBe(1);
  expect(left.textContent).toContain("TagoIO is at work on it.");
  // Letting it be looks for nothing at TagoIO.
  let letGo: () => void = () => undefined;
  const end = backend.endPurchase.bind(backend);
  backend.endPurchase = async (key) => {
    await new Promise<void>((resolve) => (letGo = resolve));
    return end(key);
  };
  await user.click(within(left).getByRole("button", { name: "Let it be" }));
  expect(left.textContent).not.toContain("Looking how far");
  letGo();
  await waitFor(() => expect(screen.queryByRole("group", { name: "Purchase of Acme" })).toBeNull());
});

async function begun(step: PurchaseStep, options: Options = {}): Promise<Opened & { left: HTMLElement }> {
  const opened = at((backend) => {
    switchedOn(backend);
    const service = { service: "input", from: 1_200_000, to: 4_000_000 } as const;
    const told = { allocate_to: null, allocate_to_name: null, step, message: null };
    const began_at = NOW.toISOString();
    backend.purchased = [
      {
        key: 1,
        began_at,
        ended_at: null,
        account: 1,
        label: "Acme",
        services: [service],
        agreed: 800,
        ...told,
      },
    ];
  }, options);
  return { ...opened, left: await screen.findByRole("group", { name: "Purchase of Acme" }) };
}

test.each([
  ["done", "It is bought.", null],
  ["not_bought", "Nothing was bought.", "TagoIO has another limit."],
] as const)(
  "what came of a purchase that was gone on with (%s) stays until it is dismissed",
  async (end, word, message) => {
    const { backend, user, left } = await begun("sending");
    [backend.comesTo, backend.says] = [end, message];
    const read = asked(backend, "purchases").length;
    await user.click(within(left).getByRole("button", { name: "Go on" }));
    const dismiss = await screen.findByRole("button", { name: "Dismiss" });
    expect(document.activeElement).toBe(dismiss);
    // The list is read again, and has it no more.
    await waitFor(() => expect(asked(backend, "purchases").length).toBeGreaterThan(read));
    const told = screen.getByRole("group", { name: "Purchase of Acme" });
    expect(within(told).getByRole("status").textContent).toBe(word);
    if (message !== null) expect(told.textContent).toContain(message);
    expect(within(told).queryByRole("button", { name: "Go on" })).toBeNull();
    await user.click(screen.getByRole("button", { name: "Dismiss" }));
    await waitFor(() => expect(screen.queryByRole("group", { name: "Purchase of Acme" })).toBeNull());
    expect(asked(backend, "endPurchase")).toEqual([]);
  },
);

test("a purchase that was never sent says that going on buys nothing", async () => {
  const { left } = await begun("asked");
  expect(within(left).getByRole("status").textContent).toBe(
    "Nothing was sent, and going on sends nothing: it ends as not bought.",
  );
});

test("with an account that is signed out no purchase is gone on with, and it is said why", async () => {
  const { backend, user, left } = await begun("processing", {
    accounts: [{ ...acme, sign_in: "signed_out" }],
  });
  const button = within(left).getByRole("button", { name: "Go on" });
  await waitFor(() => expect(button.title).toContain("is signed out"));
  await user.click(button);
  expect(asked(backend, "resumePurchase")).toEqual([]);
  await user.click(within(left).getByRole("button", { name: "Let it be" }));
  await waitFor(() => expect(asked(backend, "endPurchase")).toEqual([[1]]));
});

const HINDRANCES: [why: string, hinder: (backend: FakeBackend) => void][] = [
  ["is only read", (backend) => (backend.accountRows = [{ ...acme, read_only: true }])],
  ["is signed out", (backend) => (backend.accountRows = [{ ...acme, sign_in: "signed_out" }])],
  [
    "cannot be reached now",
    (backend) =>
      (backend.accountRows = [{ ...acme, problem: { code: "offline", message: "It cannot be reached." } }]),
  ],
  [
    "is switched off",
    (backend) =>
      (backend.settingRows = backend.settingRows.map((row) =>
        row.key === "buying" ? { ...row, value: "false" } : row,
      )),
  ],
];

test.each(HINDRANCES)(
  "nothing is bought once, after the price, the account or buying %s",
  async (why, hinder) => {
    const opened = at();
    const { backend, user } = opened;
    const buying = await dialog(opened);
    await user.selectOptions(within(buying).getByLabelText("New limit of Data input"), "4000000");
    await user.click(within(buying).getByRole("button", { name: "Ask the price" }));
    await user.click(await within(buying).findByRole("checkbox"));
    const go = within(buying).getByRole<HTMLButtonElement>("button", { name: "Buy for $8.00" });
    expect(go.disabled).toBe(false);
    hinder(backend);
    backend.emit("store-changed", news({ accounts: true, settings: true }));
    await waitFor(() => expect(go.disabled).toBe(true));
    expect(within(buying).getByRole("status").textContent).toContain(why);
    await user.click(go);
    expect(asked(backend, "buy")).toEqual([]);
  },
);

test("buying is switched on in the settings", async () => {
  const { backend, user } = open({ accounts: [acme], profiles: [own], at: "#/accounts" });
  const toggle = await screen.findByRole("switch", { name: "Buy higher limits from here" });
  expect(toggle.getAttribute("aria-checked")).toBe("false");
  await user.click(toggle);
  await waitFor(() => expect(toggle.getAttribute("aria-checked")).toBe("true"));
  expect(asked(backend, "putSetting")).toEqual([["buying", "true"]]);
});
