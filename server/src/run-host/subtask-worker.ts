/** A further thread of a run: one subtask, which does what the run's first thread says and shows it what it has. */
import { parentPort, workerData } from "node:worker_threads";
import { openConnections } from "./connections.ts";
import { failureOf } from "./failure-of.ts";
import { type OpenSubtask, openSubtask, planOf, portsOf } from "./open-subtask.ts";
import type { FromSubtaskThread, SubtaskOpening, SubtaskStart, SubtaskView, ToSubtaskThread } from "./protocol.ts";
import { closePeers, listenToPeers, peerLinks } from "./subtask-threads.ts";

const VIEW_MS = 250;

const port = parentPort;
if (!port) throw new Error("subtask-worker.ts runs in a worker thread");
const { run, subtask, peers } = workerData as SubtaskStart;
const send = (message: FromSubtaskThread) => port.postMessage(message);
const log = (line: string) => send({ type: "log", line });

let open: OpenSubtask | undefined;
let watched: readonly string[] = [];
/** What came before the subtask was there. */
const early: Exclude<ToSubtaskThread, { readonly type: "open" }>[] = [];
/** Undefined: the run ends before it has begun. */
const opening = Promise.withResolvers<SubtaskOpening | undefined>();
port.on("message", (message: ToSubtaskThread) => {
  if (message.type === "open") opening.resolve(message);
  else if (open) receive(open, message);
  else {
    early.push(message);
    if (message.type === "control" && message.message.type === "stop") opening.resolve(undefined);
  }
});

function receive(to: OpenSubtask, message: Exclude<ToSubtaskThread, { readonly type: "open" }>): void {
  switch (message.type) {
    case "control":
      return to.subtask.onMessage(message.message);
    case "watch":
      watched = message.ports;
      return;
    case "samples":
      send({ type: "samples", request: message.request, samples: to.samples(message.port) });
  }
}

async function main(): Promise<SubtaskView> {
  const { graph, plan } = planOf(run, run.limits);
  const connections = await openConnections(run.dataFolder, run.connections, true);
  try {
    const begun = await opening.promise;
    if (!begun) return EMPTY;
    const { claim, restored } = begun;
    const one = await openSubtask({
      start: run,
      graph,
      plan,
      subtask,
      claim,
      restored,
      topics: connections.topics,
      connectionOf: (node) => connections.of(node),
      links: { toCoordinator: (message) => send({ type: "control", message }), ...peerLinks(peers), log },
    });
    listenToPeers(peers, one.subtask);
    open = one;
    for (const message of early.splice(0)) receive(one, message);
    const ticker = setInterval(() => send({ type: "view", view: one.view(watched) }), VIEW_MS);
    try {
      await one.subtask.run();
      return one.lastView(portsOf(graph));
    } finally {
      clearInterval(ticker);
      await one.close();
    }
  } finally {
    await connections.close();
  }
}

const EMPTY: SubtaskView = { counts: {}, lag: {}, splits: {}, samples: {} };

main().then(
  (view) => end({ type: "ended", failure: undefined, view }),
  (error: unknown) => end({ type: "ended", failure: failureOf(error, log), view: open ? open.view(watched) : EMPTY }),
);

function end(message: FromSubtaskThread): void {
  send(message);
  closePeers(peers);
  port?.close();
}
