import { expect, it } from "vitest";
import { createRunLogs } from "./run-logs.ts";

const texts = (page: { lines: readonly { text: string }[] }) => page.lines.map(({ text }) => text);

it("keeps the last lines of each pipeline", () => {
  const logs = createRunLogs({ now: () => 5, lines: 3 });
  for (const text of ["1", "2", "3", "4"]) logs.add("a", text);
  logs.add("b", "other");
  expect(texts(logs.read("a", { limit: 10 }))).toEqual(["2", "3", "4"]);
  expect(texts(logs.read("a", { limit: 2 }))).toEqual(["3", "4"]);
  expect(texts(logs.read("b", { limit: 10 }))).toEqual(["other"]);
  logs.forget("a");
  expect(logs.read("a", { limit: 10 })).toEqual({ lines: [], next: 0 });
});

it("gives who follows each line once, also over a restart of the server", () => {
  const first = createRunLogs({ now: () => 100, lines: 10 });
  for (const text of ["1", "2", "3"]) first.add("a", text);
  const page = first.read("a", { after: 0, limit: 2 });
  expect(texts(page)).toEqual(["1", "2"]);
  const rest = first.read("a", { after: page.next, limit: 2 });
  expect(texts(rest)).toEqual(["3"]);
  expect(first.read("a", { after: rest.next, limit: 2 })).toEqual({ lines: [], next: rest.next });

  const restarted = createRunLogs({ now: () => 200, lines: 10 });
  restarted.add("a", "4");
  expect(texts(restarted.read("a", { after: rest.next, limit: 2 }))).toEqual(["4"]);
});

it("cuts what is longer than a stack trace can be", () => {
  const logs = createRunLogs({ now: () => 1, lines: 3 });
  logs.add("a", "x".repeat(100_000));
  expect(texts(logs.read("a", { limit: 1 }))[0]).toHaveLength(8_193);
});
