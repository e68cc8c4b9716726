/** Functions that give something else for each row. Numbers come from the run's source, or from a seed as in Java. */
import { RowError } from "../../node/operator.ts";
import type { DataType } from "../../schema/index.ts";
import type { EvalContext } from "../api.ts";
import type { Compute } from "../typed-tree.ts";
import { JavaRandom } from "../values/java-random.ts";
import { DOUBLE, type FunctionDefinition, INT, param, type TypedCall } from "./define.ts";

const draw = (context: EvalContext): number => (context.random ?? Math.random)();

function refuseBound(bound: number): void {
  if (bound > 0) return;
  throw new RowError("expression.random-bound", {
    en: `RAND_INTEGER takes a bound above zero, got ${bound}. Correct the value.`,
    zh: `RAND_INTEGER 的上界须大于零，得到 ${bound}。请修正该值。`,
  });
}

/** A constant seed begins one sequence for all rows; one that comes with the rows begins anew with each. */
function seeded(take: (random: JavaRandom, bound: number) => number): (call: TypedCall) => Compute {
  return ({ args }) => {
    const isConstant = args[0]?.kind === "constant";
    return {
      volatile: true,
      make: () => {
        let sequence: JavaRandom | undefined;
        return (seed: number | bigint, bound = 1) => {
          const random = isConstant ? (sequence ??= new JavaRandom(BigInt(seed))) : new JavaRandom(BigInt(seed));
          return take(random, bound);
        };
      },
    };
  };
}

const UUID: DataType = { type: "CHAR", length: 36, nullable: false };

function uuid(context: EvalContext): string {
  const eight = () =>
    Math.floor(draw(context) * 2 ** 32)
      .toString(16)
      .padStart(8, "0");
  const [a, b, c, d] = [eight(), eight(), eight(), eight()];
  const variant = "89ab"[Number.parseInt(c[0] as string, 16) & 3];
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-${variant}${c.slice(1, 4)}-${c.slice(4)}${d}`;
}

export const RANDOM_FUNCTIONS: readonly FunctionDefinition[] = [
  {
    name: "RAND",
    group: "number",
    help: {
      en: "A random number from 0 up to 1; with a constant seed always the same sequence, Java's.",
      zh: "0（含）到 1（不含）的随机数；给定常量种子则序列固定（与 Java 相同）。",
    },
    example: { text: "RAND(1)", result: "0.7308781907032909" },
    signatures: [
      { params: [], returns: { ...DOUBLE, nullable: false }, compute: { volatile: true, usesContext: true, make: () => draw } },
      { params: [param("seed", "INT")], returns: DOUBLE, compute: seeded((random) => random.nextDouble()) },
    ],
  },
  {
    name: "RAND_INTEGER",
    group: "number",
    help: {
      en: "A random whole number from 0 up to a bound; with a constant seed before it always the same sequence, Java's.",
      zh: "0（含）到上界（不含）的随机整数；前面给定常量种子则序列固定（与 Java 相同）。",
    },
    example: { text: "RAND_INTEGER(1, 100)", result: "85" },
    signatures: [
      {
        params: [param("bound", "INT")],
        returns: INT,
        compute: {
          volatile: true,
          usesContext: true,
          make: () => (bound: number, context: EvalContext) => {
            refuseBound(bound);
            return Math.floor(draw(context) * bound);
          },
        },
      },
      {
        params: [param("seed", "INT"), param("bound", "INT")],
        returns: INT,
        compute: seeded((random, bound) => {
          refuseBound(bound);
          return random.nextInt(bound);
        }),
      },
    ],
  },
  {
    name: "UUID",
    group: "text",
    help: { en: "A new random identifier for each row.", zh: "为每行生成新的随机标识（UUID）。" },
    example: { text: "CHAR_LENGTH(UUID())", result: "36" },
    signatures: [{ params: [], returns: UUID, compute: { volatile: true, usesContext: true, make: () => uuid } }],
  },
];
