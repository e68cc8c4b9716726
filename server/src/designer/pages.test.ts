import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Served, serve, TOKEN } from "../testing/serve.ts";

let served: Served;
beforeAll(async () => {
  served = await serve();
  const assets = join(served.dataFolder, "dist", "assets");
  mkdirSync(assets, { recursive: true });
  for (const name of ["main-1a2b.js", "live-value.worker-3c4d.js", "editor.worker-5e6f.js"])
    writeFileSync(join(assets, name), "export {};");
});
afterAll(() => served.close());

it("lets only the worker for live values compile, and that one reach nothing", async () => {
  const cookie = `millrace-${new URL(served.url).port}=${TOKEN}`;
  const policyOf = async (name: string) => {
    const { status, headers } = await served.raw("GET", `/assets/${name}`, { cookie });
    expect([name, status]).toEqual([name, 200]);
    return String(headers["content-security-policy"]);
  };
  expect(await policyOf("live-value.worker-3c4d.js")).toMatch(/^default-src 'none'; script-src 'self' 'unsafe-eval';/);
  expect(await policyOf("live-value.worker-3c4d.js")).not.toContain("connect-src");
  for (const name of ["main-1a2b.js", "editor.worker-5e6f.js"]) expect(await policyOf(name)).not.toContain("unsafe-eval");
});
