// What was clicked can be left with Shift+Tab: the control is focused anew, so that WebKit begins there.
import { afterEach, expect, test } from "vitest";

import { leaveWhatWasClicked } from "../src/shift-tab";

let end = (): void => undefined;
afterEach(() => {
  end();
  document.body.replaceChildren();
});

/** A focused button, and what happens to its focus from here on. */
function focused(): { button: HTMLButtonElement; told: string[] } {
  end = leaveWhatWasClicked();
  const button = document.body.appendChild(document.createElement("button"));
  button.focus();
  const told: string[] = [];
  for (const kind of ["blur", "focus"]) button.addEventListener(kind, () => told.push(kind));
  return { button, told };
}

function press(button: HTMLElement, init: KeyboardEventInit): void {
  button.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, ...init }));
}

test.each([
  ["as most browsers name it", { key: "Tab", shiftKey: true }],
  ["as WebKitGTK names it", { key: "Unidentified", code: "Tab", shiftKey: true }],
])("after a click, Shift+Tab, %s, begins at what has the focus, once", (_, key) => {
  const { button, told } = focused();
  button.dispatchEvent(new Event("pointerdown", { bubbles: true }));
  press(button, { key: "Shift", shiftKey: true });
  expect(told).toEqual([]);
  press(button, key);
  expect(told).toEqual(["blur", "focus"]);
  press(button, key);
  expect(told).toHaveLength(2);
});

test("without a click, or forward, nothing is done to the focus", () => {
  const { button, told } = focused();
  press(button, { key: "Tab", shiftKey: true });
  button.dispatchEvent(new Event("pointerdown", { bubbles: true }));
  press(button, { key: "Tab" });
  press(button, { key: "Tab", shiftKey: true });
  expect(told).toEqual([]);
});
