/** The broker's jars, from Maven Central by way of Maven (which has its own mirrors and proxies), kept in the cache folder. */
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { CannotStart, cacheFolder, missingProgram } from "../java.ts";

const POM = fileURLToPath(new URL("./pom.xml", import.meta.url));

/** Why a broker and the witnesses cannot be started here; undefined when they can. Maven is needed once. */
export function kafkaIsMissing(): string | undefined {
  return missingProgram("java", "javac", ...(existsSync(folderOfJars()) ? [] : (["mvn"] as const)));
}

/** The folder with the jars; fetched when they are not there yet. Throws `CannotStart`. */
export async function kafkaJars(): Promise<string> {
  const missing = kafkaIsMissing();
  if (missing !== undefined) throw new CannotStart(`Kafka cannot be started: ${missing}.`);
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
    if (!existsSync(folder)) throw new CannotStart(`Kafka's jars could not be fetched by Maven: ${String(error)}`, { cause: error });
  }
  return folder;
}

function folderOfJars(): string {
  const version = /<artifactId>kafka_2\.13<\/artifactId>\s*<version>([^<]+)</.exec(readFileSync(POM, "utf8"))?.[1];
  if (version === undefined) throw new Error(`no version of Kafka in ${POM}`);
  return join(cacheFolder("kafka"), version);
}
