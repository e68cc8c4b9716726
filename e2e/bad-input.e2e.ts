/** What people and machines send by mistake, to a server that runs a pipeline all the while: each gets a message with place, value and remedy, the server stays up, no record is lost. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type PipelineDocument, type Problem, words } from "@millrace/engine/pipeline";
import { expect, test } from "@playwright/test";
import { dataFolder, eventually, type Millrace, millrace, readTopic, removeFolder, startEmpty, startMillrace } from "./millrace.ts";

let server: Millrace;
let data: string;
let exits: number;
test.beforeEach(async () => {
  data = dataFolder();
  server = await startEmpty(data);
  exits = 0;
  server.process.once("exit", () => exits++);
});
test.afterEach(async () => {
  expect(exits, `the server ended: ${server.output()}`).toBe(0);
  await server.stop();
  removeFolder(data);
});

const SCHEMA = "id BIGINT, amount INT, user ROW<name STRING>, tags ARRAY<INT>";

/** Logs of the collector and records of a push source, filtered by fields that must be read, into one topic. */
const orders = {
  formatVersion: 1,
  name: "Orders",
  nodes: {
    logs: { type: "topic-source", name: "Logs", params: { topic: "ods_base_log", schema: SCHEMA } },
    push: { type: "http-push", name: "Push", params: { schema: SCHEMA } },
    all: { type: "union", name: "All" },
    known: { type: "filter", name: "Known", params: { when: "id IS NOT NULL OR amount > 0 OR user.name <> '' OR CARDINALITY(tags) > 0" } },
    out: { type: "topic-sink", name: "Out", params: { topic: "orders" } },
  },
  edges: [
    { from: "logs.out", to: "all.in" },
    { from: "push.out", to: "all.in" },
    { from: "all.out", to: "known.in" },
    { from: "known.out", to: "out.in" },
  ],
} as const;

const GOOD = '{"id":1,"amount":5,"user":{"name":"ann"},"tags":[1],"more":true}';
const nested = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;
const PAD = "x".repeat(10_000_000);

