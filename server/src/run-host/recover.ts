/**
 * Which of the kept checkpoints a run goes on from. The newest one, as long as it can be completed and read. An older one only when nothing that was written since is visible, for
 * its records are read again and their rows written again; otherwise the run stops and says how many rows a forced start would double.
 *
 * What a "within" committer commits is visible once the checkpoint is there. What an "after" committer commits may still be pending: then it becomes visible now, or, where an
 * older checkpoint is used, never. The outside may also have given it up (`lost`).
 */
import type { Committer, PreparedFate, Words } from "@millrace/engine/node";
import { addUp } from "@millrace/engine/run";
import type { RestoreFrom } from "../runs/run-host.ts";
import { type CheckpointRecord, rowsBetween, type SavedCheckpoints } from "./checkpoint-record.ts";
import { PermanentFailure } from "./checkpoint-store.ts";

type Committers = ReadonlyMap<string, Committer>;

/**
 * The record to go on from; undefined when the run is to begin without state, or there is none. `force`: an older one although rows come twice. Throws `PermanentFailure` when there is no such state, or
 * a person must decide.
 */
export async function chooseCheckpoint(
  saved: SavedCheckpoints,
  committers: Committers,
  { from, force }: { readonly from: RestoreFrom | undefined; readonly force: boolean },
): Promise<CheckpointRecord | undefined> {
  if (from === undefined) return undefined;
  const newest = saved.kept[0];
  if (from !== "newest" && from.savepoint !== String(newest?.checkpointId)) return goBack(saved, committers, from.savepoint, force);
  if (newest === undefined) return undefined;
  const outcome = await outcomeOf(newest, committers);
  if (outcome.lost.length === 0) return newest;
  const older = saved.kept[1];
  const visible = older ? visibleRows(older, newest, committers, outcome) : undefined;
  if (older !== undefined && visible === 0) return older;
  throw new PermanentFailure(lostWords(newest, older, outcome, visible), older && visible);
}

/** A state that a person asked for, which is not the newest. */
async function goBack(saved: SavedCheckpoints, committers: Committers, id: string, force: boolean): Promise<CheckpointRecord> {
  const asked = saved.all.find(({ checkpointId }) => String(checkpointId) === id);
  if (asked === undefined) throw new PermanentFailure(unknownWords(id, saved.all));
  const doubled = await visibleSince(asked, saved, committers);
  if (doubled === 0 || force) return asked;
  throw new PermanentFailure(
    {
      en: `${doubled} rows were written after savepoint ${asked.checkpointId} and are visible; a start from it writes them again. Start from the newest state, or force it.`,
      zh: `保存点 ${asked.checkpointId} 之后已写出 ${doubled} 行且可见，从该保存点启动会重复写出。请从最新状态启动，或选择强制启动。`,
    },
    doubled,
  );
}

/** Rows written after a state that can be read outside: all but those of the newest checkpoint that are pending or lost. */
export async function visibleSince(asked: CheckpointRecord, saved: SavedCheckpoints, committers: Committers): Promise<number> {
  const [newest, before] = saved.kept;
  const written = (older: WithRows, newer: WithRows) =>
    Object.values(rowsBetween(older, newer)).reduce((sum, count) => sum + Math.max(0, count), 0);
  if (newest === undefined) return written(asked, saved.last);
  if (newest.checkpointId <= asked.checkpointId) return 0;
  const outcome = await outcomeOf(newest, committers);
  if (before === undefined || before.checkpointId < asked.checkpointId) return visibleRows(asked, newest, committers, outcome);
  return written(asked, before) + visibleRows(before, newest, committers, outcome);
}

/**
 * The checkpoint before one whose state cannot be read (`reason`), if nothing of the unreadable one is visible. Throws `PermanentFailure` otherwise.
 */
