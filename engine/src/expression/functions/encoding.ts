/** Texts in other clothes: Base64, charsets, addresses. */
import { RowError } from "../../node/operator.ts";
import { didYouMean } from "../../pipeline/did-you-mean.ts";
import type { Value } from "../../schema/index.ts";
import { failure, shorten } from "../problems.ts";
import { quoteText } from "../tokens.ts";
import type { Compute } from "../typed-tree.ts";
import { base64OfBytes, bytesOfBase64, CHARSET_NAMES, charsetNamed } from "../values/base64.ts";
import { type JavaUrl, javaUrl, partOfUrl, queryValue, urlDecoded, urlEncoded } from "../values/url.ts";
import { BYTES, constantText, type FunctionDefinition, optional, param, STRING, type TypedCall } from "./define.ts";

const utf8 = new TextEncoder();

function bytesOf(value: Value): Uint8Array {
  return typeof value === "string" ? utf8.encode(value) : (value as Uint8Array);
}

function fromBase64(value: Value): string {
  const text = typeof value === "string" ? value : new TextDecoder().decode(value as Uint8Array);
  const bytes = bytesOfBase64(text);
  if (bytes) return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const shown = JSON.stringify(shorten(text));
  throw new RowError("expression.base64", {
    en: `${shown} is no Base64. Correct the value.`,
    zh: `${shown} 不是 Base64。请修正该值。`,
  });
}

/** A charset that is written down and that nobody knows is a mistake; one that comes with the rows is an error of its row. */
function withCharset(make: (charset: NonNullable<ReturnType<typeof charsetNamed>>, value: never) => Value): (call: TypedCall) => Compute {
  return ({ args }) => {
    const name = constantText(args[1]);
    if (name !== undefined && args[1] && !charsetNamed(name))
      throw failure(
        "expression.unknown-charset",
        { got: shorten(name), known: CHARSET_NAMES },
        args[1].range,
        quoteText(didYouMean(name, CHARSET_NAMES) ?? "UTF-8"),
      );
    return {
      make: () => (value: never, charset: string) => {
        const known = charsetNamed(charset);
        if (known) return make(known, value);
        const shown = JSON.stringify(shorten(charset));
        throw new RowError("expression.charset", {
          en: `${shown} is no known charset. Use ${CHARSET_NAMES.join(", ")}.`,
          zh: `${shown} 不是已知的字符集。请用 ${CHARSET_NAMES.join("、")}。`,
        });
      },
    };
  };
}

/** Addresses of neighbouring rows often repeat. */
function urlCache(): (text: string) => JavaUrl | undefined {
  let [lastText, last]: [string | undefined, JavaUrl | undefined] = [undefined, undefined];
  return (text) => {
    if (text !== lastText) [lastText, last] = [text, javaUrl(text)];
    return last;
  };
}

function parseUrl() {
  const urls = urlCache();
  return (text: string, part: string, key?: string): string | null => {
    const url = urls(text);
    if (!url) return null;
    if (key === undefined) return partOfUrl(url, part);
    return part === "QUERY" && url.query !== null ? queryValue(url.query, key) : null;
  };
}

const text = param("text", "STRING");

export const ENCODING_FUNCTIONS: readonly FunctionDefinition[] = [
  {
    name: "TO_BASE64",
    group: "encoding",
    help: { en: "A text's UTF-8 bytes, or bytes, in Base64.", zh: "文本 UTF-8 字节或二进制的 Base64。" },
    example: { text: "TO_BASE64('hello')", result: "aGVsbG8=" },
    signatures: [
      {
        params: [param("value", "STRING or BYTES")],
        returns: STRING,
        compute: { make: () => (value: Value) => base64OfBytes(bytesOf(value)) },
      },
    ],
  },
  {
    name: "FROM_BASE64",
    group: "encoding",
    help: { en: "The text that Base64 stands for; an error where it is none.", zh: "Base64 对应的文本；不是 Base64 则报错。" },
    example: { text: "FROM_BASE64('aGVsbG8=')", result: "hello" },
    signatures: [{ params: [param("value", "STRING or BYTES")], returns: STRING, compute: { make: () => fromBase64 } }],
  },
  {
    name: "ENCODE",
    group: "encoding",
    help: {
      en: "A text as bytes of a charset: UTF-8, US-ASCII, ISO-8859-1, UTF-16, UTF-16BE or UTF-16LE.",
      zh: "按字符集把文本编码为字节：UTF-8、US-ASCII、ISO-8859-1、UTF-16、UTF-16BE 或 UTF-16LE。",
    },
    example: { text: "DECODE(ENCODE('流', 'UTF-16'), 'UTF-16')", result: "流" },
    signatures: [
      { params: [text, param("charset", "STRING")], returns: BYTES, compute: withCharset((charset, value) => charset.encode(value)) },
    ],
  },
  {
    name: "DECODE",
    group: "encoding",
    help: { en: "The text that bytes of a charset stand for.", zh: "按字符集把字节解码为文本。" },
    example: { text: "DECODE(x'6869', 'UTF-8')", result: "hi" },
    signatures: [
      {
        params: [param("bytes", "BYTES"), param("charset", "STRING")],
        returns: STRING,
        compute: withCharset((charset, value) => charset.decode(value)),
      },
    ],
  },
  {
    name: "URL_ENCODE",
    group: "encoding",
    help: { en: "A text as it may stand in a query of an address.", zh: "按 URL 查询的规则编码文本。" },
    example: { text: "URL_ENCODE('a b&c')", result: "a+b%26c" },
    signatures: [{ params: [text], returns: STRING, compute: { mayBeNull: true, make: () => urlEncoded } }],
  },
  {
    name: "URL_DECODE",
    group: "encoding",
    help: {
      en: "The text that stands in a query of an address; NULL where an escape is none.",
      zh: "解码 URL 查询中的文本；转义无效则为 NULL。",
    },
    example: { text: "URL_DECODE('a+b%26c')", result: "a b&c" },
    signatures: [
      { params: [text], returns: STRING, compute: { mayBeNull: true, make: () => (value: string) => urlDecoded(value) ?? null } },
    ],
  },
  {
    name: "PARSE_URL",
    group: "encoding",
    help: {
      en: "One part of an address: HOST, PATH, QUERY, REF, PROTOCOL, FILE, AUTHORITY or USERINFO; with a key, one value of its query. NULL where there is none.",
      zh: "地址的一部分：HOST、PATH、QUERY、REF、PROTOCOL、FILE、AUTHORITY 或 USERINFO；给出键则取查询中的值。没有则为 NULL。",
    },
    example: { text: "PARSE_URL('http://example.com/a?q=1', 'QUERY', 'q')", result: "1" },
    signatures: [
      {
        params: [param("url", "STRING"), param("part", "STRING"), optional("key", "STRING")],
        returns: STRING,
        compute: { mayBeNull: true, make: parseUrl },
      },
    ],
  },
];