/** Records that cannot be read, with what is said of each. */
const BAD: readonly (readonly [record: string, message: RegExp])[] = [
  ['{"id":2,"amount":', /^the record is not JSON: at byte 17: the text ends too early\. Mend what writes it/],
  ["plain text", /^the record is not JSON: at byte 0: expected a value, got "p"\. Mend what writes it/],
  ["42", /^the record: expected an object \(ROW\), got 42\. Declare the type that it has, or mend what writes it\.$/],
  ['{"id":3,"amount":"many"}', /^amount: expected .*INT.*, got "many"\. Declare/],
  ['{"id":4,"user":"bob"}', /^user: expected an object \(ROW\), got "bob"\. Declare/],
  ['{"id":99999999999999999999}', /^id: expected .*BIGINT.*, got 99999999999999999999\. Declare/],
  [`{"id":5,"tags":${nested(100_000)}}`, /^tags\[0\]: expected INT, got \[+/],
  [`{"id":"six","pad":"${PAD}"}`, /^id: expected .*BIGINT.*, got "six"\. Declare/],
];

/** Records that are unusual and nothing more: they come out as they were sent. */
const UNUSUAL = [
  '{"amount":7}',
  '{"id":7,"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
  `{"id":8,"more":${nested(100_000)}}`,
  `{"id":9,"pad":"${PAD}"}`,
];

test("records that cannot be read become dead letters with the reason, byte by byte; all others come out", async () => {
  await deploy(orders);
  for (const record of [GOOD, ...BAD.map(([text]) => text), ...UNUSUAL, GOOD]) {
    expect(await post("/applog", record)).toEqual([200, "success"]);
    expect(await post("/in/orders/push", record)).toEqual([200, '{"records":1}']);
  }
  const { letters } = await eventually(
    () =>
      server.api<{ letters: { nodeId: string; text: string; message: { en: string; zh: string } }[] }>(
        "GET",
        "/api/pipelines/orders/dead-letters?limit=100",
      ),
    (page) => page.letters.length >= 2 * BAD.length,
    60_000,
  );
  for (const node of ["logs", "push"]) {
    const ofNode = letters.filter(({ nodeId }) => nodeId === node);
    expect(ofNode).toHaveLength(BAD.length);
    for (const [text, message] of BAD) {
      const letter = ofNode.find((one) => one.text === text);
      expect(letter?.message.en).toMatch(message);
      expect(letter?.message.zh).toMatch(/[一-鿿]/);
    }
  }
  const expected = [GOOD, GOOD, ...UNUSUAL].flatMap((text) => [text, text]).sort();
  const out = await eventually(
    () => readTopic(server, "orders"),
    (records) => records.length >= expected.length,
  );
  expect(out.map(({ text }) => text as string).sort()).toEqual(expected);
  expect(await server.api("GET", "/api/pipelines/orders")).toMatchObject({ run: { state: "running", deadLetters: 2 * BAD.length } });
});

test("a post beyond the limit is refused with the limit and the remedy, and nothing of it is kept", async () => {
  const [status, text] = await post("/applog", "x".repeat((16 << 20) + 1));
  expect(status).toBe(413);
  expect(text).toContain("The body is larger than the limit of 16777216 bytes. Send less at once, or start with a larger --max-post.");
  expect(await post("/applog", GOOD)).toEqual([200, "success"]);
  expect((await readTopic(server, "ods_base_log")).map((record) => record.text)).toEqual([GOOD]);
});

/** Documents that are no pipelines, or not yet, as the API and `millrace check` see them. */
const DOCUMENTS: readonly (readonly [name: string, text: string, message: string | RegExp])[] = [
  [
    "an unknown node type",
    changed({ nodes: { ...orders.nodes, f: { type: "filtre", name: "F" } } }),
    'unknown node type "filtre"; did you mean "filter"?',
  ],
  [
    "a circle",
    changed({
      nodes: { ...orders.nodes, f: filterNode("F"), g: filterNode("G") },
      edges: [...orders.edges, { from: "f.out", to: "g.in" }, { from: "g.out", to: "f.in" }],
    }),
    "rows would go round in a circle: f → g → f. Remove one of these edges.",
  ],
  [
    "an edge to nowhere",
    changed({ edges: [...orders.edges, { from: "all.out", to: "gone.in" }] }),
    'edges[4].to: the edge all.out → gone.in names a node "gone" that is not there. Remove the edge.',
  ],
  [
    "a newer format",
    changed({ formatVersion: 2 }),
    "formatVersion: a document from a newer format: it has format version 2, this Millrace reads up to 1. Update Millrace, or export the pipeline again from the version that wrote it.",
  ],
  ["a wrong type", changed({ name: 5 }), "name: expected text, got 5."],
  ["a missing member", changed({ nodes: undefined }), "nodes: expected an object, got nothing."],
  [
    "a param of the wrong type",
    changed({ nodes: { ...orders.nodes, known: { type: "filter", name: "Known", params: { when: 5 } } } }),
    /when: expected .*, got 5\./,
  ],
  [
    "an id that stands twice",
    changed({}).replace('"push":{', '"logs":{'),
    '"logs" stands twice in one object (again in line 1). Remove or rename one of the two.',
  ],
  ["__proto__", changed({}).replace('"push":{', '"__proto__":{'), /__proto__.*(Rename it|Choose another name)\./],
  ["deep nesting", changed({}).replace('"Orders"', nested(100_000)), /nested more than \d+ levels deep/],
  ["broken JSON", changed({}).slice(0, 100), /not JSON: .*Repair the text there\./],
];

test("documents that are wrong are refused by the API with place, value and remedy; what runs goes on", async () => {
  await deploy(orders);
  const before = await server.api<{ id: string }[]>("GET", "/api/pipelines");
  for (const [name, text, message] of DOCUMENTS) {
    const said = await refusal(text);
    expect(said.join("\n"), name).toMatch(typeof message === "string" ? new RegExp(escaped(message)) : message);
    expect(await post("/applog", GOOD), name).toEqual([200, "success"]);
  }
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  await eventually(
    () => readTopic(server, "orders"),
    (records) => records.length === DOCUMENTS.length,
  );
  expect(before).toHaveLength(1);
});

test("`millrace check` says the same of files, with exit status 1 and the count on standard error", async () => {
  for (const [name, text, message] of DOCUMENTS) {
    const file = join(data, "wrong 管道.json");
    writeFileSync(file, text);
    const { code, stdout, stderr } = await millrace(["check", file]);
    expect([name, code]).toEqual([name, 1]);
    expect(stdout, name).toMatch(typeof message === "string" ? new RegExp(escaped(message)) : message);
    expect(stderr).toMatch(/: \d+ errors?, \d+ warnings?\n$/);
    const run = await millrace(["run", file, "--data", join(data, "alone")]);
    expect([name, run.code, run.stdout]).toEqual([name, 1, ""]);
    expect(run.stderr, name).toMatch(typeof message === "string" ? new RegExp(escaped(message)) : message);
  }
});

test("a file that is not there is named by the node, and read as soon as it is there", async () => {
  const file = join(data, "files", "late.jsonl");
  await deploy({
    formatVersion: 1,
    name: "Late",
    nodes: {
      file: { type: "file-source", name: "File", params: { path: "late.jsonl", schema: "id BIGINT" } },
      out: { type: "topic-sink", name: "Out", params: { topic: "late" } },
    },
    edges: [{ from: "file.out", to: "out.in" }],
  });
  const { run } = await eventually(
    () => server.api<{ run: { failure?: { nodeId: string; message: { en: string; zh: string } } } }>("GET", "/api/pipelines/late"),
    (seen) => seen.run.failure !== undefined,
  );
  expect(run.failure).toMatchObject({
    nodeId: "file",
    message: {
      en: `There is no file ${JSON.stringify(file)}. Check the path, or put the file there.`,
      zh: `文件 ${JSON.stringify(file)} 不存在。请检查路径，或放入该文件。`,
    },
  });
  mkdirSync(join(data, "files"), { recursive: true });
  writeFileSync(file, '{"id":1}\n{"id":2}\n');
  await eventually(
    async () => (await readTopic(server, "late")).map(({ text }) => text),
    (texts) => texts.length === 2,
  );
});

test("an occupied port and a second server on the data folder are refused with the remedy; the first goes on", async () => {
  const port = new URL(server.origin).port;
  const taken = await millrace(["start", "--no-open", "--port", port, "--data", join(data, "other")]);
  expect([taken.code, taken.stdout]).toEqual([1, ""]);
  expect(taken.stderr).toMatch(
    new RegExp(`^millrace: Port ${port} on 127\\.0\\.0\\.1 is in use by another program\\. Stop that one, or start with --port \\d+`),
  );
  const second = await millrace(["start", "--no-open", "--port", "0", "--data", data]);
  expect([second.code, second.stdout]).toEqual([1, ""]);
  expect(second.stderr).toBe(
    `millrace: Another Millrace server (process ${server.process.pid}, ${server.origin}) uses the data folder ${data}. Use that one, stop it, or give this one a folder of its own with --data.\n`,
  );
  await deploy(orders);
  expect(await post("/applog", GOOD)).toEqual([200, "success"]);
  await eventually(
    () => readTopic(server, "orders"),
    (records) => records.length === 1,
  );
});

test("a data folder of a newer Millrace, or with damaged files, is refused with the file and the remedy", async () => {
  const newer = dataFolder();
  await (await startMillrace({ data: newer })).stop();
  const metadata = join(newer, "metadata.db");
  const refused = async () => {
    const { code, stdout, stderr } = await millrace(["start", "--no-open", "--port", "0", "--data", newer]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).not.toContain("    at ");
    return stderr;
  };
  const database = new DatabaseSync(metadata);
  database.exec("PRAGMA user_version = 99");
  database.close();
  expect(await refused()).toMatch(
    /^millrace: .*metadata\.db was written by a newer Millrace \(its format is 99, this one knows \d+\)\. Use the newer one, or another --data folder\.\n$/,
  );
  writeFileSync(metadata, "no database at all ".repeat(1_000));
  expect(await refused()).toBe(
    `millrace: ${metadata} cannot be used: file is not a database. Put the file back as it was, free space if the disk is full, or use another --data folder.\n`,
  );
  rmSync(metadata);
  writeFileSync(join(newer, "topics", "data.mdb"), "no LMDB at all ".repeat(1_000));
  expect(await refused()).toMatch(
    /^millrace: The topics in ".*topics" cannot be opened: .*data\.mdb is not LMDB's\. Check that the folder can be written/,
  );
  removeFolder(newer);
});

function filterNode(name: string) {
  return { type: "filter", name, params: { when: "id > 0" } };
}

function changed(members: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...orders, ...members });
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

