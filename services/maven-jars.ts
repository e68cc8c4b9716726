/** A server's jars, from Maven Central by way of Maven (which has its own mirrors and proxies), kept in the cache folder. */
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { CannotStart, cacheFolder, missingProgram } from "./java.ts";

export interface MavenJars {
  /** Why the server and the small programs beside it cannot be started here; undefined when they can. Maven is needed once. */
  missing(): string | undefined;
  /** The folder with the jars; fetched when they are not there yet. Throws `CannotStart`. */
  folder(): Promise<string>;
}

/** `server`: its name for people. `version`: finds the server's version in the pom, by which the jars are kept. */
export function mavenJars(server: string, pomUrl: URL, version: RegExp): MavenJars {
  const pom = fileURLToPath(pomUrl);

  function place(): string {
    const found = version.exec(readFileSync(pom, "utf8"))?.[1];
    if (found === undefined) throw new Error(`no version of ${server} in ${pom}`);
    return join(cacheFolder(server.toLowerCase()), found);
  }

  function missing(): string | undefined {
    return missingProgram("java", "javac", ...(existsSync(place()) ? [] : (["mvn"] as const)));
  }

  return {
    missing,
    async folder() {
      const lacking = missing();
      if (lacking !== undefined) throw new CannotStart(`${server} cannot be started: ${lacking}.`);
      const folder = place();
      if (existsSync(folder)) return folder;
      await mkdir(dirname(folder), { recursive: true });
      // Into place in one step: others may be fetching at the same time, or be killed while they do.
      const fetched = await mkdtemp(`${folder}-`);
      try {
        const args = ["-B", "-q", "-f", pom, "dependency:copy-dependencies", "-DincludeScope=runtime", `-DoutputDirectory=${fetched}`];
        await promisify(execFile)("mvn", args);
        await rename(fetched, folder);
      } catch (error) {
        await rm(fetched, { recursive: true, force: true });
        if (!existsSync(folder))
          throw new CannotStart(`The jars of ${server} could not be fetched by Maven: ${String(error)}`, { cause: error });
      }
      return folder;
    },
  };
}
