/**
 * Bounds of what a server keeps, and how it tries again: each with a default that suits one machine, and with what happens when it is reached. They are read from `settings.json`
 * in the data folder, so that every process on the folder obeys the same ones; `--setting name=value` changes one for one process.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { duration, toMillis } from "@millrace/engine/node";
import { MOST_NODES } from "@millrace/engine/pipeline";
import { UsageError } from "./data-folder.ts";
import type { RunLimits } from "./runs/run-host.ts";

interface Setting {
  readonly kind: "time" | "size" | "count";
  readonly byDefault: string;
  readonly least: number;
  /** May be "unlimited". */
  readonly canBeUnlimited?: true;
  /** What it bounds, and what happens there. */
  readonly effect: string;
}

const SETTINGS = {
  "topics.retention": {
    kind: "time",
    byDefault: "7 d",
    least: 60_000,
    canBeUnlimited: true,
    effect:
      "age at which records of a topic are removed, for topics that are made from now on by themselves: by sources, sinks, push nodes and /applog",
  },
  "topics.warn-size": {
    kind: "size",
    byDefault: "10gb",
    least: 1,
    canBeUnlimited: true,
    effect: "size of all topics together above which the server warns in its log, once an hour; nothing is removed",
  },
  "dead-letters.retention": {
    kind: "time",
    byDefault: "7 d",
    least: 60_000,
    canBeUnlimited: true,
    effect: "age at which dead letters are removed; how many were is counted",
  },
  "dead-letters.size": {
    kind: "size",
    byDefault: "256mb",
    least: 1024 ** 2,
    effect: "size of a pipeline's dead letters above which the oldest are removed; how many were is counted",
  },
  "samples.kept": {
    kind: "count",
    byDefault: "1000",
    least: 1,
    effect: "records kept of each output port for people to see and to try expressions on; the oldest go",
  },
  "samples.size": {
    kind: "size",
    byDefault: "64mb",
    least: 1024 ** 2,
    effect: "memory for the kept records of a pipeline, shared evenly by its output ports; the oldest go",
  },
  "schemas.records": {
    kind: "count",
    byDefault: "1000",
    least: 1,
    effect: "records of a source that are looked at to propose its schema",
  },
  "fragments.nodes": {
    kind: "count",
    byDefault: String(MOST_NODES),
    least: 1,
    effect: "nodes that a pipeline may have, those inside of fragments counted; beyond, a fragment is not written out, which is an error",
  },
  "state.memory": {
    kind: "size",
    byDefault: "384mb",
    least: 1024 ** 2,
    effect:
      "memory for what one node keeps by key, in each of its subtasks; what was not used lately goes to disk, and comes back when it is",
  },
  "checkpoints.kept": { kind: "count", byDefault: "3", least: 1, effect: "newest checkpoints of a pipeline that are kept; older ones go" },
  "savepoints.kept": {
    kind: "count",
    byDefault: "20",
    least: 1,
    effect: "newest savepoints of a pipeline that are kept; a further one removes the oldest",
  },
  "logs.lines": { kind: "count", byDefault: "1000", least: 1, effect: "lines of a pipeline's log in memory; the oldest go" },
  "queries.rows": {
    kind: "count",
    byDefault: "10000",
    least: 1,
    effect: "rows that a query over analytical tables answers; more are left off, and it says so",
  },
  "queries.timeout": {
    kind: "time",
    byDefault: "10 s",
    least: 100,
    effect: "a query over analytical tables that takes longer is given up",
  },
  "posts.size": {
    kind: "size",
    byDefault: "16mb",
    least: 1,
    effect: "largest body of a post of records or of a request; larger ones are refused",
  },
  "restarts.first-pause": {
    kind: "time",
    byDefault: "1 s",
    least: 1,
    effect: "pause before a failed run is started again; each further failure doubles it",
  },
  "restarts.longest-pause": { kind: "time", byDefault: "1 min", least: 1, effect: "the pause between restarts grows no longer than this" },
  "restarts.healthy-after": {
    kind: "time",
    byDefault: "1 min",
    least: 1,
    effect: "a run that held this long counts as healthy: the next pause is the first one again",
  },
} as const satisfies Record<string, Setting>;

