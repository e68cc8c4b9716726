/** Readers of option values that several commands share. */
import { InvalidArgumentError } from "commander";
import { parseBytes } from "../settings.ts";

export const DEFAULT_PORT = 8090;

export function readPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65535) return port;
  throw new InvalidArgumentError("It is a number from 0 (any free port) to 65535.");
}

/** "500kb", "16mb", "1048576" → bytes. */
export function readBytes(text: string): number {
  const bytes = parseBytes(text) ?? 0;
  if (bytes > 0 && bytes <= 1024 ** 3) return bytes;
  throw new InvalidArgumentError("It is a size from 1b to 1gb, such as 500kb or 16mb.");
}

/** For options that may be repeated: `--set a=1 --set b=2`. The last one of a name counts. */
export function collectPairs(text: string, before: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, string> {
  const equals = text.indexOf("=");
  if (equals < 1) throw new InvalidArgumentError(`It is NAME=VALUE, got ${JSON.stringify(text)}.`);
  return new Map([...before, [text.slice(0, equals), text.slice(equals + 1)]]);
}

export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
