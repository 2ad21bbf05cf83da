// Buying more for an account in the window: never without its price, and gone on with where it was cut off.
import { screen, waitFor, within } from "@testing-library/svelte";
import axe from "axe-core";
import { expect, test } from "vitest";

import { account } from "../src/backend/fake/fleet";
import type { FakeBackend } from "../src/backend/fake/backend";
import { asked, changed, NOW, open, type Opened } from "./window";

const acme = { ...account(1, NOW), label: "Acme" };
const own = changed(0, { account: "Acme", accounts: ["Acme"], shared: false, removed_at: null });

const switchedOn = (backend: FakeBackend): void => {
  backend.settingRows = backend.settingRows.map((row) =>
    row.key === "buying" ? { ...row, value: "true" } : row,
  );
};

function at(prepare: (backend: FakeBackend) => void = switchedOn): Opened {
  return open({ accounts: [acme], profiles: [own], at: "#/allocation", prepare });
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
  expect(within(buying).getByRole<HTMLButtonElement>("button", { name: "Ask the price" }).disabled).toBe(
    true,
  );
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
  await user.click(within(left).getByRole("button", { name: "Let it be" }));
  await waitFor(() => expect(screen.queryByRole("group", { name: "Purchase of Acme" })).toBeNull());
});

test("buying is switched on in the settings", async () => {
  const { backend, user } = open({ accounts: [acme], profiles: [own], at: "#/accounts" });
  const toggle = await screen.findByRole("switch", { name: "Buy higher limits from here" });
  expect(toggle.getAttribute("aria-checked")).toBe("false");
  await user.click(toggle);
  await waitFor(() => expect(toggle.getAttribute("aria-checked")).toBe("true"));
  expect(asked(backend, "putSetting")).toEqual([["buying", "true"]]);
});
