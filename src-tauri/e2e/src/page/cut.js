// Finds text and controls that are cut off where nobody can scroll to them, and elements wider than the window.
const found = [];
const styles = new Map();
const style = (element) => {
  if (!styles.has(element)) styles.set(element, getComputedStyle(element));
  return styles.get(element);
};
/** As much as the smooth edge of a letter. */
const NEAR = 1.5;

const page = document.documentElement;
for (const element of [page, document.body, document.querySelector("main")]) {
  const beyond = element.scrollWidth - element.clientWidth;
  if (beyond > NEAR) found.push(`${element.localName} is ${beyond} px wider than its place`);
}

/** Clipped away as a whole, for screen readers alone or until it is focused. */
const clipped = (element) =>
  element !== null && (style(element).clipPath.startsWith("inset(50%") || clipped(element.parentElement));
const hidden = (element) =>
  !element.checkVisibility({ visibilityProperty: true }) ||
  element.closest("[aria-hidden=true], svg") !== null ||
  clipped(element);
/** Says the whole where it is cut with an ellipsis. */
const titled = (element) => element.closest("[title]") !== null || element.querySelector("[title]") !== null;

/** The first ancestor that cuts a box off, and by how much. */
function cutting(start, box) {
  let across = true;
  let down = true;
  let element = start;
  while (element !== null) {
    const { overflowX, overflowY, textOverflow, position } = style(element);
    const root = element === page;
    const edge = root
      ? { left: 0, top: 0, right: innerWidth, bottom: innerHeight }
      : element.getBoundingClientRect();
    const cuts = (overflow) => root || overflow === "hidden" || overflow === "clip";
    if (across && cuts(overflowX)) {
      const by = Math.max(edge.left - box.left, box.right - edge.right);
      if (by > NEAR && textOverflow === "ellipsis" && titled(element)) return null;
      if (by > NEAR) return { element, by, way: "across" };
    }
    if (down && cuts(overflowY)) {
      const by = Math.max(edge.top - box.top, box.bottom - edge.bottom);
      if (by > NEAR) return { element, by, way: "down" };
    }
    if (overflowX === "auto" || overflowX === "scroll") across = false;
    if (overflowY === "auto" || overflowY === "scroll") down = false;
    if (!across && !down) break;
    // What is fixed stands in the window, whatever is around it in the page.
    element = position === "fixed" ? page : element.parentElement;
  }
  return null;
}

const named = (element) => {
  const kind = [...element.classList].filter((name) => !name.startsWith("svelte-")).map((name) => `.${name}`);
  return `${element.localName}${kind.join("")}`;
};
function judge(element, box, what) {
  if (box.width === 0 || box.height === 0) return;
  const cut = cutting(element, box);
  if (cut === null) return;
  found.push(`${what} is cut by ${Math.round(cut.by)} px ${cut.way}, in ${named(cut.element)}`);
}

const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const text = texts.currentNode;
  const element = text.parentElement;
  if (text.data.trim() === "" || ["OPTION", "SCRIPT", "STYLE"].includes(element.tagName) || hidden(element)) continue;
  const range = document.createRange();
  range.selectNodeContents(text);
  judge(element, range.getBoundingClientRect(), `${named(element)} ${JSON.stringify(text.data.trim().slice(0, 60))}`);
}
for (const element of document.querySelectorAll("button, a[href], input, select, summary")) {
  if (hidden(element)) continue;
  const name = element.ariaLabel ?? element.innerText ?? "";
  judge(element.parentElement, element.getBoundingClientRect(), `${named(element)} ${JSON.stringify(name.trim().slice(0, 60))}`);
}
return [...new Set(found)];
