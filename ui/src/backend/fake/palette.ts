// What the made-up shell's palette finds: by the window's own rule, which is the desk's.
import { compareRanks, find, FITS } from "../../find";
import type { PaletteFit } from "../generated/PaletteFit";
import type { PaletteHit } from "../generated/PaletteHit";
import type { PaletteQuery } from "../generated/PaletteQuery";
import type { ProfileOverview } from "../generated/ProfileOverview";

const MOST_HITS = 20;
const SHORTEST_ID_PART = 4;

function byId(words: string, id: string): PaletteFit | null {
  const part = words.trim().toLowerCase();
  if (part.length < SHORTEST_ID_PART) return null;
  if (part === id) return "whole";
  if (id.startsWith(part) || id.endsWith(part)) return "word";
  return id.includes(part) ? "inside" : null;
}

export function paletteHits(
  profiles: ProfileOverview[],
  favourites: ReadonlySet<number>,
  { words, recent }: PaletteQuery,
): PaletteHit[] {
  const rows = profiles.map(({ row }) => row).filter((row) => row.removed_at === null);
  const hit = (row: (typeof rows)[number], fit: PaletteFit, marks: [number, number][]): PaletteHit => ({
    key: row.key,
    id: row.id,
    name: row.name,
    name_is_shared: row.name_is_shared,
    favourite: favourites.has(row.key),
    account: row.account,
    fit,
    marks,
  });
  if (words.trim() === "") {
    const others = rows.filter(({ key }) => favourites.has(key) && !recent.includes(key));
    return [...recent.flatMap((key) => rows.filter((row) => row.key === key)), ...others]
      .slice(0, MOST_HITS)
      .map((row) => hit(row, "whole", []));
  }
  const lately = (key: number): number => (recent.includes(key) ? recent.indexOf(key) : Infinity);
  return rows
    .flatMap((row) => {
      const found = find(words, row.name, row.accounts);
      const id = byId(words, row.id);
      const fit = [found?.fit, id]
        .filter((one) => one != null)
        .sort((a, b) => FITS.indexOf(a) - FITS.indexOf(b))[0];
      return fit === undefined ? [] : [{ row, fit, found }];
    })
    .sort(
      (one, other) =>
        FITS.indexOf(one.fit) - FITS.indexOf(other.fit) ||
        (lately(one.row.key) < lately(other.row.key)
          ? -1
          : lately(one.row.key) > lately(other.row.key)
            ? 1
            : 0) ||
        compareRanks(one.found?.rank ?? [], other.found?.rank ?? []) ||
        (one.row.name < other.row.name ? -1 : 1),
    )
    .slice(0, MOST_HITS)
    .map(({ row, fit, found }) => hit(row, fit, found?.marks ?? []));
}
