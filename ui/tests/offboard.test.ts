// Somebody loses all access: what is meant of it, the review, the report, and the mails that nobody sends from here.
import { screen, waitFor, within } from "@testing-library/svelte";
import axe from "axe-core";
import { expect, test } from "vitest";

import type { Leaver } from "../src/backend";
import { account } from "../src/backend/fake/fleet";
import { asked, changed, NOW, open, type Opened, type Options } from "./window";

const acme = { ...account(1, NOW), label: "Acme" };
const own = [0, 1, 2, 3].map((place) => ({
  ...changed(place, {
    name: `<i>Pier</i> ${place}`,
    account: "Acme",
    accounts: ["Acme"],
    shared: false,
    removed_at: null,
  }),
  // Who owns a profile sees its team.
  datasets: changed(0, {}).datasets,
}));

async function offboard(options: Options = {}): Promise<{ opened: Opened; dialog: HTMLElement }> {
  const opened = open({ accounts: [acme], profiles: own, at: "#/people", ...options });
  await waitFor(() => expect(within(screen.getByRole("grid")).getAllByRole("row").length).toBeGreaterThan(5));
  await opened.user.keyboard("jj");
  await opened.user.click(await screen.findByRole("button", { name: "Off-board…" }));
  return { opened, dialog: await screen.findByRole("dialog", { name: /^Off-board/ }) };
}

const boxes = (dialog: HTMLElement): HTMLInputElement[] =>
  within(dialog).getAllByRole<HTMLInputElement>("checkbox");

test("what a careful person takes is ticked, what is in use is not, and what this program uses cannot be", async () => {
  const { dialog } = await offboard();
  await within(dialog).findByRole("region", { name: "What is taken" });
  const said = boxes(dialog).map((box) => [
    box.closest("tr")?.querySelector("td:last-child")?.textContent.trim() ?? "",
    box.checked,
    box.disabled,
  ]);
  expect(said).toEqual([
    ["", true, false],
    ["– this program works with it", false, true],
    ["", true, false],
    [expect.stringMatching(/^▲ in use, used /) as string, false, false],
    ["", true, false],
    ["of signing in", true, false],
    ["", true, false],
    ["○ use not known", false, false],
  ]);
  expect(within(dialog).getByRole("button", { name: "Review 5 changes…" })).toBeTruthy();
  // A name is text, whatever is in it.
  expect(within(dialog).getAllByText("<i>Pier</i> 0").length).toBeGreaterThan(0);
  expect(dialog.querySelector("i")).toBeNull();
  expect((await axe.run(dialog, { rules: { "color-contrast": { enabled: false } } })).violations).toEqual([]);
});

test("how old what is known is stands first, with a way to fetch teams and tokens", async () => {
  const { opened, dialog } = await offboard();
  await within(dialog).findByText(/the oldest of the lists of teams and tokens is as of 2 d/);
  await opened.user.click(within(dialog).getByRole("button", { name: "Fetch all teams and tokens first" }));
  expect(asked(opened.backend, "syncAccess")).toEqual([[]]);
});

