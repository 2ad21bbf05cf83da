// How the fleet is looked at: orders, columns, widths, faces, views; what the address says of it and what is remembered.
import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";

import type { FleetQuery } from "../src/backend";
import { profile } from "../src/backend/fake/fleet";
import { PAGE } from "../src/components/pages.svelte";
import { columnsOf, COLUMNS, understoodColumns, USUAL } from "../src/screens/fleet/columns";
import { shade } from "../src/screens/fleet/heat";
import {
  BY_RISK,
  decided,
  lookAddress,
  parseLook,
  sortedBy,
  sortText,
  test as testOf,
  type Asked,
} from "../src/screens/fleet/view";
import { trendLine, trendText } from "../src/screens/fleet/cell-text";
import { parseRoute, router } from "../src/router.svelte";
import { asked, changed, NOW, open, type Options } from "./window";

type Backend = Parameters<typeof asked>[0];

const grid = (): HTMLElement => screen.getByRole("grid");
const heads = (): (string | undefined)[] =>
  within(grid())
    .getAllByRole("columnheader")
    .map((head) => head.querySelector(".sort")?.firstChild?.textContent?.trim());
const head = (name: string): HTMLElement =>
  within(grid()).getAllByRole("columnheader")[heads().indexOf(name)] as HTMLElement;
const headButton = (name: string): HTMLElement => head(name).querySelector(".sort") as HTMLElement;
const last = (backend: Backend): FleetQuery => asked(backend, "fleet").at(-1)?.[0] as FleetQuery;
const said = (name: string): string | null =>
  new URLSearchParams(location.hash.split("?")[1] ?? "").get(name);
const widths = (): string[] =>
  grid()
    .style.getPropertyValue("--columns")
    .split(/ (?![^(]*\))/);

async function filled(options: Options = {}): Promise<ReturnType<typeof open>> {
  const opened = open(options);
  await screen.findByText("Hafen Kühlhaus");
  return opened;
}

const NOTHING: Asked = { filter: "", face: "table", sort: null, trend: null, columns: null };

test.each<Asked>([
  NOTHING,
  { ...NOTHING, filter: 'name:"Ünï & co" input:>80% a+b #?/' },
  {
    ...NOTHING,
    sort: [
      { by: "account", descending: false },
      { by: "risk", descending: true },
    ],
  },
  {
    ...NOTHING,
    sort: [
      { by: "trend", descending: true },
      { by: "others", descending: false },
      { by: "noted", descending: true },
      { by: "groups", descending: false },
    ],
  },
  { ...NOTHING, face: "heat", trend: "data_records" },
  { ...NOTHING, columns: ["name", "input", "account", "as_of"] },
  { filter: "x", face: "heat", sort: BY_RISK, trend: "sms", columns: USUAL },
])("the address of the look %j leads back to it", (look) => {
  expect(parseLook(lookAddress(look))).toEqual(look);
});

test.each(["sort=nonsense", "face=3d", "trend=cpu", "cols=name", "cols=,,", "sort=-,-name2&cols=what"])(
  "an address with %j says nothing of it",
  (text) => {
    expect(parseLook(text)).toEqual(NOTHING);
  },
);

test("an address can be read by a person, and says only what was chosen", () => {
  expect(lookAddress({ ...NOTHING, sort: BY_RISK, columns: ["name", "input"] })).toBe(
    "sort=-risk,-growth&cols=name,input",
  );
  expect(lookAddress(NOTHING)).toBe("");
});

test("what the address says wins over what is remembered, and that over what is usual", () => {
  const kept = { sort: [{ by: "name", descending: false }] as const, trend: "sms" as const, columns: null };
  const look = decided({ ...NOTHING, trend: "email" }, kept);
  expect(look).toMatchObject({ sort: kept.sort, trend: "email", columns: USUAL });
});

