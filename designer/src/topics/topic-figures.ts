/** Sums over a topic's partitions and readers, and texts of sizes. */
import type { TopicSummary } from "@millrace/server/api";

export interface GroupLag {
  readonly group: string;
  readonly lag: number;
  readonly partitions: readonly { readonly partition: number; readonly position: number; readonly lag: number }[];
}

/** How far each group of readers is behind, the furthest first. A group without a position on a partition has all of it before it. */
export function groupLags(topic: TopicSummary): readonly GroupLag[] {
  return Object.entries(topic.groups ?? {})
    .map(([group, positions]): GroupLag => {
      const partitions = topic.partitions.map(({ partition, earliest, latest }) => {
        // Records that retention has removed cannot be read any more: they are no lag.
        const position = Math.max(earliest, positions[String(partition)] ?? earliest);
        return { partition, position, lag: Math.max(0, latest - position) };
      });
      return { group, partitions, lag: partitions.reduce((sum, { lag }) => sum + lag, 0) };
    })
    .sort((a, b) => b.lag - a.lag || (a.group < b.group ? -1 : 1));
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** "1.2 MB" in the given language. */
export function bytesText(bytes: number, language: string): string {
  const power = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit: UNITS[power] as string,
    // "0 byte" is how the short form counts bytes.
    unitDisplay: power === 0 ? "long" : "short",
    maximumFractionDigits: power === 0 ? 0 : 1,
  }).format(bytes / 1000 ** power);
}

const SPANS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
] as const;

/** "7 days", in the largest unit that is whole. */
export function spanText(ms: number, language: string): string {
  const [unit, length] = SPANS.find(([, size]) => ms >= size && ms % size === 0) ?? SPANS[3];
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 1 }).format(ms / length);
}
