// Finds a name by a few letters of it and says how well they fit: for the palette's screens and actions. Profiles
// are ranked by the desk, in `find.rs`; both are held against the same cases.
import type { PaletteFit } from "./backend";

/** The best first. */
export const FITS: readonly PaletteFit[] = ["whole", "start", "word", "inside", "beside", "letters"];

export interface Found {
  fit: PaletteFit;
  /** Parts of the name to mark, each from its first UTF-16 unit to the one after its last. */
  marks: [number, number][];
  /** The smaller, the further up; compared place by place. */
  rank: number[];
}

interface Letter {
  letter: string;
  from: number;
  to: number;
  starts: boolean;
}

const ACCENT = /[\u0300-\u036f]/gu;
const WORD = /[\p{L}\p{N}]/u;
const PLAIN: Record<string, string> = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ı: "i" };

/** A character without case and accents. */
function fold(character: string): string {
  let folded = "";
  for (const lower of character.toLowerCase()) {
    const apart = lower.normalize("NFD").replace(ACCENT, "");
    // What is made of more than a letter and accents stays as it is.
    folded += PLAIN[lower] ?? ([...apart].length > 1 ? lower : apart);
  }
  return folded;
}

function letters(text: string): Letter[] {
  const all: Letter[] = [];
  let from = 0;
  let before: string | null = null;
  for (const character of text) {
    const to = from + character.length;
    let starts =
      WORD.test(character) &&
      (before === null || !WORD.test(before) || (/\p{Ll}/u.test(before) && /\p{Lu}/u.test(character)));
    for (const letter of fold(character)) {
      all.push({ letter, from, to, starts });
      starts = false;
    }
    from = to;
    before = character;
  }
  return all;
}

/** The letters of a word, in order: where the first run of them ends, drawn together from there. */
function scattered(name: Letter[], word: string[]): [number, number] | null {
  let at = 0;
  const last = name.findIndex(({ letter }) => letter === word[at] && ++at === word.length);
  if (last < 0) return null;
  let left = word.length;
  let begin = last;
  for (; left > 0; begin -= 1) if (name[begin]?.letter === word[left - 1]) left -= 1;
  return [begin + 1, last + 1];
}

function place(name: Letter[], word: string[]): [PaletteFit, number, number] | null {
  let inside: [PaletteFit, number, number] | null = null;
  for (let at = 0; at + word.length <= name.length; at += 1) {
    if (!word.every((letter, index) => name[at + index]?.letter === letter)) continue;
    const end = at + word.length;
    if (at === 0) return ["start", at, end];
    if (name[at]?.starts) return ["word", at, end];
    inside ??= ["inside", at, end];
  }
  if (inside) return inside;
  const run = scattered(name, word);
  return run && ["letters", ...run];
}

/** Looks for all words of `typed`, in any order; `null` if one is missing or there is none. */
export function find(typed: string, text: string, beside: readonly string[] = []): Found | null {
  const whole = [...typed.trim()].map(fold).join("");
  const words = whole.split(/\s+/u).filter((word) => word !== "");
  if (words.length === 0) return null;
  const name = letters(text);
  const marked = new Set<number>();
  let [fit, together, between, begins] = [0, 0, 0, name.length];
  for (const typedWord of words) {
    const word = [...typedWord];
    let here = place(name, word);
    const other = beside.some((also) => [...also].map(fold).join("").includes(typedWord));
    if (here && other && here[0] === "letters") here = null;
    if (!here && !other) return null;
    const worth = FITS.indexOf(here ? here[0] : "beside");
    fit = Math.max(fit, worth);
    together += worth;
    if (!here) continue;
    const [, begin, end] = here;
    begins = Math.min(begins, begin);
    between += end - begin - word.length;
    let next = 0;
    for (let at = begin; at < end; at += 1) {
      if (name[at]?.letter === word[next]) {
        marked.add(at);
        next += 1;
      }
    }
  }
  if (whole === name.map(({ letter }) => letter).join("")) fit = 0;
  const marks: [number, number][] = [];
  name.forEach(({ from, to }, at) => {
    if (!marked.has(at)) return;
    const last = marks.at(-1);
    if (last && last[1] >= from) last[1] = Math.max(last[1], to);
    else marks.push([from, to]);
  });
  return { fit: FITS[fit] ?? "letters", marks, rank: [fit, together, between, begins, name.length] };
}

/** Which of two is further up. */
export function compareRanks(one: readonly number[], other: readonly number[]): number {
  for (const [index, rank] of one.entries()) {
    const difference = rank - (other[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
