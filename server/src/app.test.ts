import { mkdirSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiRoutes } from "./app.ts";
import { INGEST_KEY, READ_KEY, type Served, serve, TOKEN } from "./testing/serve.ts";

let served: Served;
beforeAll(async () => {
  served = await serve();
  mkdirSync(join(served.dataFolder, "dist", "assets"), { recursive: true });
  writeFileSync(join(served.dataFolder, "dist", "index.html"), "<!doctype html><title>designer</title>");
  writeFileSync(join(served.dataFolder, "dist", "assets", "main-1a2b.js"), "export {};");
});
afterAll(() => served.close());

const auth = { authorization: `Bearer ${TOKEN}` };

function guarded(): [method: string, path: string][] {
  const rest = apiRoutes(served.deps).map(({ method, path }): [string, string] => [
    method.toUpperCase(),
    `/api${path.replace(/:\w+/g, "x")}`,
  ]);
  return [...rest, ["GET", "/api/live?pipeline=x"], ["GET", "/api/openapi.json"], ["GET", "/api/docs"], ["GET", "/api/no-such-route"]];
}

describe("every route of the API", () => {
  it("refuses a request without the token, or with a wrong one", async () => {
    for (const [method, path] of guarded()) {
      expect([path, (await served.raw(method, path)).status]).toEqual([path, 401]);
      for (const authorization of ["Bearer wrong", "Bearer", `Basic ${TOKEN}`, `Bearer ${INGEST_KEY}`, `Bearer ${TOKEN} ${TOKEN}`]) {
        expect([path, (await served.raw(method, path, { authorization })).status]).toEqual([path, 401]);
      }
      expect([
        path,
        (await served.raw(method, path, { cookie: `millrace-1=${TOKEN}; millrace-${served.url.split(":")[2]}=wrong` })).status,
      ]).toEqual([path, 401]);
      expect([path, (await served.raw(method, `${path}${path.includes("?") ? "&" : "?"}token=${TOKEN}`)).status]).toEqual([path, 401]);
    }
  });

  it("refuses a foreign Host, Origin or site although the token is right", async () => {
    for (const [method, path] of guarded()) {
      for (const headers of [
        { host: "attacker.example" },
        { host: "localhost.attacker.example:80" },
        { origin: "http://attacker.example" },
        { origin: "null" },
        { origin: "http://127.0.0.1:1" },
        { "sec-fetch-site": "cross-site" },
        { "sec-fetch-site": "same-site" },
        { "x-forwarded-for": "10.0.0.9" },
      ]) {
        expect([path, headers, (await served.raw(method, path, { ...auth, ...headers } as Record<string, string>)).status]).toEqual([
          path,
          headers,
          403,
        ]);
      }
    }
  });

  it("names the host it was called by and the remedy", async () => {
    const { json } = await served.raw("GET", "/api/pipelines", { ...auth, host: "collectors:80" });
    expect(json.error?.message?.en).toBe(
      'The request names the host "collectors:80", which is not a name of this server. Use localhost, or start it with --allow-host collectors.',
    );
  });

  it("lets the cookie change something only for a page of ours", async () => {
    const cookie = `millrace-${new URL(served.url).port}=${TOKEN}`;
    const body = "{}";
    const json = { cookie, "content-type": "application/json" };
    expect((await served.raw("GET", "/api/pipelines", { cookie })).status).toBe(200);
    expect((await served.raw("POST", "/api/pipelines", json, body)).status).toBe(401);
    expect((await served.raw("POST", "/api/pipelines", { ...json, origin: served.url }, body)).status).toBe(201);
    expect((await served.raw("POST", "/api/pipelines", { ...json, "sec-fetch-site": "same-origin" }, body)).status).toBe(201);
  });
});

