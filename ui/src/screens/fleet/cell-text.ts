// What a usage cell says, to the eye and to a screen reader.
import { SERVICES, type FleetRow, type Service, type UsageCell } from "../../backend";
import { compact, number, percent, UNKNOWN } from "../../format";
import { USAGE } from "../../wording";

export function shown(cell: UsageCell): string {
  if (cell.state === "not_allocated") return "not allocated";
  if (cell.share === null) return UNKNOWN;
  const { glyph } = USAGE[cell.state];
  return glyph === "" ? percent(cell.share) : `${glyph} ${percent(cell.share)}`;
}

/** All that a cell of the table is drawn by. */
export function look(cell: UsageCell) {
  const { tone } = USAGE[cell.state];
  return {
    tone: cell.share === null ? `use ${tone} bare` : `use ${tone}`,
    state: cell.state,
    shown: shown(cell),
    // Where the figure has no glyph, it says all that there is to hear.
    spoken: cell.state === "ok" || cell.state === "not_allocated" ? undefined : spoken(cell),
    bar: bar(cell),
  };
}

/** How large its bar's parts are: the tick, what is used, the track. Of what is over the limit only a bit sticks out. */
function bar({ share }: UsageCell): string | undefined {
  if (share === null) return undefined;
  const used = `${(Math.max(share, 0) * 100).toFixed(1)}%`;
  const seen = share > 1 ? `min(${used}, 100% + 0.375rem)` : used;
  return `1px 0.25rem, ${seen} 0.25rem, 100% 0.25rem`;
}

export function spoken(cell: UsageCell): string {
  const { word } = USAGE[cell.state];
  return cell.share === null ? word : `${percent(cell.share)}, ${word}`;
}

/** All of it: `Data input: 1,200 of 2,000 variables (up to 80 %)`. */
export function inNumbers({ usage }: FleetRow, index: number): string {
  const [cell, service] = [usage[index], SERVICES[index]];
  if (!cell) return "";
  return `${service?.label}: ${number(cell.used)} of ${number(cell.limit)} ${service?.unit} (${USAGE[cell.state].word})`;
}

export function worstCell({ worst, usage }: FleetRow): UsageCell | undefined {
  return worst === null ? undefined : usage[SERVICES.findIndex(({ key }) => key === worst)];
}

/** Thirty days in a sentence. */
export function trendText(trend: FleetRow["trend"], service: Service): string {
  const known = trend.filter((value) => value !== null);
  const of = SERVICES.find(({ key }) => key === service);
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined) return `${of?.label}: the last 30 days are not known`;
  const a = of?.kind === "counter" ? " a day" : "";
  const gaps = trend.length - known.length;
  return (
    `${of?.label}, last 30 days: ${compact(first)}${a} at first, ${compact(last)} at last, ` +
    `${compact(Math.max(...known))} at most${gaps > 0 ? `; ${gaps} not known` : ""}`
  );
}

/** The line through them in a box of 60 by 16; a day that is not known is a gap. */
export function trendLine(trend: FleetRow["trend"]): string {
  const known = trend.filter((value) => value !== null);
  if (known.length === 0) return "";
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const wide = 60 / Math.max(1, trend.length - 1);
  let line = "";
  let drawn = false;
  trend.forEach((value, day) => {
    if (value !== null) {
      const height = high === low ? 8 : 14.5 - ((value - low) / (high - low)) * 13;
      const alone = !drawn && (trend[day + 1] ?? null) === null;
      line += `${drawn ? "L" : "M"}${(day * wide).toFixed(1)} ${height.toFixed(1)}${alone ? "h.1" : ""}`;
    }
    drawn = value !== null;
  });
  return line;
}