test("the ticked rows go through the review, and the report says what was removed and what was left", async () => {
  const { opened, dialog } = await offboard();
  const { backend, user } = opened;
  await user.click(await within(dialog).findByRole("button", { name: "Review 5 changes…" }));
  const review = (await screen.findAllByRole("dialog", { name: /^Off-board/ })).at(-1) as HTMLElement;
  await user.click(await within(review).findByRole("button", { name: "Make 5 changes" }));
  await waitFor(() => expect(within(review).getByRole("status").textContent).toContain("5 done"));
  const [request] = asked(backend, "carryOut")[0] as [{ changes: { kind: string }[] }];
  expect(request.changes.map(({ kind }) => kind).sort()).toEqual([
    "remove_member",
    "remove_member",
    "remove_member",
    "remove_member",
    "revoke_token",
  ]);
  await user.click(within(review).getByRole("button", { name: "Close" }));
  const report = await within(dialog).findByRole("region", { name: "Report" });
  expect(within(dialog).getByText("5 removed, 3 left as it is, 3 lists not known.")).toBeTruthy();
  expect(within(report).getAllByText(/replace it, then revoke it/).length).toBe(3);
  expect(asked(backend, "offboarded")).toEqual([[expect.any(String), 1]]);
  await user.click(within(dialog).getByRole("button", { name: "Save the report…" }));
  await within(dialog).findByText(/^Saved as /);
  expect(asked(backend, "exportSave")[0]?.[0]).toEqual({
    screen: "offboard",
    query: { who: expect.any(String) as string, batch: 1 },
  });
  await user.click(within(dialog).getByRole("button", { name: "Close" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

test("who has lost everything is not asked for again, and a report that failed is made of what was done", async () => {
  const { opened, dialog } = await offboard();
  const { backend, user } = opened;
  await within(dialog).findByRole("region", { name: "What is taken" });
  // Nothing is left of them once this is carried out.
  backend.leaving = {
    ...(backend.leaving as Leaver),
    ways: (backend.leaving as Leaver).ways.filter(({ ticked }) => ticked),
    mails: [],
    gaps: [],
  };
  backend.failures.set("offboarded", { code: "store_failed", message: "The database is locked." });
  await user.click(within(dialog).getByRole("button", { name: "Review 5 changes…" }));
  const review = (await screen.findAllByRole("dialog", { name: /^Off-board/ })).at(-1) as HTMLElement;
  await user.click(await within(review).findByRole("button", { name: "Make 5 changes" }));
  await waitFor(() => expect(within(review).getByRole("status").textContent).toContain("5 done"));
  const before = asked(backend, "leaver").length;
  await user.click(within(review).getByRole("button", { name: "Close" }));
  // Long enough for the news of the changes to arrive.
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(within(dialog).getByRole("alert").textContent).toContain("The database is locked.");
  expect(asked(backend, "leaver").length).toBe(before);
  backend.failures.clear();
  await user.click(within(dialog).getByRole("button", { name: "Make the report" }));
  await within(dialog).findByText("5 removed.");
  expect(asked(backend, "offboarded").map(([, batch]) => batch)).toEqual([1, 1]);
  expect(asked(backend, "carryOut").length).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(within(dialog).queryByRole("alert")).toBeNull();
});

test("no error stands above the report of somebody who has lost everything", async () => {
  const { opened, dialog } = await offboard();
  const { backend, user } = opened;
  await within(dialog).findByRole("region", { name: "What is taken" });
  const leaver = backend.leaving as Leaver;
  backend.leaving = { ...leaver, ways: leaver.ways.filter(({ ticked }) => ticked) };
  await user.click(within(dialog).getByRole("button", { name: "Review 5 changes…" }));
  const review = (await screen.findAllByRole("dialog", { name: /^Off-board/ })).at(-1) as HTMLElement;
  await user.click(await within(review).findByRole("button", { name: "Make 5 changes" }));
  await waitFor(() => expect(within(review).getByRole("status").textContent).toContain("5 done"));
  await user.click(within(review).getByRole("button", { name: "Close" }));
  await within(dialog).findByRole("region", { name: "Report" });
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(within(dialog).queryByRole("alert")).toBeNull();
});

test("who only looks at the review goes on choosing, and nothing was sent or noted", async () => {
  const { opened, dialog } = await offboard();
  const { backend, user } = opened;
  await user.click(await within(dialog).findByRole("button", { name: "Review 5 changes…" }));
  const review = (await screen.findAllByRole("dialog", { name: /^Off-board/ })).at(-1) as HTMLElement;
  await user.click(await within(review).findByRole("button", { name: "Cancel" }));
  const [first] = boxes(dialog);
  await user.click(first as HTMLInputElement);
  expect(within(dialog).getByRole("button", { name: "Review 4 changes…" })).toBeTruthy();
  expect(asked(backend, "carryOut")).toEqual([]);
  expect(asked(backend, "offboarded")).toEqual([]);
});

test("a mail to another owner is read, copied by the shell, or opened in the mail program, and never sent", async () => {
  const { opened, dialog } = await offboard({ prepare: (backend) => (backend.mailFits = false) });
  const { backend, user } = opened;
  await user.click(await within(dialog).findByText("Gute Fahrt GmbH"));
  expect(within(dialog).getByText(/is to lose access/)).toBeTruthy();
  await user.click(within(dialog).getByRole("button", { name: "Copy the text" }));
  await within(dialog).findByText("Copied.");
  await user.click(within(dialog).getByRole("button", { name: "Open in the mail program…" }));
  await within(dialog).findByText(/too long for that/);
  const [who] = asked(backend, "leaver")[0] as [string];
  expect(asked(backend, "copyOwnerMail")).toEqual([[who, "https://api.tago.io 5f00"]]);
  expect(asked(backend, "openOwnerMail")).toEqual([[who, "https://api.tago.io 5f00"]]);
});

test("nobody is off-boarded from a past day", async () => {
  const opened = open({ accounts: [acme], profiles: own, at: "#/people?at=2020-05-03" });
  await waitFor(() => expect(within(screen.getByRole("grid")).getAllByRole("row").length).toBeGreaterThan(5));
  await opened.user.keyboard("j");
  const button = await screen.findByRole("button", { name: "Off-board…" });
  expect(button.getAttribute("aria-disabled")).toBe("true");
  await opened.user.click(button);
  expect(screen.queryByRole("dialog")).toBeNull();
});
