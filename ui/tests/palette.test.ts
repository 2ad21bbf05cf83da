// The palette: any profile, screen or action by a few letters, from anywhere and back again.
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { beforeEach, expect, test } from "vitest";

import { idle } from "../src/backend/fake/backend";
import { asked, changed, open, running, type Opened } from "./window";

beforeEach(() => localStorage.clear());

const field = (): HTMLElement => screen.getByRole("combobox", { name: "Profile, screen or action" });
/** The palette's own; the filter box of the screen beneath has one too. */
const list = (): HTMLElement => within(screen.getByRole("dialog")).getByRole("listbox");
const options = (): HTMLElement[] => within(list()).queryAllByRole("option");
const names = (): string[] => options().map((option) => option.querySelector(".name")?.textContent ?? "");
const chosen = (): string | undefined =>
  options()
    .find((option) => option.getAttribute("aria-selected") === "true")
    ?.querySelector(".name")?.textContent;

async function summon({ user }: Opened): Promise<void> {
  await screen.findByRole("grid");
  await user.keyboard("{Control>}k{/Control}");
  await screen.findByRole("dialog");
}

test("letters of a name, words in any order: Enter opens the profile that fits best", async () => {
  const opened = open({
    profiles: [changed(0, { name: "Hafen Kühlhaus" }), changed(1, { name: "Haus am Hafen" })],
  });
  await summon(opened);
  await opened.user.type(field(), "kuhl haf");
  await waitFor(() => expect(names()).toEqual(["Hafen Kühlhaus"]));
  expect([...options()[0]!.querySelectorAll("mark")].map((mark) => mark.textContent)).toEqual([
    "Haf",
    "Kühl",
  ]);
  await opened.user.keyboard("{Enter}");
  await waitFor(() => expect(location.hash).toMatch(/^#\/profile\/\d+$/));
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("who types faster than the desk answers opens what was typed", async () => {
  const opened = open({ profiles: [changed(0, { name: "Depot" }), changed(1, { name: "Hafen" })] });
  await summon(opened);
  let answer = (): void => undefined;
  const real = opened.backend.palette.bind(opened.backend);
  opened.backend.palette = (query) => new Promise((resolve) => (answer = () => resolve(real(query))));
  await opened.user.type(field(), "haf");
  await opened.user.keyboard("{Enter}");
  expect(location.hash).toBe("#/fleet");
  answer();
  await waitFor(() => expect(location.hash).toBe(`#/profile/${changed(1, {}).row.key}`));
});

test("screens and actions are found by their names and by other words for them", async () => {
  const opened = open();
  await summon(opened);
  await opened.user.type(field(), "invoice");
  await waitFor(() => expect(names()).toEqual(["Costs"]));
  await opened.user.keyboard("{Enter}");
  await waitFor(() => expect(location.hash).toBe("#/costs"));
});

test("an action that cannot be done says why and does nothing", async () => {
  const opened = open({ prepare: (backend) => (backend.syncState = running(3)) });
  await summon(opened);
  await opened.user.type(field(), "sync all");
  await waitFor(() => expect(names()[0]).toBe("Sync all accounts"));
  expect(options()[0]!.getAttribute("aria-disabled")).toBe("true");
  expect(options()[0]!.textContent).toContain("A sync goes on.");
  await opened.user.keyboard("{Enter}");
  expect(asked(opened.backend, "startSync")).toEqual([]);
  opened.backend.emit("sync-changed", idle(null));
  await waitFor(() => expect(options()[0]!.getAttribute("aria-disabled")).toBe("false"));
  await opened.user.keyboard("{Enter}");
  await waitFor(() => expect(asked(opened.backend, "startSync")).toEqual([[null, null]]));
});

test("without words it lists what was opened lately, and still does after a restart", async () => {
  const first = open({ profiles: [changed(0, { name: "Depot" }), changed(1, { name: "Hafen" })] });
  await screen.findByRole("grid");
  location.hash = `#/profile/${changed(1, {}).row.key}`;
  await screen.findByRole("heading", { level: 1, name: "Hafen" });
  location.hash = "#/fleet";
  await summon(first);
  await waitFor(() => expect(names()[0]).toBe("Hafen"));
  await first.user.keyboard("{Escape}");
  cleanup();

  const second = open({ profiles: [changed(0, { name: "Depot" }), changed(1, { name: "Hafen" })] });
  await summon(second);
  await waitFor(() => expect(names()[0]).toBe("Hafen"));
  expect(within(list()).getByRole("group", { name: "Recent" })).toBeTruthy();
});

test("favourites are at hand after what was opened lately", async () => {
  const hafen = changed(1, { name: "Hafen" });
  const opened = open({
    profiles: [changed(0, { name: "Depot" }), hafen],
    prepare: (backend) => backend.favourites.add(hafen.row.key),
  });
  await summon(opened);
  const favourites = within(await screen.findByRole("group", { name: "Favourites" }));
  expect(
    favourites.getAllByRole("option").map((option) => option.querySelector(".name")?.textContent),
  ).toEqual(["Hafen"]);
});

test("the arrows move through all sections and around, and the field names the chosen one", async () => {
  const opened = open();
  await summon(opened);
  await waitFor(() => expect(chosen()).toBe("Today"));
  await opened.user.keyboard("{ArrowDown}");
  await waitFor(() => expect(chosen()).toBe("Allocation"));
  expect(document.getElementById(field().getAttribute("aria-activedescendant") ?? "")?.textContent).toContain(
    "Allocation",
  );
  await opened.user.keyboard("{ArrowUp}{ArrowUp}");
  await waitFor(() => expect(chosen()).toBe(names().at(-1)));
});

test("Escape closes it and gives the focus back, also to a field that was typed in", async () => {
  const opened = open();
  await screen.findByRole("grid");
  const search = screen.getByRole("combobox", { name: "Filter the fleet" });
  await opened.user.type(search, "ha");
  await opened.user.keyboard("{Control>}k{/Control}");
  expect(document.activeElement).toBe(
    await screen.findByRole("combobox", { name: "Profile, screen or action" }),
  );
  // What the browser does by itself.
  screen.getByRole<HTMLDialogElement>("dialog").close();
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(document.activeElement).toBe(search);
});

test("it does not open above a question that is open", async () => {
  const opened = open({ at: "#/accounts" });
  const [forget] = await screen.findAllByRole("button", { name: "Forget…" });
  await opened.user.click(forget!);
  await opened.user.keyboard("{Control>}k{/Control}");
  expect(screen.getAllByRole("dialog")).toHaveLength(1);
});

test("names are text, whatever they say, and equal ones are told apart", async () => {
  const name = "<img src=x onerror=alert(1)>";
  const opened = open({
    profiles: [changed(0, { name, name_is_shared: true }), changed(1, { name, name_is_shared: true })],
  });
  await summon(opened);
  await opened.user.type(field(), "img");
  await waitFor(() => expect(names()).toEqual([name, name]));
  expect(document.querySelector("dialog img")).toBeNull();
  const details = options().map((option) => option.querySelector(".detail")?.textContent);
  expect(new Set(details).size).toBe(2);
  await opened.user.type(field(), " <zz");
  await waitFor(() => expect(screen.getByText(/Nothing is called/).textContent).toContain("img <zz"));
});

test("where the desk cannot be asked, screens and actions are there all the same", async () => {
  const opened = open({
    prepare: (backend) =>
      backend.failures.set("palette", { code: "store_failed", message: "The store is gone." }),
  });
  await summon(opened);
  expect((await screen.findByText("The store is gone.")).closest('[role="alert"]')).not.toBeNull();
  expect(names()).toContain("Costs");
});

test("of 5,000 profiles it draws no more than a person looks through", async () => {
  const profiles = Array.from({ length: 5_000 }, (_, place) => changed(place, { name: `Depot ${place}` }));
  const opened = open({ profiles });
  await summon(opened);
  await fireEvent.input(field(), { target: { value: "depot 49" } });
  await waitFor(() => expect(names()[0]).toBe("Depot 49"));
  expect(options().length).toBeLessThanOrEqual(40);
});
