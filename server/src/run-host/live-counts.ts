/** Turns a task's counts into what people see: totals with rates over the last two seconds, and the sentence that an empty edge shows. */
import type { Millis, NodeSpec, Words } from "@millrace/engine/node";
import { parsePortRef, type TypedGraph } from "@millrace/engine/pipeline";
import type { InputFacts, PortCounts, SplitStatus, StateCounts } from "@millrace/engine/run";
import type { NodeLive } from "../api.ts";

type Counts = Readonly<Record<string, PortCounts>>;

const RATE_WINDOW_MS = 2_000;

export class LiveCounts {
  private readonly graph: TypedGraph;
  /** What each source says it will send, by node id. */
  private readonly expects: ReadonlyMap<string, Words>;
  /** When a row last came by an input, by "node.port": between two looks. */
  private readonly lastAt = new Map<string, Millis>();
  private history: { readonly at: Millis; readonly counts: Counts }[] = [];

  constructor(graph: TypedGraph, expects: ReadonlyMap<string, Words>) {
    this.graph = graph;
    this.expects = expects;
  }

  /** The nodes as of now; call a few times a second. `opening`: a sink that is being made ready, before any source is read. */
  view(
    at: Millis,
    counts: Counts,
    lag: Readonly<Record<string, number>>,
    splits: Readonly<Record<string, readonly SplitStatus[]>> = {},
    opening?: { readonly nodeId: string; readonly words: Words },
  ): Record<string, NodeLive> {
    const latest = this.history.at(-1)?.counts;
    this.history.push({ at, counts });
    while (this.history.length > 2 && (this.history[1] as { at: Millis }).at <= at - RATE_WINDOW_MS) this.history.shift();
    const before = this.history[0] as { at: Millis; counts: Counts };
    const seconds = (at - before.at) / 1000;
    const nodes: Record<string, NodeLive> = {};
    for (const [id, now] of Object.entries(counts)) {
      const then = before.counts[id];
      const withRates = (totals: PortCounts["in"], before: PortCounts["in"] = {}) =>
        Object.fromEntries(
          Object.entries(totals).map(([name, total]) => [name, { total, rate: seconds > 0 ? (total - (before[name] ?? 0)) / seconds : 0 }]),
        );
      const waitsFor = opening === undefined ? this.waitsFor(id, counts, lag) : opening.words;
      nodes[id] = {
        in: withRates(now.in, then?.in),
        out: withRates(now.out, then?.out),
        dropped: { ...now.dropped },
        errors: now.errors,
        watermark: shownTime(now.watermark),
        inputs: this.inputsOf(id, now, latest?.[id], at),
        ...(splits[id] && { partitions: splits[id].map(partitionOf) }),
        ...(lag[id] === undefined ? {} : { lag: lag[id] }),
        ...(now.holdings ? { holdings: { ...now.holdings } } : {}),
        ...(now.targets ? { targets: withRates(now.targets, then?.targets) } : {}),
        ...(now.state ? { state: shownState(now.state) } : {}),
        ...(waitsFor ? { waitsFor } : {}),
        ...(now.lastError ? { lastError: { message: now.lastError.words, at: now.lastError.at } } : {}),
      };
    }
    return nodes;
  }

  private inputsOf(id: string, now: PortCounts, before: PortCounts | undefined, at: Millis): NonNullable<NodeLive["inputs"]> {
    return Object.fromEntries(
      Object.entries(now.inputs ?? {}).map(([port, facts]) => {
        const place = `${id}.${port}`;
        // What was counted before this run went on has no time here.
        if (facts.lastTime !== undefined && (before === undefined || before.in[port] !== now.in[port])) this.lastAt.set(place, at);
        return [port, inputOf(facts, this.lastAt.get(place))];
      }),
    );
  }

