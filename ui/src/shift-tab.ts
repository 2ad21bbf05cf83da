// Lets Shift+Tab leave what was clicked. WebKitGTK begins at the text under the pointer then, and the control that can
// be focused before it is the very one around it: the focus would stay there for ever.

/** Focuses a clicked control anew before the key acts, so that WebKit begins there; until the returned function is called. */
export function leaveWhatWasClicked(): () => void {
  let clicked = false;
  const pressed = (): void => void (clicked = true);
  const typed = (event: KeyboardEvent): void => {
    // WebKitGTK knows no name for Shift+Tab: the key says "Unidentified", its place on the keyboard "Tab".
    const tab = event.key === "Tab" || event.code === "Tab";
    if (!tab || !clicked) return;
    clicked = false;
    const { activeElement } = document;
    if (!event.shiftKey || !(activeElement instanceof HTMLElement) || activeElement === document.body) return;
    activeElement.blur();
    activeElement.focus({ preventScroll: true });
  };
  window.addEventListener("pointerdown", pressed, { capture: true });
  window.addEventListener("keydown", typed, { capture: true });
  return () => {
    window.removeEventListener("pointerdown", pressed, { capture: true });
    window.removeEventListener("keydown", typed, { capture: true });
  };
}
