/** Who gets in and what they may do; and what people are told when it does not work. */
import { type Kafka, startKafka } from "@millrace/services/kafka";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testConnection } from "../index.ts";
import { openForTest } from "./testing/open.ts";
import { newTopic, record, texts } from "./testing/records.ts";

let kafka: Kafka;
beforeAll(async () => {
  kafka = await startKafka({ security: { users: { admin: "geheim", guest: "gast" }, administrators: ["admin"] } });
});
afterAll(() => kafka?.stop());

const steps = async (settings: Readonly<Record<string, string>>) =>
  (await testConnection({ kind: "kafka", role: "topic", settings }, { dataFolder: "/", now: Date.now })).map(({ what, ok, detail }) => [
    what.en,
    ok,
    detail.en,
  ]);
const last = async (settings: Readonly<Record<string, string>>) => (await steps(settings)).at(-1);

describe.each(["plain", "scram-sha-256", "scram-sha-512"])("by %s", (sasl) => {
  it.each(["off", "on"])("an administrator reads and writes exactly once, TLS %s", async (tls) => {
    const place = tls === "on" ? { brokers: kafka.tlsBootstrap, tls, ca: kafka.certificate } : { brokers: kafka.saslBootstrap };
    const log = await openForTest({ ...place, sasl, user: "admin", password: "geheim" });
    const topic = await newTopic(log);
    const writer = await log.openTransactionalWriter(topic);
    writer.write(topic, record("a"));
    await log.commitPrepared([await writer.prepare(1)], undefined);
    expect(await texts(log, topic)).toEqual(["a"]);
    await writer.close();
    await log.close();
  });

  it("a wrong password is refused in words, at once", async () => {
    const log = await openForTest({ brokers: kafka.saslBootstrap, sasl, user: "admin", password: "falsch" });
    const failure = await log.listTopics().catch((error: Error) => error.message);
    expect(failure).toMatch(new RegExp(`Broker 127.0.0.1:\\d+ does not let in user "admin" by ${sasl.toUpperCase()}: `));
    expect(failure).not.toContain("falsch");
    await log.close();
  });
});

describe("a user without rights", () => {
  it("is told what it may not do", async () => {
    const admin = await openForTest({ brokers: kafka.bootstrap });
    const topic = await newTopic(admin);
    const guest = await openForTest({ brokers: kafka.saslBootstrap, sasl: "plain", user: "guest", password: "gast", giveUp: "2" });
    await expect(guest.createTopic("guests", { partitions: 1 })).rejects.toThrow(
      "The Kafka user may not create topic guests (TOPIC_AUTHORIZATION_FAILED). Give it the right to describe the topic, and to create, read or write it, or set another user in the connection.",
    );
    await expect(guest.openReader(topic, 0, { from: "earliest" })).rejects.toThrow(
      /The Kafka user may not look up topic .* \(TOPIC_AUTHORIZATION_FAILED\)/,
    );
    await expect(guest.append(topic, [record("a")])).rejects.toThrow(/The Kafka user may not look up topic/);
    await expect(guest.openTransactionalWriter("guests")).rejects.toThrow(
      /The Kafka user may not .* \(TRANSACTIONAL_ID_AUTHORIZATION_FAILED\)/,
    );
    await expect(guest.commitPositions("guests", new Map([["t-0", 1]]))).rejects.toThrow(/\(GROUP_AUTHORIZATION_FAILED\)/);
    expect(await guest.listTopics()).toEqual([]);
    await guest.close();
    await admin.close();
  });
});

