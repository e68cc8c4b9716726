import { spawn } from "node:child_process";

/** Opens the address in the person's browser, if there is a way to; it was printed, so nothing is lost if not. */
export function openBrowser(address: string): void {
  const [command, ...args] = OPENERS[process.platform] ?? ["xdg-open"];
  const child = spawn(command as string, [...args, address], { stdio: "ignore", detached: true });
  child.on("error", () => undefined);
  child.unref();
}

const OPENERS: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ["open"],
  // `start` of cmd.exe would take "&" in the address for its own.
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};
