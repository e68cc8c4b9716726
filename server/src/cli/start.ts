import { Command } from "commander";
import { DEFAULT_DATA_FOLDER } from "../data-folder.ts";
import { settingsHelp } from "../settings.ts";
import { startServer } from "../start-server.ts";
import { openBrowser } from "./open-browser.ts";
import { collect, collectPairs, DEFAULT_PORT, readBytes, readPort } from "./options.ts";
import { onStop } from "./until-stopped.ts";

export const startCommand = new Command("start")
  .description("Starts the server with the designer; on a new data folder with a warehouse that already runs.")
  .option("-p, --port <port>", "port to listen on; 0: any free one", readPort, DEFAULT_PORT)
  .option("--host <address>", "address to listen on; from other machines only records come in, with a key", "127.0.0.1")
  .option("-d, --data <folder>", "where everything is kept", DEFAULT_DATA_FOLDER)
  .option("--empty", "begin without the warehouse that a new data folder otherwise shows")
  .option("--no-open", "do not open the browser")
  .option("--allow-host <name>", "a further name this server is called by, say behind a proxy (repeatable)", collect)
  .option("--max-post <size>", "largest post of records (default: setting posts.size)", readBytes)
  .option("--applog-connection <name>", "the connection, as stored, whose topic takes posted app logs (default: the built-in topics)")
  .option("--setting <name=value>", "one of the settings below, for this process (repeatable)", collectPairs)
  .addHelpText("after", settingsHelp)
  .action(start);

interface StartOptions {
  readonly port: number;
  readonly host: string;
  readonly data: string;
  readonly open: boolean;
  readonly empty?: boolean;
  readonly allowHost?: readonly string[];
  readonly maxPost?: number;
  readonly applogConnection?: string;
  readonly setting?: ReadonlyMap<string, string>;
}

async function start({ port, host, data, open, empty, allowHost = [], maxPost, applogConnection, setting }: StartOptions): Promise<void> {
  const server = await startServer({
    dataFolder: data,
    host,
    port,
    allowedHosts: [...allowHost, ...(["127.0.0.1", "::1", "0.0.0.0", "::", "localhost"].includes(host) ? [] : [host])],
    maxPostBytes: maxPost,
    applogConnection,
    settings: setting,
    isEmpty: empty,
    environment: process.env,
    log: (line) => console.error(line),
  });
  console.log(`Millrace is at ${server.address}`);
  console.log("Ctrl+C stops it; what runs goes on from its last checkpoint at the next start.");

  onStop(() => {
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  if (open && process.stdout.isTTY && !process.env.CI) {
    openBrowser(server.address);
  }
  try {
    await server.resumed;
  } catch (error) {
    console.error(`The first pipelines did not start: ${error instanceof Error ? error.message : String(error)}`);
  }
}
