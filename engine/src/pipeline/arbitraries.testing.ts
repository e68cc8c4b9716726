/** Random documents that the format allows; whether they make sense is another matter. */
import fc from "fast-check";
import type { Step } from "../node/timeline.ts";
import { PARAMETER_TYPES, type PipelineDocument, pipelineDocument } from "./document.ts";

const id = fc
  .oneof(fc.constantFrom("a", "b", "page-log", "u_1", "x"), fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/))
  .filter((one) => !(one in Object.prototype));
const portRef = fc.tuple(id, fc.constantFrom("in", "out", "error", "pageLog")).map(([node, port]) => `${node}.${port}`);
const words = fc.record({ en: fc.string(), zh: fc.string() });
const name = fc.string({ minLength: 1, maxLength: 20 });
const json = fc
  .jsonValue({ maxDepth: 3 })
  .map((value) => JSON.parse(JSON.stringify(value)) as never)
  .filter((value) => !JSON.stringify(value).includes("__proto__"));
const members = (key: fc.Arbitrary<string>) =>
  fc.dictionary(
    key.filter((one) => one !== "__proto__"),
    json,
    { maxKeys: 4 },
  );
const duration = fc.constantFrom("200 ms", "1 s", "5 min", "1.5 h");
const optional = { requiredKeys: [] };

const node = fc.record(
  {
    type: name,
    name,
    params: members(fc.string()),
    disabled: fc.constant(true as const),
    parallelism: fc.integer({ min: 1, max: 128 }),
    note: fc.string(),
    formerly: fc.constantFrom("", "visits/mark"),
  },
  { requiredKeys: ["type", "name", "params"] },
);

const step = fc.oneof(
  fc.record({
    rows: fc.dictionary(id, fc.array(fc.record({ value: json, time: fc.integer() }, { requiredKeys: ["value"] }), { maxLength: 2 }), {
      maxKeys: 2,
    }),
  }),
  fc.record({ watermark: fc.dictionary(id, fc.oneof(fc.integer(), fc.constant("max" as const)), { maxKeys: 2 }) }),
  fc.record({
    clock: fc.integer(),
    expect: fc.record({ ordered: fc.boolean(), counters: fc.dictionary(portRef, fc.nat(), { maxKeys: 2 }) }, optional),
  }),
  fc.constantFrom<Step>(
    { restart: true },
    { end: true },
    { end: ["a"] },
    { check: true },
    { clock: 5 },
    { idle: { a: true } },
    { rescale: 2 },
  ),
  fc.constantFrom<Step>(
    { answers: { a: { rows: { "1": { name: "x" }, "2": null }, delay: 5, fails: true } } },
    { answers: { a: { delay: { "1": 5 } } } },
  ),
);

const box = fc.record(
  { x: fc.integer(), y: fc.integer(), width: fc.integer({ min: 1 }), height: fc.integer({ min: 1 }) },
  { requiredKeys: ["x", "y"] },
);

/** What a document carries of a fragment. */
const fragment = fc.record({
  formatVersion: fc.constant(1 as const),
  name,
  nodes: fc.dictionary(id, node, { maxKeys: 2 }),
  edges: fc.constant([]),
});

export const anyDocument: fc.Arbitrary<PipelineDocument> = fc
  .record(
    {
      formatVersion: fc.constant(1 as const),
      name,
      title: words,
      description: words,
      parameters: fc.dictionary(
        fc.stringMatching(/^[a-z][A-Za-z0-9_]{0,5}$/).filter((one) => !(one in Object.prototype)),
        fc.record(
          {
            type: fc.constantFrom(...PARAMETER_TYPES),
            default: fc.oneof(fc.string(), fc.integer(), fc.boolean()),
            title: words,
            description: words,
          },
          { requiredKeys: ["type", "default"] },
        ),
        { maxKeys: 3 },
      ),
      timeZone: fc.constantFrom("Asia/Shanghai", "UTC", "Mars/Olympus"),
      parallelism: fc.integer({ min: 1, max: 128 }),
      checkpointInterval: duration,
      connections: fc.dictionary(id, fc.record({ role: fc.constantFrom("topic" as const, "files" as const) }), { maxKeys: 2 }),
      schemas: fc.dictionary(
        id,
        fc.record(
          {
            fields: fc.dictionary(fc.constantFrom("b", "a", "mid", "2", "1"), fc.constantFrom("BIGINT", "ROW<a STRING>", "nonsense"), {
              maxKeys: 3,
            }),
            open: fc.boolean(),
            personal: fc.array(fc.constantFrom("mid", "a.a", "x"), { maxLength: 2 }),
          },
          { requiredKeys: ["fields"] },
        ),
        { maxKeys: 2 },
      ),
      fragments: fc.dictionary(id, fc.record({ version: fc.integer({ min: 1 }), document: fragment }, { requiredKeys: ["version"] }), {
        maxKeys: 2,
      }),
      nodes: fc.dictionary(id, node, { maxKeys: 5 }),
      edges: fc.array(fc.record({ from: portRef, to: portRef }), { maxLength: 8 }),
      notes: fc.dictionary(
        id,
        fc.record(
          { text: fc.oneof(fc.string(), words), color: fc.constantFrom("yellow" as const, "red" as const) },
          { requiredKeys: ["text"] },
        ),
        { maxKeys: 2 },
      ),
      groups: fc.dictionary(
        id,
        fc.record(
          { title: fc.oneof(fc.string(), words), nodes: fc.array(id, { maxLength: 2 }), collapsed: fc.constant(true as const) },
          { requiredKeys: ["title", "nodes"] },
        ),
        { maxKeys: 2 },
      ),
      tests: fc.array(
        fc.record(
          { name, description: words, set: members(id), steps: fc.array(step, { maxLength: 3 }) },
          { requiredKeys: ["name", "steps"] },
        ),
        { maxLength: 2 },
      ),
      layout: fc.record({ nodes: fc.dictionary(id, box, { maxKeys: 3 }), notes: fc.dictionary(id, box, { maxKeys: 2 }) }, optional),
    },
    { requiredKeys: ["formatVersion", "name", "nodes", "edges"] },
  )
  .map((document) => pipelineDocument.parse(JSON.parse(JSON.stringify(document))));
