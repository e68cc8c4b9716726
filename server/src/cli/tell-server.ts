/**
 * Tells the server of the data folder, while there is one, of a run in this process: so it is on the server's list, with rates and records. The run depends on nothing of it; a server may
 * come and go.
 */
import { isDeepStrictEqual } from "node:util";
import type { PipelineDocument } from "@millrace/engine/pipeline";
import type { BesideReport, BesideWish } from "../api.ts";
import { serverAddress } from "../data-folder.ts";
import { idFrom } from "../pipelines/store.ts";
import type { RunHandle, Watch } from "../runs/run-host.ts";
import { ApiRefusal, connect, type ServerClient } from "./server-client.ts";

const LOOK_AGAIN_MS = 1_000;

export interface Told {
  readonly dataFolder: string;
  readonly document: PipelineDocument;
  readonly handle: RunHandle;
  /** Somebody at the server wants it to stop. */
  readonly stop: (how: { readonly savepoint: boolean }) => unknown;
  readonly log: (line: string) => void;
}

/** `close`: says that the run has ended. */
export function tellServer({ dataFolder, document, handle, stop, log }: Told): { close(): Promise<void> } {
  const id = idFrom(document.name);
  let server: ServerClient | undefined;
  let watch = handle.watch([]);
  let watched: readonly string[] = [];
  let isStopping = false;
  let silentSince: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let turn = Promise.resolve();

  async function tell(ended: boolean): Promise<number> {
    const address = serverAddress(dataFolder);
    if (address === undefined) {
      server = undefined;
      return LOOK_AGAIN_MS;
    }
    if (new URL(address).origin !== server?.origin) server = await known(connect({ server: address, data: dataFolder }), id, document);
    const wish = await server.call<BesideWish>("POST", `/pipelines/${id}/beside`, reportOf(handle, watch, ended));
    if (!isDeepStrictEqual(wish.edges, watched)) {
      watch.close();
      watched = wish.edges;
      watch = handle.watch(watched);
    }
    if (wish.stop && !isStopping) {
      isStopping = true;
      stop(wish.stop);
    }
    silentSince = undefined;
    return wish.againInMs;
  }

  /** A server that cannot be told does not hold the run up. */
  async function tryToTell(ended: boolean): Promise<number> {
    try {
      return await tell(ended);
    } catch (error) {
      server = undefined;
      const why = error instanceof Error ? error.message : String(error);
      if (why !== silentSince && !ended) log(`The server is not told of this run, which goes on: ${why}`);
      silentSince = why;
      return LOOK_AGAIN_MS;
    }
  }

  function again(ms: number): void {
    timer = setTimeout(() => {
      turn = tryToTell(false).then(again);
    }, ms);
  }
  again(0);

  return {
    async close() {
      clearTimeout(timer);
      await turn;
      clearTimeout(timer);
      if (server) await tryToTell(true);
      watch.close();
    },
  };
}

function reportOf(handle: RunHandle, watch: Watch, ended: boolean): BesideReport {
  return { process: process.pid, run: handle.status(), ...watch.frame(), ended };
}

/** The server has a pipeline of that id: its own, or one that is made of what runs here. */
async function known(server: ServerClient, id: string, document: PipelineDocument): Promise<ServerClient> {
  try {
    await server.call("GET", `/pipelines/${id}`);
  } catch (error) {
    if (!(error instanceof ApiRefusal) || error.status !== 404) throw error;
    await server.call("POST", "/pipelines", { document });
  }
  return server;
}
