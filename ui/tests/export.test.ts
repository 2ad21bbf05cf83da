// Exporting what a screen shows: the menu, and what is told of how it went.
import { screen, waitFor, within } from "@testing-library/svelte";
import { beforeEach, expect, test } from "vitest";

import { SERVICES, type AccessQuery } from "../src/backend";
import { USUAL } from "../src/screens/activity/filter";
import { endOf } from "../src/screens/people/view";
import { asked, open } from "./window";

beforeEach(() => localStorage.clear());

const button = (): HTMLElement => screen.getByRole("button", { name: /^Export/ });
const choice = (name: RegExp): HTMLElement => screen.getByRole("menuitem", { name });

test("what is on screen is saved, and the file is named", async () => {
  const { backend, user } = open();
  await screen.findByRole("grid");
  await user.click(button());
  await user.click(choice(/CSV/));
  const told = await screen.findByText(/Saved 24 rows to/);
  expect(told.closest('[role="status"]')).not.toBeNull();
  expect(told.textContent).toContain("/home/ada/Profile Desk Fleet 2026-11-24.csv");
  expect(asked(backend, "exportSave")).toEqual([
    [
      {
        screen: "fleet",
        query: {
          filter: "",
          sort: [
            { by: "risk", descending: true },
            { by: "growth", descending: true },
          ],
          trend: "input",
          offset: 0,
          limit: 0,
          columns: [
            "name",
            "account",
            "input",
            "output",
            "analysis",
            "data_records",
            "trend",
            "worst",
            "as_of",
          ],
        },
      },
      "csv",
    ],
  ]);
  await user.click(screen.getByRole("button", { name: "Dismiss" }));
  expect(screen.queryByText(/Saved/)).toBeNull();
  expect(document.activeElement).toBe(button());
});

test("the fleet is exported with the columns on screen, in their order, and the heat map's are its own", async () => {
  const { backend, user } = open({ at: "#/fleet?cols=name,as_of,growth,output,groups" });
  await screen.findByRole("grid");
  await user.click(button());
  await user.click(choice(/CSV/));
  await waitFor(() => expect(asked(backend, "exportSave")).toHaveLength(1));
  await user.click(screen.getByRole("button", { name: "Heat map" }));
  await user.click(button());
  await user.click(choice(/Excel/));
  await waitFor(() => expect(asked(backend, "exportSave")).toHaveLength(2));
  expect(asked(backend, "exportSave")).toMatchObject([
    [{ screen: "fleet", query: { columns: ["name", "as_of", "growth", "output", "groups"] } }, "csv"],
    [{ screen: "fleet", query: { columns: ["name", "worst", ...SERVICES.map(({ key }) => key)] } }, "xlsx"],
  ]);
});

test("the changes are exported as they are filtered", async () => {
  const { backend, user } = open({ at: "#/activity?topics=people&search=ada" });
  await screen.findByRole("grid");
  await user.click(button());
  await user.click(choice(/Excel/));
  await waitFor(() => expect(asked(backend, "exportSave")).toHaveLength(1));
  expect(asked(backend, "exportSave")[0]).toMatchObject([
    { screen: "activity", query: { topics: ["people"], search: "ada", profile: null } },
    "xlsx",
  ]);
});

test("costs are exported as the screen shows them: profiles, or accounts line by line", async () => {
  const { backend, user } = open({ at: "#/costs?filter=agro&at=2026-01-31" });
  await screen.findByRole("grid");
  await user.click(button());
  await user.click(choice(/CSV/));
  await waitFor(() => expect(asked(backend, "exportSave")).toHaveLength(1));
  await user.click(screen.getByRole("button", { name: "Accounts" }));
  await user.click(screen.getByRole("button", { name: "Dismiss" }));
  await user.click(button());
  await user.click(choice(/CSV/));
  await waitFor(() => expect(asked(backend, "exportSave")).toHaveLength(2));
  const query = { filter: "agro", at: "2026-01-31T23:59:59.999Z" };
  expect(asked(backend, "exportSave")).toMatchObject([
    [{ screen: "costs", query }, "csv"],
    [{ screen: "cost_accounts", query }, "csv"],
  ]);
});

test("people are exported one a line as filtered, or with all access as evidence, both of the shown day and filter", async () => {
  const { backend, user } = open({ at: "#/people?filter=ada&at=2026-05-03" });
  await screen.findByRole("grid");
  for (const group of [/^Persons, one a line$/, /^Access of whom the filter finds to each profile$/]) {
    await user.click(button());
    await user.click(
      within(screen.getByRole("group", { name: group })).getByRole("menuitem", { name: /CSV/ }),
    );
    await user.click(await screen.findByRole("button", { name: "Dismiss" }));
  }
  const at = endOf("2026-05-03");
  const access = { filter: "ada", person: null, at, profile: null, sign_ins: true, offset: 0, limit: 0 };
  expect(asked(backend, "exportSave")).toEqual([
    [
      {
        screen: "people",
        query: { filter: "ada", at, sort: "name", descending: false, offset: 0, limit: 0 },
      },
      "csv",
    ],
    [{ screen: "access", query: access }, "csv"],
  ]);
});