describe("the designer", () => {
  it("explains itself to a browser without the token, and gives no file away", async () => {
    for (const path of ["/", "/pipelines/x", "/assets/main-1a2b.js", "/index.html", "/?token=wrong", "/?token=a&token=b"]) {
      const answer = await served.raw("GET", path);
      expect([path, answer.status]).toEqual([path, 401]);
      expect(answer.text).not.toContain("<title>designer");
    }
    expect((await served.raw("GET", "/?token=wrong")).text).toContain("The token in this address is wrong");
  });

  it("takes the token of the address once, keeps it in a cookie that scripts cannot read, and goes on without it", async () => {
    const answer = await served.raw("GET", `/pipelines/base-log-app?token=${TOKEN}&edge=a`);
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toBe("/pipelines/base-log-app?edge=a");
    const [cookie = ""] = answer.headers["set-cookie"] ?? [];
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    const page = await served.raw("GET", "/pipelines/base-log-app", { cookie: cookie.split(";")[0] as string });
    expect(page.status).toBe(200);
    expect(page.text).toContain("<title>designer");
  });

  it("never redirects to another server", async () => {
    const { headers } = await served.raw("GET", `//attacker.example/?token=${TOKEN}`);
    expect(headers.location).toMatch(/^\/(?![/\\])/);
  });

  it("keeps files below its folder, however the path is written", async () => {
    const cookie = `millrace-${new URL(served.url).port}=${TOKEN}`;
    for (const path of [
      "/../secret.key",
      "/..%2fsecret.key",
      "/assets/..%2f..%2fsecret.key",
      "/assets/%2e%2e/%2e%2e/secret.key",
      "/..%5csecret.key",
      "/%00",
    ]) {
      const { status, text } = await served.raw("GET", path, { cookie, accept: "*/*" });
      expect([path, text.includes("<title>designer") || status >= 400]).toEqual([path, true]);
    }
  });

  it("runs scripts of its own files only", async () => {
    const { headers } = await served.raw("GET", "/");
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("worker-src 'self' blob:");
    expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline|https?:/);
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["x-frame-options"]).toBe("DENY");
    expect(headers["x-powered-by"]).toBeUndefined();
  });

  it("says how to build it when it is not built", async () => {
    const bare = await serve();
    const { status, text } = await bare.raw("GET", "/", { cookie: `millrace-${new URL(bare.url).port}=${TOKEN}` });
    await bare.close();
    expect(status).toBe(503);
    expect(text).toContain("npx -y pnpm start");
  });
});

describe("what is open on this machine", () => {
  it("needs a key when a proxy speaks for somebody elsewhere", async () => {
    const elsewhere = { "x-forwarded-for": "10.0.0.9" };
    expect((await served.raw("GET", "/applog?param=a", elsewhere)).status).toBe(403);
    expect((await served.raw("POST", "/in/x/y", elsewhere, "{}")).status).toBe(403);
    expect((await served.raw("GET", "/metrics", elsewhere)).status).toBe(403);
    expect((await served.raw("GET", "/", elsewhere)).status).toBe(403);

    expect((await served.raw("GET", `/applog/${INGEST_KEY}?param=a`, { ...elsewhere, host: "collectors" })).text).toBe("success");
    expect((await served.raw("POST", `/in/x/y/${INGEST_KEY}`, elsewhere, "{}")).status).toBe(404);
    expect((await served.raw("GET", "/metrics", { ...elsewhere, authorization: `Bearer ${READ_KEY}` })).status).toBe(200);
    expect((await served.raw("GET", `/metrics?key=${READ_KEY}`, elsewhere)).status).toBe(200);
  });

  it("refuses a wrong key", async () => {
    for (const key of ["wrong", READ_KEY, TOKEN, "__proto__"]) {
      expect((await served.raw("GET", `/applog/${key}?param=a`)).status).toBe(401);
      expect((await served.raw("POST", `/in/x/y/${key}`, {}, "{}")).status).toBe(401);
    }
    expect((await served.raw("GET", `/metrics?key=${INGEST_KEY}`)).status).toBe(401);
  });

  it("refuses pages of other origins and foreign hosts", async () => {
    for (const headers of [{ host: "attacker.example" }, { origin: "http://attacker.example" }, { "sec-fetch-site": "cross-site" }]) {
      const given = headers as Record<string, string>;
      expect((await served.raw("POST", "/applog", given, "{}")).status).toBe(403);
      expect((await served.raw("GET", "/applog?param=a", given)).status).toBe(403);
      expect((await served.raw("POST", "/in/x/y", given, "{}")).status).toBe(403);
      expect((await served.raw("GET", "/metrics", given)).status).toBe(403);
    }
  });

  it("says on /health that it is up, and nothing more", async () => {
    const { status, json } = await served.raw("GET", "/health", { host: "anything", "x-forwarded-for": "10.0.0.9" });
    expect([status, json]).toEqual([200, { status: "ok" }]);
  });
});

