/** Records of an output port as they come in, the retained ones first. */
import type { Sample } from "@millrace/server/api";
import { useEffect, useMemo, useState } from "react";
import { server } from "../server.ts";
import { useDocument } from "../store/document.ts";
import { addSamples, onSamples, placeInRun, useRunId, useSamples, watchEdges } from "../store/live.ts";
import { type PreviewRecord, recordOf } from "./record.ts";

const NONE: readonly PreviewRecord[] = [];
/** A sample is parsed once, however often the list around it changes. */
const parsed = new WeakMap<Sample, PreviewRecord>();

export function toRecords(samples: readonly Sample[]): readonly PreviewRecord[] {
  return samples.length === 0 ? NONE : samples.map(toRecord);
}

function toRecord(sample: Sample): PreviewRecord {
  let record = parsed.get(sample);
  if (!record) {
    record = recordOf(sample);
    parsed.set(sample, record);
  }
  return record;
}

/** Oldest first. `port` is "node.port": all edges of a port carry the same rows. */
export function useRecords(port: string | undefined): readonly PreviewRecord[] {
  const samples = useSamples(port);
  useRetained(port);
  return useMemo(() => toRecords(samples), [samples]);
}

/** Newer records change the picture at most this often, so that it can be read. */
const CALM_MS = 1_000;

/** The same for what is worked out of all of them: newer ones once a second. */
export function useCalmRecords(port: string | undefined): readonly PreviewRecord[] {
  const [held, setHeld] = useState<{ readonly port: string; readonly records: readonly PreviewRecord[] }>();
  useEffect(() => {
    if (port === undefined) return;
    return onSamples(port, CALM_MS, (samples) => setHeld({ port, records: toRecords(samples) }));
  }, [port]);
  useRetained(port);
  // What is held of another port is not for this one.
  return held && held.port === port ? held.records : NONE;
}

/** Has the port watched, and fetches what the run has kept of it. */
function useRetained(port: string | undefined): void {
  const pipelineId = useDocument((state) => state.pipelineId);
  const runId = useRunId();
  useEffect(() => (port === undefined ? undefined : watchEdges([port])), [port]);
  useEffect(() => {
    if (port === undefined || pipelineId === undefined || runId === undefined) return;
    const given = new AbortController();
    server.samples(pipelineId, placeInRun(port), given.signal).then(
      (retained) => addSamples(port, retained),
      // The live stream brings records all the same; a run that has just gone has none to give.
      (error: unknown) => {
        if (!given.signal.aborted) console.warn(`Retained samples of ${port} could not be read`, error);
      },
    );
    return () => given.abort();
  }, [port, pipelineId, runId]);
}
