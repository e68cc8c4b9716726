/** A session of Flink's SQL Gateway: one statement after another over HTTP. */

export interface Column {
  readonly name: string;
  /** In SQL's words, NOT NULL included: "VARCHAR(2147483647) NOT NULL". */
  readonly type: string;
}

export interface Answer {
  readonly columns: readonly Column[];
  /** Cells as Flink prints them (bytes as x'0a'); null is SQL NULL, which a text "NULL" is not. */
  readonly rows: readonly (readonly (string | null)[])[];
}

/** The statement was refused or failed; the message is Flink's innermost cause. */
export class FlinkError extends Error {
  /** The column of the statement's first line that Flink points at. */
  readonly column: number | undefined;
  constructor(message: string, column: number | undefined) {
    super(message);
    this.column = column;
  }
}

export interface Session {
  /** Runs a statement to its end. Throws `FlinkError`. */
  run(statement: string): Promise<Answer>;
  close(): Promise<void>;
}

export async function openSession(gatewayUrl: string, properties: Readonly<Record<string, string>> = {}): Promise<Session> {
  const { sessionHandle } = await ask(`${gatewayUrl}/v3/sessions`, { properties });
  const session = `${gatewayUrl}/v3/sessions/${sessionHandle}`;
  return {
    run: (statement) => run(gatewayUrl, session, statement),
    close: async () => {
      await ask(session, undefined, "DELETE");
    },
  };
}

async function run(gatewayUrl: string, session: string, statement: string): Promise<Answer> {
  const { operationHandle } = await ask(`${session}/statements`, { statement });
  const operation = `${session}/operations/${operationHandle}`;
  let next: string | undefined = `${operation}/result/0?rowFormat=PLAIN_TEXT`;
  let columns: readonly Column[] = [];
  const rows: (string | null)[][] = [];
  while (next !== undefined) {
    const page = await ask(next.startsWith("http") ? next : gatewayUrl + next);
    if (page.resultType === "NOT_READY") {
      // The gateway has no way to be told when a result is there; it is asked again.
      await new Promise((resolve) => setTimeout(resolve, 10));
      continue;
    }
    columns = page.results.columns.map(({ name, logicalType }: JsonColumn) => ({ name, type: typeText(logicalType) }));
    for (const { fields } of page.results.data) rows.push(fields.map((cell: unknown) => (cell === null ? null : String(cell))));
    next = page.resultType === "EOS" ? undefined : page.nextResultUri;
  }
  await ask(`${operation}/close`, undefined, "DELETE");
  return { columns, rows };
}

interface JsonType {
  readonly type: string;
  readonly nullable: boolean;
  readonly length?: number;
  readonly precision?: number;
  readonly scale?: number;
  readonly resolution?: string;
  readonly fractionalPrecision?: number;
  readonly elementType?: JsonType;
  readonly keyType?: JsonType;
  readonly valueType?: JsonType;
  readonly fields?: readonly { readonly name: string; readonly fieldType: JsonType }[];
}

interface JsonColumn {
  readonly name: string;
  readonly logicalType: JsonType;
}

/** The type of a column in SQL's words. */
function typeText(type: JsonType): string {
  return type.nullable ? bareTypeText(type) : `${bareTypeText(type)} NOT NULL`;
}

function bareTypeText(type: JsonType): string {
  switch (type.type) {
    case "CHAR":
    case "VARCHAR":
    case "BINARY":
    case "VARBINARY":
      return `${type.type}(${type.length})`;
    case "DECIMAL":
      return `DECIMAL(${type.precision}, ${type.scale})`;
    case "INTEGER":
      return "INT";
    case "TIME_WITHOUT_TIME_ZONE":
      return `TIME(${type.precision})`;
    case "TIMESTAMP_WITHOUT_TIME_ZONE":
      return `TIMESTAMP(${type.precision})`;
    case "TIMESTAMP_WITH_LOCAL_TIME_ZONE":
      return `TIMESTAMP_LTZ(${type.precision})`;
    case "INTERVAL_YEAR_MONTH":
      return "INTERVAL YEAR TO MONTH";
    case "INTERVAL_DAY_TIME":
      return "INTERVAL DAY TO SECOND";
    case "ARRAY":
      return `ARRAY<${typeText(type.elementType as JsonType)}>`;
    case "MAP":
      return `MAP<${typeText(type.keyType as JsonType)}, ${typeText(type.valueType as JsonType)}>`;
    case "ROW":
      return `ROW<${(type.fields ?? []).map(({ name, fieldType }) => `\`${name}\` ${typeText(fieldType)}`).join(", ")}>`;
    default:
      return type.type;
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the gateway's answers are checked where they are read.
async function ask(url: string, body?: unknown, method = body === undefined ? "GET" : "POST"): Promise<any> {
  const response = await fetch(url, {
    method,
    ...(body !== undefined && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = text === "" ? {} : JSON.parse(text);
  if (response.ok) return json;
  const trace = (json.errors ?? [text]).join("\n");
  const column = /line 1, column (\d+)/.exec(trace)?.[1];
  throw new FlinkError(causeOf(trace), column === undefined ? undefined : Number(column));
}

/** The innermost cause of a stack trace, with the words before it where it says little. */
function causeOf(trace: string): string {
  const causes = [...trace.matchAll(/^(?:Caused by: )?([\w.$]+(?:Exception|Error)[^\n]*(?:\n(?!\s+at |\s*\.\.\.|Caused by)[^\n]*)*)/gm)];
  return (causes.at(-1)?.[1] ?? trace).trim();
}
