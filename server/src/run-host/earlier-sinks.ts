/**
 * The sinks of the version that made the state which a run goes on from, as far as they are other ones now: removed, or writing elsewhere. What they prepared for its last checkpoint counts, and only they can make it
 * visible; what they had open beyond it would keep readers waiting.
 */
import { isDeepStrictEqual } from "node:util";
import type { Committer, NodeType, RefusedRow, RunClaim } from "@millrace/engine/node";
import type { TypedGraph, TypedNode } from "@millrace/engine/pipeline";
import { commitPrepared, writtenSchema } from "@millrace/engine/run";
import type { ConnectionConfig } from "../runs/run-host.ts";
import type { CheckpointRecord } from "./checkpoint-record.ts";
import { type Connections, openConnections } from "./connections.ts";
import type { RunStart } from "./protocol.ts";

export interface EarlierSinks {
  /** Of the sinks that are other ones now, by node. */
  readonly committers: ReadonlyMap<string, Committer>;
  /** Makes visible what they prepared, and gives up what they had open beyond that. */
  settle(saved: CheckpointRecord): Promise<void>;
  close(): Promise<void>;
}

interface Version {
  readonly graph: TypedGraph;
  readonly connections: Readonly<Record<string, ConnectionConfig>>;
}

export async function openEarlierSinks(options: {
  readonly start: RunStart;
  readonly claim: RunClaim;
  readonly nodeTypes: ReadonlyMap<string, NodeType>;
  readonly now: Version;
  readonly earlier: Version;
  /** Keeps the rows that the outside refuses. */
  readonly refused: (nodeId: string, rows: readonly RefusedRow[]) => Promise<void>;
  readonly log: (line: string) => void;
}): Promise<EarlierSinks> {
  const { start, claim, nodeTypes, now, earlier, refused, log } = options;
  const gone = earlier.graph.nodes.filter((node) => typeOf(node)?.createCommitter && !node.disabled && !isThere(node));
  const connections = gone.length === 0 ? undefined : await openConnections(start.dataFolder, earlier.connections);
  const contextOf = (node: TypedNode) => ({
    pipelineId: start.pipelineId,
    runId: start.runId,
    nodeId: node.id,
    connection: (connections as Connections).of(node),
    now: () => Date.now(),
  });
  const committers = new Map(gone.map((node) => [node.id, typeOf(node)?.createCommitter?.(node.params, contextOf(node)) as Committer]));

  function typeOf({ spec }: TypedNode): NodeType | undefined {
    return nodeTypes.get(spec.type);
  }

  function isThere(node: TypedNode): boolean {
    const same = now.graph.nodes.find(({ id }) => id === node.id);
    return same !== undefined && !same.disabled && isDeepStrictEqual(meaning(same, now), meaning(node, earlier));
  }

  async function closeOff(node: TypedNode, saved: CheckpointRecord): Promise<void> {
    const parallelism = saved.states.length;
    for (let subtask = 0; subtask < parallelism; subtask++) {
      const restored = saved.prepared[node.id]?.[subtask];
      if (restored === undefined) continue;
      const sink = typeOf(node)?.createSink?.(node.params, {
        ...contextOf(node),
        subtask,
        parallelism,
        claim,
        restored,
        timeZone: earlier.graph.settings.timeZone,
        schema: writtenSchema(node),
      });
      await sink?.open?.();
      await sink?.close();
    }
  }

  return {
    committers,
    async settle(saved) {
      await commitPrepared(committers, "after", new Map(Object.entries(saved.prepared)), undefined, { refused });
      for (const node of gone) {
        try {
          await closeOff(node, saved);
        } catch (error) {
          // All that counts is visible; the rest is given up when its time runs out.
          log(`What the earlier sink ${JSON.stringify(node.id)} had begun could not be given up: ${(error as Error).message}`);
        }
      }
    },
    async close() {
      for (const committer of committers.values()) await committer.close();
      await connections?.close();
    },
  };
}

/** What decides where a sink writes. */
function meaning({ spec, params }: TypedNode, { connections }: Version): unknown {
  return [spec.type, params, connections[String(params.connection)]];
}
