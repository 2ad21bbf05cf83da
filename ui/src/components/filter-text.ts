// The text of a filter box as it is drawn: which parts of it are whole tests.

export interface Piece {
  text: string;
  /** Whether it is a test that is whole, and so drawn as a chip. */
  chip: boolean;
}

const TEST = /^-?[a-z][\w-]*:(?:<=|>=|<|>|=)?[^\s<>=]/i;

/**
 * Takes a filter apart at its white space outside quotes. The test that somebody still types is none yet: it ends
 * where the text ends, and `typing` says that the field has the focus.
 */
export function pieces(text: string, typing: boolean): Piece[] {
  const found: Piece[] = [];
  for (const [part] of text.matchAll(/\s+|(?:[^\s"]|"[^"]*(?:"|$))+/g)) {
    const ends = found.reduce((sum, piece) => sum + piece.text.length, 0) + part.length === text.length;
    const chip = TEST.test(part) && !(typing && ends);
    const last = found.at(-1);
    if (last && !chip && !last.chip) last.text += part;
    else found.push({ text: part, chip });
  }
  return found;
}
