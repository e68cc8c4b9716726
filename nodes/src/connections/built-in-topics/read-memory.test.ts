import { describe, expect, it } from "vitest";
import { createReadMemory } from "./read-memory.ts";

describe("a reader's memory", () => {
  it("is used again once all batches of it were given back, whatever their order", () => {
    const memory = createReadMemory();
    const first = memory.take(1_000);
    const [giveBackOne, giveBackOther] = [memory.handOut(), memory.handOut()];
    giveBackOther();
    giveBackOne();
    memory.turn();
    expect(memory.take(500).buffer).toBe(first.buffer);
  });

  it("is left alone while somebody looks at it, and for good when that is still so at the turn", () => {
    const memory = createReadMemory();
    const first = memory.take(1_000);
    const giveBack = memory.handOut();
    memory.handOut()();
    memory.turn();
    const second = memory.take(1_000);
    expect(second.buffer).not.toBe(first.buffer);
    giveBack();
    giveBack();
    const giveBackSecond = memory.handOut();
    memory.turn();
    expect(memory.take(1_000).buffer).not.toBe(second.buffer);
    giveBackSecond();
  });
});