describe("the test of a connection", () => {
  it("says what it tried and found", async () => {
    const port = kafka.tlsBootstrap.split(":")[1];
    const found = await steps({
      brokers: kafka.tlsBootstrap,
      sasl: "scram-sha-512",
      user: "admin",
      password: "geheim",
      tls: "on",
      ca: kafka.certificate,
    });
    expect(found).toEqual([
      ["Resolve the names of the brokers", true, expect.stringMatching(/^localhost:\d+: (127\.0\.0\.1|::1)$/)],
      ["Connect to them", true, `localhost:${port}: ok`],
      ["Log in and agree on versions", true, 'as "admin" by SCRAM-SHA-512, over TLS'],
      ["Ask which brokers there are", true, `1: localhost:${port}`],
      ["Connect to each by the name it gives itself", true, "it answers"],
      ["Look whether writing exactly once is possible", true, "yes"],
      [
        "Look what the user may do",
        true,
        expect.stringMatching(/^sees \d+ topics, may read \d+ and write \d+ of them; may create topics$/),
      ],
    ]);
  });

  it("goes on with the brokers that answer", async () => {
    const [, connected] = await steps({ brokers: `127.0.0.1:1, ${kafka.bootstrap}` });
    expect(connected).toEqual(["Connect to them", true, expect.stringMatching(/^127\.0\.0\.1:1: .*ECONNREFUSED.*; 127\.0\.0\.1:\d+: ok$/)]);
  });

  it("names what does not resolve, does not answer, or does not let in", async () => {
    expect(await last({ brokers: "kafka.invalid:9092" })).toEqual([
      "Resolve the names of the brokers",
      false,
      expect.stringMatching(/^kafka\.invalid:9092: .*(ENOTFOUND|EAI_AGAIN).* Check the names and ports in "brokers"/),
    ]);
    expect(await last({ brokers: "127.0.0.1:1" })).toEqual(["Connect to them", false, expect.stringContaining("ECONNREFUSED")]);
    expect(await last({ brokers: kafka.saslBootstrap, sasl: "plain", user: "admin", password: "falsch" })).toEqual([
      "Log in and agree on versions",
      false,
      expect.stringMatching(/does not let in user "admin" by PLAIN/),
    ]);
    expect(await last({ brokers: kafka.tlsBootstrap, sasl: "plain", user: "admin", password: "geheim", tls: "on" })).toEqual([
      "Log in and agree on versions",
      false,
      expect.stringMatching(/^No TLS connection to broker localhost:\d+: self-signed certificate/),
    ]);
    expect(await last({ brokers: kafka.bootstrap, tls: "on" })).toEqual([
      "Log in and agree on versions",
      false,
      expect.stringMatching(/No TLS connection|broker/),
    ]);
  });

  it("says what a guest may not do", async () => {
    expect(await last({ brokers: kafka.saslBootstrap, sasl: "plain", user: "guest", password: "gast" })).toEqual([
      "Look whether writing exactly once is possible",
      false,
      expect.stringMatching(/The Kafka user may not open a transaction as "millrace-connection-test"/),
    ]);
  });

  it("names an address by which a broker cannot be reached from here", async () => {
    const hidden = await startKafka({ properties: { "advertised.listeners": "PLAINTEXT://kafka.invalid:9092" } });
    try {
      expect(await last({ brokers: hidden.bootstrap })).toEqual([
        "Connect to each by the name it gives itself",
        false,
        expect.stringMatching(
          /^Broker 1 calls itself "kafka\.invalid:9092", but the name "kafka\.invalid" does not resolve here: .* Set "advertised\.listeners" of the broker to an address that is known here/,
        ),
      ]);
    } finally {
      await hidden.stop();
    }
  });
});

describe("a broker that cannot be reached", () => {
  it("is named, with what happened, once the patience is over", async () => {
    const log = await openForTest({ brokers: "127.0.0.1:1", giveUp: "0.3" });
    await expect(log.listTopics()).rejects.toThrow(
      /^Could not list the topics for 0\.3 s\. Last: broker 127\.0\.0\.1:1: .*ECONNREFUSED.* Look whether the brokers \(127\.0\.0\.1:1\) run and can be reached from here/,
    );
    await log.close();
  });

  it("does not keep a connection from being closed", async () => {
    const log = await openForTest({ brokers: "127.0.0.1:1" });
    const failing = expect(log.listTopics()).rejects.toThrow("The connection to Kafka was closed.");
    await log.close();
    await failing;
  });
});
