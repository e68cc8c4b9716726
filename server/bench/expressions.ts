/**
 * Compiled expressions beside JavaScript that a person would write for the same rows, with the same answers for NULL, overflow and rounding. Own figures: nanoseconds a row
 * of each, and the compiled one's speed as a share of the other's (a half is wanted, one is as fast).
 */
import { check, compile, parseSchema } from "@millrace/engine/expression";
import type { Schema, Value, Values } from "@millrace/engine/schema";
import { cpuSecondsSince } from "./cpu.ts";
import { byHand } from "./expressions-by-hand.ts";
import type { Work } from "./main.ts";

const ROWS = 1_000;
const SCHEMA = "amount BIGINT, price DECIMAL(16, 2), at TIMESTAMP(3), page ROW<page_id STRING>, extra STRING";
const SETTINGS = { timeZone: "Asia/Shanghai" };
const CONTEXT = { time: 0, now: () => 0 };

const EXPRESSIONS: Readonly<Record<keyof typeof byHand, string>> = {
  condition: "amount > 100 AND page.page_id = 'good_detail'",
  dateFormat: "DATE_FORMAT(at, 'yyyy-MM-dd HH:mm:ss')",
  decimalMultiply: "price * CAST(1.15 AS DECIMAL(3, 2))",
  like: "page.page_id LIKE 'g%d_d%l'",
  likePart: "page.page_id LIKE '%detail%'",
  jsonValue: "JSON_VALUE(extra, '$.item.id')",
};

export const expressions: Work = {
  name: "expressions",
  perRecordIn: true,
  async prepare(records) {
    const schema = schemaOf(SCHEMA);
    const rows = Array.from({ length: ROWS }, (_, i) => row(i));
    const rounds = Math.max(1, Math.round(records.count / ROWS));
    return {
      async run() {
        const begun = performance.now();
        const own: Record<string, number> = {};
        let cpuSeconds = 0;
        for (const [name, text] of Object.entries(EXPRESSIONS) as [keyof typeof byHand, string][]) {
          const compiled = compiledOf(text, schema);
          const hand = byHand[name];
          for (const one of rows) assertSame(text, compiled(one, CONTEXT), hand(one));
          const [ours, theirs] = interleaved(
            () => pass(rows, compiled),
            () => pass(rows, hand),
            rounds,
          );
          cpuSeconds += ours;
          const nanos = (seconds: number) => (seconds / rounds / ROWS) * 1e9;
          own[`${name}Nanos`] = nanos(ours);
          own[`${name}ByHandNanos`] = nanos(theirs);
          own[`${name}Speed`] = theirs / ours;
        }
        return { recordsOut: records.count, cpuSeconds, wallSeconds: (performance.now() - begun) / 1000, own };
      },
      async clear() {},
    };
  },
};

function schemaOf(text: string): Schema {
  const read = parseSchema(text);
  if ("problem" in read) throw new Error(read.problem.code);
  return read.schema;
}

function compiledOf(text: string, schema: Schema): ReturnType<typeof compile> {
  const { checked, problems } = check(text, schema, SETTINGS);
  if (!checked) throw new Error(`${text}: ${problems.map(({ code }) => code).join(", ")}`);
  return compile(checked, SETTINGS);
}

const PAGES = ["good_detail", "home", "good_list", "cart", "payment", null];

/** One field in thirteen is NULL; one amount in a hundred is beyond what a number holds, as is one price when multiplied. */
function row(i: number): Values {
  const nullAt = i % 13;
  return {
    amount: nullAt === 1 ? null : i % 100 === 7 ? 2n ** 60n + BigInt(i) : (i * 37) % 400,
    price: nullAt === 2 ? null : i % 100 === 8 ? 999_999_999_999_990 + i : (i * 7919) % 10_000_000,
    at: nullAt === 3 ? null : 1_700_000_000_000 + i * 12_345_678,
    page: nullAt === 4 ? null : { page_id: PAGES[i % PAGES.length] ?? null },
    extra: nullAt === 5 ? null : `{"item":{"id":${i % 3 === 0 ? i : `"sku_${i}"`},"price":${i}.5},"from":"页面 ${i}","tags":["a","b"]}`,
  };
}

/** Calls both in the same way; what a person wrote takes no context. */
function pass(rows: readonly Values[], evaluate: ReturnType<typeof compile>): number {
  let filled = 0;
  for (const one of rows) if (evaluate(one, CONTEXT) !== null) filled += 1;
  return filled;
}

/** CPU seconds of each, a tenth of the rounds at a time, so that what else the machine does meets both. */
function interleaved(a: () => number, b: () => number, rounds: number): [number, number] {
  const seconds: [number, number] = [0, 0];
  for (let done = 0; done < rounds; ) {
    const next = Math.min(rounds, done + Math.ceil(rounds / 10));
    for (const [which, one] of [a, b].entries()) {
      const before = process.cpuUsage();
      for (let i = done; i < next; i++) one();
      seconds[which as 0 | 1] += cpuSecondsSince(before);
    }
    done = next;
  }
  return seconds;
}

function assertSame(text: string, ours: Value, theirs: Value): void {
  if (ours !== theirs) throw new Error(`${text} gives ${String(ours)}, by hand ${String(theirs)}`);
}
