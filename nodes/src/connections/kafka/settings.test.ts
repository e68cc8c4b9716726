import { expect, it } from "vitest";
import { readSettings } from "./settings.ts";

it("has a default for everything", () => {
  expect(readSettings({})).toEqual({
    brokers: [{ host: "localhost", port: 9092 }],
    clientId: "millrace",
    sasl: undefined,
    tls: undefined,
    transactionTimeoutMs: 900_000,
    requestTimeoutMs: 30_000,
    giveUpMs: 60_000,
    compression: "none",
  });
});

it("reads what a form holds", () => {
  expect(
    readSettings({
      brokers: "kafka1:9093, [::1]:9094;kafka3",
      sasl: "scram-sha-256",
      user: "ann",
      password: "geheim",
      tls: "on",
      ca: "-----BEGIN CERTIFICATE-----",
      transactionTimeout: "60",
      giveUp: "0.5",
      compression: "lz4",
    }),
  ).toMatchObject({
    brokers: [
      { host: "kafka1", port: 9093 },
      { host: "::1", port: 9094 },
      { host: "kafka3", port: 9092 },
    ],
    sasl: { mechanism: "scram-sha-256", user: "ann", password: "geheim" },
    tls: { ca: "-----BEGIN CERTIFICATE-----" },
    transactionTimeoutMs: 60_000,
    giveUpMs: 500,
    compression: "lz4",
  });
});

it.each([
  [
    { brokers: "http://kafka:9092" },
    'brokers: expected hosts with ports, for example "kafka1:9092, kafka2:9092", got "http://kafka:9092".',
  ],
  [{ brokers: "kafka:99999" }, 'got "kafka:99999"'],
  [{ brokers: " , " }, "brokers: expected hosts"],
  [{ brokers: 5 }, 'brokers: expected a text, got "5".'],
  [{ sasl: "gssapi" }, 'sasl: expected one of "none", "plain", "scram-sha-256", "scram-sha-512", got "gssapi".'],
  [{ sasl: "plain", password: "geheim" }, 'user: expected a text, because "sasl" is set'],
  [{ sasl: "plain", user: "ann", password: 5 }, "password: expected a text."],
  [{ tls: "maybe" }, 'tls: expected one of "off", "on", got "maybe".'],
  [{ transactionTimeout: "soon" }, 'transactionTimeout: expected a number of seconds above 0, got "soon".'],
  [{ giveUp: 0 }, 'giveUp: expected a number of seconds above 0, got "0".'],
  [{ compression: "brotli" }, "compression: expected one of"],
])("says what is wrong with %j", (settings, words) => {
  expect(() => readSettings(settings)).toThrow(words);
});