test("no column comes twice, and the name always first", () => {
  expect(understoodColumns(["input", "name", "input", "gone", "account"])).toEqual([
    "name",
    "input",
    "account",
  ]);
});

test("clicks on heads: one sorts, the second turns around, the third lets go; with Shift they add up", () => {
  const clicks = (...clicks: [by: "input" | "name" | "risk", add: boolean][]): string =>
    sortText(clicks.reduce((sort, [by, add]) => sortedBy(sort, by, add), BY_RISK));
  expect(clicks(["input", false])).toBe("-input");
  expect(clicks(["input", false], ["input", false])).toBe("input");
  expect(clicks(["input", false], ["input", false], ["input", false])).toBe("-risk,-growth");
  expect(clicks(["name", false], ["input", true])).toBe("name,-input");
  expect(clicks(["name", false], ["input", true], ["input", true])).toBe("name,input");
  expect(clicks(["name", false], ["input", true], ["input", true], ["input", true])).toBe("name");
  expect(clicks(["risk", false], ["risk", false])).toBe("-risk,-growth");
});

test.each([
  ["north", "group:north"],
  ["North Sea", 'group:"North Sea"'],
  ["a,b", 'group:"a,b"'],
  [">80", 'group:">80"'],
  ["-x", 'group:"-x"'],
  ['say "hi"', 'group:"say hi"'],
  ["Ünï", "group:Ünï"],
])("a group called %j is filtered by %s", (name, text) => {
  expect(testOf("group", name)).toBe(text);
});

test("several heads sort together, by mouse and by keyboard, and each says its number", async () => {
  const { backend, user } = await filled();
  await user.click(headButton("Account"));
  await user.keyboard("{Shift>}");
  await user.click(headButton("Output"));
  await user.keyboard("{/Shift}");
  headButton("Profile").focus();
  await user.keyboard("{Shift>}{Enter}{/Shift}");
  expect(last(backend).sort).toEqual([
    { by: "account", descending: false },
    { by: "output", descending: true },
    { by: "name", descending: false },
  ]);
  await waitFor(() => expect(said("sort")).toBe("account,-output,name"));
  expect(head("Account").getAttribute("aria-sort")).toBe("ascending");
  expect(head("Output").getAttribute("aria-sort")).toBe("none");
  expect(headButton("Output").textContent).toContain("↓2");
  expect(headButton("Output").textContent).toContain("sorted descending as number 2");
  expect(headButton("Profile").textContent).toContain("↑3");
  expect(document.activeElement).toBe(headButton("Profile"));
});

test.each([
  ["Groups", "groups", "ascending"],
  ["Note", "noted", "descending"],
  ["Input, 30 d", "trend", "descending"],
  ["ID", "id", "ascending"],
  ["Also reached by", "others", "ascending"],
] as const)("a click on %s sorts by it, another one turns it around", async (name, by, first) => {
  const { backend, user } = await filled({ at: `#/fleet?cols=${COLUMNS.map(({ key }) => key).join(",")}` });
  await user.click(headButton(name));
  const descending = first === "descending";
  expect(last(backend).sort).toEqual([{ by, descending }]);
  expect(last(backend).trend).toBe("input");
  expect(head(name).getAttribute("aria-sort")).toBe(first);
  await user.click(headButton(name));
  expect(last(backend).sort).toEqual([{ by, descending: !descending }]);
  await waitFor(() => expect(said("sort")).toBe(descending ? by : `-${by}`));
  await user.click(headButton(name));
  expect(last(backend).sort).toEqual(BY_RISK);
});

test("sorted by a trend, the table is of its service, whether the column is shown or not", async () => {
  const { backend, user } = await filled({ at: "#/fleet?sort=-trend&trend=sms&cols=name,input" });
  expect(last(backend)).toMatchObject({ sort: [{ by: "trend", descending: true }], trend: "sms" });
  await user.click(screen.getByRole("button", { name: "Columns" }));
  await user.selectOptions(screen.getByRole("combobox", { name: "Trend of" }), "email");
  await waitFor(() => expect(last(backend)).toMatchObject({ trend: "email", offset: 0 }));
  await user.click(headButton("Input"));
  expect(last(backend)).toMatchObject({ sort: [{ by: "input", descending: true }], trend: null });
});

