import { join } from "node:path";
import { Command } from "commander";
import express from "express";
import { createCollector, TOPIC_OF_APP_LOGS } from "../applog/collector.ts";
import { applogRouter } from "../applog/routes.ts";
import { DEFAULT_DATA_FOLDER, openCredentials, openDataFolder } from "../data-folder.ts";
import { bringUpToDate } from "../data-format.ts";
import { createAccess } from "../http/access.ts";
import { apiErrors, noSuchRoute } from "../http/errors.ts";
import { securityHeaders } from "../http/headers.ts";
import { listen } from "../listen.ts";
import { openTopics } from "../run-host/connections.ts";
import { loadSettings } from "../settings.ts";
import { collect, readBytes, readPort } from "./options.ts";
import { onStop } from "./until-stopped.ts";

interface LoggerOptions {
  readonly port: number;
  readonly host: string;
  readonly data: string;
  readonly allowHost?: readonly string[];
  readonly maxPost?: number;
}

export const loggerCommand = new Command("logger")
  .description(
    `Starts one collector of app logs alone: /applog into the topic ${TOPIC_OF_APP_LOGS}. Several may share a data folder, beside a server or without one.`,
  )
  .requiredOption("-p, --port <port>", "port to listen on; 0: any free one", readPort)
  .option("--host <address>", "address to listen on; from other machines /applog wants the ingest key", "127.0.0.1")
  .option("-d, --data <folder>", "where the topics are", DEFAULT_DATA_FOLDER)
  .option("--allow-host <name>", "a further name this collector is called by, say that of a proxy's upstream (repeatable)", collect)
  .option("--max-post <size>", "largest post (default: setting posts.size)", readBytes)
  .action(async ({ port, host, data, allowHost = [], maxPost }: LoggerOptions) => {
    const dataFolder = openDataFolder(data);
    await bringUpToDate(dataFolder, (line) => console.error(line));
    const settings = loadSettings(dataFolder);
    const topics = await openTopics(dataFolder);
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
    console.log(`The collector is at ${listening.origin}/applog, its topics are in ${join(dataFolder, "topics")}.`);
    onStop(async () => {
      await listening.close();
      await collector.close();
      await topics.close();
      process.exit(0);
    });
  });
