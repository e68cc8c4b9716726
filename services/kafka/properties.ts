/** The settings of a broker, for tests and for trying things out: one that is its own controller, or one of several that are; or an old one beside a ZooKeeper. */
import { join } from "node:path";

export interface Ports {
  readonly plain: number;
  readonly controller: number;
  readonly sasl: number;
  readonly tls: number;
}

/** Users and encryption: an open port, one with SASL, and one with SASL and TLS, before one broker in which only the administrators may do anything. */
export interface Security {
  readonly users: Readonly<Record<string, string>>;
  /** Those of the users that may do everything; so may who comes by the open port. */
  readonly administrators: readonly string[];
}

/** A broker among all of its cluster. */
export interface Member {
  readonly id: number;
  /** Of all brokers, by id from 1 on; one port alone with a ZooKeeper: that one's. */
  readonly controllerPorts: readonly number[];
  /** Before Kafka 3.3 a cluster is kept together by a ZooKeeper. */
  readonly zookeeper: boolean;
}

export interface BrokerProperties {
  readonly folder: string;
  readonly ports: Ports;
  readonly member: Member;
  readonly security: Security | undefined;
  /** Kafka's own names; they come last. */
  readonly more: Readonly<Record<string, string>>;
}

export const KEYSTORE_PASSWORD = "millrace";

export function brokerProperties({ folder, ports, member, security, more }: BrokerProperties): string {
  const { id, controllerPorts, zookeeper } = member;
  /** Three copies, two of which must have what is acknowledged, where there are brokers for them. */
  const copies = Math.min(3, controllerPorts.length);
  const listeners = [`PLAINTEXT://127.0.0.1:${ports.plain}`, ...(security ? secured(ports) : [])].join(",");
  const properties: Record<string, string | number> = {
    ...(zookeeper
      ? { "broker.id": id, "zookeeper.connect": `127.0.0.1:${ports.controller}`, listeners }
      : {
          "process.roles": "broker,controller",
          "node.id": id,
          "controller.quorum.voters": controllerPorts.map((port, i) => `${i + 1}@127.0.0.1:${port}`).join(","),
          listeners: `${listeners},CONTROLLER://127.0.0.1:${ports.controller}`,
          "controller.listener.names": "CONTROLLER",
          "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL:SASL_PLAINTEXT,TLS:SASL_SSL",
        }),
    "advertised.listeners": listeners,
    "inter.broker.listener.name": "PLAINTEXT",
    "log.dirs": join(folder, "data"),
    "num.partitions": 4,
    "auto.create.topics.enable": "false",
    "default.replication.factor": copies,
    "min.insync.replicas": Math.min(2, copies),
    "offsets.topic.replication.factor": copies,
    "transaction.state.log.replication.factor": copies,
    "transaction.state.log.min.isr": Math.min(2, copies),
    "share.coordinator.state.topic.replication.factor": copies,
    "share.coordinator.state.topic.min.isr": Math.min(2, copies),
    "group.initial.rebalance.delay.ms": 0,
    "offsets.topic.num.partitions": 4,
    "transaction.state.log.num.partitions": 4,
    // A killed broker is let in again only when its old session is over.
    "broker.session.timeout.ms": 3_000,
    "broker.heartbeat.interval.ms": 500,
    // Kafka counts a record's age from its own time; what tests and templates write is of years ago.
    "log.retention.ms": -1,
    // Deleted topics go at once, so that a test's memory and disk do too.
    "log.segment.delete.delay.ms": 0,
    ...(security ? securityProperties(folder, security) : {}),
    ...more,
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

function secured(ports: Ports): string[] {
  return [`SASL://127.0.0.1:${ports.sasl}`, `TLS://localhost:${ports.tls}`];
}

function securityProperties(folder: string, { users, administrators }: Security): Record<string, string> {
  const plain = Object.entries(users)
    .map(([name, password]) => `user_${name}="${password}"`)
    .join(" ");
  const scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;";
  const ofListener = (name: string) => ({
    [`listener.name.${name}.sasl.enabled.mechanisms`]: "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
    [`listener.name.${name}.plain.sasl.jaas.config`]: `org.apache.kafka.common.security.plain.PlainLoginModule required ${plain};`,
    [`listener.name.${name}.scram-sha-256.sasl.jaas.config`]: scram,
    [`listener.name.${name}.scram-sha-512.sasl.jaas.config`]: scram,
  });
  return {
    ...ofListener("sasl"),
    ...ofListener("tls"),
    "listener.name.tls.ssl.keystore.location": join(folder, "keystore.p12"),
    "listener.name.tls.ssl.keystore.password": KEYSTORE_PASSWORD,
    "listener.name.tls.ssl.keystore.type": "PKCS12",
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": ["ANONYMOUS", ...administrators].map((name) => `User:${name}`).join(";"),
  };
}
