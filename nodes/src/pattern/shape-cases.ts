import { type NodeCase, row, type Step, watermark } from "@millrace/engine/node";

const inputs = { in: "what STRING, n INT" };

/** Rows "a1 c a2" at 1, 2, 3 …, and a watermark behind them. */
function stream(text: string): Step[] {
  const rows = text.split(" ").map((what, i) => row(i + 1, { what, n: i + 1 }));
  return [...rows, watermark(rows.length)];
}

const is = (name: string, letter: string, more: object = {}) => ({ is: "row", name, where: `what LIKE '${letter}%'`, ...more });
const none = (name: string, letter: string, more: object = {}) => ({ is: "none", name, where: `what LIKE '${letter}%'`, ...more });
const list = (...names: string[]) => ({
  do: "fields",
  fields: names.map((name) => ({ name, value: `LISTAGG(${name}.what, ' ')` })),
});
const found = (match: object): readonly [string, unknown] => ["match", match];

const aThenB = (follows: string): NodeCase => {
  const matches = { next: [], "followed-by": ["b1"], "followed-by-any": ["b1", "b2"] }[follows] as string[];
  return {
    name: `finds ${matches.length} of "a, then b" in a c b1 b2 when b ${follows === "next" ? "must come next" : `is ${follows}`}`,
    params: { steps: [is("a", "a"), is("b", "b", { follows })], output: list("a", "b") },
    inputs,
    steps: stream("a c b1 b2"),
    emits: matches.map((b) => found({ a: "a", b })),
  };
};

const loop = (between: string, matches: readonly string[]): NodeCase => ({
  name: `finds ${matches.length} of "c, one or more a, b" when what lies between the a's is ${between}`,
  params: {
    steps: [
      is("c", "c"),
      is("a", "a", { follows: "followed-by", repeat: { do: "or-more", between } }),
      is("b", "b", { follows: "followed-by" }),
    ],
    output: list("a"),
  },
  inputs,
  steps: stream("c d a1 a2 a3 d a4 b"),
  emits: matches.map((a) => found({ a })),
});

