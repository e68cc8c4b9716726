/** Records with a rule per field. Record i is a function of (seed, i, when it is due), so a position is a count and a time. */
import type { Millis } from "@millrace/engine/node";
import { type ZoneClock, zoneClock } from "../../zone-clock.ts";
import { CATCH_UP_MS, type PacedRecords } from "../paced-records.ts";
import { type Random, random, weighted } from "../random.ts";
import type { FieldRule, SchemaParams } from "./params.ts";
import { type FieldNode, fieldTree } from "./tree.ts";

/**
 * Record number `anchorTaken` was due at `anchor`, and the others follow at the rate. Counting from there, and not from record to record, any rate is
 * met in the long run and a restart changes nothing.
 */
export type SchemaPosition = {
  readonly taken: number;
  readonly anchor: Millis;
  readonly anchorTaken: number;
  readonly rate: number;
};

export function startFields(params: SchemaParams, now: Millis): SchemaPosition {
  return { taken: 0, anchor: now, anchorTaken: 0, rate: params.rate };
}

/** The position to go on from at `now`: after a long stop the records of meanwhile are left out, and another rate holds from the next record on. */
export function resumeFields(position: SchemaPosition, params: SchemaParams, now: Millis): SchemaPosition {
  const due = dueOf(position);
  const isLate = now - due > CATCH_UP_MS;
  if (!isLate && position.rate === params.rate) return position;
  return { taken: position.taken, anchor: isLate ? now : due, anchorTaken: position.taken, rate: params.rate };
}

function dueOf({ taken, anchor, anchorTaken, rate }: SchemaPosition): Millis {
  return anchor + ((taken - anchorTaken) * 1000) / rate;
}

export function createFieldStream(params: SchemaParams, timeZone: string, from: SchemaPosition): PacedRecords {
  const write = objectWriter(fieldTree(params.fields), zoneClock(timeZone));
  let taken = from.taken;
  const due = () => dueOf({ ...from, taken });
  return {
    nextDue: due,
    take() {
      const time = Math.floor(due());
      const numbers = random(params.seed, taken, Math.floor(taken / 2 ** 32));
      const text = write({ index: taken, time, numbers });
      taken += 1;
      return { text, time };
    },
    get taken() {
      return taken;
    },
    position: () => ({ ...from, taken }),
  };
}

interface Moment {
  readonly index: number;
  readonly time: Millis;
  readonly numbers: Random;
}
type Writer = (moment: Moment) => string;

function objectWriter(nodes: readonly FieldNode[], clock: ZoneClock): Writer {
  const members = nodes.map((node) => ({
    before: `${JSON.stringify(node.name)}:`,
    write: "rule" in node ? ruleWriter(node.rule, clock) : objectWriter(node.members, clock),
  }));
  return (moment) => `{${members.map(({ before, write }) => before + write(moment)).join(",")}}`;
}

function ruleWriter(rule: FieldRule, clock: ZoneClock): Writer {
  switch (rule.rule) {
    case "constant": {
      const text = JSON.stringify(rule.value);
      return () => text;
    }
    case "choice": {
      const values = weighted(rule.values.map(({ value, weight }) => [JSON.stringify(value), weight] as const));
      return ({ numbers }) => values.pick(numbers);
    }
    case "sequence":
      // Exact beyond 2^53 too.
      return ({ index }) => withPrefix(rule.prefix, String(BigInt(rule.start) + BigInt(rule.step) * BigInt(index)));
    case "range": {
      const least = Math.round(rule.min * 10 ** rule.decimals);
      const most = Math.round(rule.max * 10 ** rule.decimals);
      return ({ numbers }) => withPrefix(rule.prefix, decimalText(numbers.between(least, most), rule.decimals));
    }
    case "now":
      return ({ time }) => nowText(rule.as, time, clock);
  }
}

function withPrefix(prefix: string | undefined, digits: string): string {
  return prefix === undefined ? digits : JSON.stringify(prefix + digits);
}

function decimalText(unscaled: number, decimals: number): string {
  if (decimals === 0) return String(unscaled);
  const digits = String(Math.abs(unscaled)).padStart(decimals + 1, "0");
  return `${unscaled < 0 ? "-" : ""}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

function nowText(as: "millis" | "seconds" | "text", time: Millis, clock: ZoneClock): string {
  if (as === "millis") return String(time);
  if (as === "seconds") return String(Math.floor(time / 1000));
  return JSON.stringify(new Date(clock.local(time)).toISOString().slice(0, 19).replace("T", " "));
}