test("the order is remembered, and an address that says another one wins", async () => {
  const first = await filled();
  await first.user.click(headButton("Profile"));
  first.close();
  const second = await filled({ at: "#/fleet" });
  expect(last(second.backend).sort).toEqual([{ by: "name", descending: false }]);
  second.close();
  const third = await filled({ at: "#/fleet?sort=-output" });
  expect(last(third.backend).sort).toEqual([{ by: "output", descending: true }]);
});

test("at the start the table is asked for once, with all that the address says", async () => {
  const at = "#/fleet?filter=plan:scale&sort=name&trend=email";
  router.replace(parseRoute(at));
  const { backend } = await filled({ at });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(asked(backend, "fleet")).toEqual([
    [
      {
        filter: "plan:scale",
        sort: [{ by: "name", descending: false }],
        trend: "email",
        offset: 0,
        limit: PAGE,
      },
    ],
  ]);
});

test("columns are chosen, stand in the address and are remembered; Reset brings back the usual ones", async () => {
  const { user, close } = await filled();
  await user.click(screen.getByRole("button", { name: "Columns" }));
  const dialog = within(screen.getByRole("dialog", { name: "Columns" }));
  expect(document.activeElement).toBe(dialog.getByRole("checkbox", { name: "Account" }));
  await user.click(dialog.getByRole("checkbox", { name: "Output" }));
  await user.click(dialog.getByRole("checkbox", { name: "Plan" }));
  expect(heads()).toEqual([
    "Profile",
    "Account",
    "Input",
    "Analysis",
    "Data records",
    "Input, 30 d",
    "Worst",
    "As of",
    "Plan",
  ]);
  expect(document.activeElement).toBe(dialog.getByRole("checkbox", { name: "Plan" }));
  await waitFor(() =>
    expect(said("cols")).toBe("name,account,input,analysis,data_records,trend,worst,as_of,plan"),
  );
  close();
  const again = await filled({ at: "#/fleet" });
  expect(heads()).toContain("Plan");
  await again.user.click(screen.getByRole("button", { name: "Columns" }));
  await again.user.click(screen.getByRole("button", { name: "Reset" }));
  expect(heads()).toEqual(
    columnsOf(USUAL, {}).map(({ key, label }) => (key === "trend" ? "Input, 30 d" : label)),
  );
  expect(said("cols")).toBeNull();
});

test("columns are ordered by keyboard, which keeps the focus and says where the column is", async () => {
  const { user } = await filled();
  await user.click(screen.getByRole("button", { name: "Columns" }));
  const dialog = within(screen.getByRole("dialog", { name: "Columns" }));
  dialog.getByRole("checkbox", { name: "Output" }).focus();
  await user.keyboard("{Alt>}{ArrowUp}{ArrowUp}{/Alt}");
  expect(heads().slice(0, 4)).toEqual(["Profile", "Output", "Account", "Input"]);
  expect(document.activeElement).toBe(dialog.getByRole("checkbox", { name: "Output" }));
  expect(dialog.getByRole("status").textContent).toBe("Output is column 2 of 9");
  await user.keyboard("{Alt>}{ArrowUp}{/Alt}");
  expect(heads()[0]).toBe("Profile");
  await user.click(dialog.getByRole("button", { name: "Move Output right" }));
  expect(heads().slice(0, 3)).toEqual(["Profile", "Account", "Output"]);
});

