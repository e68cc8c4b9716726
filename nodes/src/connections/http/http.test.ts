import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { HttpClient, HttpRequest } from "@millrace/engine/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isBlocked } from "./addresses.ts";
import { openHttpClient, urlOf } from "./index.ts";
import { readHttpSettings } from "./settings.ts";

const settings = (more: object = {}) => readHttpSettings({ base: "https://api.example.com/v1", hosts: "10.0.0.5:8080, [::1]:9", ...more });
const codeOf = (work: () => unknown) => {
  try {
    return String(work());
  } catch (error) {
    return (error as { code?: string }).code;
  }
};

describe("where requests may go", () => {
  it("is below the base, and to the hosts that are listed", () => {
    for (const [path, url] of [
      ["/users/5?full=1", "https://api.example.com/v1/users/5?full=1"],
      ["users", "https://api.example.com/v1/users"],
      ["https://api.example.com/other", "https://api.example.com/other"],
      ["http://10.0.0.5:8080/x", "http://10.0.0.5:8080/x"],
    ] as const)
      expect(urlOf(settings(), path).href).toBe(url);
  });

  it("is no other host, scheme or port, and nothing above the base, however it is written", () => {
    for (const [path, code] of [
      ["http://10.0.0.5/x", "http.host-not-allowed"],
      ["https://api.example.com.evil.test/", "http.host-not-allowed"],
      ["https://api.example.com@evil.test/", "http.bad-address"],
      ["//evil.test/x", "https://api.example.com/v1//evil.test/x"],
      ["/\\evil.test/x", "https://api.example.com/v1//evil.test/x"],
      ["../admin", "http.bad-address"],
      ["/a/%2e%2e/%2e%2e/admin", "http.bad-address"],
      ["..\\admin", "http.bad-address"],
      ["file:///etc/passwd", "http.bad-address"],
      ["gopher://api.example.com/", "http.bad-address"],
      ["javascript:alert(1)", "http.bad-address"],
    ] as const)
      expect(
        codeOf(() => urlOf(settings(), path)),
        path,
      ).toBe(code);
  });

  it("is never a link-local address or a cloud's metadata, though it be listed, in any spelling", () => {
    for (const host of [
      "169.254.169.254",
      "2852039166",
      "0xa9fea9fe",
      "[::ffff:169.254.169.254]",
      "[fe80::1]",
      "100.100.100.200",
      "0.0.0.0",
    ])
      expect(
        codeOf(() => urlOf(settings({ hosts: host }), `http://${host}/latest/meta-data`)),
        host,
      ).toBe("http.address-blocked");
    expect(isBlocked("127.0.0.1")).toBe(false);
    expect(isBlocked("no address")).toBe(true);
  });

  it("says what is wrong with a setting, and never shows the secret", () => {
    for (const [more, words] of [
      [{ base: "ftp://x" }, 'base: expected an address that begins with "http://"'],
      [{ base: "https://u:p@x" }, "without user"],
      [{ hosts: "a/b" }, 'hosts: expected hosts such as "api.example.com"'],
      [{ requestsAtOnce: "0" }, "requestsAtOnce: expected a whole number from 1 to 10000"],
      [{ authorization: "Bearer geheim\r\nx: y" }, "authorization: expected one line of ASCII"],
    ] as const) {
      expect(() => settings(more)).toThrow(words);
      expect(() => settings(more)).not.toThrow("geheim");
    }
  });
});

describe("requests", () => {
  let server: Server;
  let client: HttpClient;
  let port: number;
  const seen: { url: string | undefined; authorization: string | undefined; body: string }[] = [];
  const ask = (path: string, more: Partial<HttpRequest> = {}) =>
    client.request({ method: "GET", path, timeoutMs: 5_000, mostBytes: 1_000, ...more });

  beforeEach(async () => {
    seen.length = 0;
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => (body += chunk));
      request.on("end", () => {
        seen.push({ url: request.url, authorization: request.headers.authorization, body });
        if (request.url === "/api/slow") return;
        if (request.url === "/api/away") return response.writeHead(302, { location: "http://169.254.169.254/" }).end();
        if (request.url === "/api/long") return response.end("x".repeat(2_000));
        return response.end('{"name":"小米"}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port;
    client = openHttpClient(
      readHttpSettings({
        base: `http://127.0.0.1:${port}/api`,
        hosts: `localhost:${port} unreachable.invalid`,
        authorization: "Bearer geheim",
      }),
    );
  });
  afterEach(async () => {
    await client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it("give status, headers and body; the secret goes to the base's host alone", async () => {
    const answer = await ask("/sku/1", { method: "POST", body: '{"a":1}' });
    expect([answer.status, Buffer.from(answer.body).toString()]).toEqual([200, '{"name":"小米"}']);
    await ask(`http://localhost:${port}/api/sku/2`);
    expect(seen).toEqual([
      { url: "/api/sku/1", authorization: "Bearer geheim", body: '{"a":1}' },
      { url: "/api/sku/2", authorization: undefined, body: "" },
    ]);
  });

  it("follow no redirect", async () => {
    expect((await ask("/away")).status).toBe(302);
    expect(seen).toHaveLength(1);
  });

  it("fail with what went wrong: no answer in time, too long a one, nobody there", async () => {
    await expect(ask("/slow", { timeoutMs: 30 })).rejects.toMatchObject({ code: "http.timeout" });
    await expect(ask("/long")).rejects.toMatchObject({ code: "http.too-long" });
    await expect(ask("http://unreachable.invalid/?token=geheim")).rejects.toMatchObject({
      code: "http.failed",
      message: expect.not.stringContaining("geheim"),
    });
  });
});