export async function fallBack(
  unreadable: CheckpointRecord,
  { kept }: Pick<SavedCheckpoints, "kept">,
  committers: Committers,
  reason: string,
): Promise<CheckpointRecord> {
  const older = kept.find(({ checkpointId }) => checkpointId < unreadable.checkpointId);
  const outcome = await outcomeOf(unreadable, committers);
  const visible = older ? visibleRows(older, unreadable, committers, outcome) : undefined;
  if (older !== undefined && visible === 0) return older;
  const doubled =
    older === undefined
      ? { en: "There is no older one.", zh: "没有更早的检查点。" }
      : {
          en: `${visible} of its rows are visible already; a forced start from checkpoint ${older.checkpointId} would write them again.`,
          zh: `其中 ${visible} 行已可见；从检查点 ${older.checkpointId} 强制启动会重复写出这些行。`,
        };
  throw new PermanentFailure({
    en: `The last checkpoint cannot be used. ${reason} ${doubled.en} Put the file back, or start without state.`,
    zh: `最近的检查点无法使用。${reason} ${doubled.zh}请恢复该文件，或不带状态启动。`,
  });
}

interface WithRows {
  readonly rowsOut: CheckpointRecord["rowsOut"];
}

interface Outcome {
  /** Nodes any of whose parts is visible. */
  readonly committed: ReadonlySet<string>;
  readonly lost: readonly { readonly nodeId: string; readonly records: number }[];
}

async function outcomeOf(record: CheckpointRecord, committers: Committers): Promise<Outcome> {
  const committed = new Set<string>();
  const lost: { nodeId: string; records: number }[] = [];
  for (const [nodeId, parts] of Object.entries(record.prepared)) {
    const fates: readonly PreparedFate[] = (await committers.get(nodeId)?.inspect?.(parts)) ?? [];
    fates.forEach((fate, index) => {
      if (fate === "committed") committed.add(nodeId);
      if (fate === "lost") lost.push({ nodeId, records: Number(parts[index]?.records ?? 0) });
    });
  }
  return { committed, lost };
}

/** Rows written after `older` that can be read outside. */
function visibleRows(older: CheckpointRecord, newest: CheckpointRecord, committers: Committers, { committed, lost }: Outcome): number {
  const rows = rowsBetween(older, newest);
  const isVisible = (nodeId: string) => committers.get(nodeId)?.phase !== "after" || committed.has(nodeId);
  const written = Object.entries(rows).reduce((sum, [nodeId, count]) => sum + (isVisible(nodeId) ? count : 0), 0);
  return written - lost.reduce((sum, { nodeId, records }) => sum + (isVisible(nodeId) ? records : 0), 0);
}

function lostWords(newest: CheckpointRecord, older: CheckpointRecord | undefined, { lost }: Outcome, visible: number | undefined) {
  const records = addUp(lost.map((one) => ({ [one.nodeId]: one.records })));
  const en = Object.entries(records).map(([nodeId, count]) => `${count} rows of node ${JSON.stringify(nodeId)}`);
  const zh = Object.entries(records).map(([nodeId, count]) => `节点 ${JSON.stringify(nodeId)} 的 ${count} 行`);
  const forced = older
    ? {
        en: `a forced start from checkpoint ${older.checkpointId} writes them, and ${visible} visible rows a second time`,
        zh: `从检查点 ${older.checkpointId} 强制启动会写出它们，同时重复写出 ${visible} 行已可见的行`,
      }
    : { en: "no older checkpoint is kept", zh: "没有保留更早的检查点" };
  return {
    en: `The broker gave up a transaction of checkpoint ${newest.checkpointId} before it was committed: ${en.join(", ")} never became visible; ${forced.en}. Decide, and raise the connection's transaction timeout above the longest outage.`,
    zh: `代理在检查点 ${newest.checkpointId} 的事务提交之前放弃了它：${zh.join("，")}从未可见；${forced.zh}。请作出选择，并将连接的事务超时设得比最长的中断更长。`,
  };
}

function unknownWords(id: string, states: readonly CheckpointRecord[]): Words {
  const listed = states.length === 0 ? "none" : states.map(({ checkpointId }) => checkpointId).join(", ");
  return {
    en: `There is no savepoint ${JSON.stringify(id)}; there are ${listed}.`,
    zh: `没有保存点 ${JSON.stringify(id)}；现有 ${listed}。`,
  };
}
