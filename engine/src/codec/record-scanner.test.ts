import { describe, expect, it } from "vitest";
import { Scanner, type WantedMembers } from "./record-scanner.ts";
import { FOUND, NUMBER, PLAIN_NUMBER } from "./scanner-layout.ts";

const membersOf = (prefix: string, count: number): WantedMembers =>
  new Map(Array.from({ length: count }, (_, i) => [`${prefix}${i}`, { kind: NUMBER }]));
const recordOf = (text: string) => {
  const bytes = new TextEncoder().encode(text);
  return [bytes, 0, bytes.length] as const;
};

describe("the scanner", () => {
  it("forgets all tables when there is no room for another, and learns those that are still used anew", { timeout: 60_000 }, () => {
    const scanner = new Scanner();
    const readers = Array.from({ length: 120 }, (_, i) => scanner.reader(membersOf(`r${i}_`, 2_000)));
    for (let round = 0; round < 2; round++)
      for (const [i, reader] of readers.entries()) {
        expect(reader.scan(...recordOf(`{"r${i}_1":${i},"r${i + 1}_1":5}`))).toBeDefined();
        expect(scanner.words[FOUND / 4 + 4]).toBe(PLAIN_NUMBER);
        expect(scanner.floats[FOUND / 8 + 3]).toBe(i);
        expect(scanner.words[FOUND / 4 + 8]).toBe(0);
      }
  });

  it("takes no record for a schema that its memory does not hold, and goes on with others", { timeout: 60_000 }, () => {
    const scanner = new Scanner();
    const few = scanner.reader(membersOf("a", 1));
    for (const count of [200_000, 600_000]) {
      expect(scanner.reader(membersOf("n", count)).scan(...recordOf('{"n1":1}'))).toBeUndefined();
      expect(few.scan(...recordOf('{"a0":7}'))).toBeDefined();
      expect(scanner.floats[FOUND / 8 + 1]).toBe(7);
    }
  });

  it("takes as many names as records have, of whatever sources", { timeout: 60_000 }, () => {
    const scanner = new Scanner();
    const reader = scanner.reader(membersOf("a", 2));
    for (let i = 0; i < 3_000; i++) {
      const names = Array.from({ length: 20 }, (_, j) => `"s${i}_${j}":{"in${i}":[{"x${j}":${i}}]}`);
      expect(reader.scan(...recordOf(`{${names.join(",")},"a1":${i}}`))).toBeDefined();
      expect(scanner.floats[FOUND / 8 + 3]).toBe(i);
    }
  });
});
