import { mavenJars } from "../maven-jars.ts";

const jars = mavenJars("IK Analyzer", new URL("./pom.xml", import.meta.url), /<artifactId>ikanalyzer<\/artifactId>\s*<version>([^<]+)</);

/** Why the Java original cannot be asked here; undefined when it can. */
export const ikIsMissing = jars.missing;
/** The folder with its jar. Throws `CannotStart`. */
export const ikJars = jars.folder;
