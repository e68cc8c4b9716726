/** The Java original of the Chinese tokenizer, to be asked in tests. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { ikJars } from "./jars.ts";

export { ikIsMissing, ikJars } from "./jars.ts";

export interface OriginalWords {
  readonly smart: readonly string[];
  readonly maxWord: readonly string[];
}

/** What IK Analyzer makes of each of the texts, which have no line ends. Throws `CannotStart`, and when the program fails. */
export async function segmentByOriginal(texts: readonly string[]): Promise<OriginalWords[]> {
  const program = fileURLToPath(new URL("Segment.java", import.meta.url));
  const java = spawn("java", ["-cp", join(await ikJars(), "*"), program]);
  java.stdin.end(texts.map((line) => `${line}\n`).join(""));
  const ended = new Promise<number | null>((resolve, reject) => java.once("close", resolve).once("error", reject));
  const [output, errors, code] = await Promise.all([text(java.stdout), text(java.stderr), ended]);
  if (code !== 0) throw new Error(`Segment.java ended with ${code}: ${errors}`);
  const lines = output.split("\n").map((line) => (line === "" ? [] : line.split("\t")));
  return texts.map((_, i) => ({ smart: lines[2 * i] as string[], maxWord: lines[2 * i + 1] as string[] }));
}
