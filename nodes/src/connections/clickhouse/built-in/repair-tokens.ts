/**
 * ClickHouse notes an insert's token before it makes the insert's rows visible (`MergeTreeSink`: `deduplication_log->addPart`, then `renameTempPartAndAdd`). A process that is killed in between leaves a token
 * without its rows, and the same insert, made again, would add nothing: its rows would be lost. So before the folder is opened again, the last line of each table's log is taken back when its part is not there.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Part {
  readonly partition: string;
  readonly first: number;
  readonly last: number;
}

const ADDED = "1";

/** `data`: chDB's folder. Returns the lines that were taken back. */
export function repairTokens(data: string): readonly string[] {
  const store = join(data, "store");
  return foldersIn(store).flatMap((group) => foldersIn(join(store, group)).flatMap((table) => repairTable(join(store, group, table))));
}

function repairTable(table: string): readonly string[] {
  const logs = join(table, "deduplication_logs");
  const newest = existsSync(logs)
    ? readdirSync(logs)
        .filter((name) => name.startsWith("deduplication_log_"))
        .sort((a, b) => numberOf(a) - numberOf(b))
        .at(-1)
    : undefined;
  if (newest === undefined) return [];
  const file = join(logs, newest);
  const text = readFileSync(file, "utf8");
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const lines = whole.split("\n").slice(0, -1);
  const [operation, name] = lines.at(-1)?.split("\t") ?? [];
  const part = operation === ADDED ? partOf(name as string) : undefined;
  const isLost = part !== undefined && !foldersIn(table).some((folder) => holds(partOf(folder), part));
  const kept = isLost ? lines.slice(0, -1) : lines;
  const repaired = kept.map((line) => `${line}\n`).join("");
  if (repaired === text) return [];
  writeFileSync(file, repaired);
  return isLost ? [lines.at(-1) as string] : [];
}

/** "20210222_5_7_1": partition, first and last block, level. */
function partOf(name: string): Part | undefined {
  const match = /^(.+)_(\d+)_(\d+)_\d+(?:_\d+)?$/.exec(name);
  return match && !name.startsWith("tmp") && !name.startsWith("delete")
    ? { partition: match[1] as string, first: Number(match[2]), last: Number(match[3]) }
    : undefined;
}

/** Merged parts hold those that they were merged of. */
function holds(merged: Part | undefined, part: Part): boolean {
  return merged !== undefined && merged.partition === part.partition && merged.first <= part.first && merged.last >= part.last;
}

function numberOf(name: string): number {
  return Number(/\d+/.exec(name)?.[0] ?? 0);
}

function foldersIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}
