// The filter of the fleet: what is typed, what may follow, the figures that lead to one, and the address.
import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, test } from "vitest";

import type { FleetQuery } from "../src/backend";
import { account, profile } from "../src/backend/fake/fleet";
import { pieces } from "../src/components/filter-text";
import { asked, changed, NOW, open, type Options } from "./window";

type Backend = Parameters<typeof asked>[0];

const box = (): HTMLInputElement =>
  screen.getByRole<HTMLInputElement>("combobox", { name: "Filter the fleet" });
const options = (): HTMLElement[] => screen.queryAllByRole("option");
const queries = (backend: Backend): FleetQuery[] =>
  asked(backend, "fleet").map(([query]) => query as FleetQuery);
const names = (): (string | null)[] =>
  [...document.querySelectorAll('[role="rowheader"] bdi')].map(({ textContent }) => textContent);
const filter = (): string => new URLSearchParams(location.hash.split("?")[1] ?? "").get("filter") ?? "";

async function filled(options: Options = {}): Promise<ReturnType<typeof open>> {
  const opened = open(options);
  await screen.findByText("Hafen Kühlhaus");
  return opened;
}

test("each letter asks the store once, at once, and an answer that comes too late is dropped", async () => {
  const { backend, user } = await filled();
  const before = queries(backend).length;
  const answers: (() => void)[] = [];
  const fleet = backend.fleet.bind(backend);
  backend.fleet = async (query) => {
    const page = fleet(query);
    await new Promise<void>((resolve) => answers.push(resolve));
    return page;
  };
  box().focus();
  await user.keyboard("ag");
  expect(
    queries(backend)
      .slice(before)
      .map((query) => query.filter),
  ).toEqual(["a", "ag"]);
  answers[1]?.();
  await waitFor(() => expect(names()).toEqual(["Agro Sur"]));
  answers[0]?.();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(names()).toEqual(["Agro Sur"]);
});

test("what may follow is listed as it is typed; arrows choose, Enter takes it and the list goes on with its values", async () => {
  const { user } = await filled();
  await user.keyboard("/");
  await user.keyboard("reg");
  await waitFor(() =>
    expect(options().map(({ textContent }) => textContent)).toEqual([expect.stringContaining("region:")]),
  );
  expect(box().getAttribute("aria-expanded")).toBe("true");
  await user.keyboard("{ArrowDown}");
  expect(box().getAttribute("aria-activedescendant")).toBe(options()[0]?.id);
  expect(options()[0]?.getAttribute("aria-selected")).toBe("true");
  await user.keyboard("{Enter}");
  expect(box().value).toBe("region:");
  expect(document.activeElement).toBe(box());
  await waitFor(() => expect(options()).toHaveLength(2));
  await user.keyboard("{ArrowDown}{ArrowDown}{Enter}");
  expect(box().value).toBe("region:eu-w1 ");
  await waitFor(() => expect(names().every((name) => name !== "Hafen Kühlhaus")).toBe(true));
  expect(options()).toHaveLength(0);
  await waitFor(() => expect(filter()).toBe("region:eu-w1 "));
});

test("Tab takes the first that may follow, and is a step of the focus again where there is none", async () => {
  const { user } = await filled();
  box().focus();
  await user.keyboard("acc");
  await waitFor(() => expect(options()).toHaveLength(1));
  await user.keyboard("{Tab}");
  expect(box().value).toBe("account:");
  await user.keyboard("Acme ");
  await user.keyboard("{Tab}");
  expect(document.activeElement).not.toBe(box());
});

test("a choice that is clicked while more was typed is taken once it is offered for that, and never lost", async () => {
  const { backend, user } = await filled();
  box().focus();
  await user.keyboard("acc");
  await waitFor(() => expect(options()).toHaveLength(1));
  const answer = backend.completeFilter.bind(backend);
  let ends: (() => void)[] = [];
  backend.completeFilter = async (...asked) => {
    await new Promise<void>((end) => ends.push(end));
    return answer(...asked);
  };
  await user.keyboard("o");
  await user.click(options()[0] as HTMLElement);
  expect(options()[0]?.getAttribute("aria-selected")).toBe("true");
  expect(box().value).toBe("acco");
  ends.forEach((end) => end());
  await waitFor(() => expect(box().value).toBe("account:"));

  // Where it is no longer offered, what was typed stands.
  backend.completeFilter = answer;
  await user.clear(box());
  await user.keyboard("acc");
  await waitFor(() => expect(options()).toHaveLength(1));
  backend.completeFilter = async (...asked) => {
    await new Promise<void>((end) => ends.push(end));
    return answer(...asked);
  };
  ends = [];
  await user.keyboard("x");
  await user.click(options()[0] as HTMLElement);
  ends.forEach((end) => end());
  await waitFor(() => expect(options()).toHaveLength(0));
  expect(box().value).toBe("accx");
});