test("a column is drawn to its place by its handle", async () => {
  const { user } = await filled();
  await user.click(screen.getByRole("button", { name: "Columns" }));
  const lines = [...document.querySelectorAll<HTMLElement>("[data-chosen]")];
  for (const [index, line] of lines.entries())
    line.getBoundingClientRect = () => new DOMRect(0, 100 + index * 26, 200, 26);
  const handle = lines[3]?.querySelector(".grip") as HTMLElement;
  handle.setPointerCapture = () => undefined;
  await fireEvent(handle, new PointerEvent("pointerdown", { button: 0, clientY: 190, bubbles: true }));
  await fireEvent(handle, new PointerEvent("pointermove", { clientY: 90, bubbles: true }));
  await fireEvent(handle, new PointerEvent("pointerup", { bubbles: true }));
  expect(heads().slice(0, 3)).toEqual(["Profile", "Analysis", "Account"]);
});

test("the last column stays", async () => {
  const { user } = await filled({ at: "#/fleet?cols=name,input" });
  await user.click(screen.getByRole("button", { name: "Columns" }));
  expect(screen.getByRole("checkbox", { name: "Input" })).toHaveProperty("disabled", true);
});

test("a column is made wider by keyboard and by its edge, and the width is remembered", async () => {
  const { user, close } = await filled();
  expect(widths()[2]).toBe("4.875rem");
  headButton("Input").focus();
  await user.keyboard("{Alt>}{ArrowRight}{ArrowRight}{ArrowLeft}{/Alt}");
  expect(widths()[2]).toBe("5.375rem");
  expect(document.activeElement).toBe(headButton("Input"));
  const edge = head("Output").querySelector(".edge") as HTMLElement;
  edge.setPointerCapture = () => undefined;
  await fireEvent(edge, new PointerEvent("pointerdown", { button: 0, clientX: 300, bubbles: true }));
  await fireEvent(edge, new PointerEvent("pointermove", { clientX: 332, bubbles: true }));
  await fireEvent(edge, new PointerEvent("pointermove", { clientX: 348, bubbles: true }));
  await fireEvent(edge, new PointerEvent("pointerup", { clientX: 348, bubbles: true }));
  await fireEvent(edge, new PointerEvent("pointermove", { clientX: 500, bubbles: true }));
  expect(widths()[3]).toBe("7.875rem");
  close();
  await filled({ at: "#/fleet" });
  expect(widths().slice(2, 4)).toEqual(["5.375rem", "7.875rem"]);
  await fireEvent.dblClick(head("Output").querySelector(".edge") as HTMLElement);
  expect(widths()[3]).toBe("4.875rem");
});

test("what another version remembered does no harm", async () => {
  localStorage.setItem(
    "profile-desk.fleet",
    JSON.stringify({
      version: 1,
      value: { sort: 7, columns: ["gone"], widths: { input: "wide", output: 900 }, trend: "cpu" },
    }),
  );
  await filled();
  expect(heads()).toHaveLength(USUAL.length);
  expect(widths()[3]).toBe("40rem");
});

test("each column shows what it is called after", async () => {
  const { backend } = open({
    at: `#/fleet?cols=${COLUMNS.map(({ key }) => key).join(",")}`,
    profiles: [
      changed(1, {
        groups: [1, 2, 3],
        noted: true,
        growth: 0.0123,
        accounts: ["Nordwind", "Acme"],
        plan: null,
      }),
    ],
    prepare: (backend) =>
      ["North", "<b>Big</b>", "Third"].forEach((name) => backend.kept.putGroup(null, name, "group")),
  });
  await screen.findByText("<b>Big</b>");
  const cell = (label: string): string | undefined => {
    const index = heads().indexOf(label) + 1;
    return document
      .querySelector(`[role="row"][id] [aria-colindex="${index}"]`)
      ?.textContent?.replaceAll("\u00a0", " ")
      .trim();
  };
  expect(heads()).toHaveLength(COLUMNS.length);
  expect(cell("Account")).toBe("Nordwind+1");
  expect(cell("Region")).toBe("eu-w1");
  expect(cell("Plan")).toBe("—");
  expect(cell("Groups")).toBe("North<b>Big</b> +1");
  expect(cell("Note")).toBe("✎");
  expect(cell("Growth")).toBe("+1.2 %");
  expect(cell("Worst")).toBe("✕ 104 % Input");
  expect(cell("ID")).toBe(backend.profiles[0]?.row.id);
  expect(cell("Also reached by")).toBe("Acme");
});

