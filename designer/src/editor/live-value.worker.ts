import { type LiveAnswer, type LiveQuestion, liveValue } from "./live-value.ts";

export interface LiveRequest {
  readonly id: number;
  readonly question: LiveQuestion;
}
export interface LiveReply {
  readonly id: number;
  readonly answer: LiveAnswer | undefined;
  /** A failure of ours, in English: shown, not swallowed. */
  readonly failure: string | undefined;
}

self.onmessage = ({ data }: MessageEvent<LiveRequest>) => {
  self.postMessage(reply(data));
};

function reply({ id, question }: LiveRequest): LiveReply {
  try {
    return { id, answer: liveValue(question), failure: undefined };
  } catch (error) {
    return { id, answer: undefined, failure: error instanceof Error ? error.message : String(error) };
  }
}
