import type { Schema } from "@millrace/engine/schema";
import { useEffect, useState } from "react";
import type { PreviewRecord } from "../preview/record.ts";
import type { LiveAnswer } from "./live-value.ts";
import { askLiveValue } from "./live-value-client.ts";

/** What a paste or a repair changes in several steps is asked once; value and wait together are to stay under 300 ms. */
const PAUSE_MS = 30;

export interface LiveValueInput {
  readonly text: string;
  readonly schema: Schema | undefined;
  readonly samples: readonly PreviewRecord[];
  readonly timeZone: string;
  readonly expects: "condition" | "time" | undefined;
}

export interface LiveValueState {
  readonly answer: LiveAnswer | undefined;
  readonly failure: Error | undefined;
}

const NOTHING: LiveValueState = { answer: undefined, failure: undefined };

export function useLiveValue({ text, schema, samples, timeZone, expects }: LiveValueInput): LiveValueState {
  const [state, setState] = useState<LiveValueState>(NOTHING);
  useEffect(() => {
    if (!schema || text.trim() === "" || samples.length === 0) {
      setState(NOTHING);
      return;
    }
    let current = true;
    const timer = setTimeout(() => {
      askLiveValue({ text, schema, timeZone, expects, now: Date.now() }, samples).then(
        (answer) => current && setState({ answer, failure: undefined }),
        (failure: Error) => current && setState({ answer: undefined, failure }),
      );
    }, PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [text, schema, samples, timeZone, expects]);
  return state;
}
