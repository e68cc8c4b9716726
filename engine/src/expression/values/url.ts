/** Addresses as `java.net.URL`, `URLEncoder` and `URLDecoder` read and write them. */

import { javaTrim } from "./java-text.ts";

export interface JavaUrl {
  readonly protocol: string;
  readonly authority: string | null;
  readonly userInfo: string | null;
  readonly host: string;
  readonly path: string;
  readonly query: string | null;
  readonly ref: string | null;
}

/** Protocols that Java has a handler for; any other address is none. */
const PROTOCOLS = new Set(["http", "https", "ftp", "file", "jar", "mailto", "jrt", "jmod"]);

/** Undefined where `new URL(text)` throws. */
export function javaUrl(given: string): JavaUrl | undefined {
  let text = javaTrim(given);
  if (/^url:/i.test(text)) text = text.slice(4);
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text);
  if (!scheme) return undefined;
  const protocol = (scheme[1] as string).toLowerCase();
  if (!PROTOCOLS.has(protocol)) return undefined;
  let rest = text.slice(scheme[0].length);
  const hash = rest.indexOf("#");
  const ref = hash === -1 ? null : rest.slice(hash + 1);
  if (hash !== -1) rest = rest.slice(0, hash);
  if (protocol === "jar") return { protocol, authority: null, userInfo: null, host: "", path: rest, query: null, ref };
  const mark = rest.indexOf("?");
  const query = mark === -1 ? null : rest.slice(mark + 1);
  if (mark !== -1) rest = rest.slice(0, mark);
  if (!rest.startsWith("//")) return { protocol, authority: null, userInfo: null, host: "", path: rest, query, ref };
  const slash = rest.indexOf("/", 2);
  const authority = rest.slice(2, slash === -1 ? undefined : slash);
  const path = slash === -1 ? "" : rest.slice(slash);
  const at = authority.indexOf("@");
  const isOdd = at !== authority.lastIndexOf("@");
  const userInfo = at === -1 || isOdd ? null : authority.slice(0, at);
  const host = isOdd ? "" : hostOf(at === -1 ? authority : authority.slice(at + 1));
  return host === undefined ? undefined : { protocol, authority, userInfo, host, path, query, ref };
}

/** Without its port; undefined where that is none. */
function hostOf(text: string): string | undefined {
  if (text.startsWith("[")) {
    const close = text.indexOf("]");
    if (close <= 2 || !/^(?::\d*)?$/.test(text.slice(close + 1)) || !/^[0-9a-fA-F:.%\w]+$/.test(text.slice(1, close))) return undefined;
    return text.slice(0, close + 1);
  }
  const colon = text.indexOf(":");
  if (colon === -1) return text;
  const port = text.slice(colon + 1);
  return port === "" || (/^\+?\d+$/.test(port) && Number(port) < 2 ** 31) ? text.slice(0, colon) : undefined;
}

/** One part by its name in capitals; NULL for one that is not there. */
export function partOfUrl(url: JavaUrl, part: string): string | null {
  switch (part) {
    case "HOST":
      return url.host;
    case "PATH":
      return url.path;
    case "QUERY":
      return url.query;
    case "REF":
      return url.ref;
    case "PROTOCOL":
      return url.protocol;
    case "FILE":
      return url.query === null ? url.path : `${url.path}?${url.query}`;
    case "AUTHORITY":
      return url.authority;
    case "USERINFO":
      return url.userInfo;
    default:
      return null;
  }
}

/** The first value of a key in a query, as it stands there. */
export function queryValue(query: string, key: string): string | null {
  for (let at = 0; ; ) {
    const found = query.indexOf(`${key}=`, at);
    if (found === -1) return null;
    if (found === 0 || query[found - 1] === "&") return query.slice(found + key.length + 1).split("&", 1)[0] as string;
    at = found + 1;
  }
}

const utf8 = new TextEncoder();

export function urlEncoded(text: string): string {
  let result = "";
  for (const point of text) {
    if (/^[A-Za-z0-9.\-*_]$/.test(point)) result += point;
    else if (point === " ") result += "+";
    // A lone half of a pair is a question mark in Java.
    else if (/^[\ud800-\udfff]$/.test(point)) result += "%3F";
    else for (const byte of utf8.encode(point)) result += `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return result;
}

/** Undefined where an escape is none. */
export function urlDecoded(text: string): string | undefined {
  let result = "";
  for (let at = 0; at < text.length; ) {
    if (text[at] === "+") {
      result += " ";
      at += 1;
    } else if (text[at] === "%") {
      const bytes: number[] = [];
      for (; text[at] === "%"; at += 3) {
        const digits = text.slice(at + 1, at + 3);
        // Java reads each pair as a signed number: "+f" is one, "-f" is refused.
        if (!/^(?:[0-9a-f]{2}|\+[0-9a-f])$/i.test(digits)) return undefined;
        bytes.push(Number.parseInt(digits, 16));
      }
      result += new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(bytes));
    } else result += text[at++];
  }
  return result;
}