async function deploy(document: unknown): Promise<void> {
  const { id } = await server.api<{ id: string }>("POST", "/api/pipelines", { document: document as PipelineDocument });
  await server.api("POST", `/api/pipelines/${id}/deploy`, {});
}

async function post(path: string, body: string): Promise<[status: number, text: string]> {
  const response = await fetch(server.origin + path, {
    method: "POST",
    body,
    headers: { authorization: `Bearer ${server.token}`, "content-type": "application/json" },
  });
  return [response.status, await response.text()];
}

/** What is said of a document: at once, or, for one that can be kept as a draft, at its deploy. The draft is removed. */
async function refusal(document: string): Promise<string[]> {
  const [status, text] = await post("/api/pipelines", `{"document":${document}}`);
  if (status !== 201) return wordsOf(text);
  const { id } = JSON.parse(text) as { id: string };
  const [deployStatus, answer] = await post(`/api/pipelines/${id}/deploy`, "{}");
  expect(deployStatus).toBe(422);
  await server.api("DELETE", `/api/pipelines/${id}`);
  return wordsOf(answer);
}

function wordsOf(answer: string): string[] {
  const { error } = JSON.parse(answer) as { error: { message: { en: string; zh: string }; problems?: Problem[] } };
  expect(error.message.zh).not.toBe("");
  return [error.message.en, ...(error.problems ?? []).map((problem) => words(problem).en)];
}
