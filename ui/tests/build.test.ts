// The built page under the window's Content-Security-Policy: nothing inline, nothing from elsewhere.
// @vitest-environment node
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, expect, test } from "vitest";

let folder = "";
let files: { name: string; text: string }[] = [];

beforeAll(() => {
  const root = fileURLToPath(new URL("..", import.meta.url));
  folder = mkdtempSync(join(tmpdir(), "profile-desk-ui-"));
  execFileSync(
    process.execPath,
    [join(root, "node_modules/vite/bin/vite.js"), "build", "--outDir", folder, "--logLevel", "error"],
    { cwd: root, env: { ...process.env, NODE_ENV: "production" }, timeout: 100_000 },
  );
  files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => ({ name: entry.name, text: readFileSync(join(entry.parentPath, entry.name), "utf8") }));
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function text(ending: string): string {
  const found = files.filter(({ name }) => name.endsWith(ending)).map(({ text }) => text);
  expect(found.length).toBeGreaterThan(0);
  return found.join("\n");
}

test("the page has no inline script, style or handler, and nothing from another host", () => {
  const page = text(".html");
  expect(page).toContain('<script type="module"');
  expect(page).not.toMatch(/<script\b[^>]*>[^<]/);
  expect(page).not.toMatch(/<style\b|\sstyle=|\son\w+=|https?:/);
  expect(text(".css")).not.toMatch(/url\(\s*["']?(?:https?:|data:)|@import/);
});

test("the script makes no style element and no markup with a style in it", () => {
  const script = text(".js");
  expect(script).not.toMatch(/<[a-z][^<>`]*\sstyle=/);
  expect(script).not.toMatch(/createElement\(["'`]style["'`]\)/);
});

test("the fake shell is not in it", () => {
  expect(text(".js")).not.toContain("Hafen Kühlhaus");
});
