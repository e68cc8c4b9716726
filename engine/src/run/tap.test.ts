import { expect, test } from "vitest";
import { DEFAULT_TAP, Tap } from "./tap.ts";

const tapOf = (settings: Partial<typeof DEFAULT_TAP>) =>
  new Tap({ ...DEFAULT_TAP, quota: Number.POSITIVE_INFINITY, ...settings }, (row) => ({ text: String(row.text) }));
const taken = (tap: Tap, ...texts: string[]) => {
  for (const text of texts) tap.take({ text }, 0, 0, undefined);
  return tap.since(-1).map((sample) => sample.text);
};

test("a tap keeps the latest samples", () => {
  expect(taken(tapOf({ keep: 2 }), "a", "b", "c")).toEqual(["b", "c"]);
});

test("a tap keeps no more text than it may, of cut samples what is left of them", () => {
  expect(taken(tapOf({ keepText: 4 }), "aa", "bb", "cc")).toEqual(["bb", "cc"]);
  expect(taken(tapOf({ keepText: 4, maxText: 2 }), "aaaa", "bbbb", "cccc")).toEqual(["bb", "cc"]);
});

test("a tap keeps the latest sample however long it is, and goes on from there", () => {
  const tap = tapOf({ keepText: 4 });
  expect(taken(tap, "aa", "bbbbbbbb")).toEqual(["bbbbbbbb"]);
  expect(taken(tap, "cc", "dd")).toEqual(["cc", "dd"]);
});
