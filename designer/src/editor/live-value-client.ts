/** Asks the worker; one that does not answer in time is ended and replaced, so that no expression can freeze the page. */
import type { PreviewRecord } from "../preview/record.ts";
import type { LiveAnswer, LiveQuestion } from "./live-value.ts";
import type { LiveReply, LiveRequest } from "./live-value.worker.ts";

/** A thousand samples take some ten milliseconds; what takes this long does not end. */
const PATIENCE_MS = 2_000;

interface Waiting {
  readonly question: LiveQuestion;
  readonly records: readonly PreviewRecord[];
  readonly resolve: (answer: LiveAnswer) => void;
  readonly reject: (error: Error) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

export class LiveValueTimeout extends Error {
  override readonly name = "LiveValueTimeout";
}

/** The page is older than the server's files: it must be loaded again. */
export class LiveValueGone extends Error {
  override readonly name = "LiveValueGone";
}

let worker: Worker | undefined;
let lastId = 0;
let lastSet = 0;
const waiting = new Map<number, Waiting>();
/** Records are sent once; who asks about the same ones again names their set. */
const sets = new WeakMap<readonly PreviewRecord[], number>();

/** Of the records, oldest first. */
export function askLiveValue(question: LiveQuestion, records: readonly PreviewRecord[]): Promise<LiveAnswer> {
  worker ??= startWorker();
  const id = ++lastId;
  const target = worker;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => giveUp(new LiveValueTimeout(`no value within ${PATIENCE_MS} ms`)), PATIENCE_MS);
    waiting.set(id, { question, records, resolve, reject, timer });
    send(target, id, !sets.has(records));
  });
}

function send(target: Worker, id: number, withRecords: boolean): void {
  const { question, records } = waiting.get(id) as Waiting;
  const set = sets.get(records) ?? ++lastSet;
  sets.set(records, set);
  const samples = withRecords ? { set, records: records.map(({ text, time }) => ({ text, time })) } : { set };
  target.postMessage({ id, question, samples } satisfies LiveRequest);
}

function startWorker(): Worker {
  const started = new Worker(new URL("./live-value.worker.ts", import.meta.url), { type: "module", name: "live-value" });
  started.onmessage = ({ data }: MessageEvent<LiveReply>) => {
    const asked = waiting.get(data.id);
    if (!asked) return;
    if (data.isMissing) return send(started, data.id, true);
    waiting.delete(data.id);
    clearTimeout(asked.timer);
    if (data.answer) asked.resolve(data.answer);
    else asked.reject(new Error(data.failure));
  };
  // A file that is gone (the designer was built anew under an open page) gives an event without a message.
  started.onerror = (event) =>
    giveUp(event.message ? new Error(event.message) : new LiveValueGone("the worker's file could not be loaded"));
  return started;
}

/** Ends the worker; everything that waited for it fails with `reason`, the next question starts a new one. */
function giveUp(reason: Error): void {
  worker?.terminate();
  worker = undefined;
  for (const { reject, timer } of waiting.values()) {
    clearTimeout(timer);
    reject(reason);
  }
  waiting.clear();
}
