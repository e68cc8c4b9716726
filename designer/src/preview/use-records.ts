/** Records of an output port as they come in, the retained ones first. */
import type { Sample } from "@millrace/server/api";
import { useEffect, useMemo } from "react";
import { server } from "../server.ts";
import { useDocument } from "../store/document.ts";
import { addSamples, useRunStatus, useSamples, watchEdges } from "../store/live.ts";
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
  const pipelineId = useDocument((state) => state.pipelineId);
  const runId = useRunStatus()?.runId;
  const samples = useSamples(port);
  useEffect(() => (port === undefined ? undefined : watchEdges([port])), [port]);
  useEffect(() => {
    if (port === undefined || pipelineId === undefined || runId === undefined) return;
    const given = new AbortController();
    server.samples(pipelineId, port, given.signal).then(
      (retained) => addSamples(port, retained),
      // The live stream brings records all the same; a run that has just gone has none to give.
      (error: unknown) => {
        if (!given.signal.aborted) console.warn(`Retained samples of ${port} could not be read`, error);
      },
    );
    return () => given.abort();
  }, [port, pipelineId, runId]);
  return useMemo(() => toRecords(samples), [samples]);
}
