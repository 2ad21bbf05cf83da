// The colours of every theme: 4.5:1 for text and 3:1 for graphics, on each ground that they stand on.
// @vitest-environment node
import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

const css = readFileSync(new URL("../src/styles.css", import.meta.url), "utf8");

function tokens(condition: string): Record<string, string> {
  const start = condition === "" ? css.indexOf(":root") : css.indexOf(`@media ${condition} {`);
  expect(start, condition).toBeGreaterThanOrEqual(0);
  const body = css.slice(start, css.indexOf("}", start));
  return Object.fromEntries(
    [...body.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]),
  );
}

const light = tokens("");
const dark = { ...light, ...tokens("(prefers-color-scheme: dark)") };
const more = tokens("(prefers-contrast: more)");
const themes: [string, Record<string, string>][] = [
  ["light", light],
  ["dark", dark],
  ["light, more contrast", { ...light, ...more }],
  [
    "dark, more contrast",
    { ...dark, ...more, ...tokens("(prefers-contrast: more) and (prefers-color-scheme: dark)") },
  ],
];

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

function contrast(one: string, other: string): number {
  const [high, low] = [luminance(one), luminance(other)].sort((left, right) => right - left) as [
    number,
    number,
  ];
  return (high + 0.05) / (low + 0.05);
}

/** So much of one colour in another one, as the page mixes them. */
function mixed(one: string, other: string, part: number): string {
  const channel = (at: number): string => {
    const [left, right] = [one, other].map((colour) => Number.parseInt(colour.slice(at, at + 2), 16));
    return Math.round((left ?? 0) * part + (right ?? 0) * (1 - part))
      .toString(16)
      .padStart(2, "0");
  };
  return `#${channel(1)}${channel(3)}${channel(5)}`;
}

const GROUNDS = ["surface", "bg", "accent-soft"];

describe.each(themes)("in the theme %s", (_, theme) => {
  const of = (text: string, ground: string): number => contrast(theme[text] ?? "", theme[ground] ?? "");

  test.each(["text", "muted", "faint", "warn", "high", "over", "accent"])(
    "%s can be read as text",
    (name) => {
      for (const ground of GROUNDS)
        expect(of(name, ground), `${name} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    },
  );

  test("boxes and buttons can be read", () => {
    expect(of("over", "over-soft")).toBeGreaterThanOrEqual(4.5);
    expect(of("text", "over-soft")).toBeGreaterThanOrEqual(4.5);
    expect(of("warn", "warn-soft")).toBeGreaterThanOrEqual(4.5);
    expect(of("text", "warn-soft")).toBeGreaterThanOrEqual(4.5);
    expect(of("accent-text", "accent")).toBeGreaterThanOrEqual(4.5);
  });

  test("bars and the edges of fields can be seen", () => {
    for (const name of ["ok", "warn", "high", "over", "control"]) {
      expect(of(name, "surface"), name).toBeGreaterThanOrEqual(3);
      if (name !== "control") expect(of(name, "track"), `${name} on track`).toBeGreaterThanOrEqual(3);
    }
  });

  // A tile is some of a colour in the surface; the figure in it is text.
  test("the figures in the heat map can be read on every shade", () => {
    const heat = readFileSync(new URL("../src/screens/fleet/heat.css", import.meta.url), "utf8");
    const shades = [...heat.matchAll(/color-mix\(in srgb, var\(--(\w+)\) (\d+)%, var\(--surface\)\)/g)];
    expect(shades).toHaveLength(7);
    for (const [, colour, part] of shades) {
      const ground = mixed(theme[colour ?? ""] ?? "", theme.surface ?? "", Number(part) / 100);
      expect(contrast(theme.text ?? "", ground), `${part} % of ${colour}`).toBeGreaterThanOrEqual(4.5);
    }
  });
});