  private waitsFor(id: string, counts: Counts, lag: Readonly<Record<string, number>>): Words | undefined {
    const now = counts[id];
    const node = this.graph.nodes.find((other) => other.id === id);
    if (!now || !node) return undefined;
    const came = Object.values(now.in).reduce((sum, total) => sum + total, 0);
    if (Object.entries(now.out).some(([port, total]) => port !== "error" && total > 0)) return undefined;
    if (came > 0 && Object.keys(node.outputs).every((port) => port === "error")) return staged(lag[id] ?? 0);
    if (came > 0) return heldBack(came, now, node.spec);
    if (Object.keys(node.inputs).length === 0) return this.expects.get(id) ?? { en: "no record yet", zh: "尚无记录" };
    const upstream = Object.values(node.inputs).flatMap((port) => port.edges.map((edge) => parsePortRef(edge.from)));
    const first = upstream[0];
    if (!first) return { en: "nothing is wired to its input", zh: "输入端没有连线" };
    return (
      this.waitsFor(first.node, counts, lag) ?? {
        en: `no row has left port ${first.port} of ${this.nameOf(first.node)} yet`,
        zh: `${this.nameOf(first.node)} 的 ${first.port} 端口还没有行输出`,
      }
    );
  }

  private nameOf(id: string): string {
    return this.graph.nodes.find((node) => node.id === id)?.name ?? id;
  }
}

function inputOf({ lastTime, watermark, isIdle }: InputFacts, lastAt: Millis | undefined) {
  return { lastAt: lastAt ?? null, lastTime: timeOrNull(lastTime), watermark: shownTime(watermark), idle: isIdle };
}

function partitionOf({ origin, partition, lastAt, watermark, isIdle }: SplitStatus) {
  return { origin, ...(partition !== undefined && { partition }), lastAt: lastAt ?? null, watermark: shownTime(watermark), idle: isIdle };
}

/** A row may have no time. */
function timeOrNull(time: Millis | undefined): Millis | null {
  return time === undefined || !Number.isFinite(time) ? null : time;
}

function shownTime(watermark: Millis): NodeLive["watermark"] {
  return watermark === Number.POSITIVE_INFINITY ? "end" : timeOrNull(watermark);
}

/** Of a sink that was given rows. */
function staged(rows: number): Words | undefined {
  if (rows === 0) return undefined;
  return { en: `${rows} rows wait for the next checkpoint, with which they are written`, zh: `${rows} 行等待随下一个检查点写出` };
}

/** What became of the rows: dropped, failed, or held, and till when. */
function heldBack(came: number, now: PortCounts, { dropReasons, holdings, gives }: NodeSpec): Words {
  const counted = (counts: Readonly<Record<string, number>> = {}, known: Readonly<Record<string, Words>> = {}) =>
    Object.entries(counts).flatMap(([name, count]) => (count > 0 ? [{ count, words: known[name] ?? { en: name, zh: name } }] : []));
  const gone = counted(now.dropped, dropReasons);
  if (now.errors > 0) gone.push({ count: now.errors, words: { en: "error", zh: "错误" } });
  const held = counted(now.holdings, holdings);
  const en = [...gone, ...held].map(({ count, words }) => `${count} ${words.en}`).join(", ");
  const zh = [...gone.map(({ count, words }) => `${count} 行${words.zh}`), ...held.map(({ count, words }) => `${words.zh} ${count}`)].join(
    "，",
  );
  const until = gives && timeLeft(now);
  if (until !== undefined)
    return {
      en: `${gives?.en} in ${until.en}: ${came} rows came in${en && `, ${en}`}`,
      zh: `${until.zh}后${gives?.zh}：已输入 ${came} 行${zh && `，${zh}`}`,
    };
  return {
    en: `${came} rows came in, none has left by this port yet${en && `: ${en}`}`,
    zh: `已输入 ${came} 行，此端口尚无输出${zh && `：${zh}`}`,
  };
}

const UNITS = [
  { ms: 3_600_000, en: "h", zh: "小时" },
  { ms: 60_000, en: "min", zh: "分钟" },
  { ms: 1_000, en: "s", zh: "秒" },
] as const;

/** How far the watermark is from the first timer: so long it takes where event time goes with the clock. */
function timeLeft({ watermark, state }: PortCounts): Words | undefined {
  if (state?.nextTimer === undefined || !Number.isFinite(watermark)) return undefined;
  const ms = Math.max(0, state.nextTimer - watermark);
  const unit = UNITS.find((one) => ms >= 2 * one.ms) ?? UNITS[2];
  const count = Math.ceil(ms / unit.ms);
  return { en: `${count} ${unit.en}`, zh: `${count} ${unit.zh}` };
}

function shownState({ nextTimer: _, ...shown }: StateCounts): NonNullable<NodeLive["state"]> {
  return shown;
}
