/** The broker's jars, from Maven Central by way of Maven (which has its own mirrors and proxies), kept in the cache folder. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { CannotStart, cacheFolder, missingProgram } from "../java.ts";

const POM = fileURLToPath(new URL("./pom.xml", import.meta.url));

/** Why a broker cannot be started here; undefined when it can. */
export async function kafkaIsMissing(): Promise<string | undefined> {
  return missingProgram(...(existsSync(await folderOfJars()) ? (["java"] as const) : (["java", "mvn"] as const)));
}

/** The folder with the jars; fetched when they are not there yet. Throws `CannotStart`. */
export async function kafkaJars(): Promise<string> {
  const missing = await kafkaIsMissing();
  if (missing !== undefined) throw new CannotStart(`Kafka cannot be started: ${missing}.`);
  const folder = await folderOfJars();
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

async function folderOfJars(): Promise<string> {
  const version = /<artifactId>kafka_2\.13<\/artifactId>\s*<version>([^<]+)</.exec(await readFile(POM, "utf8"))?.[1];
  if (version === undefined) throw new Error(`no version of Kafka in ${POM}`);
  return join(cacheFolder("kafka"), version);
}
