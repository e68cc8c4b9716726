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
  expect(json.error?.message?.en).toBe('Alias "logs" is for topic, but connection "disk" is for files. Choose another connection for it.');
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
  expect((await served.call("POST", "/api/connections/main/test")).json).toEqual({
    ok: true,
    steps: [{ what: { en: "Look", zh: "查看" }, ok: true, detail: { en: "with address,password", zh: "" } }],
  });
  expect((await served.call("POST", "/api/connections/none/test")).status).toBe(404);
});

it("tries settings before they are saved, with the stored secrets", async () => {
  await served.call("PUT", "/api/connections/main", KAFKA);
  const unsaved = { kind: "built-in", role: "topic", settings: { password: { secret: true } } };
  const details = async (body: unknown) => (await served.call("POST", "/api/connections/test", body)).json.steps?.[0]?.detail?.en;
  expect(await details({ ...unsaved, name: "main" })).toBe("with password");
  expect(await details(unsaved)).toBe("with ");
  expect((await served.call("GET", "/api/connections")).json).toMatchObject([{ name: "main", settings: { address: "kafka:9092" } }]);
});

it.each([
  [{ kind: "pulsar" }, 'body.kind: expected "built-in" or "kafka" or "clickhouse" or "http", got "pulsar"'],
  [{ kind: "kafka" }, 'There is no kind "kafka" for role "files".'],
  [{ role: "topic", settings: { login: "gssapi" } }, 'settings.login: expected one of "none", "plain", got "gssapi".'],
  [{ role: "topic", settings: { timeout: "soon" } }, 'settings.timeout: expected a number above 0, got "soon".'],
  [{ role: "tables" }, 'body.role: expected "topic" or "files" or "dimension" or "http" or "table", got "tables"'],
  [{ role: undefined }, 'body.role: expected "topic" or "files" or "dimension" or "http" or "table", got nothing'],
  [{ settings: { roots: "/a" } }, 'There is no setting "roots" of kind "built-in" for role "files". It has: "root".'],
  [{ settings: { constructor: "/a" } }, 'There is no setting "constructor" of kind'],
  [{ settings: { root: 5 } }, "settings.root: expected a text, got 5. Leave it out for the default."],
  [{ settings: { root: "" } }, 'settings.root: expected a text, got "". Leave it out for the default.'],
  [{ settings: { root: { secret: "geheim" } } }, "settings.root: expected a text, got an object."],
  [{ settings: { root: "logs/today" } }, 'settings.root: "logs/today" is not a whole path.'],
  [{ role: "topic", settings: { password: "geheim" } }, 'settings.password: this is a secret. Send { "secret": text }'],
])("refuses a connection with %j, says what to do, and keeps secrets out of the words", async (part, words) => {
  const body = { kind: "built-in", role: "files", settings: {}, ...part };
  for (const [method, path] of [
    ["PUT", "/api/connections/disk"],
    ["POST", "/api/connections/test"],
  ] as const) {
    const { status, json, text } = await served.call(method, path, body);
    expect(status).toBe(400);
    expect(json.error?.message?.en).toContain(words);
    expect(text).not.toContain("geheim");
  }
  expect((await served.call("GET", "/api/connections")).json).toEqual([]);
});

it("takes a folder that is not there yet: it may come later", async () => {
  const root = join(served.dataFolder, "not-yet");
  expect((await served.call("PUT", "/api/connections/disk", { kind: "built-in", role: "files", settings: { root } })).status).toBe(200);
});

it("does not let a connection in use change its role", async () => {
  await served.call("PUT", "/api/connections/main", KAFKA);
  await served.call("PUT", "/api/environments/test", { connections: { logs: "main" } });
  const { status, json } = await served.call("PUT", "/api/connections/main", { kind: "built-in", role: "files", settings: {} });
  expect(status).toBe(409);
  expect(json.error?.message?.en).toBe(
    'Environment "test" uses connection "main" for topic, so it cannot be for files. Make another connection, or change the environment first.',
  );
  expect((await served.call("PUT", "/api/connections/main", KAFKA)).status).toBe(200);
});

it.each(["Logs", "a b", "", "a".repeat(65), "../x"])("refuses the alias %j", async (alias) => {
  await served.call("PUT", "/api/connections/main", KAFKA);
  const { status, json } = await served.call("PUT", "/api/environments/test", { connections: { [alias]: "main" } });
  expect(status).toBe(400);
  expect(json.error?.message?.en).toContain("cannot be a connection alias");
});

it("is not led astray by an alias that every object has", async () => {
  await served.call("PUT", "/api/connections/main", KAFKA);
  expect((await served.call("PUT", "/api/environments/test", { connections: { constructor: "main" } })).status).toBe(200);
  await served.call("POST", "/api/pipelines", { document: { ...documentOf("a"), connections: { logs: { role: "topic" } } } });
  expect((await served.call("POST", "/api/pipelines/a/deploy", { environment: "test" })).status).toBe(200);
  expect(served.host.runs[0]?.request.connections).toEqual({});
});

it("tells which aliases a pipeline has and with which environment it runs, and keeps that environment", async () => {
  await served.call("PUT", "/api/environments/test", { connections: {} });
  await served.call("POST", "/api/pipelines", { document: { ...documentOf("a"), connections: { logs: { role: "files" } } } });
  expect((await served.call("GET", "/api/pipelines")).json).toMatchObject([{ connections: { logs: { role: "files" } } }]);

  const deployed = await served.call("POST", "/api/pipelines/a/deploy", { environment: "test" });
  expect(deployed.json.environment).toBe("test");
  await served.call("POST", "/api/pipelines/a/stop", {});
  expect((await served.call("GET", "/api/pipelines/a/run")).json.environment).toBe("test");
  const refused = await served.call("DELETE", "/api/environments/test");
  expect(refused.status).toBe(409);
  expect(refused.json.error?.message?.en).toBe('Pipeline "a" is deployed with environment "test". Deploy it with another one first.');

  const again = await served.call("POST", "/api/pipelines/a/deploy", {});
  expect(again.json).not.toHaveProperty("environment");
  expect((await served.call("DELETE", "/api/environments/test")).status).toBe(204);
});