test("what is left out of the list is counted, and is nothing to take", async () => {
  const { backend, user } = await filled();
  const answer = backend.completeFilter.bind(backend);
  backend.completeFilter = async (...asked) => ({ ...(await answer(...asked)), left_out: 1_234 });
  box().focus();
  await user.keyboard("account:");
  const more = await screen.findByText("1,234 more values: type on to find them");
  expect(more.getAttribute("aria-disabled")).toBe("true");
  await user.click(more);
  expect(box().value).toBe("account:");
  // The keys walk over what can be taken alone.
  await user.keyboard("{ArrowUp}");
  expect(box().getAttribute("aria-activedescendant")).not.toBe(more.id);
  backend.completeFilter = answer;
});

test("Esc closes the list, then clears the filter, then leads to the table", async () => {
  const { user } = await filled();
  box().focus();
  await user.keyboard("pla");
  await waitFor(() => expect(options().length).toBeGreaterThan(0));
  await user.keyboard("{Escape}");
  expect(options()).toHaveLength(0);
  expect(box().value).toBe("pla");
  await user.keyboard("{Escape}");
  expect(box().value).toBe("");
  expect(filter()).toBe("");
  expect(document.activeElement).toBe(box());
  await user.keyboard("{Escape}");
  expect(document.activeElement).toBe(screen.getByRole("grid"));
});

test("the arrow down shows what there is to filter by, even where nothing is typed", async () => {
  const { user } = await filled();
  box().focus();
  await user.keyboard("{ArrowDown}");
  await waitFor(() => expect(options().length).toBeGreaterThan(10));
  expect(options()[0]?.getAttribute("aria-selected")).toBe("true");
});

test("what the arrow down lists at once after a letter stays, whatever that letter asks for later", async () => {
  const { user } = await filled();
  box().focus();
  await user.keyboard("state:over {ArrowDown}");
  await waitFor(() => expect(options().length).toBeGreaterThan(5));
  // Longer than the pause after a letter.
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(options().length).toBeGreaterThan(5);
});

test("a value with a space stands in quotes, and a choice replaces only what it stands for", async () => {
  const { backend, user } = await filled({
    prepare: (backend) => backend.kept.putGroup(null, "North Sea", "group"),
  });
  backend.profiles = backend.profiles.map(({ row, ...rest }) => ({ ...rest, row: { ...row, groups: [1] } }));
  box().focus();
  await user.keyboard("plan:scale group:no");
  await waitFor(() => expect(options()).toHaveLength(1));
  await user.keyboard("{Tab}");
  expect(box().value).toBe('plan:scale group:"North Sea" ');
  await waitFor(() => expect(names()).toContain("Hafen Kühlhaus"));
});

test("the text of the whole filter can be pasted and is one question", async () => {
  const { backend, user } = await filled();
  const before = queries(backend).length;
  box().focus();
  await user.paste('account:Acme input:>80% -plan:free name:"Hafen"');
  await waitFor(() => expect(names()).toEqual(["Hafen Kühlhaus"]));
  expect(
    queries(backend)
      .slice(before)
      .map((query) => query.filter),
  ).toEqual(['account:Acme input:>80% -plan:free name:"Hafen"']);
});

test("a filter that cannot be understood says why under the box and keeps the rows", async () => {
  const { user } = await filled();
  const before = names();
  box().focus();
  await user.paste("nonsense:yes");
  const problem = await screen.findByRole("alert");
  expect(problem.textContent).toContain("There is no test “nonsense”.");
  expect(box().getAttribute("aria-invalid")).toBe("true");
  expect(box().getAttribute("aria-describedby")).toBe(problem.id);
  expect(names()).toEqual(before);
  expect(screen.queryByText(/No profile matches/)).toBeNull();
  await user.clear(box());
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
});

test("a store that fails while a filter is typed is no fault of the filter", async () => {
  const { backend, user } = await filled();
  backend.failures.set("fleet", { code: "store_failed", message: "The database is locked." });
  box().focus();
  await user.keyboard("a");
  expect((await screen.findByRole("alert")).textContent).toContain("Try again");
  expect(box().getAttribute("aria-invalid")).toBeNull();
});

