// The shades of the heat map: how deep a tile is coloured. The figure stands in it as well.
import type { UsageCell } from "../../backend";

export const SHADES = [
  { shade: "s0", label: "up to 20 %" },
  { shade: "s1", label: "40 %" },
  { shade: "s2", label: "60 %" },
  { shade: "s3", label: "80 %" },
  { shade: "warn", label: "△ above 80 %" },
  { shade: "high", label: "▲ above 90 %" },
  { shade: "over", label: "✕ at or over the limit" },
  { shade: "none", label: "not allocated, or not known" },
] as const;

export type Shade = (typeof SHADES)[number]["shade"];

export function shade({ share, state }: UsageCell): Shade {
  if (share === null) return "none";
  if (state === "warn" || state === "high" || state === "over") return state;
  return share <= 0.2 ? "s0" : share <= 0.4 ? "s1" : share <= 0.6 ? "s2" : "s3";
}
