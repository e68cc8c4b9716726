/**
 * What Flink makes of many expressions. One statement computes a batch of them. Of a batch that is refused the expression is left out that Flink points at; one
 * that fails is halved until the expression stands alone that is to blame, and over several rows until the row does.
 */
import { FlinkError, type Session } from "./gateway.ts";

/** Rows that expressions are computed over: a table or view, with a column `id` that counts the rows from 0. */
export interface RowsInFlink {
  readonly table: string;
  readonly count: number;
}

/** The value of one row as Flink prints it, null for NULL; or why there is none. */
export type Outcome = { readonly value: string | null } | { readonly error: string };

export interface Evaluation {
  /** In SQL's words; undefined where the expression is refused. */
  readonly type?: string;
  /** One for each row. */
  readonly outcomes: readonly Outcome[];
}

/** Expressions that one statement computes. */
const BATCH = 40;

/** In the order of the expressions. Without rows each is computed once, over nothing. */
export async function evaluateInFlink(session: Session, expressions: readonly string[], rows?: RowsInFlink): Promise<Evaluation[]> {
  const results: Evaluation[] = [];
  for (let i = 0; i < expressions.length; i += BATCH) results.push(...(await batch(session, expressions.slice(i, i + BATCH), rows)));
  return results;
}

async function batch(session: Session, expressions: readonly string[], rows: RowsInFlink | undefined): Promise<Evaluation[]> {
  try {
    return await computed(session, expressions, rows);
  } catch (error) {
    if (!(error instanceof FlinkError)) throw error;
    const [only] = expressions;
    if (expressions.length === 1 && only !== undefined) return [await alone(session, only, rows, error)];
    // The end of the statement is no expression's fault: one of them left something open.
    const isAtEnd = error.message.includes('"<EOF>"');
    const blamed = error.column === undefined || isAtEnd ? -1 : expressionAt(expressions, rows, error.column);
    const cut = blamed === -1 ? expressions.length >> 1 : blamed;
    const [before, after] = [expressions.slice(0, cut), expressions.slice(blamed === -1 ? cut : cut + 1)];
    const parts = blamed === -1 ? [before, after] : [[...before, ...after]];
    const results: Evaluation[] = [];
    for (const part of parts) if (part.length > 0) results.push(...(await batch(session, part, rows)));
    if (blamed !== -1) results.splice(cut, 0, await alone(session, expressions[cut] as string, rows, error));
    return results;
  }
}

const prefix = (rows: RowsInFlink | undefined) => (rows ? "SELECT id, " : "SELECT ");

/** Which expression of a batch a column of the statement belongs to; -1 for none. */
function expressionAt(expressions: readonly string[], rows: RowsInFlink | undefined, column: number): number {
  let start = prefix(rows).length;
  for (const [i, one] of expressions.entries()) {
    const end = start + `${one} AS e${i}, `.length;
    if (column - 1 >= start && column - 1 < end) return i;
    start = end;
  }
  return -1;
}

async function computed(session: Session, expressions: readonly string[], rows: RowsInFlink | undefined): Promise<Evaluation[]> {
  const select = expressions.map((one, i) => `${one} AS e${i}`).join(", ");
  const answer = await session.run(`${prefix(rows)}${select}${rows ? ` FROM ${rows.table}` : ""}`);
  const first = rows ? 1 : 0;
  const sorted = rows ? [...answer.rows].sort((a, b) => Number(a[0]) - Number(b[0])) : answer.rows;
  return expressions.map((_, i) => ({
    type: answer.columns[first + i]?.type ?? "",
    outcomes: sorted.map((cells) => ({ value: cells[first + i] ?? null })),
  }));
}

/** An expression that fails: refused as a whole, or by some of the rows. */
async function alone(session: Session, expression: string, rows: RowsInFlink | undefined, error: FlinkError): Promise<Evaluation> {
  if (!rows) return { outcomes: [isHiddenNull(error) ? { value: null } : { error: error.message }] };
  let type: string | undefined;
  const outcomes: Outcome[] = [];
  for (let id = 0; id < rows.count; id++) {
    try {
      const answer = await session.run(`SELECT id, ${expression} AS e FROM ${rows.table} WHERE id = ${id}`);
      type = answer.columns[1]?.type;
      outcomes.push({ value: answer.rows[0]?.[1] ?? null });
    } catch (failure) {
      if (!(failure instanceof FlinkError)) throw failure;
      outcomes.push(isHiddenNull(failure) ? { value: null } : { error: failure.message });
      if (outcomes.length === 1 && /ValidationException|ValidatorException|SqlParserException|TableException/.test(error.message))
        return { outcomes: Array.from({ length: rows.count }, () => ({ error: error.message })) };
    }
  }
  return { ...(type !== undefined && { type }), outcomes };
}

/** Flink declares some values NOT NULL that are NULL all the same, which only its sink finds out. */
function isHiddenNull({ message }: FlinkError): boolean {
  return message.includes("EnforcerException") && message.includes("a null value is being written");
}
