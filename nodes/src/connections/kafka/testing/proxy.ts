/** Stands between clients and a broker, and does to single requests what networks do: loses them, or their answers, holds answers back, mixes them up. */
import { connect, createServer, type Socket } from "node:net";

/**
 * `lost`: the broker never gets it, the connection breaks. `answer lost`: the broker has done it, the connection breaks. `answer held`: until `release`. `answer of another`: with a number that
 * belongs to no request. `answer twice`.
 */
export type Mishap = "lost" | "answer lost" | "answer held" | "answer of another" | "answer twice";

export interface FaultyProxy {
  readonly port: number;
  /** Where the broker is. */
  target(port: number): void;
  /** Befalls the next requests of this kind (Kafka's number of the API), so many of them. */
  befall(apiKey: number, mishap: Mishap, times?: number): void;
  /** How many of what `befall` was told have happened. */
  readonly befallen: number;
  /** Lets go of what was held. */
  release(): void;
  close(): Promise<void>;
}

export const Api = {
  produce: 0,
  fetch: 1,
  metadata: 3,
  findCoordinator: 10,
  initProducerId: 22,
  addPartitions: 24,
  endTransaction: 26,
} as const;

export async function startProxy(): Promise<FaultyProxy> {
  let targetPort = 0;
  const plans: { apiKey: number; mishap: Mishap; left: number }[] = [];
  let held: (() => void)[] = [];
  const sockets = new Set<Socket>();
  let befallen = 0;

  function mishapOf(apiKey: number): Mishap | undefined {
    const plan = plans.find((one) => one.apiKey === apiKey && one.left > 0);
    if (!plan) return undefined;
    plan.left -= 1;
    befallen += 1;
    return plan.mishap;
  }

  const server = createServer((client) => {
    const broker = connect(targetPort, "127.0.0.1");
    for (const socket of [client, broker]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => sockets.delete(socket));
    }
    const cut = () => {
      client.destroy();
      broker.destroy();
    };
    client.on("close", cut);
    broker.on("close", cut);
    const awaited = new Map<number, Mishap>();
    frames(client, (frame) => {
      const mishap = mishapOf(frame.readInt16BE(4));
      if (mishap === "lost") return cut();
      if (mishap !== undefined) awaited.set(frame.readInt32BE(8), mishap);
      broker.write(frame);
    });
    frames(broker, (frame) => {
      const mishap = awaited.get(frame.readInt32BE(4));
      awaited.delete(frame.readInt32BE(4));
      switch (mishap) {
        case "answer lost":
          return cut();
        case "answer held":
          held.push(() => client.write(frame));
          return;
        case "answer of another":
          frame.writeInt32BE(0x7000_0000, 4);
          break;
        case "answer twice":
          client.write(frame);
          break;
      }
      client.write(frame);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as { port: number }).port,
    target(port) {
      targetPort = port;
    },
    befall(apiKey, mishap, times = 1) {
      plans.push({ apiKey, mishap, left: times });
    },
    get befallen() {
      return befallen;
    },
    release() {
      for (const go of held) go();
      held = [];
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Calls back for each whole message, its length in front. */
function frames(socket: Socket, onFrame: (frame: Buffer) => void): void {
  let rest = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const end = 4 + rest.readInt32BE(0);
      onFrame(Buffer.from(rest.subarray(0, end)));
      rest = rest.subarray(end);
    }
  });
}