const EXPECTED = {
  time: 'a length of time such as "10 s", "5 min" or "7 d"',
  size: 'a size such as "500kb", "16mb" or "10gb"',
  count: "a whole number",
};

const UNITS: Record<string, number> = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3, tb: 1024 ** 4 };

export type SettingName = keyof typeof SETTINGS;

/** Milliseconds, bytes or counts; `Infinity` for "unlimited". */
export type Settings = Readonly<Record<SettingName, number>>;

export const DEFAULT_SETTINGS = Object.fromEntries(
  Object.entries<Setting>(SETTINGS).map(([name, { byDefault }]) => [name, readValue(name, byDefault, "settings.ts")]),
) as Settings;

/** Throws `UsageError` with place, name, value and remedy. `given`: what the command line says, by name. */
export function loadSettings(dataFolder: string, given: ReadonlyMap<string, string> = new Map()): Settings {
  const file = join(dataFolder, "settings.json");
  const stored = existsSync(file) ? readStored(file) : new Map<string, string>();
  return { ...DEFAULT_SETTINGS, ...valuesOf(stored, file), ...valuesOf(given, "--setting") };
}

function valuesOf(texts: ReadonlyMap<string, string>, place: string): Partial<Settings> {
  return Object.fromEntries([...texts].map(([name, text]) => [name, readValue(name, text, place)]));
}

/** What of them the run host must know. */
export function runLimits(settings: Settings): RunLimits {
  return {
    topicMs: settings["topics.retention"],
    topicWarnBytes: settings["topics.warn-size"],
    deadLetterMs: settings["dead-letters.retention"],
    deadLetterBytes: settings["dead-letters.size"],
    checkpoints: settings["checkpoints.kept"],
    savepoints: settings["savepoints.kept"],
    samples: settings["samples.kept"],
    sampleBytes: settings["samples.size"],
    nodes: settings["fragments.nodes"],
    stateBytes: settings["state.memory"],
  };
}

/** The settings as lines of `--help`. */
export function settingsHelp(): string {
  const entries = Object.entries<Setting>(SETTINGS);
  const width = Math.max(...entries.map(([name]) => name.length));
  const lines = entries.map(([name, { byDefault, effect }]) => `  ${name.padEnd(width)}  ${effect} (default: ${byDefault})`);
  return `\nSettings, from settings.json in the data folder, as in {"dead-letters.size": "1gb"}, or for this process from --setting:\n${lines.join("\n")}`;
}

function readStored(file: string): Map<string, string> {
  const wanted = 'Write one object of settings, as in {"dead-letters.size": "1gb"}, or remove the file.';
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}. ${wanted}`);
  }
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw new UsageError(`${file}: expected an object, got ${JSON.stringify(json)}. ${wanted}`);
  return new Map(Object.entries(json).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]));
}

function readValue(name: string, text: string, place: string): number {
  const setting: Setting | undefined = Object.hasOwn(SETTINGS, name) ? SETTINGS[name as SettingName] : undefined;
  if (!setting)
    throw new UsageError(`${place}: there is no setting ${JSON.stringify(name)}. There are: ${Object.keys(SETTINGS).join(", ")}.`);
  const { kind, least, canBeUnlimited } = setting;
  const value = canBeUnlimited && text === "unlimited" ? Number.POSITIVE_INFINITY : readAs(kind, text);
  if (value !== undefined && value >= least) return value;
  const expected = `${EXPECTED[kind]}${canBeUnlimited ? ', or "unlimited"' : ""}`;
  const atLeast = value === undefined ? "" : `, at least ${least}${{ time: " ms", size: " bytes", count: "" }[kind]}`;
  throw new UsageError(`${place}: ${name}: expected ${expected}${atLeast}, got ${JSON.stringify(text)}.`);
}

function readAs(kind: Setting["kind"], text: string): number | undefined {
  if (kind === "size") return parseBytes(text);
  if (kind === "time") return duration().safeParse(text).success ? toMillis(text) : undefined;
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** "500kb", "16mb", "1048576" → bytes; undefined for what is no size. */
export function parseBytes(text: string): number | undefined {
  const [, digits, unit = "b"] = /^(\d{1,15}) *(b|kb|mb|gb|tb)?$/i.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * (UNITS[unit.toLowerCase()] as number);
}
