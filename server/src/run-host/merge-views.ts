/** What a run has to show, made of what its subtasks have. */
import { addUp, mergeInputs, type PortCounts, type SplitStatus, type StateCounts, type TapSample } from "@millrace/engine/run";
import type { Sample } from "../api.ts";
import type { SubtaskView } from "./protocol.ts";

type Counts = SubtaskView["counts"];

/** Rows are added up; a watermark is the lowest, and a node has ended when all of its subtasks have. */
export function mergeCounts(all: readonly Counts[]): Counts {
  if (all.length === 1) return all[0] as Counts;
  const merged = new Map<string, PortCounts>();
  for (const counts of all)
    for (const [id, one] of Object.entries(counts)) {
      const other = merged.get(id);
      merged.set(id, other ? mergeNode(other, one) : one);
    }
  return Object.fromEntries(merged);
}

function mergeNode(a: PortCounts, b: PortCounts): PortCounts {
  const lastError = [a.lastError, b.lastError].filter((error) => error !== undefined).sort((one, other) => other.at - one.at)[0];
  return {
    in: addUp([a.in, b.in]),
    out: addUp([a.out, b.out]),
    dropped: addUp([a.dropped, b.dropped]),
    errors: a.errors + b.errors,
    watermark: Math.min(a.watermark, b.watermark),
    isEnded: a.isEnded && b.isEnded,
    inputs: mergeInputs([a.inputs, b.inputs]),
    ...(a.state && b.state ? { state: mergeState(a.state, b.state) } : {}),
    ...(a.targets || b.targets ? { targets: addUp([a.targets ?? {}, b.targets ?? {}]) } : {}),
    ...(a.holdings || b.holdings ? { holdings: addUp([a.holdings ?? {}, b.holdings ?? {}]) } : {}),
    ...(lastError ? { lastError } : {}),
  };
}

/** Each subtask reads splits of its own: all of them, by source node, in the order of their partitions. */
export function mergeSplits(all: readonly SubtaskView["splits"][]): Record<string, readonly SplitStatus[]> {
  const nodes = new Set(all.flatMap((splits) => Object.keys(splits)));
  const ofNode = (id: string) =>
    all.flatMap((splits) => splits[id] ?? []).sort((a, b) => a.origin.localeCompare(b.origin) || (a.partition ?? 0) - (b.partition ?? 0));
  return Object.fromEntries([...nodes].map((id) => [id, ofNode(id)]));
}

function mergeState(a: StateCounts, b: StateCounts): StateCounts {
  const timers = [a.nextTimer, b.nextTimer].filter((time) => time !== undefined);
  return {
    ...(timers.length > 0 && { nextTimer: Math.min(...timers) }),
    keys: a.keys + b.keys,
    memoryBytes: a.memoryBytes + b.memoryBytes,
    spilledBytes: a.spilledBytes + b.spilledBytes,
    timers: a.timers + b.timers,
  };
}

/** Samples of one port, by subtask, in the order in which they were taken; numbered so that no two subtasks' are the same. */
export function mergeSamples(bySubtask: readonly (readonly TapSample[])[]): readonly Sample[] {
  const numbered = bySubtask.flatMap((samples, subtask) =>
    samples.map(
      ({ changed, seq, ...rest }): Sample => ({
        ...rest,
        seq: seq * bySubtask.length + subtask,
        ...(changed ? { changed: [...changed] } : {}),
      }),
    ),
  );
  return bySubtask.length === 1 ? numbered : numbered.sort((a, b) => a.at - b.at || a.seq - b.seq);
}
