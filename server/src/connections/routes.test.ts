import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createSecretBox } from "../metadata/secrets.ts";
import { documentOf, type Served, serve } from "../testing/serve.ts";

let served: Served;
beforeEach(async () => {
  served = await serve();
});
afterEach(() => served.close());

const KAFKA = { kind: "built-in", role: "topic", settings: { address: "kafka:9092", password: { secret: "geheim" } } };

it("keeps connections, and their secrets to itself", async () => {
  const { status, text } = await served.call("PUT", "/api/connections/main", KAFKA);
  expect(status).toBe(200);
  expect(JSON.parse(text)).toEqual({ name: "main", ...KAFKA, settings: { address: "kafka:9092", password: { secret: true } } });
  const list = await served.call("GET", "/api/connections");
  expect(list.text).not.toContain("geheim");
  expect(list.json).toMatchObject([{ name: "main" }]);
  expect(served.deps.connections.config("main")?.settings).toEqual({ address: "kafka:9092", password: "geheim" });
});

it("keeps the stored secret when it is sent back hidden, and takes a new one", async () => {
  await served.call("PUT", "/api/connections/main", KAFKA);
  await served.call("PUT", "/api/connections/main", { ...KAFKA, settings: { address: "other:9092", password: { secret: true } } });
  expect(served.deps.connections.config("main")?.settings).toEqual({ address: "other:9092", password: "geheim" });
  await served.call("PUT", "/api/connections/main", { ...KAFKA, settings: { password: { secret: "neu" } } });
  expect(served.deps.connections.config("main")?.settings).toEqual({ password: "neu" });
});

it("encrypts secrets with a key that only its owner reads", () => {
  const file = join(served.dataFolder, "other.key");
  const box = createSecretBox(file, undefined);
  const sealed = box.seal("geheim");
  expect(sealed).not.toContain("geheim");
  expect(box.seal("geheim")).not.toBe(sealed);
  expect(createSecretBox(file, undefined).open(sealed)).toBe("geheim");
  if (process.platform !== "win32") expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, "utf8")).not.toContain("geheim");
  expect(() => createSecretBox(file, "another key").open(sealed)).toThrow(/cannot be read with this key/);
  expect(() => createSecretBox(join(served.dataFolder, "none.key"), undefined).open(sealed)).toThrow(
    /is not there: expected it in .*none\.key or in MILLRACE_SECRET_KEY/,
  );
});

it("deploys with the connections that an environment names", async () => {
  await served.call("PUT", "/api/connections/main", KAFKA);
  await served.call("PUT", "/api/environments/test", { connections: { logs: "main", other: "main" } });
  await served.call("POST", "/api/pipelines", { document: { ...documentOf("a"), connections: { logs: { role: "topic" } } } });
  expect((await served.call("POST", "/api/pipelines/a/deploy", { environment: "none" })).status).toBe(404);
  expect((await served.call("POST", "/api/pipelines/a/deploy", { environment: "test" })).status).toBe(200);
  expect(served.host.runs[0]?.request.connections).toEqual({
    logs: { kind: "built-in", role: "topic", settings: { address: "kafka:9092", password: "geheim" } },
  });
});

it("refuses an environment whose connection plays another role", async () => {
  await served.call("PUT", "/api/connections/disk", { kind: "built-in", role: "files", settings: {} });
  await served.call("PUT", "/api/environments/test", { connections: { logs: "disk" } });
  await served.call("POST", "/api/pipelines", { document: { ...documentOf("a"), connections: { logs: { role: "topic" } } } });
  const { status, json } = await served.call("POST", "/api/pipelines/a/deploy", { environment: "test" });
  expect(status).toBe(422);
  expect(json.error?.message?.en).toBe(
    'Alias "logs" is for topic, but connection "disk" is for files. Choose another connection in the environment.',
  );
});

it("does not let go of what is in use, nor use what is not there", async () => {
  expect((await served.call("PUT", "/api/environments/test", { connections: { logs: "main" } })).status).toBe(404);
  await served.call("PUT", "/api/connections/main", KAFKA);
  await served.call("PUT", "/api/environments/test", { connections: { logs: "main" } });
  expect((await served.call("DELETE", "/api/connections/main")).json.error?.message?.en).toBe(
    'Environment "test" uses connection "main". Change the environment first.',
  );
  expect((await served.call("DELETE", "/api/environments/test")).status).toBe(204);
  expect((await served.call("DELETE", "/api/connections/main")).status).toBe(204);
  expect((await served.call("DELETE", "/api/connections/main")).status).toBe(404);
  expect((await served.call("PUT", "/api/connections/A%20b", KAFKA)).status).toBe(400);
});

it("tries a connection", async () => {
  await served.call("PUT", "/api/connections/main", KAFKA);
  expect((await served.call("POST", "/api/connections/main/test")).json).toEqual({ ok: true, steps: [] });
  expect((await served.call("POST", "/api/connections/none/test")).status).toBe(404);
});
