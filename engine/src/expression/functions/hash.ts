/** Digests of texts and bytes, in hexadecimal digits; and Java's hash codes. */
import { md5, sha1 } from "@noble/hashes/legacy.js";
import { sha224, sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import { RowError } from "../../node/operator.ts";
import type { DataType, Value } from "../../schema/index.ts";
import { formatType } from "../format-type.ts";
import { failure } from "../problems.ts";
import { isNullConstant, withNullable } from "../typed-tree.ts";
import { hashCodeOf } from "../values/hash.ts";
import { type FunctionDefinition, INT, param } from "./define.ts";

type Digest = (bytes: Uint8Array) => Uint8Array;

const utf8 = new TextEncoder();
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function digestText(digest: Digest, value: Value): string {
  let text = "";
  for (const byte of digest(typeof value === "string" ? utf8.encode(value) : (value as Uint8Array))) text += HEX[byte];
  return text;
}

const DIGESTS: readonly (readonly [name: string, digest: Digest, digits: number, words: string, example: string])[] = [
  ["MD5", md5, 32, "MD5", "900150983cd24fb0d6963f7d28e17f72"],
  ["SHA1", sha1, 40, "SHA-1", "a9993e364706816aba3e25717850c26c9cd0d89d"],
  ["SHA224", sha224, 56, "SHA-224", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"],
  ["SHA256", sha256, 64, "SHA-256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  ["SHA384", sha384, 96, "SHA-384", "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"],
  [
    "SHA512",
    sha512,
    128,
    "SHA-512",
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
  ],
];

const BY_BITS: Readonly<Record<number, Digest>> = { 224: sha224, 256: sha256, 384: sha384, 512: sha512 };

const value = param("value", "STRING or BYTES");

export const HASH_FUNCTIONS: readonly FunctionDefinition[] = [
  ...DIGESTS.map(
    ([name, digest, length, words, result]): FunctionDefinition => ({
      name,
      group: "encoding",
      help: {
        en: `The ${words} digest of a text's UTF-8 bytes, or of bytes, as ${length} hexadecimal digits.`,
        zh: `文本 UTF-8 字节或二进制的 ${words} 摘要，${length} 位十六进制。`,
      },
      example: { text: `${name}('abc')`, result },
      signatures: [
        { params: [value], returns: { type: "CHAR", length }, compute: { make: () => (one: Value) => digestText(digest, one) } },
      ],
    }),
  ),
  {
    name: "SHA2",
    group: "encoding",
    help: {
      en: "The SHA-2 digest of 224, 256, 384 or 512 bits as hexadecimal digits; an error for another length.",
      zh: "224、256、384 或 512 位的 SHA-2 摘要，十六进制；其他长度则报错。",
    },
    example: { text: "SHA2('abc', 224)", result: "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7" },
    signatures: [
      {
        params: [value, param("bits", "INTEGER")],
        returns: { type: "VARCHAR", length: 128 },
        compute: {
          make: () => (one: Value, bits: number | bigint) => {
            const digest = BY_BITS[Number(bits)];
            if (digest) return digestText(digest, one);
            throw new RowError("expression.digest-bits", {
              en: `SHA2 has digests of 224, 256, 384 and 512 bits, got ${bits}. Correct the value.`,
              zh: `SHA2 只有 224、256、384、512 位的摘要，得到 ${bits}。请修正该值。`,
            });
          },
        },
      },
    ],
  },
  {
    name: "HASH_CODE",
    group: "encoding",
    help: {
      en: "A value's hash code as Flink computes it; good for sharing out, not for secrets.",
      zh: "值的哈希码（与 Flink 相同）；适合分片，不可用于保密。",
    },
    example: { text: "HASH_CODE('abc')", result: "96354" },
    signatures: [
      {
        params: [param("value", "ANY")],
        returns: INT,
        compute: ({ args, types, name, range }) => {
          const dataType = types[0] as DataType;
          const hash = hashCodeOf(dataType);
          const isTaken = hash && !dataType.type.startsWith("INTERVAL");
          if (args[0] && isNullConstant(args[0])) return { make: () => () => null };
          if (!isTaken) throw failure("expression.no-hash", { function: name, got: formatType(withNullable(dataType, true)) }, range);
          return { make: () => hash };
        },
      },
    ],
  },
];
