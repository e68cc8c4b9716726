/** What is needed of Java to start servers that are written in it. */
import { spawnSync } from "node:child_process";
import { homedir } from "node:os";
import { join } from "node:path";

/** Why a server cannot be started here, with the remedy. */
export class CannotStart extends Error {}

/** Jars and the like that are fetched once and used by every start: outside of the checkout, so that a fresh clone finds them too. */
export function cacheFolder(name: string): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "millrace", name);
}

/** Which of the programs cannot be run, and what to install; undefined when all can. */
export function missingProgram(...programs: readonly ("java" | "javac" | "mvn")[]): string | undefined {
  const missing = programs.filter((program) => spawnSync(program, ["-version"], { stdio: "ignore" }).status !== 0);
  if (missing.length === 0) return undefined;
  return `${missing.join(" and ")} cannot be run here; install a Java development kit, 17 or newer, and Maven (Debian: openjdk-17-jdk-headless maven)`;
}
