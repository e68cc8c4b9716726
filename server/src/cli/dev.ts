/** `pnpm dev`: the server, started anew when its files change, and Vite's development server for the designer. Further arguments go to `millrace start`. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { startDevServer } from "../../../designer/dev-server.ts";
import { DEFAULT_PORT } from "./options.ts";
import { onStop } from "./until-stopped.ts";

const token = process.env.MILLRACE_TOKEN ?? randomBytes(24).toString("base64url");
const serverPort = process.env.PORT ?? String(DEFAULT_PORT);
const main = fileURLToPath(new URL("main.ts", import.meta.url));

const server = spawn(
  process.execPath,
  ["--watch", "--watch-preserve-output", main, "start", "--no-open", "--port", serverPort, ...process.argv.slice(2)],
  {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, MILLRACE_TOKEN: token },
  },
);
const closeDesigner = await startDevServer({ serverPort, token, open: process.stdout.isTTY && !process.env.CI });

async function end(code: number): Promise<never> {
  server.kill();
  await closeDesigner();
  process.exit(code);
}
server.on("exit", (code) => void end(code ?? 1));
onStop(() => void end(0));