test("the trend is of the chosen service, and says in words what it draws", async () => {
  const { backend, user } = await filled();
  await user.click(screen.getByRole("button", { name: "Columns" }));
  await user.selectOptions(screen.getByRole("combobox", { name: "Trend of" }), "email");
  await waitFor(() => expect(last(backend).trend).toBe("email"));
  expect(heads()).toContain("E-mail, 30 d");
  await waitFor(() => expect(said("trend")).toBe("email"));
  await waitFor(() =>
    expect(screen.getAllByLabelText(/^E-mail, last 30 days: .* a day at first/).length).toBeGreaterThan(5),
  );
});

test("a trend with gaps is drawn with gaps, an even one in the middle, an unknown one not at all", () => {
  expect(trendLine([1, 3, null, 2, 2])).toBe("M0.0 14.5L15.0 1.5M45.0 8.0L60.0 8.0");
  expect(trendLine([4, 4])).toBe("M0.0 8.0L60.0 8.0");
  expect(trendLine([null, 5, null])).toBe("M30.0 8.0h.1");
  expect(trendLine([null])).toBe("");
  expect(trendText([10, null, 30], "input")).toBe(
    "Data input, last 30 days: 10 a day at first, 30 at last, 30 at most; 1 not known",
  );
  expect(trendText([], "file_storage")).toBe("File storage: the last 30 days are not known");
});

test("the heat map is the same table with a tile a service, and the way back is the button beside it", async () => {
  const { backend, user } = await filled({ at: "#/fleet?sort=name" });
  await user.click(screen.getByRole("button", { name: "Heat map" }));
  await waitFor(() => expect(said("face")).toBe("heat"));
  expect(heads()).toEqual([
    "Profile",
    "Worst",
    "Input",
    "Output",
    "Analysis",
    "SMS",
    "E-mail",
    "Push",
    "Records",
    "Files",
    "Users",
  ]);
  expect(screen.getByRole("list", { name: "Shares of the limit, by shade" })).toBeTruthy();
  expect(last(backend).sort).toEqual([{ by: "name", descending: false }]);
  const row = screen.getByText("Hafen Kühlhaus").closest<HTMLElement>('[role="row"]') as HTMLElement;
  const tile = row.querySelectorAll<HTMLElement>(".tile")[0] as HTMLElement;
  expect(tile.textContent?.replaceAll("\u00a0", " ").trim()).toBe("✕ 132 %");
  expect(tile.getAttribute("aria-label")).toContain("at or over the limit");
  await user.keyboard("{Escape}j");
  expect(document.querySelectorAll('[aria-selected="true"]')).toHaveLength(1);
  await user.click(screen.getByRole("button", { name: "Table" }));
  await waitFor(() => expect(said("face")).toBeNull());
  expect(heads()).toContain("Account");
});

test("each share has its shade, and what has none is no shade of nothing", () => {
  const of = (
    used: number | null,
    limit: number | null,
    state: "ok" | "over" | "unknown" | "not_allocated",
  ) => shade({ used, limit, share: used === null || !limit ? null : used / limit, state });
  expect([0, 20, 21, 59, 80].map((used) => of(used, 100, "ok"))).toEqual(["s0", "s0", "s1", "s2", "s3"]);
  expect(of(140, 100, "over")).toBe("over");
  expect(of(null, 100, "unknown")).toBe("none");
  expect(of(3, 0, "not_allocated")).toBe("none");
});

