import { type DayReport, wholeDay } from "../whole-day/index.ts";
import type { Part } from "./verify.ts";

const LOGS = 20_000;
const ORDERS = 5_000;
const KILLS = 20;
const WAYS = [
  { parallelism: 1, zone: "UTC" },
  { parallelism: 2, zone: "America/New_York" },
] as const;

export const wholeDayLong: Part = {
  name: "whole-day",
  shows: `the whole warehouse on one business day in virtual time (${LOGS} logs, ${ORDERS} orders), each job a process, these and ClickHouse killed with −9 ${KILLS} times, with one subtask and TZ=UTC, with two and TZ=America/New_York: every row of every topic and table as a plain computation has it`,
  async run() {
    const figures: string[] = [];
    for (const way of WAYS) {
      const report = await wholeDay({ seed: 11, logs: LOGS, orders: ORDERS, kills: KILLS, log: console.log, ...way });
      figures.push(`${way.parallelism} at ${way.zone}: ${figuresOf(report)}`);
    }
    return figures.join("; ");
  },
};

/** Throws when a row is not as it must be. */
function figuresOf({ killed, topics, tables }: DayReport): string {
  const wrong = [topics, tables].map(({ lost, doubled, different }) => lost + doubled + different);
  const kills = `${killed.job + killed.clickhouse} kills, ${killed.clickhouse} of them of ClickHouse`;
  const rows = `${topics.same} rows in topics and ${tables.same / 2} in tables`;
  const figures = `${kills}, ${rows}, lost ${topics.lost + tables.lost}, doubled ${topics.doubled + tables.doubled}, different ${topics.different + tables.different}`;
  if (wrong.some((count) => count > 0)) throw new Error(`${figures}; ${[...topics.examples, ...tables.examples].slice(0, 4).join("; ")}`);
  return figures;
}
