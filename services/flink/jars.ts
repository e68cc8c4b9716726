import { mavenJars } from "../maven-jars.ts";

const jars = mavenJars("Flink", new URL("./pom.xml", import.meta.url), /<flink>([^<]+)</);

/** Why Flink cannot be started here; undefined when it can. The program in front of Flink is compiled at each start. */
export const flinkIsMissing = jars.missing;
/** The folder with the jars (about 135 MB). Throws `CannotStart`. */
export const flinkJars = jars.folder;
