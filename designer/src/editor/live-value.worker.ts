/** Holds the samples that it was sent last, decoded, so that a key stroke costs no more than the expression. */
import { type LiveAnswer, type LiveQuestion, type LiveRows, type LiveSample, liveRows, liveValue } from "./live-value.ts";

export interface LiveRequest {
  readonly id: number;
  readonly question: LiveQuestion;
  readonly samples: {
    /** The same number stands for the same samples. */
    readonly set: number;
    /** Left out where the worker should have them. */
    readonly records?: readonly LiveSample[];
  };
}
export interface LiveReply {
  readonly id: number;
  readonly answer: LiveAnswer | undefined;
  /** The samples are to be sent (again). */
  readonly isMissing: boolean;
  /** A failure of ours, in English: shown, not swallowed. */
  readonly failure: string | undefined;
}

/** Two inputs of a node, before and after a change of the schema, and some more. */
const SETS_HELD = 6;

const samples = new Map<number, readonly LiveSample[]>();
const decoded = new Map<string, LiveRows>();

self.onmessage = ({ data }: MessageEvent<LiveRequest>) => {
  self.postMessage(reply(data));
};

function reply({ id, question, samples: { set, records } }: LiveRequest): LiveReply {
  const none = { id, answer: undefined, isMissing: false, failure: undefined };
  try {
    if (records) hold(samples, set, records);
    const held = samples.get(set);
    if (!held) return { ...none, isMissing: true };
    const key = `${set} ${JSON.stringify(question.schema)}`;
    const rows = decoded.get(key) ?? hold(decoded, key, liveRows(held, question.schema));
    return { ...none, answer: liveValue(question, rows) };
  } catch (error) {
    return { ...none, failure: error instanceof Error ? error.message : String(error) };
  }
}

function hold<K, V>(map: Map<K, V>, key: K, value: V): V {
  map.delete(key);
  map.set(key, value);
  for (const oldest of [...map.keys()].slice(0, -SETS_HELD)) map.delete(oldest);
  return value;
}
