import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { claimDataFolder, openCredentials, openDataFolder } from "./data-folder.ts";
import { isLocked, takeLock } from "./process-lock.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace 数据-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a data folder", () => {
  it("is made with all folders above it", () => {
    const path = join(folder, "a b", "数据");
    expect(openDataFolder(path)).toBe(path);
    expect(existsSync(path)).toBe(true);
  });

  it("is refused when a file is in its way", () => {
    writeFileSync(join(folder, "file"), "");
    expect(() => openDataFolder(join(folder, "file"))).toThrow(
      `The data folder ${join(folder, "file")} cannot be used: there is a file in its way. Choose another with --data.`,
    );
    expect(() => openDataFolder(join(folder, "file", "below"))).toThrow("there is a file in its way");
  });

  it("belongs to one server, and another is told where that is", () => {
    const claim = claimDataFolder(folder);
    expect(() => claimDataFolder(folder)).toThrow(/^Another Millrace server, which is just starting, uses the data folder/);
    claim.announce("http://127.0.0.1:8090");
    expect(() => claimDataFolder(folder)).toThrow(
      `Another Millrace server (process ${process.pid}, http://127.0.0.1:8090) uses the data folder ${folder}. Use that one, stop it, or give this one a folder of its own with --data.`,
    );
    claim.release();
    claimDataFolder(folder).release();
  });

  it("is free again at once when the process that had it was killed", async () => {
    const source = `import { claimDataFolder } from ${JSON.stringify(new URL("./data-folder.ts", import.meta.url).href)};
      claimDataFolder(process.argv[1]).announce("http://there"); console.log("has it"); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", source, folder], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    expect(() => claimDataFolder(folder)).toThrow(`(process ${child.pid}, http://there)`);
    child.kill("SIGKILL");
    await once(child, "exit");
    const claim = claimDataFolder(folder);
    expect(() => claimDataFolder(folder)).toThrow("just starting");
    claim.release();
  });
});

describe("a lock", () => {
  it("is held by one at a time, until it is released", () => {
    const path = join(folder, "lock");
    expect(isLocked(path)).toBe(false);
    const lock = takeLock(path);
    expect([isLocked(path), takeLock(path)]).toEqual([true, undefined]);
    lock?.release();
    expect(isLocked(path)).toBe(false);
  });
});

describe("credentials", () => {
  it("are made at the first start, stay, and only their owner reads them", () => {
    const made = openCredentials(folder, {});
    expect(new Set(Object.values(made)).size).toBe(3);
    expect(made.token).toMatch(/^[\w-]{32}$/);
    expect(openCredentials(folder, {})).toEqual(made);
    expect(readFileSync(join(folder, "token"), "utf8")).toBe(`${made.token}\n`);
    if (process.platform === "win32") return;
    chmodSync(join(folder, "token"), 0o644);
    openCredentials(folder, {});
    for (const file of ["token", "ingest-key", "read-key"]) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
  });

  it("take the token of the environment without storing it", () => {
    const token = "a-token-from-outside";
    expect(openCredentials(folder, { MILLRACE_TOKEN: token }).token).toBe(token);
    expect(openCredentials(folder, {}).token).not.toBe(token);
    expect(openCredentials(folder, { MILLRACE_TOKEN: "" })).toEqual(openCredentials(folder, {}));
    expect(() => openCredentials(folder, { MILLRACE_TOKEN: "short" })).toThrow("MILLRACE_TOKEN has 5 characters; it needs at least 16");
  });

  it("are not taken from a file that was emptied", () => {
    writeFileSync(join(folder, "token"), "\n");
    expect(() => openCredentials(folder, {})).toThrow(
      `${join(folder, "token")} holds no secret of at least 16 characters. Remove it; a new one is made at the next start.`,
    );
  });
});
