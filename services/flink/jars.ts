/** Flink's jars, from Maven Central by way of Maven (which has its own mirrors and proxies), kept in the cache folder. */
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { CannotStart, cacheFolder, missingProgram } from "../java.ts";

const POM = fileURLToPath(new URL("./pom.xml", import.meta.url));

/** Why Flink cannot be started here; undefined when it can. Maven is needed once; the program in front of Flink is compiled at each start. */
export function flinkIsMissing(): string | undefined {
  return missingProgram("java", "javac", ...(existsSync(folderOfJars()) ? [] : (["mvn"] as const)));
}

/** The folder with the jars (about 135 MB); fetched when they are not there yet. Throws `CannotStart`. */
export async function flinkJars(): Promise<string> {
  const missing = flinkIsMissing();
  if (missing !== undefined) throw new CannotStart(`Flink cannot be started: ${missing}.`);
  const folder = folderOfJars();
  if (existsSync(folder)) return folder;
  await mkdir(dirname(folder), { recursive: true });
  // Into place in one step: others may be fetching at the same time, or be killed while they do.
  const fetched = await mkdtemp(`${folder}-`);
  try {
    const args = ["-B", "-q", "-f", POM, "dependency:copy-dependencies", "-DincludeScope=runtime", `-DoutputDirectory=${fetched}`];
    await promisify(execFile)("mvn", args);
    await rename(fetched, folder);
  } catch (error) {
    await rm(fetched, { recursive: true, force: true });
    if (!existsSync(folder)) throw new CannotStart(`Flink's jars could not be fetched by Maven: ${String(error)}`, { cause: error });
  }
  return folder;
}

function folderOfJars(): string {
  const version = /<flink>([^<]+)</.exec(readFileSync(POM, "utf8"))?.[1];
  if (version === undefined) throw new Error(`no version of Flink in ${POM}`);
  return join(cacheFolder("flink"), version);
}
