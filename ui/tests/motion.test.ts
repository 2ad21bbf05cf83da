// Who asks the desktop for less motion sees none: one rule of the page takes it away, and nothing moves past that rule.
// @vitest-environment node
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

const SOURCES = fileURLToPath(new URL("../src", import.meta.url));
const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.(svelte|css|ts)$/.test(name) && !/\.test\.ts$|generated/.test(name))
  .map((name) => ({ name, text: readFileSync(`${SOURCES}/${name}`, "utf8") }));

const STILL = "@media (prefers-reduced-motion: reduce) {";

/** The rule that takes motion away: what it is of, and what it says. */
function still(css: string): { selectors: string[]; says: string[] } {
  const start = css.indexOf(STILL);
  if (start < 0) return { selectors: [], says: [] };
  const open = css.indexOf("{", start + STILL.length);
  const list = (text: string, by: string): string[] =>
    text
      .split(by)
      .map((part) => part.trim())
      .filter(Boolean);
  return {
    selectors: list(css.slice(start + STILL.length, open), ","),
    says: list(css.slice(open + 1, css.indexOf("}", open)), ";"),
  };
}

/** Styles, without comments and without the rule itself. */
function styles(name: string, text: string): string {
  const css = name.endsWith(".css")
    ? text
    : [...text.matchAll(/<style[^>]*>(.*?)<\/style>/gs)].map(([, body]) => body ?? "").join("\n");
  const plain = css.replaceAll(/\/\*.*?\*\//gs, "");
  const start = plain.indexOf(STILL);
  return start < 0
    ? plain
    : plain.slice(0, start) + plain.slice(plain.indexOf("}", plain.indexOf("}", start) + 1));
}

/** Motion that is none of styles, and so goes on whatever a rule of styles says. */
const SCRIPTED: readonly [RegExp, string][] = [
  [/from\s+["']svelte\/(?:transition|animate|motion|easing)["']/, "moves by Svelte"],
  [/\s(?:transition|in|out|animate):[a-z]\w*(?=[\s|=>])/, "moves by a directive"],
  [/\.animate\(/, "moves by a script"],
  [/behavior:\s*["']smooth["']|scroll(?:Top|Left)?\w*\(.*smooth/, "scrolls smoothly by a script"],
  [/<(?:animate|animateTransform|animateMotion|set)[\s>/]|<marquee/, "moves by its markup"],
  [
    /style:(?:transition|animation)|style=["'{`][^"'`}]*(?:transition|animation)\s*:/,
    "moves by a style of its own",
  ],
];

/** What moves in a source and would go on moving under the rule. */
function moving(name: string, text: string): string[] {
  const rules = [...styles(name, text).matchAll(/([^{};]+)\{([^{}]*)\}/g)];
  const styled = rules.flatMap(([, selector = "", body = ""]) => {
    const moves = body
      .split(";")
      .filter((line) =>
        /^\s*(?:-webkit-)?(?:transition|animation|scroll-behavior)(?:-[\w-]+)?\s*:/.test(line),
      );
    if (moves.length === 0) return [];
    const where = selector.trim();
    return [
      // The rule is of all elements and of what stands before and after them, and of no other part.
      ...(/::(?!before\b|after\b)[\w-]+/.test(where) ? [`${where} is no element`] : []),
      ...(moves.some((line) => line.includes("!important")) ? [`${where} insists`] : []),
    ];
  });
  const code = name.endsWith(".css") ? "" : text.replaceAll(/<style[^>]*>.*?<\/style>|<!--.*?-->/gs, "");
  return [...styled, ...SCRIPTED.flatMap(([found, says]) => (found.test(code) ? [says] : []))];
}

test("one rule of the page takes all motion away from who asks for less", () => {
  const { selectors, says } = still(files.find(({ name }) => name === "styles.css")?.text ?? "");
  expect(selectors).toEqual(["*", "*::before", "*::after"]);
  for (const line of [
    "transition: none !important",
    "animation: none !important",
    "scroll-behavior: auto !important",
  ])
    expect(says).toContain(line);
});

test("nothing in the window moves past that rule", () => {
  expect(files.length).toBeGreaterThan(100);
  expect(files.flatMap(({ name, text }) => moving(name, text).map((says) => `${name}: ${says}`))).toEqual([]);
});

test("what does move is known, so that it is looked at what it moves for", () => {
  const movers = files.filter(({ name, text }) => /(?:transition|animation)\s*:/.test(styles(name, text)));
  expect(movers.map(({ name }) => name.replaceAll("\\", "/")).sort()).toEqual([
    "components/ExportMenu.svelte",
    "screens/accounts/Switch.svelte",
  ]);
});

const style = (css: string): string => `<p>x</p>\n<style>\n${css}\n</style>`;

test.each<[what: string, source: string, found: number]>([
  ["a transition of an element", style("p { transition: left 0.1s; }"), 0],
  ["a transition that insists", style("p { transition: left 0.1s !important; }"), 1],
  ["the ground behind a dialog", style("dialog::backdrop { transition: opacity 1s; }"), 1],
  ["what stands before an element", style("p::before { animation: turn 1s; }"), 0],
  ["a directive", "<p transition:fade>x</p>", 1],
  ["a directive of its own", "<p in:fly={{ y: 9 }}>x</p>", 1],
  ["an import", '<script>import { fade } from "svelte/transition";</script>', 1],
  ["a script", "<script>node.animate([], 300);</script>", 1],
  ["a picture that moves", "<svg><animate attributeName='x' /></svg>", 1],
  ["smooth scrolling", '<script>node.scrollIntoView({ behavior: "smooth" });</script>', 1],
  ["a style of its own", '<p style="transition: left 1s">x</p>', 1],
  ["words about it", "<!-- in:fly and transition:fade are not used --><p>x</p>", 0],
])("of %s it is seen whether the rule reaches it", (_, source, found) => {
  expect(moving("Sample.svelte", source)).toHaveLength(found);
});
