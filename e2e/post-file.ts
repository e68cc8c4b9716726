/** Posts the logs of a file from a process of its own. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export function postFile(address: string, file: string): Promise<void> {
  const child = spawn(process.execPath, [fileURLToPath(new URL("post-logs.ts", import.meta.url)), address, file], { stdio: "inherit" });
  return new Promise((resolve, reject) =>
    child.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`the posting process ended with ${code}`)))),
  );
}