test("typing replaces the address, and Enter makes one step of it", async () => {
  const { user } = await filled();
  const before = history.length;
  box().focus();
  await user.keyboard("silo");
  await waitFor(() => expect(filter()).toBe("silo"));
  expect(history.length).toBe(before);
  await user.keyboard("{Enter}");
  expect(history.length).toBe(before + 1);
  expect(filter()).toBe("silo");
  expect(document.activeElement).toBe(screen.getByRole("grid"));
});

test("an address with a filter shows it, and another address another one", async () => {
  open({ at: "#/fleet?filter=name%3ASilo%20account%3AAcme" });
  await screen.findByText(/No profile matches/);
  expect(names()).toEqual([]);
  expect(box().value).toBe("name:Silo account:Acme");
  location.hash = "#/fleet?filter=name%3A%22Hafen%20K%22";
  await waitFor(() => expect(names()).toEqual(["Hafen Kühlhaus"]));
  expect(box().value).toBe('name:"Hafen K"');
});

test.each([
  ["at or over a limit", "state:over"],
  ["above 90 %", "state:high"],
  ["above 80 %", "state:warn"],
  ["not updated for a day", "stale:>1d"],
  ["failed to update", "failed:yes"],
  ["account to sign in again", "signed-out:yes"],
])(
  "the figure %s leads to %s and counts what is found there; a second click leads back",
  async (label, test) => {
    const { user } = await filled({
      accounts: [account(1, NOW), account(2, NOW, { sign_in: "signed_out" }), account(3, NOW)],
    });
    const figure = (): HTMLElement => screen.getByRole("button", { name: new RegExp(`^\\d+ ${label}$`) });
    const amount = Number.parseInt(figure().textContent?.replace(/^\D+/, "") ?? "", 10);
    expect(figure().getAttribute("aria-pressed")).toBe("false");
    await user.click(figure());
    await waitFor(() => expect(filter()).toBe(test));
    await waitFor(() => expect(figure().getAttribute("aria-pressed")).toBe("true"));
    if (test !== "signed-out:yes")
      await waitFor(() =>
        expect(screen.getByRole("grid").getAttribute("aria-rowcount")).toBe(String(amount + 1)),
      );
    await user.click(figure());
    await waitFor(() => expect(filter()).toBe(""));
    await waitFor(() => expect(names()).toContain("Hafen Kühlhaus"));
  },
);

test("a click on the number of profiles lets go of the filter", async () => {
  const { user } = open({ at: "#/fleet?filter=silo" });
  await waitFor(() => expect(names()).toHaveLength(2));
  await user.click(screen.getByRole("button", { name: /profiles in 2 accounts/ }));
  await waitFor(() => expect(names().length).toBeGreaterThan(10));
  expect(box().value).toBe("");
});

test("how many are found is told to a screen reader", async () => {
  const { user } = await filled();
  box().focus();
  await user.keyboard("same");
  await waitFor(() =>
    expect(
      within(document.querySelector(".table") as HTMLElement).getAllByRole("status")[0]?.textContent,
    ).toBe("2 found"),
  );
});

test("a choice with markup in it is text", async () => {
  const name = "<img src=x onerror=alert(1)>";
  const { user } = open({
    profiles: [changed(0, { account: name, accounts: [name] }), profile(1, NOW)],
  });
  await screen.findByText("Hafen Kühlhaus");
  box().focus();
  await user.keyboard("account:<");
  await waitFor(() => expect(options().length).toBe(1));
  expect(options()[0]?.textContent).toContain(name);
  expect(document.querySelector("img")).toBeNull();
});

test("whole tests are drawn as chips, and the one that is still typed is none yet", () => {
  const chips = (text: string, typing: boolean): string[] =>
    pieces(text, typing).flatMap(({ text, chip }) => (chip ? [text] : []));
  expect(chips('region:eu-w1 hafen group:"North Sea" input:>80%', false)).toEqual([
    "region:eu-w1",
    'group:"North Sea"',
    "input:>80%",
  ]);
  expect(chips("region:eu-w1 plan:fr", true)).toEqual(["region:eu-w1"]);
  expect(chips("account: 12:30 -shared:yes", false)).toEqual(["-shared:yes"]);
});

test.each(["", " ", 'a  b:"c d', "ü:x region:eu-w1 ", '"'])("nothing of %j is lost in drawing it", (text) => {
  for (const typing of [true, false])
    expect(
      pieces(text, typing)
        .map((piece) => piece.text)
        .join(""),
    ).toBe(text);
});
