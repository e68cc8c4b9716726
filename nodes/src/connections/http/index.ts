/** The driver of role "http": requests to the hosts that the settings allow. Redirects are not followed; an address that is blocked is not reached, whatever name leads there. */
import { type LookupAddress, lookup } from "node:dns";
import { Agent, type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps, Agent as SecureAgent } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import type { HttpClient, HttpRequest, HttpResponse } from "@millrace/engine/node";
import { ConnectionError, quote } from "../connection-error.ts";
import { isBlocked } from "./addresses.ts";
import { type HttpSettings, isHttp } from "./settings.ts";

export function openHttpClient(settings: HttpSettings): HttpClient {
  const options = { keepAlive: true, maxSockets: settings.requestsAtOnce, lookup: lookupChecked };
  const agents = { "http:": new Agent(options), "https:": new SecureAgent(options) };
  return {
    async request(request) {
      const url = urlOf(settings, request.path);
      const agent = agents[url.protocol as keyof typeof agents];
      return send(settings, url, request, agent);
    },
    async close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

/** Throws a `ConnectionError` where the request may not go. */
export function urlOf({ base, hosts }: HttpSettings, path: string): URL {
  const isWhole = /^[a-z][a-z0-9+.-]*:/i.test(path);
  const text = isWhole ? path : `${base.href.replace(/\/$/, "")}/${path.replace(/^\//, "")}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !isHttp(url) || url.username !== "" || url.password !== "") throw badAddress(text);
  if (!hosts.has(url.host)) throw notAllowed(url.host, hosts);
  // "..", "%2e%2e" and backslashes are worked out by now: a path below the base stays there.
  if (!isWhole && !`${url.pathname}/`.startsWith(base.pathname.replace(/\/?$/, "/"))) throw badAddress(text);
  const literal = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(literal) !== 0 && isBlocked(literal)) throw blockedAddress(url.host, literal);
  return url;
}

function send(settings: HttpSettings, url: URL, request: HttpRequest, agent: Agent): Promise<HttpResponse> {
  const { method, body, headers, timeoutMs, mostBytes } = request;
  const isOwn = url.host === settings.base.host && url.protocol === settings.base.protocol;
  return new Promise((resolve, reject) => {
    const make = url.protocol === "https:" ? requestHttps : requestHttp;
    const sent: ClientRequest = make(url, {
      method,
      agent,
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        accept: "application/json",
        ...(body !== undefined && { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
        ...headers,
        ...(isOwn && settings.authorization !== undefined && { authorization: settings.authorization }),
      },
    });
    const fail = (error: unknown) => reject(failureOf(error, url, timeoutMs));
    sent.on("error", fail);
    sent.on("response", (response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on("error", fail);
      response.on("data", (chunk: Buffer) => {
        length += chunk.length;
        if (length > mostBytes) return void response.destroy(tooLong(url, mostBytes));
        chunks.push(chunk);
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: plain(response.headers), body: Buffer.concat(chunks) }),
      );
    });
    sent.end(body);
  });
}

/** As the system looks names up; fails for a name that leads to a blocked address. */
const lookupChecked: LookupFunction = (host, options, done) => {
  lookup(host, { ...options, all: true }, (error, found) => {
    if (error) return done(error, "", 0);
    const all = found as LookupAddress[];
    const wrong = all.find(({ address }) => isBlocked(address));
    if (wrong) return done(blockedAddress(host, wrong.address), "", 0);
    if (options.all) return done(null, all as never, 0);
    const [first] = all;
    return first ? done(null, first.address, first.family) : done(new Error(`${host} has no address`), "", 0);
  });
};

function plain(headers: IncomingMessage["headers"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : (value ?? "")]),
  );
}

/** Without the query, which may hold what is personal or secret. */
function placeOf({ origin, pathname }: URL): string {
  return quote(`${origin}${pathname}`);
}

function failureOf(error: unknown, url: URL, timeoutMs: number): ConnectionError {
  if (error instanceof ConnectionError) return error;
  const { name, code, message } = error as { name?: string; code?: string; message?: string };
  if (name === "TimeoutError" || name === "AbortError")
    return new ConnectionError("http.timeout", {
      en: `${placeOf(url)} did not answer within ${timeoutMs} ms.`,
      zh: `${placeOf(url)} 在 ${timeoutMs} 毫秒内没有应答。`,
    });
  const why = message || code || String(error);
  return new ConnectionError(
    "http.failed",
    { en: `${placeOf(url)} cannot be reached: ${why}.`, zh: `无法访问 ${placeOf(url)}：${why}。` },
    error,
  );
}

function tooLong(url: URL, mostBytes: number): ConnectionError {
  return new ConnectionError("http.too-long", {
    en: `The answer of ${placeOf(url)} has more than ${mostBytes} bytes. Ask for less, page by page.`,
    zh: `${placeOf(url)} 的应答超过 ${mostBytes} 字节。请分页请求更少的内容。`,
  });
}

function badAddress(text: string): ConnectionError {
  return new ConnectionError("http.bad-address", {
    en: `${quote(text)} is no address below the connection's; expected a path, or a whole http or https address without a user.`,
    zh: `${quote(text)} 不是该连接之下的地址；应为路径，或不含用户的完整 http/https 地址。`,
  });
}

function notAllowed(host: string, hosts: ReadonlySet<string>): ConnectionError {
  return new ConnectionError("http.host-not-allowed", {
    en: `The connection may not ask ${quote(host)}; it may ask ${[...hosts].map(quote).join(", ")}. Add the host to its settings if that is meant.`,
    zh: `该连接不允许访问 ${quote(host)}；允许的主机：${[...hosts].map(quote).join(", ")}。如确有需要，请在其设置中添加该主机。`,
  });
}

function blockedAddress(host: string, address: string): ConnectionError {
  return new ConnectionError("http.address-blocked", {
    en: `${quote(host)} leads to ${address}, which is never asked: link-local addresses are where machines keep their own credentials.`,
    zh: `${quote(host)} 指向 ${address}，该地址始终禁止访问：链路本地地址存放着机器自身的凭据。`,
  });
}
