/** Runs on worker threads, one each; their checkpoints, dead letters and samples. The server's thread only passes on what people ask. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { CreateRunHost, RunHost, StartRun } from "../runs/run-host.ts";
import { DEFAULT_SETTINGS, runLimits } from "../settings.ts";
import { savedStateOf } from "./checkpoint-record.ts";
import { deleteSavepoint, forgetCheckpoints, readSavedStates } from "./checkpoint-store.ts";
import { openConnections } from "./connections.ts";
import { deadLetterTopic, readDeadLetters, replayTopic } from "./dead-letters.ts";
import { keepTopics } from "./keep-topics.ts";
import { proposeSchema } from "./propose-schema.ts";
import { planFor } from "./restore-plan.ts";
import { RunThread } from "./run-thread.ts";
import { createSourceReader } from "./source-reader.ts";
import { createSpareThreads } from "./spare-thread.ts";
import { trimMemory } from "./trim-memory.ts";
import { tryDocument } from "./try-document.ts";

/** By then the server has started, and with it the runs that go on. */
const SETTLED_MS = 8_000;

export const createRunHost: CreateRunHost = async ({ dataFolder, log, limits = runLimits(DEFAULT_SETTINGS) }) => {
  const connections = await openConnections(dataFolder, {});
  const topics = connections.topics;
  const running = new Map<string, RunThread>();
  const sourceReader = createSourceReader({ dataFolder, topics, now: Date.now });
  const stopKeeping = await keepTopics(topics, { limits, now: Date.now, log });
  const settled = setTimeout(trimMemory, SETTLED_MS);
  settled.unref();

  const spare = createSpareThreads();

  const host: RunHost = {
    getReady: spare.getReady,
    async startRun(request: StartRun) {
      if (running.has(request.pipelineId)) throw new Error(`pipeline ${request.pipelineId} is running already`);
      const thread = new RunThread(request, spare.take(), { dataFolder, topics, log, limits });
      running.set(request.pipelineId, thread);
      void thread.ended.then(() => running.delete(request.pipelineId));
      await thread.begun;
      return thread;
    },
    async savedState(pipelineId) {
      const newest = readSavedStates(topics, pipelineId)[0];
      return newest && savedStateOf(newest);
    },
    async savepoints(pipelineId) {
      return readSavedStates(topics, pipelineId).map(savedStateOf);
    },
    deleteSavepoint: (pipelineId, id) => deleteSavepoint(topics, pipelineId, id),
    async planRestore({ pipelineId, document, set, from }) {
      const states = readSavedStates(topics, pipelineId);
      const saved = from === "newest" ? states[0] : states.find(({ checkpointId }) => String(checkpointId) === from.savepoint);
      return saved && { from: savedStateOf(saved), nodes: planFor(saved, document, set, limits) };
    },
    deadLetters: (pipelineId, query) => readDeadLetters(topics, pipelineId, query),
    async forget(pipelineId) {
      await forgetCheckpoints(topics, pipelineId);
      for (const topic of [deadLetterTopic(pipelineId), replayTopic(pipelineId)])
        if (await topics.describeTopic(topic)) await topics.deleteTopic(topic);
      await rm(join(dataFolder, "runs", pipelineId), { recursive: true, force: true });
    },
    async tryPipeline(request) {
      return tryDocument(request, limits, sourceReader, () => openConnections(dataFolder, request.connections));
    },
    async proposeSchema(request) {
      return proposeSchema(request, limits, sourceReader);
    },
    async close() {
      stopKeeping();
      clearTimeout(settled);
      await Promise.all([spare.close(), ...[...running.values()].map((thread) => thread.stop({ savepoint: false }))]);
      await connections.close();
    },
  };
  return host;
};
