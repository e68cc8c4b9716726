/** What the nodes of a run have seen, dropped and hold, as text: the facts that answer "why is there no output?". */
import type { NodeLive } from "../api.ts";
import { table, timeOf } from "./table.ts";

const HEADINGS = ["NODE", "PORT", "ROWS", "A SECOND", "LAST ROW CAME", "ITS TIME", "WATERMARK"];

/** `isMoving`: the run goes on, so what passed lately says how fast it is. A table with a line for each port and each partition of a source, and below it what nodes dropped, hold or wait for; "" before anything was counted. */
export function nodeFacts(nodes: Readonly<Record<string, NodeLive>>, isMoving: boolean): string {
  const ids = Object.keys(nodes);
  const rows = ids.flatMap((id) => portsOf(id, nodes[id] as NodeLive, isMoving ? perSecond : () => ""));
  if (rows.length === 0) return "";
  return [table(HEADINGS, rows), ...ids.flatMap((id) => notesOf(nodes[id] as NodeLive).map((note) => `${id}: ${note}`))].join("\n");
}

function portsOf(
  id: string,
  { in: inputs, inputs: facts = {}, out, partitions = [], watermark }: NodeLive,
  rateText: (rate: number) => string,
): string[][] {
  return [
    ...partitions.map(({ origin, partition, lastAt, watermark, idle }) => {
      const name = partition === undefined ? origin : `${origin} partition ${partition}`;
      return [id, name, "", "", came(lastAt), "", shown(watermark, idle)];
    }),
    ...Object.entries(inputs).map(([port, { total, rate }]) => {
      const { lastAt = null, lastTime = null, watermark = null, idle = false } = facts[port] ?? {};
      return [
        id,
        `in ${port}`,
        String(total),
        rateText(rate),
        came(lastAt),
        lastTime === null ? "" : dateOr(lastTime),
        shown(watermark, idle),
      ];
    }),
    ...Object.entries(out).map(([port, { total, rate }]) => [id, `out ${port}`, String(total), rateText(rate), "", "", shown(watermark)]),
  ];
}

function notesOf({ dropped, errors, holdings, lag, lastError, waitsFor }: NodeLive): string[] {
  const counted = (counts: Readonly<Record<string, number>> = {}) =>
    Object.entries(counts).flatMap(([name, count]) => (count > 0 ? [`${count} ${name}`] : []));
  const [gone, held] = [counted(dropped), counted(holdings)];
  return [
    ...(gone.length > 0 ? [`dropped: ${gone.join(", ")}`] : []),
    ...(errors > 0 ? [`failed rows: ${errors}${lastError ? `, the last at ${timeOf(lastError.at)}: ${lastError.message.en}` : ""}`] : []),
    ...(held.length > 0 ? [`holds: ${held.join(", ")}`] : []),
    ...(lag !== undefined && lag > 0 ? [`still to do: ${lag}`] : []),
    ...(waitsFor ? [`no output: ${waitsFor.en}`] : []),
  ];
}

function perSecond(rate: number): string {
  return rate === 0 ? "0" : rate < 10 ? rate.toFixed(1) : String(Math.round(rate));
}

function came(at: number | null): string {
  return at === null ? "" : timeOf(at);
}

function shown(watermark: NodeLive["watermark"], idle = false): string {
  const text = watermark === null ? "none yet" : watermark === "end" ? "end of input" : dateOr(watermark);
  return idle ? `${text} (idle)` : text;
}

/** A time of data may be beyond what a date can be. */
function dateOr(at: number): string {
  return Math.abs(at) <= 8.64e15 ? timeOf(at) : String(at);
}
