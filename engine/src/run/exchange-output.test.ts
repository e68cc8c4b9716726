import { describe, expect, it } from "vitest";
import type { ExchangeBatch } from "./exchange-batch.ts";
import { CREDITS, ExchangeOutput } from "./exchange-output.ts";

const EXCHANGE = {
  id: 0,
  edge: { from: "a.out", to: "b.in" },
  from: { node: "a", port: "out" },
  to: { node: "b", port: "in" },
  by: "key",
  senders: 2,
  receivers: 2,
  upstream: [],
} as const;
const ROW = { kind: "+I", flags: 0, time: 0, place: undefined, offset: 0 } as const;

function outputOf(batchBytes = 100) {
  const sent: ExchangeBatch[] = [];
  const output = new ExchangeOutput(EXCHANGE, 0, (batch) => sent.push(batch), batchBytes);
  const row = () => output.row(1, ROW, new Uint8Array(batchBytes), 0, batchBytes);
  return { output, sent, row };
}

describe("the sending end of an exchange", () => {
  it("sends as many batches as the receiver granted, keeps the rest, and says that it is blocked", () => {
    const { output, sent, row } = outputOf();
    for (let i = 0; i < CREDITS; i++) row();
    expect([sent.length, output.isBlocked]).toEqual([CREDITS, false]);
    row();
    expect([sent.length, output.isBlocked]).toEqual([CREDITS, true]);
    output.credit(1);
    expect([sent.length, output.isBlocked]).toEqual([CREDITS + 1, false]);
  });

  it("gathers small batches into one while the receiver takes none, however often it is flushed", () => {
    const { output, sent, row } = outputOf();
    for (let i = 0; i < CREDITS; i++) row();
    for (let i = 0; i < 5; i++) {
      output.watermark(i);
      output.flush();
    }
    expect([sent.length, output.isBlocked]).toEqual([CREDITS, false]);
    output.credit(1);
    output.flush();
    expect(sent).toHaveLength(CREDITS + 1);
  });

  it("sends nothing to its own subtask", () => {
    const { output, sent } = outputOf();
    output.watermark(1);
    output.idle(true);
    output.barrier(1);
    output.end();
    expect(new Set(sent.map(({ to }) => to))).toEqual(new Set([1]));
  });
});