describe("bad requests", () => {
  it("are answered with place, value and remedy", async () => {
    const cases: [string, string, string | Buffer, Record<string, string>, number, string][] = [
      ["POST", "/api/pipelines", "{", { "content-type": "application/json" }, 400, "The body is not JSON:"],
      ["POST", "/api/pipelines", "{}", { "content-type": "text/plain" }, 415, 'takes application/json, got "text/plain"'],
      ["POST", "/api/pipelines", '{"nam":1}', { "content-type": "application/json" }, 400, '"nam"'],
      ["POST", "/api/pipelines", '{"name":5}', { "content-type": "application/json" }, 400, "body.name"],
      ["POST", "/api/pipelines", '{"name":"a","__proto__":{"b":1}}', { "content-type": "application/json" }, 400, '"body.__proto__"'],
      [
        "POST",
        "/api/pipelines",
        `{"name":${"[".repeat(5000)}${"]".repeat(5000)}}`,
        { "content-type": "application/json" },
        400,
        "200 levels deep",
      ],
      [
        "POST",
        "/api/pipelines",
        JSON.stringify({ name: "x".repeat(1_000_001) }),
        { "content-type": "application/json" },
        413,
        "the limit of 1000000 bytes",
      ],
      [
        "POST",
        "/api/pipelines",
        '{"document":{"formatVersion":1,"name":"n","nodes":{\n"a":{},\n"a":{}},"edges":[]}}',
        { "content-type": "application/json" },
        400,
        '"a" stands twice in one object (again in line 3). Remove or rename one of the two.',
      ],
      ["GET", "/api/pipelines/%E0%A4%A", "", {}, 400, "cannot be read"],
      ["GET", "/api/topics/x/records?limit=0", "", {}, 400, "query.limit"],
      ["PATCH", "/api/pipelines", "", {}, 404, "There is no route PATCH"],
    ];
    for (const [method, path, body, headers, status, words] of cases) {
      const answer = await served.raw(method, path, { ...auth, ...headers }, body);
      expect([path, answer.status]).toEqual([path, status]);
      expect(answer.json.error?.message?.en).toContain(words);
      expect(answer.json.error?.message?.zh).not.toBe("");
    }
  });

  it("leave bugs in the log, not in the answer", async () => {
    const broken = await serve({
      problems: () => {
        throw new Error("secret detail");
      },
    });
    const answer = await broken.call("POST", "/api/pipelines", { template: "base-log-app" });
    await broken.close();
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain("secret detail");
    expect(broken.logged.join()).toContain("secret detail");
  });
});

describe("OpenAPI", () => {
  it("describes every route", async () => {
    const { json } = await served.call("GET", "/api/openapi.json");
    const described = Object.entries(json.paths ?? {}).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    const wanted = apiRoutes(served.deps).map(({ method, path }) => `${method} /api${path.replace(/:(\w+)/g, "{$1}")}`);
    expect(described.sort()).toEqual([...wanted, "get /api/live"].sort());
    expect(json.openapi).toBe("3.1.0");
  });

  it("refers only to shapes that are there", async () => {
    const { text, json } = await served.call("GET", "/api/openapi.json");
    for (const [, name] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g))
      expect(Object.keys(json.components?.schemas ?? {})).toContain(name);
    for (const [, reference] of text.matchAll(/"\$ref":"([^"]+)"/g)) expect(reference).toMatch(/^#\/components\/schemas\/\w+/);
  });

  it("has a page for people that needs nothing from outside", async () => {
    const { status, text } = await served.call("GET", "/api/docs");
    expect(status).toBe(200);
    expect(text).toContain("/api/pipelines/:id/deploy");
    expect(text).not.toMatch(/<script|https?:\/\//);
  });
});

describe("the live stream", () => {
  it("sends frames of the watched edges while the pipeline runs, and lets go when the page goes", async () => {
    const { json } = await served.call("POST", "/api/pipelines", { template: "base-log-app", name: "Watched" });
    const id = String(json.id);
    await served.call("POST", `/api/pipelines/${id}/deploy`, {});
    const run = served.host.runs.at(-1);
    run?.kept.set("a.out->b.in", [{ seq: 1, at: 5, time: null, kind: "+I", text: "{}" }]);

    const events = await readEvents(`${served.url}/api/live?pipeline=${id}&edges=${encodeURIComponent("a.out->b.in")}`, 1, () => [
      ...(run?.watched ?? []),
    ]);
    expect(events.frames[0]).toMatchObject({ run: { pipelineId: id, state: "running" }, samples: { "a.out->b.in": [{ seq: 1 }] } });
    expect(events.during).toEqual(["a.out->b.in"]);
    await expect.poll(() => run?.watched.size).toBe(0);
  });

  it("refuses a pipeline that is not there, and too many edges", async () => {
    expect((await served.call("GET", "/api/live?pipeline=none")).status).toBe(404);
    expect((await served.call("GET", "/api/live")).status).toBe(400);
    const edges = Array.from({ length: 201 }, (_, i) => `a${i}.out->b.in`).join();
    const { json } = await served.call("GET", `/api/live?pipeline=x&edges=${encodeURIComponent(edges)}`);
    expect(json.error?.message?.en).toBe("At most 200 edges can be watched at once, got 201. Watch those that are on the screen.");
  });
});

/** Reads `count` frames, calls `during`, then leaves. */
function readEvents(url: string, count: number, during: () => unknown): Promise<{ frames: unknown[]; during: unknown }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { headers: auth }, (response) => {
      let text = "";
      response.on("data", (part: Buffer) => {
        text += part.toString();
        const frames = [...text.matchAll(/^event: live\ndata: (.*)\n\n/gm)].map(([, data]) => JSON.parse(data as string) as unknown);
        if (frames.length < count) return;
        resolve({ frames, during: during() });
        request.destroy();
      });
    });
    request.on("error", reject);
    request.end();
  });
}
