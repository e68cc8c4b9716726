/** What ClickHouse, and the way to it, say, sorted by what can be done about it. Codes: ClickHouse's `ErrorCodes.cpp`. */
import { ClickHouseError } from "@clickhouse/client";
import { ConnectionError, quote } from "../connection-error.ts";

/** What may pass by itself: too much at once, memory, replicas, a disk that is full. */
const PASSING: ReadonlySet<string> = new Set([
  "32",
  "159",
  "198",
  "202",
  "203",
  "209",
  "210",
  "236",
  "241",
  "242",
  "243",
  "252",
  "279",
  "285",
  "290",
  "319",
  "341",
  "364",
  "394",
  "415",
  "425",
  "439",
  "473",
  "499",
  "518",
  "667",
  "722",
  "745",
  "999",
  "1000",
  "1002",
]);

/** What single rows are to blame for: text that is no number, a value out of range, a constraint that does not hold. */
const OF_ROWS: ReadonlySet<string> = new Set([
  "6",
  "25",
  "26",
  "27",
  "33",
  "34",
  "38",
  "41",
  "43",
  "53",
  "69",
  "70",
  "72",
  "117",
  "128",
  "130",
  "131",
  "165",
  "190",
  "303",
  "321",
  "349",
  "369",
  "376",
  "407",
  "441",
  "467",
  "469",
  "540",
  "631",
  "636",
  "652",
  "675",
  "676",
  "691",
  "706",
  "717",
]);

/** Above `max_execution_time`. */
const TIMEOUT = "159";
const UNKNOWN_TABLE = "60";
const LOGIN: ReadonlySet<string> = new Set(["192", "193", "194", "497", "516"]);
/** Longest text of the server in a message. */
const MOST_TEXT = 600;

/** Of an insert, a statement or a question about tables; `place`: the table or what was asked. */
export function sorted(error: unknown, place: string, url: string): ConnectionError {
  if (error instanceof ConnectionError) return error;
  if (!(error instanceof ClickHouseError)) return unavailable(error, url);
  const said = textOf(error);
  if (PASSING.has(error.code))
    return new ConnectionError(
      "table.unavailable",
      {
        en: `ClickHouse at ${url} cannot take ${place} now: ${said}. It is tried again.`,
        zh: `${url} 上的 ClickHouse 暂时无法处理 ${place}：${said}。将会重试。`,
      },
      error,
    );
  if (OF_ROWS.has(error.code))
    return new ConnectionError(
      "table.bad-rows",
      {
        en: `Table ${place} refuses rows for what is in them: ${said}. Mend the value, or map it to its column by an expression that fits.`,
        zh: `表 ${place} 因数据内容拒绝了行：${said}。请修正取值，或用合适的表达式映射到该列。`,
      },
      error,
    );
  return new ConnectionError(
    "table.refused",
    {
      en: `ClickHouse at ${url} refuses ${place}: ${said}. ${remedyEn(error.code)}`,
      zh: `${url} 上的 ClickHouse 拒绝了 ${place}：${said}。${remedyZh(error.code)}`,
    },
    error,
  );
}

/** Of a statement of a person's. */
export function sortedQuery(error: unknown, url: string, timeoutMs: number): ConnectionError {
  if (error instanceof ConnectionError) return error;
  if (!(error instanceof ClickHouseError)) return unavailable(error, url);
  if (error.code === TIMEOUT)
    return new ConnectionError(
      "table.too-long",
      {
        en: `The query did not end within ${timeoutMs / 1000} s. Ask for less: a shorter time, a condition on the sort key, a LIMIT.`,
        zh: `查询未能在 ${timeoutMs / 1000} 秒内结束。请缩小范围：更短的时间、排序键上的条件或 LIMIT。`,
      },
      error,
    );
  const said = textOf(error);
  return new ConnectionError("table.refused", { en: said, zh: said }, error);
}

function unavailable(error: unknown, url: string): ConnectionError {
  const said = error instanceof AggregateError ? String(error.errors[0]) : error instanceof Error ? error.message : String(error);
  return new ConnectionError(
    "table.unavailable",
    {
      en: `ClickHouse at ${url} does not answer: ${said}. Check that it runs and that its HTTP port can be reached from here.`,
      zh: `${url} 上的 ClickHouse 没有应答：${said}。请检查其是否运行，以及能否从本机访问其 HTTP 端口。`,
    },
    error,
  );
}

function textOf({ message, type }: ClickHouseError): string {
  const text = message
    .replace(/\s*: While executing .*$/s, "")
    .replaceAll(/\s+/g, " ")
    .trim()
    .replace(/\.$/, "");
  return `${text.length <= MOST_TEXT ? text : `${text.slice(0, MOST_TEXT)}…`}${type === undefined ? "" : ` (${type})`}`;
}

function remedyEn(code: string): string {
  if (LOGIN.has(code)) return "Check user, password and grants of the connection.";
  if (code === UNKNOWN_TABLE) return "Make the table, or have the sink make it.";
  return "Change the table or the sink's columns.";
}

function remedyZh(code: string): string {
  if (LOGIN.has(code)) return "请检查连接的用户、密码和授权。";
  if (code === UNKNOWN_TABLE) return "请创建该表，或由输出节点创建。";
  return "请修改表或输出节点的列。";
}

export function badTableName(name: string): ConnectionError {
  return new ConnectionError("table.bad-name", {
    en: `${quote(name)} cannot be a table's name; expected a letter or underscore, then letters, digits and underscores, 128 at most.`,
    zh: `${quote(name)} 不能作为表名；应以字母或下划线开头，其后为字母、数字或下划线，至多 128 个字符。`,
  });
}
