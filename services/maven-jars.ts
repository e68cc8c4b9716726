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
  missing(version?: string): string | undefined;
  /** The folder with the jars; fetched when they are not there yet. `version`: left out: the one that the pom names. Throws `CannotStart`. */
  folder(version?: string): Promise<string>;
}

/**
 * `server`: its name for people; in small letters it is that of the property in the pom by which another version can be asked for, where there is one. `ownVersion`: finds in the pom
 * the version by which the jars are kept.
 */
export function mavenJars(server: string, pomUrl: URL, ownVersion: RegExp): MavenJars {
  const pom = fileURLToPath(pomUrl);
  const property = server.toLowerCase();

  function place(version: string | undefined): string {
    const found = version ?? ownVersion.exec(readFileSync(pom, "utf8"))?.[1];
    if (found === undefined) throw new Error(`no version of ${server} in ${pom}`);
    return join(cacheFolder(property), found);
  }

  function missing(version?: string): string | undefined {
    return missingProgram("java", "javac", ...(existsSync(place(version)) ? [] : (["mvn"] as const)));
  }

  return {
    missing,
    async folder(version) {
      const lacking = missing(version);
      if (lacking !== undefined) throw new CannotStart(`${server} cannot be started: ${lacking}.`);
      const folder = place(version);
      if (existsSync(folder)) return folder;
      await mkdir(dirname(folder), { recursive: true });
      // Into place in one step: others may be fetching at the same time, or be killed while they do.
      const fetched = await mkdtemp(`${folder}-`);
      try {
        const args = ["-B", "-q", "-f", pom, "dependency:copy-dependencies", "-DincludeScope=runtime", `-DoutputDirectory=${fetched}`];
        await promisify(execFile)("mvn", version === undefined ? args : [...args, `-D${property}=${version}`]);
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
