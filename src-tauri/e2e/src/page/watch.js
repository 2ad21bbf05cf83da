// Notes in `window.wentWrong` what goes wrong in the page from here on.
if (window.wentWrong) return;
const noted = (window.wentWrong = []);
// By the specification every page is told so whose layout settles with the next frame; nothing is lost, and no script
// failed.
const SETTLES = "ResizeObserver loop completed with undelivered notifications.";
// What a page before it had asked for when the driver loaded it anew.
const LEFT = "[TAURI] Couldn't find callback id";
const told = (value) => (value instanceof Error ? `${value} ${value.stack}` : String(value));
window.addEventListener(
  "error",
  (event) => {
    const { target } = event;
    if (event.message === SETTLES && !event.error) return;
    // A resource that does not load is told to its element alone; an error of a script to the window.
    const resource = target instanceof Element ? target.outerHTML.slice(0, 200) : null;
    noted.push(resource ? `not loaded: ${resource}` : `error: ${told(event.error ?? event.message)}`);
  },
  true,
);
window.addEventListener("unhandledrejection", ({ reason }) => noted.push(`rejected: ${told(reason)}`));
document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) =>
  noted.push(`against the policy: ${violatedDirective} ${blockedURI} ${sample}`),
);
for (const kind of ["error", "warn"]) {
  const write = console[kind].bind(console);
  console[kind] = (...words) => {
    const text = words.map(told).join(" ");
    if (!text.startsWith(LEFT)) noted.push(`console.${kind}: ${text}`);
    write(...words);
  };
}
for (const kind of ["alert", "confirm", "prompt"]) {
  window[kind] = (words) => void noted.push(`${kind}: ${words}`);
}
