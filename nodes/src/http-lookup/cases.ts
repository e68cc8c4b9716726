import { type LookupAnswers, type NodeCase, row, type Step } from "@millrace/engine/node";

const inputs = { in: "id INT, user STRING" };
const find = {
  connection: "api",
  path: "'/users/' || URL_ENCODE(user)",
  schema: "name STRING, level INT",
  fields: [
    { name: "user_name", field: "name" },
    { name: "user_level", field: "level" },
  ],
};
const list = { connection: "api", path: "'/orders?of=' || user", schema: "id INT", list: "data.items", into: "orders" };
const answers = (more: LookupAnswers): Step => ({ answers: { lookup: more } });
const ask = (id: number, user: string | null): Step => row(id, { id, user });
const gives = (step: Step, ...out: readonly Readonly<Record<string, unknown>>[]): Step => ({
  ...step,
  expect: { ...step.expect, rows: { ...step.expect?.rows, out: out.map((value) => ({ value, exact: false })) }, ordered: true },
});
const refuses = (step: Step, code: string, message: string): Step => ({
  ...step,
  expect: { rows: { out: [], error: [{ value: { code, message }, exact: false }] } },
});
const at = (clock: number): Step => ({ clock });

export const cases: readonly NodeCase[] = [
  {
    name: "adds fields of the answer",
    params: find,
    inputs,
    steps: [
      answers({ rows: { "/users/5": { name: "小米", level: 3 }, "/users/a%2Fb": { name: "slash" } } }),
      {
        ...row(1, { id: 1, user: "5", note: "x" }),
        expect: { rows: { out: [{ value: { id: 1, user: "5", note: "x", user_name: "小米", user_level: 3 } }] } },
      },
      gives(ask(2, "a/b"), { id: 2, user_name: "slash" }),
    ],
  },
  {
    name: "takes 404, 410 and 204 for nothing, and asks nobody for NULL",
    params: { ...find, missing: "port" },
    inputs,
    steps: [
      answers({ rows: { "/users/gone": { status: 410 }, "/users/empty": { status: 204, body: "" } } }),
      {
        rows: { in: ["nobody", "gone", "empty", null].map((user) => ({ value: { user } })) },
        expect: { rows: { out: [], missing: ["nobody", "gone", "empty", null].map((user) => ({ value: { user } })) } },
      },
    ],
  },
  {
    name: "retries a status that may pass, and waits as long as the service asks",
    params: { ...find, retryAfter: "100 ms" },
    inputs,
    steps: [
      answers({ rows: { "/users/5": { status: 429, headers: { "retry-after": "2" } } } }),
      gives(ask(1, "5")),
      answers({ rows: { "/users/5": { name: "ann" } } }),
      gives(at(1_999)),
      gives(at(2_000), { id: 1, user_name: "ann" }),
    ],
    changedByRestart: "after a restart a row is asked for at once",
  },
  {
    name: "sends a row that the service refuses to error, with what it said",
    params: find,
    inputs,
    steps: [
      answers({ rows: { "/users/5": { status: 400, body: { error: "no such id" } } } }),
      refuses(ask(1, "5"), "http-lookup.refused", 'The answer for "/users/5" has status 400: "{\\"error\\":\\"no such id\\"}"'),
    ],
  },
  {
    name: "sends a row to error where the answer is no JSON, or not of the fields' types",
    params: find,
    inputs,
    steps: [
      answers({ rows: { "/users/5": "<html>", "/users/6": { level: "high" } } }),
      { rows: { in: [{ value: { user: "5" } }, { value: { user: "6" } }] }, expect: { rows: { out: [] }, counters: { errors: 2 } } },
    ],
  },
  {
    name: "says what failed where, when there is no answer",
    params: { ...find, attempts: 1, onFailure: "error" },
    inputs,
    steps: [answers({ fails: true }), refuses(ask(1, "5"), "lookup.failed", 'Asking for "/users/5" failed: the mock is down')],
  },
  {
    name: "asks once for rows with the same path, and remembers",
    params: find,
    inputs,
    steps: [
      answers({ rows: { "/users/5": { name: "ann" } }, delay: 50 }),
      ask(1, "5"),
      ask(2, "5"),
      gives(at(50), { id: 1, user_name: "ann" }, { id: 2, user_name: "ann" }),
      answers({ fails: true }),
      gives(ask(3, "5"), { id: 3, user_name: "ann" }),
    ],
    changedByRestart: "answers are remembered in memory alone",
  },
  {
    name: "sends a body with POST, and asks apart for each",
    params: { ...find, path: "'/search'", method: "POST", body: "JSON_OBJECT('user' VALUE user)", cacheRows: 0 },
    inputs,
    steps: [answers({ rows: { "/search": { name: "found" } } }), gives(ask(1, "5"), { id: 1, user_name: "found" })],
  },
  {
    name: "spreads requests over the second",
    params: { ...find, perSecond: 10, order: "unordered" },
    inputs,
    steps: [
      answers({ rows: { "/users/a": { name: "a" }, "/users/b": { name: "b" }, "/users/c": { name: "c" } } }),
      gives(ask(1, "a"), { user_name: "a" }),
      gives(ask(2, "b")),
      gives(ask(3, "c")),
      gives(at(99)),
      gives(at(100), { user_name: "b" }),
      gives(at(200), { user_name: "c" }),
    ],
    changedByRestart: "after a restart the first request may be made at once",
  },
  {
    name: "puts the entries of a list into a field",
    params: list,
    inputs,
    steps: [
      answers({ rows: { "/orders?of=5": { data: { items: [{ id: 1, more: "x" }, { id: 2 }] } } } }),
      gives(ask(1, "5"), { orders: [{ id: 1, more: "x" }, { id: 2 }] }),
    ],
  },
  {
    name: "reads pages by number until one is empty",
    params: { ...list, list: "*", paging: { by: "number", parameter: "page", first: 1 } },
    inputs,
    steps: [
      answers({ rows: { "/orders?of=5&page=1": [{ id: 1 }, { id: 2 }], "/orders?of=5&page=2": [{ id: 3 }], "/orders?of=5&page=3": [] } }),
      gives(ask(1, "5"), { orders: [{ id: 1 }, { id: 2 }, { id: 3 }] }),
    ],
  },
  {
    name: "reads on where the answer says: a value for a parameter, or a path",
    params: { ...list, paging: { by: "next", field: "next", parameter: "cursor" } },
    inputs,
    steps: [
      answers({
        rows: {
          "/orders?of=5": { data: { items: [{ id: 1 }] }, next: 7 },
          "/orders?of=5&cursor=7": { data: { items: [{ id: 2 }] }, next: null },
        },
      }),
      gives(ask(1, "5"), { orders: [{ id: 1 }, { id: 2 }] }),
    ],
  },
  {
    name: "reads on by the address that the answer gives",
    params: { ...list, paging: { by: "next", field: "data.next" } },
    inputs,
    steps: [
      answers({ rows: { "/orders?of=5": { data: { items: [{ id: 1 }], next: "/more/2" } }, "/more/2": { data: { items: [] } } } }),
      gives(ask(1, "5"), { orders: [{ id: 1 }] }),
    ],
  },
  {
    name: "sends a row to error that needs more pages than allowed",
    params: { ...list, list: "*", paging: { by: "number", mostPages: 1 } },
    inputs,
    steps: [
      answers({ rows: { "/orders?of=5&page=1": [{ id: 1 }] } }),
      refuses(ask(1, "5"), "http-lookup.too-many-pages", '"/orders?of=5" has more than 1 pages. Allow more, or ask for larger pages.'),
    ],
  },
  {
    name: "keeps what is under way over a restart",
    params: find,
    inputs,
    steps: [
      answers({ rows: { "/users/5": { name: "ann" } }, delay: 50 }),
      ask(1, "5"),
      { restart: true },
      gives(at(50), { id: 1, user_name: "ann" }),
    ],
  },
  {
    name: "refuses to be without a connection",
    params: { ...find, connection: undefined },
    inputs,
    invalid: 'connection: expected text, got nothing. Try "api".',
  },
  {
    name: "refuses a list without a field for it",
    params: { ...find, list: "*" },
    inputs,
    invalid: 'into: expected a field for the list, and no single fields, got nothing. Try "user".',
  },
];
