import type { Schema } from "@millrace/engine/schema";
import { useEffect, useState } from "react";
import type { PreviewRecord } from "../preview/record.ts";
import type { LiveAnswer } from "./live-value.ts";
import { askLiveValue } from "./live-value-client.ts";

/** Waits for a pause in typing that nobody notices; value and wait together stay under 300 ms. */
const PAUSE_MS = 80;
/** Newer samples change the picture at most this often, so that it can be read. */
const REFRESH_MS = 1_000;

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
  const held = useHeldSamples(samples);
  useEffect(() => {
    if (!schema || text.trim() === "" || held.length === 0) {
      setState(NOTHING);
      return;
    }
    let current = true;
    const timer = setTimeout(() => {
      askLiveValue({ text, schema, timeZone, expects, now: Date.now() }, held).then(
        (answer) => current && setState({ answer, failure: undefined }),
        (failure: Error) => current && setState({ answer: undefined, failure }),
      );
    }, PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [text, schema, held, timeZone, expects]);
  return state;
}

/** The samples, exchanged for newer ones once a second at most; the first ones at once. */
function useHeldSamples(samples: readonly PreviewRecord[]): readonly PreviewRecord[] {
  const [held, setHeld] = useState(samples);
  const pending = held !== samples;
  const first = held.length === 0;
  useEffect(() => {
    if (!pending) return;
    if (first || samples.length === 0) {
      setHeld(samples);
      return;
    }
    const timer = setTimeout(() => setHeld(samples), REFRESH_MS);
    return () => clearTimeout(timer);
  }, [pending, first, samples]);
  return held;
}
