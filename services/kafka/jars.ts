import { mavenJars } from "../maven-jars.ts";

const jars = mavenJars("Kafka", new URL("./pom.xml", import.meta.url), /<kafka>([^<]+)</);

/** Why a broker and the witnesses cannot be started here; undefined when they can. */
export const kafkaIsMissing = jars.missing;
/** The folder with the jars of broker and Java client. Throws `CannotStart`. */
export const kafkaJars = jars.folder;
