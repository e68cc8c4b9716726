import { join } from "node:path";
import type { TopicLog } from "@millrace/engine/node";
import { Command } from "commander";
import express from "express";
import { createCollector, TOPIC_OF_APP_LOGS } from "../applog/collector.ts";
import { applogRouter } from "../applog/routes.ts";
import { DEFAULT_DATA_FOLDER, openCredentials, openDataFolder, UsageError } from "../data-folder.ts";
import { bringUpToDate } from "../data-format.ts";
import { createAccess } from "../http/access.ts";
import { apiErrors, noSuchRoute } from "../http/errors.ts";
import { securityHeaders } from "../http/headers.ts";
import { listen } from "../listen.ts";
import { openBuiltIn, openTopics } from "../run-host/connections.ts";
import { loadSettings } from "../settings.ts";
import { collect, readBytes, readPort } from "./options.ts";
import { storedConnection } from "./stored-connections.ts";
import { onStop } from "./until-stopped.ts";

interface LoggerOptions {
  readonly port: number;
  readonly host: string;
  readonly data: string;
  readonly allowHost?: readonly string[];
  readonly maxPost?: number;
  readonly connection?: string;
}

export const loggerCommand = new Command("logger")
  .description(
    `Starts one collector of app logs alone: /applog into the topic ${TOPIC_OF_APP_LOGS}. Several may share a data folder, beside a server or without one.`,
  )
  .requiredOption("-p, --port <port>", "port to listen on; 0: any free one", readPort)
  .option("--host <address>", "address to listen on; from other machines /applog wants the ingest key", "127.0.0.1")
  .option("-d, --data <folder>", "where the topics are", DEFAULT_DATA_FOLDER)
  .option("--allow-host <name>", "a further name this collector is called by, say that of a proxy's upstream (repeatable)", collect)
  .option("--connection <name>", "the connection, as stored in the data folder, whose topic takes the logs (default: the built-in topics)")
  .option("--max-post <size>", "largest post (default: setting posts.size)", readBytes)
  .action(async ({ port, host, data, allowHost = [], maxPost, connection }: LoggerOptions) => {
    const dataFolder = openDataFolder(data);
    await bringUpToDate(dataFolder, (line) => console.error(line));
    const settings = loadSettings(dataFolder);
    const topics = connection === undefined ? await openTopics(dataFolder) : await openStored(connection, dataFolder);
    const collector = createCollector({ topic: TOPIC_OF_APP_LOGS, openTopics: async () => topics, dataFolder, now: Date.now });
    const access = createAccess(openCredentials(dataFolder, process.env), allowHost);

    const app = express();
    app.disable("x-powered-by");
    app.use(securityHeaders);
    app.get("/health", (_request, response) => response.json({ status: "ok" }));
    app.use("/applog", applogRouter({ collector, maxPostBytes: maxPost ?? settings["posts.size"], access: access.ingest }));
    app.use(
      noSuchRoute,
      apiErrors((line) => console.error(line)),
    );

    const listening = await listen(app, host, port);
    console.log(
      `The collector is at ${listening.origin}/applog, its topics are ${connection === undefined ? `in ${join(dataFolder, "topics")}` : `those of connection ${connection}`}.`,
    );
    onStop(async () => {
      await listening.close();
      await collector.close();
      await topics.close();
      process.exit(0);
    });
  });

async function openStored(name: string, dataFolder: string): Promise<TopicLog> {
  const config = storedConnection(name, dataFolder);
  if (config.role !== "topic") throw new UsageError(`Connection ${name} is for ${config.role}, not for topics.`);
  return (await openBuiltIn(dataFolder, config)) as TopicLog;
}