export const shapeCases: readonly NodeCase[] = [
  aThenB("next"),
  aThenB("followed-by"),
  aThenB("followed-by-any"),
  loop("relaxed", ["a1", "a1 a2", "a1 a2 a3", "a1 a2 a3 a4"]),
  loop("strict", ["a1", "a1 a2", "a1 a2 a3"]),
  loop("any", ["a1", "a1 a2", "a1 a3", "a1 a4", "a1 a2 a3", "a1 a2 a4", "a1 a3 a4", "a1 a2 a3 a4"]),
  {
    name: "begins with each row that fits, and ends a repetition with the row that it is until",
    params: {
      steps: [is("a", "a", { repeat: { do: "or-more", between: "relaxed", until: "what LIKE 'b%'" } })],
      output: list("a"),
    },
    inputs,
    steps: stream("a1 c a2 b a3"),
    emits: ["a1", "a1 a2", "a2", "a3"].map((a) => found({ a })),
  },
  {
    name: "takes two or three, and a greedy step all that it can",
    params: {
      steps: [
        is("a", "a", { repeat: { do: "times", least: 2, most: 3, between: "strict", greedy: true } }),
        is("b", "%", { follows: "next" }),
      ],
      output: list("a", "b"),
    },
    inputs,
    steps: stream("a1 a2 a3 b"),
    emits: [found({ a: "a1 a2 a3", b: "b" }), found({ a: "a2 a3", b: "b" })],
  },
  {
    name: "does without a step that may be missing",
    params: { steps: [is("a", "a"), is("b", "b", { optional: true }), is("c", "c")], output: list("a", "b", "c") },
    inputs,
    steps: stream("a1 c1 a2 b2 c2 a3 d c3"),
    emits: [found({ a: "a1", c: "c1" }), found({ a: "a2", b: "b2", c: "c2" })],
  },
  {
    name: "repeats a group of steps",
    params: {
      steps: [
        is("x", "x"),
        { is: "group", steps: [is("a", "a"), is("b", "b")], follows: "next", repeat: { do: "times", least: 2, between: "strict" } },
        is("y", "y"),
      ],
      output: list("a", "b", "y"),
    },
    inputs,
    steps: stream("x a1 b1 a2 b2 y1 x a3 b3 y2"),
    emits: [found({ a: "a1 a2", b: "b1 b2", y: "y1" })],
  },
  {
    name: "gives up when a row comes that must not come directly",
    params: {
      steps: [is("a", "a"), none("n", "n", { follows: "next" }), is("b", "b", { follows: "followed-by" })],
      output: list("a", "b"),
    },
    inputs,
    steps: stream("a1 n b1 a2 c n b2"),
    emits: [found({ a: "a2", b: "b2" })],
  },
  {
    name: "gives up when a row comes that must not come until the next step",
    params: { steps: [is("a", "a"), none("n", "n"), is("b", "b", { follows: "followed-by" })], output: list("a", "b") },
    inputs,
    steps: stream("a1 c n b1 a2 c b2"),
    emits: [found({ a: "a2", b: "b2" })],
  },
  {
    name: "looks at rows matched before",
    params: {
      steps: [
        is("low", "a", { repeat: { do: "or-more", between: "strict" } }),
        { is: "row", name: "high", where: "n > 2 * AVG(low.n) AND n > FIRST(low.n) + 2" },
      ],
      output: {
        do: "fields",
        fields: [
          { name: "from", value: "FIRST(low.n)" },
          { name: "rows", value: "COUNT(low)" },
          { name: "sum", value: "SUM0(low.n)" },
          { name: "high.n", value: "high.n" },
        ],
      },
    },
    inputs,
    steps: [row(1, { what: "a", n: 1 }), row(2, { what: "a", n: 3 }), row(3, { what: "b", n: 5 }), watermark(3)],
    emits: [["match", { from: 1, rows: 2, sum: 4, high: { n: 5 } }]],
  },
  {
    name: "lets computed fields out beside the whole row of a step",
    params: {
      steps: [is("a", "a"), is("b", "b")],
      output: {
        do: "fields",
        fields: [
          { name: "first", value: "a" },
          { name: "n", value: "b.n" },
        ],
      },
    },
    inputs,
    steps: [row(1, { what: "a", n: 1, more: [true] }), row(2, { what: "b", n: 2 }), watermark(2)],
    emits: [["match", { first: { what: "a", n: 1, more: [true] }, n: 2 }, 2]],
  },
  ...(
    [
      [{ to: "none" }, ["a1 b1", "a1 a2 b1", "a2 b1", "a1 b2", "a1 a2 b2", "a2 b2"]],
      [{ to: "next" }, ["a1 a2 b1", "a2 b1"]],
      [{ to: "past-last" }, ["a1 a2 b1"]],
      [{ to: "first", step: "b" }, ["a1 a2 b1"]],
      [{ to: "last", step: "a" }, ["a1 a2 b1", "a2 b1", "a2 b2"]],
    ] as const
  ).map(
    ([skip, matches]): NodeCase => ({
      name: `keeps ${matches.length} of overlapping matches when it skips to ${skip.to}`,
      params: {
        steps: [is("a", "a", { repeat: { do: "or-more" } }), is("b", "b", { follows: "followed-by-any" })],
        skip,
        output: { do: "fields", fields: [{ name: "all", value: "LISTAGG(what, ' ')" }] },
      },
      inputs,
      steps: stream("a1 a2 b1 b2"),
      emits: matches.map((all) => found({ all })),
    }),
  ),
  {
    name: "sends the last row of a match to the error port when there is nothing to skip to and that must not be",
    params: { steps: [is("a", "a"), is("b", "b", { optional: true }), is("c", "c")], skip: { to: "first", step: "b", missing: "error" } },
    inputs,
    steps: [
      row(1, { what: "a", n: 1 }),
      row(2, { what: "c", n: 2 }),
      {
        ...watermark(2),
        expect: {
          rows: {
            match: [],
            error: [
              {
                value: {
                  node: "node",
                  code: "pattern.cannot-skip",
                  message:
                    "Could not skip to b. No such element in the found match, which has a, c. Skip to another step, or let such matches skip nothing.",
                  text: '{"what":"c","n":2}',
                },
              },
            ],
          },
        },
      },
    ],
  },
];