test("a view keeps all that is seen under a name; its address brings it back whatever is remembered", async () => {
  const { backend, user } = await filled({ at: "#/fleet?filter=plan:scale&sort=-output" });
  await user.click(screen.getByRole("button", { name: "Views" }));
  const dialog = within(screen.getByRole("dialog", { name: "Views" }));
  await user.keyboard("Mornings{Enter}");
  const link = await dialog.findByRole("link", { name: "Mornings" });
  expect(link.getAttribute("href")).toBe(
    `#/fleet?filter=plan%3Ascale&sort=-output&trend=input&cols=${USUAL.join(",")}`,
  );
  expect(link.getAttribute("aria-current")).toBe("true");
  expect(dialog.getByRole("status").textContent).toBe("“Mornings” is kept.");
  await user.click(screen.getByRole("button", { name: /profiles in 2 accounts/ }));
  await waitFor(() => expect(said("filter")).toBeNull());
  await user.click(screen.getByRole("button", { name: "Views" }));
  expect((await screen.findByRole("link", { name: "Mornings" })).getAttribute("aria-current")).toBeNull();
  await user.keyboard("mornings{Enter}");
  await waitFor(() => expect(asked(backend, "putView")).toHaveLength(2));
  expect(backend.kept.views).toHaveLength(1);
  await user.click(await screen.findByRole("button", { name: "Delete the view mornings" }));
  await waitFor(() => expect(backend.kept.views).toHaveLength(0));
  expect(screen.getByRole("dialog", { name: "Views" }).contains(document.activeElement)).toBe(true);
});

test("a view of another screen is not offered here, and one with markup in its name is text", async () => {
  const { user } = await filled({
    prepare: (backend) => {
      backend.kept.putView("Costs", "#/costs?filter=x");
      backend.kept.putView("<img src=x onerror=alert(1)>", "#/fleet?face=heat");
    },
  });
  await user.click(screen.getByRole("button", { name: "Views" }));
  await user.click(await screen.findByRole("link", { name: "<img src=x onerror=alert(1)>" }));
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(document.querySelector("img")).toBeNull();
});

test("a view that cannot be kept says why", async () => {
  const { backend, user } = await filled();
  backend.failures.set("putView", { code: "disk_full", message: "There is no room for the view." });
  await user.click(screen.getByRole("button", { name: "Views" }));
  await user.keyboard("X{Enter}");
  expect((await screen.findByRole("alert")).textContent).toContain("There is no room for the view.");
});

test("Esc closes a small window and gives the focus back to its button", async () => {
  const { user } = await filled();
  for (const name of ["Views", "Groups", "Columns"]) {
    await user.click(screen.getByRole("button", { name }));
    expect(screen.getByRole("dialog", { name }).contains(document.activeElement)).toBe(true);
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(document.activeElement).toBe(screen.getByRole("button", { name }));
  }
});

test.each([
  ["table", ""],
  ["heat map", "&face=heat"],
])("the %s of 10,000 profiles takes at most 1,500 elements where 60 rows fit", async (_, face) => {
  const height = Object.getOwnPropertyDescriptor(HTMLElement.prototype, "clientHeight");
  Object.defineProperty(HTMLElement.prototype, "clientHeight", {
    configurable: true,
    get: () => 60 * 32 + 30,
  });
  try {
    open({
      at: `#/fleet?filter=plan:scale${face}`,
      profiles: Array.from({ length: 10_000 }, (_, place) => profile(place, NOW)),
    });
    await waitFor(() => expect(screen.getAllByRole("row").length).toBeGreaterThan(60));
    await waitFor(() => expect(screen.getAllByRole("gridcell").length).toBeGreaterThan(400));
    const elements = document.querySelectorAll("*").length;
    expect(elements).toBeLessThanOrEqual(1500);
    expect(elements).toBeGreaterThan(700);
  } finally {
    if (height) Object.defineProperty(HTMLElement.prototype, "clientHeight", height);
  }
});
