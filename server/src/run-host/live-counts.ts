/** Turns a task's counts into what people see: totals with rates over the last two seconds, and the sentence that an empty edge shows. */
import type { Millis, Words } from "@millrace/engine/node";
import { parsePortRef, type TypedGraph } from "@millrace/engine/pipeline";
import type { PortCounts } from "@millrace/engine/run";
import type { NodeLive } from "../api.ts";

type Counts = Readonly<Record<string, PortCounts>>;

const RATE_WINDOW_MS = 2_000;

export class LiveCounts {
  private readonly graph: TypedGraph;
  /** What each source says it will send, by node id. */
  private readonly expects: ReadonlyMap<string, Words>;
  private history: { readonly at: Millis; readonly counts: Counts }[] = [];

  constructor(graph: TypedGraph, expects: ReadonlyMap<string, Words>) {
    this.graph = graph;
    this.expects = expects;
  }

  /** The nodes as of now; call a few times a second. */
  view(at: Millis, counts: Counts, lag: Readonly<Record<string, number>>): Record<string, NodeLive> {
    this.history.push({ at, counts });
    while (this.history.length > 2 && (this.history[1] as { at: Millis }).at <= at - RATE_WINDOW_MS) this.history.shift();
    const before = this.history[0] as { at: Millis; counts: Counts };
    const seconds = (at - before.at) / 1000;
    const nodes: Record<string, NodeLive> = {};
    for (const [id, now] of Object.entries(counts)) {
      const then = before.counts[id];
      const ports = (side: "in" | "out") =>
        Object.fromEntries(
          Object.entries(now[side]).map(([port, total]) => [
            port,
            { total, rate: seconds > 0 ? (total - (then?.[side][port] ?? 0)) / seconds : 0 },
          ]),
        );
      const waitsFor = this.waitsFor(id, counts);
      nodes[id] = {
        in: ports("in"),
        out: ports("out"),
        dropped: { ...now.dropped },
        errors: now.errors,
        watermark: now.watermark === Number.POSITIVE_INFINITY ? "end" : now.watermark === Number.NEGATIVE_INFINITY ? null : now.watermark,
        ...(lag[id] === undefined ? {} : { lag: lag[id] }),
        ...(now.holdings ? { holdings: { ...now.holdings } } : {}),
        ...(now.state ? { state: now.state } : {}),
        ...(waitsFor ? { waitsFor } : {}),
        ...(now.lastError ? { lastError: { message: now.lastError.words, at: now.lastError.at } } : {}),
      };
    }
    return nodes;
  }

  private waitsFor(id: string, counts: Counts): Words | undefined {
    const now = counts[id];
    const node = this.graph.nodes.find((other) => other.id === id);
    if (!now || !node) return undefined;
    const came = Object.values(now.in).reduce((sum, total) => sum + total, 0);
    if (Object.entries(now.out).some(([port, total]) => port !== "error" && total > 0)) return undefined;
    if (came > 0) return heldBack(came, now, node.spec.dropReasons ?? {});
    if (Object.keys(node.inputs).length === 0) return this.expects.get(id) ?? { en: "no record yet", zh: "尚无记录" };
    const upstream = Object.values(node.inputs).flatMap((port) => port.edges.map((edge) => parsePortRef(edge.from)));
    const first = upstream[0];
    if (!first) return { en: "nothing is wired to its input", zh: "输入端没有连线" };
    return (
      this.waitsFor(first.node, counts) ?? {
        en: `no row has left port ${first.port} of ${this.nameOf(first.node)} yet`,
        zh: `${this.nameOf(first.node)} 的 ${first.port} 端口还没有行输出`,
      }
    );
  }

  private nameOf(id: string): string {
    return this.graph.nodes.find((node) => node.id === id)?.name ?? id;
  }
}

function heldBack(came: number, now: PortCounts, reasons: Readonly<Record<string, Words>>): Words {
  const drops = Object.entries(now.dropped).map(([reason, count]) => ({ count, words: reasons[reason] ?? { en: reason, zh: reason } }));
  if (now.errors > 0) drops.push({ count: now.errors, words: { en: "error", zh: "错误" } });
  const en = drops.map(({ count, words }) => `${count} ${words.en}`).join(", ");
  const zh = drops.map(({ count, words }) => `${count} 行${words.zh}`).join("，");
  return {
    en: `${came} rows came in, none has left by this port yet${en && `: ${en}`}`,
    zh: `已输入 ${came} 行，此端口尚无输出${zh && `：${zh}`}`,
  };
}