test("one person's access is exported from the panel, and the palette tells the exports apart", async () => {
  const { backend, user } = open({ at: "#/people" });
  await waitFor(() => expect(screen.getAllByRole("row").length).toBeGreaterThan(5));
  await user.keyboard("j");
  const panel = within(await screen.findByRole("complementary", { name: "Selected person" }));
  await user.click(await panel.findByRole("button", { name: /^Export/ }));
  await user.click(panel.getByRole("menuitem", { name: /Excel/ }));
  await waitFor(() => expect(asked(backend, "exportSave")).toHaveLength(1));
  const [{ person }] = asked(backend, "access").at(-1) as [AccessQuery];
  expect(person).toBeTruthy();
  expect(asked(backend, "exportSave")).toEqual([
    [
      {
        screen: "access",
        query: { filter: "", person, at: null, profile: null, sign_ins: true, offset: 0, limit: 0 },
      },
      "xlsx",
    ],
  ]);
  await user.keyboard("{Control>}k{/Control}");
  const palette = within(await screen.findByRole("dialog"));
  await user.type(palette.getByRole("combobox"), "export csv");
  await waitFor(() =>
    expect(palette.getAllByRole("option").map(({ textContent }) => textContent)).toEqual(
      expect.arrayContaining([
        expect.stringContaining("Export as CSV: Persons, one a line"),
        expect.stringContaining("Export as CSV: Access of everybody"),
        expect.stringMatching(/Export as CSV: Access of (?!everybody)/),
      ]),
    ),
  );
});

test.each([
  [
    "#/profile/3/tokens",
    {
      screen: "tokens",
      query: { filter: "", sort: "expires", descending: false, profile: 3, offset: 0, limit: 0 },
    },
  ],
  ["#/accounts", { screen: "accounts" }],
  ["#/accounts?show=ends", { screen: "token_ends" }],
  ["#/activity?log=syncs", { screen: "syncs", query: { offset: 0, limit: 0 } }],
  ["#/profile/3/backups", { screen: "backups", query: { profile: 3 } }],
  ["#/profile/3/team", { screen: "team", query: { profile: 3 } }],
  [
    "#/profile/3/changes",
    {
      screen: "activity",
      query: { search: "", topics: USUAL, account: null, profile: 3, since: null, offset: 0, limit: 0 },
    },
  ],
  [
    "#/activity?log=actions&search=pier",
    {
      screen: "actions",
      query: {
        search: "pier",
        account: null,
        profile: null,
        kinds: [],
        results: [],
        batch: null,
        since: null,
        until: null,
        offset: 0,
        limit: 0,
      },
    },
  ],
])("what %s shows is exported", async (at, query) => {
  const { backend, user } = open({ at });
  await user.click(await screen.findByRole("button", { name: /^Export/ }));
  await user.click(choice(/CSV/));
  await waitFor(() => expect(asked(backend, "exportSave")).toEqual([[query, "csv"]]));
});

test("while it goes on it says so, and cannot begin again", async () => {
  const { backend, user } = open();
  await screen.findByRole("grid");
  let end = (): void => undefined;
  backend.exportCopy = () => new Promise((resolve) => (end = () => resolve(240)));
  await user.click(button());
  await user.click(choice(/Copy/));
  expect(button().textContent).toContain("Exporting …");
  expect(button().getAttribute("aria-disabled")).toBe("true");
  await user.click(button());
  expect(screen.queryByRole("menu")).toBeNull();
  end();
  expect(await screen.findByText(/Copied 240 rows/)).toBeTruthy();
});

test("who closes the dialog is told nothing", async () => {
  const { backend, user } = open({ prepare: (backend) => (backend.saveAt = null) });
  await screen.findByRole("grid");
  await user.click(button());
  await user.click(choice(/CSV/));
  await waitFor(() => expect(asked(backend, "exportSave")).toHaveLength(1));
  await waitFor(() => expect(button().textContent?.trim()).toBe("Export"));
  expect(screen.queryByRole("button", { name: "Dismiss" })).toBeNull();
});

test("a full disk is said where the export was begun", async () => {
  const { user } = open({
    prepare: (backend) =>
      backend.failures.set("exportSave", { code: "disk_full", message: "fleet.csv was not written." }),
  });
  await screen.findByRole("grid");
  await user.click(button());
  await user.click(choice(/CSV/));
  expect((await screen.findByRole("alert")).textContent).toContain("fleet.csv was not written.");
});

test("the menu is the keyboard's too", async () => {
  const { user } = open();
  await screen.findByRole("grid");
  button().focus();
  await user.keyboard("{ArrowDown}");
  await waitFor(() => expect(document.activeElement).toBe(choice(/CSV/)));
  await user.keyboard("{ArrowUp}");
  expect(document.activeElement).toBe(choice(/Copy/));
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("menu")).toBeNull();
  expect(document.activeElement).toBe(button());
});

test("the palette exports what the screen shows", async () => {
  const { backend, user } = open();
  await screen.findByRole("grid");
  await user.keyboard("{Control>}k{/Control}");
  const palette = within(await screen.findByRole("dialog"));
  await user.type(palette.getByRole("combobox"), "export csv");
  await waitFor(() => expect(palette.getAllByRole("option")[0]?.textContent).toContain("Export as CSV"));
  await user.keyboard("{Enter}");
  await waitFor(() => expect(asked(backend, "exportSave")).toHaveLength(1));
});
