/** Functions that look at types. */
import type { DataType } from "../../schema/index.ts";
import { flinkTypeText } from "../flink-type.ts";
import { constant, type Typed, withNullable } from "../typed-tree.ts";
import { type FunctionDefinition, optional, param, STRING, type TypedCall } from "./define.ts";

/** The type as Flink declares it, in its words. */
function typeOf({ args, range }: TypedCall): Typed {
  const [value, full] = args as [Typed, Typed?];
  const declared: DataType = value.undeclaredNull ? withNullable(value.dataType, false) : value.dataType;
  const isFull = full?.kind === "constant" && full.value === true;
  return constant(flinkTypeText(declared, isFull), STRING, range);
}

export const TYPE_FUNCTIONS: readonly FunctionDefinition[] = [
  {
    name: "TYPEOF",
    group: "conversion",
    help: { en: "The type of a value in SQL's words.", zh: "值的类型（SQL 写法）。" },
    example: { text: "TYPEOF(1.5)", result: "DECIMAL(2, 1) NOT NULL" },
    signatures: [{ params: [param("value", "ANY"), optional("full", "BOOLEAN")], returns: STRING, build: typeOf }],
  },
];
