/** The command line as a process of its own, as people and scripts start it. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

export const MAIN = fileURLToPath(new URL("../cli/main.ts", import.meta.url));

/** A process is started for each: several seconds when the machine is busy. */
export const PATIENCE = { timeout: 60_000 };

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const children = new Set<ReturnType<typeof spawn>>();

/** For `afterEach`: what a failed test left running. */
export function killMillraces(): void {
  for (const child of children) child.kill("SIGKILL");
}

/** `cwd`: where it runs, so that nothing lands in the folder of the tests. */
export function startMillrace(cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
  children.add(child);
  let out = "";
  let err = "";
  child.stdout.on("data", (part: Buffer) => {
    out += part.toString();
  });
  child.stderr.on("data", (part: Buffer) => {
    err += part.toString();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once("close", (code) => {
      children.delete(child);
      resolve({ code, out, err });
    });
  });
  /** Resolves with the match once it stands in the output. */
  const prints = (pattern: RegExp) =>
    expect
      .poll(() => pattern.exec(out + err)?.[0], { timeout: 20_000, interval: 20 })
      .toBeTruthy()
      .then(() => pattern.exec(out + err) as RegExpExecArray);
  return { child, ended, prints };
}

export async function runMillrace(
  cwd: string,
  args: readonly string[],
  input = "",
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const { child, ended } = startMillrace(cwd, args, env);
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  return ended;
}
