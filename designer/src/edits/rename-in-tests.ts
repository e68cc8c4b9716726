/** The tests of a pipeline after nodes went into a fragment or came out of one. */
import type { PipelineDocument } from "@millrace/engine/pipeline";

type Tests = NonNullable<PipelineDocument["tests"]>;
type Step = Tests[number]["steps"][number];

export function withTestsRenamed(tests: Tests, rename: (nodeId: string) => string): Tests {
  return tests.map((test) => ({ ...test, steps: test.steps.map((step) => renamed(step, rename)) }));
}

function renamed(step: Step, rename: (nodeId: string) => string): Step {
  /** "node", "node.port", "node.dropped.late" */
  const place = (ref: string) => {
    const dot = ref.indexOf(".");
    return dot === -1 ? rename(ref) : rename(ref.slice(0, dot)) + ref.slice(dot);
  };
  const keys = <T>(part: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(part).map(([key, value]) => [place(key), value]));
  const { rows, watermark, idle, answers, end, expect } = step;
  return {
    ...step,
    ...(rows && { rows: keys(rows) }),
    ...(watermark && { watermark: keys(watermark) }),
    ...(idle && { idle: keys(idle) }),
    ...(answers && { answers: keys(answers) }),
    ...(Array.isArray(end) && { end: end.map(place) }),
    ...(expect && {
      expect: {
        ...expect,
        ...(expect.rows && { rows: keys(expect.rows) }),
        ...(expect.counters && { counters: keys(expect.counters) }),
        ...(expect.holdings && { holdings: keys(expect.holdings) }),
        ...(expect.watermark && { watermark: keys(expect.watermark) }),
        ...(expect.holds && { holds: keys(expect.holds) }),
      },
    }),
  };
}
