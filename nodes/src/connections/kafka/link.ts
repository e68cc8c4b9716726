/** One connection to one broker: the protocol's frames and the login are the library's, versions are agreed on here. */
import {
  AuthenticationError,
  apiVersionsV0,
  apiVersionsV3,
  Connection,
  type Reader,
  ResponseError,
  type SASLMechanismValue,
  type Writer,
} from "@platformatic/kafka";
import type { ConnectionError } from "../connection-error.ts";
import type { Versions } from "./apis.ts";
import { BrokerError, Code, deepest, LinkError, notAuthenticated, tlsFailed, tooOld } from "./broker-error.ts";
import type { Address, KafkaSettings } from "./settings.ts";

export interface Link {
  readonly address: string;
  readonly isOpen: boolean;
  /** Resolves with the response whatever error codes it holds. Rejects with `LinkError`, or `ConnectionError` when the broker does not know the request. */
  call<A extends unknown[], R>(api: Versions<A, R>, ...args: A): Promise<R>;
  /** As `call`, for requests of the driver's own; `parse` gets the whole response behind its header. */
  send<R>(key: number, version: number, request: () => Writer, parse: (response: Buffer) => R): Promise<R>;
  /** The first of the versions (newest first) that the broker knows; undefined when it knows none. */
  pick(key: number, versions: readonly number[]): number | undefined;
  close(): Promise<void>;
}

interface KnownApi {
  readonly apiKey: number;
  readonly minVersion: number;
  readonly maxVersion: number;
}

const CONNECT_TIMEOUT_MS = 10_000;
const UNSUPPORTED_VERSION = 35;

/** Rejects with `LinkError` when the broker cannot be reached, with `ConnectionError` when it does not let the driver in. */
export async function openLink({ host, port }: Address, settings: KafkaSettings): Promise<Link> {
  const address = `${host}:${port}`;
  const { sasl, tls, clientId, requestTimeoutMs } = settings;
  const connection = new Connection(clientId, {
    connectTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: requestTimeoutMs,
    ...(tls && { tls: tls.ca === undefined ? {} : { ca: tls.ca }, tlsServerName: /[a-z]/i.test(host) && !host.includes(":") }),
    ...(sasl && { sasl: { mechanism: sasl.mechanism.toUpperCase() as SASLMechanismValue, username: sasl.user, password: sasl.password } }),
  });
  // Failures are told to those who wait for an answer; an event that nobody listens to would end the process.
  connection.on("error", () => undefined);
  try {
    await connection.connect(host, port);
  } catch (error) {
    throw openingFailed(address, settings, error);
  }
  const known = new Map<number, KnownApi>();

  function fail(error: unknown): LinkError {
    // An answer that comes after its time would be taken for another one's: nothing is read from this connection any more.
    connection.socket.destroy();
    return new LinkError(address, `broker ${address}: ${deepest(error)}`, error);
  }

  const link: Link = {
    address,
    get isOpen() {
      return connection.isConnected() && !connection.socket.destroyed;
    },
    pick: (key, versions) => {
      const { minVersion = 1, maxVersion = 0 } = known.get(key) ?? {};
      return versions.find((version) => version >= minVersion && version <= maxVersion);
    },
    async call(api, ...args) {
      const [{ key } = { key: -1 }] = api.calls;
      const version = link.pick(
        key,
        api.calls.map((one) => one.version),
      );
      const chosen = api.calls.find((one) => one.version === version);
      if (!chosen) throw tooOld(api.name, api.name);
      try {
        return await chosen.async(connection, ...args);
      } catch (error) {
        if (error instanceof ResponseError) return error.response;
        // A mistake of the driver's own is no fault of the line.
        throw error instanceof TypeError ? error : fail(error);
      }
    },
    send: (key, version, request, parse) =>
      new Promise((resolve, reject) => {
        const read = (_correlation: number, _key: number, _version: number, reader: Reader) => parse(reader.buffer.slice(reader.position));
        connection.send(key, version, request, read, true, true, (error, response) => {
          if (error) reject(fail(error));
          else resolve(response as Awaited<ReturnType<typeof parse>>);
        });
      }),
    async close() {
      const closed = connection.close();
      // A broker that stands still takes nothing more: what is still to be sent would keep the connection open for ever.
      connection.socket.destroy();
      await closed;
    },
  };

  try {
    for (const one of await agree(connection)) known.set(one.apiKey, one);
  } catch (error) {
    throw fail(error);
  }
  return link;
}

async function agree(connection: Connection): Promise<readonly KnownApi[]> {
  const answer = async (asking: Promise<{ errorCode: number; apiKeys: KnownApi[] }>) => {
    try {
      return await asking;
    } catch (error) {
      if (error instanceof ResponseError) return error.response as Awaited<typeof asking>;
      throw error;
    }
  };
  const { errorCode, apiKeys } = await answer(apiVersionsV3.api.async(connection, "millrace", "1"));
  if (errorCode === Code.none) return apiKeys;
  if (errorCode !== UNSUPPORTED_VERSION) throw new BrokerError(errorCode);
  return (await answer(apiVersionsV0.api.async(connection, "millrace", "1"))).apiKeys;
}

function openingFailed(address: string, { sasl, tls }: KafkaSettings, error: unknown): LinkError | ConnectionError {
  if (sasl && isOfLogin(error)) {
    return notAuthenticated(address, sasl.user, sasl.mechanism.toUpperCase(), error);
  }
  const { code } = ((error as Error).cause ?? {}) as { code?: string };
  if (tls && (code === undefined || /CERT|SSL|TLS|SIGNATURE|ISSUER/.test(code))) return tlsFailed(address, error);
  return new LinkError(address, `broker ${address}: ${deepest(error)}`, error);
}

function isOfLogin(error: unknown): boolean {
  for (let found = error; found instanceof Error; found = found.cause) if (found instanceof AuthenticationError) return true;
  return false;
}
