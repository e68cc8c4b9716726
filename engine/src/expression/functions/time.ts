/** Functions between times, numbers and texts. Wall clocks are those of the pipeline's zone; the present is the clock that the run is given. */
import { RowError } from "../../node/operator.ts";
import type { DataType, Value } from "../../schema/index.ts";
import type { EvalContext } from "../api.ts";
import { castError } from "../casts/cast.ts";
import { expressionProblem, failure, shorten } from "../problems.ts";
import { apply, type Compute, type Typed } from "../typed-tree.ts";
import { datePattern } from "../values/date-pattern.ts";
import {
  DAY_MS,
  dateFromText,
  dateTimeFromText,
  millisOf,
  nanosOf,
  sqlTimestampFromText,
  type Timestamp,
  timestampOf,
} from "../values/date-time.ts";
import { truncate } from "../values/decimal.ts";
import { type SimpleDatePattern, simpleDatePattern } from "../values/simple-date-pattern.ts";
import { isTimeZone, javaTimeZone, timeZoneOf } from "../values/time-zone.ts";
import { BIGINT, constantText, DATE, type FunctionDefinition, optional, param, STRING, type TypedCall } from "./define.ts";
import { UNIT_FUNCTIONS } from "./time-units.ts";

const STANDARD = "yyyy-MM-dd HH:mm:ss";
const STANDARD_PATTERN = simpleDatePattern(STANDARD) as SimpleDatePattern;
const TIMESTAMP3: DataType = { type: "TIMESTAMP", precision: 3 };
const LTZ3: DataType = { type: "TIMESTAMP_LTZ", precision: 3 };

/** Patterns by their text; the last one is kept. */
function cached<T>(read: (source: string) => T | undefined): (source: string) => T | undefined {
  let [lastSource, last]: [string | undefined, T | undefined] = [undefined, undefined];
  return (source) => {
    if (source !== lastSource) [lastSource, last] = [source, read(source)];
    return last;
  };
}

/** For functions that fail where the pattern is none. */
function failing<T>(read: (source: string) => T | undefined): (source: string) => T {
  const patterns = cached(read);
  return (source) => {
    const pattern = patterns(source);
    if (pattern !== undefined) return pattern;
    const shown = JSON.stringify(shorten(source));
    throw new RowError("expression.date-pattern", {
      en: `${shown} is no pattern of dates. Write letters such as yyyy-MM-dd HH:mm:ss, other text in single quotes.`,
      zh: `${shown} 不是日期模式。请使用 yyyy-MM-dd HH:mm:ss 之类的字母，其他文本用单引号。`,
    });
  };
}

/** A constant pattern that is none: a mistake where it would fail each row, a warning where it would make each NULL. */
function withPattern(index: number, kind: "java.time" | "simple", isNull: boolean, compute: (call: TypedCall) => Compute) {
  return (call: TypedCall): Compute => {
    const source = constantText(call.args[index]);
    const range = call.args[index]?.range;
    const isBad = source !== undefined && !(kind === "simple" ? simpleDatePattern(source) : datePattern(source));
    if (isBad && range) {
      const args = { got: shorten(source) };
      if (!isNull) throw failure("expression.wrong-date-pattern", args, range);
      call.scope.warn(expressionProblem("expression.bad-date-pattern", args, range, undefined, "warning"));
    }
    return compute(call);
  };
}

/** DATE_FORMAT of a time: wall clocks by themselves, instants in the pipeline's zone. */
function dateFormat({ types }: TypedCall): Compute {
  const type = types[0] as DataType;
  return {
    mayBeNull: true,
    make: (settings) => {
      const patterns = failing(datePattern);
      const zone = timeZoneOf(type.type === "TIMESTAMP_LTZ" ? settings.timeZone : "UTC");
      return (time: Timestamp, source: string) => {
        const ms = millisOf(time) * (type.type === "DATE" ? DAY_MS : 1);
        const text = patterns(source).format(ms + zone.offsetAt(ms), nanosOf(time));
        if (text !== undefined) return text;
        throw new RowError("expression.date-pattern", {
          en: `${JSON.stringify(shorten(source))} asks for a zone, which a time has not. Remove the letters x, X, z, Z, V and O.`,
          zh: `${JSON.stringify(shorten(source))} 要求时区，而该时间没有时区。请去掉字母 x、X、z、Z、V 和 O。`,
        });
      };
    },
  };
}

const inUtc = timeZoneOf("UTC");

/** DATE_FORMAT of a text such as "2024-05-31 12:30:00". */
const textFormat: Compute = {
  mayBeNull: true,
  make: () => {
    const patterns = failing(simpleDatePattern);
    return (text: string, source: string) => {
      const pattern = patterns(source);
      const instant = STANDARD_PATTERN.parse(text, inUtc);
      return instant === undefined ? null : pattern.format(instant, inUtc);
    };
  },
};

/** A wall clock of a text by a pattern; where it does not fit, by the standard form. */
function reader(): (text: string, source: string) => { ms: number; nanos: number } | undefined {
  const patterns = cached(datePattern);
  return (text, source) => {
    const pattern = patterns(source);
    return pattern && (pattern.parse(text) ?? sqlTimestampFromText(text, text.trim().includes(" ")));
  };
}

const toTimestamp: Compute = {
  mayBeNull: true,
  make: () => {
    const read = reader();
    return (text: string, source?: string) => {
      const parsed = source === undefined ? dateTimeFromText(text) : read(text, source);
      return parsed ? timestampOf(parsed.ms, parsed.nanos, 3) : null;
    };
  },
};

/** Milliseconds that java.time can hold in a TIMESTAMP_LTZ: years up to 9999. */
const [LEAST_MS, GREATEST_MS] = [-62_135_596_800_000, 253_402_300_799_999];

function fromEpoch({ types, args }: TypedCall): Compute {
  const type = types[0] as DataType;
  // Of a DECIMAL the fraction goes first; of a FLOAT or DOUBLE milliseconds stay.
  const toNumber = (value: number | bigint) => (type.type === "DECIMAL" ? Number(truncate(value, type.scale, 0)) : Number(value) || 0);
  const precision = args[1]?.kind === "constant" ? args[1].value : undefined;
  if (args[1] && precision !== undefined && precision !== null && precision !== 0 && precision !== 3)
    throw failure("expression.epoch-precision", { got: String(precision) }, args[1].range, "3");
  return {
    mayBeNull: true,
    make:
      () =>
      (value: number | bigint, scale: number | bigint = 3) => {
        if (Number(scale) !== 0 && Number(scale) !== 3) throw wrongPrecision(scale);
        const ms = Math.trunc(Number(scale) === 0 ? toNumber(value) * 1_000 : toNumber(value)) + 0;
        return ms >= LEAST_MS && ms <= GREATEST_MS ? ms : null;
      },
  };
}

function wrongPrecision(precision: number | bigint): RowError {
  return new RowError("expression.epoch-precision", {
    en: `TO_TIMESTAMP_LTZ takes seconds (precision 0) or milliseconds (3), got precision ${precision}. Correct the value.`,
    zh: `TO_TIMESTAMP_LTZ 接受秒（精度 0）或毫秒（3），得到精度 ${precision}。请修正该值。`,
  });
}

/** TO_TIMESTAMP_LTZ of a text alone fails where it is no time; with a pattern it gives NULL. */
const textToInstant: Compute = {
  mayBeNull: true,
  make: () => (text: string) => {
    const parsed = dateTimeFromText(text);
    if (!parsed) throw castError(text, STRING, LTZ3);
    return timestampOf(parsed.ms, parsed.nanos, 3);
  },
};

const patternToInstant: Compute = {
  mayBeNull: true,
  make: () => {
    const read = reader();
    return (text: string, source: string, zoneName = "UTC") => {
      const parsed = read(text, source);
      if (!parsed || !isTimeZone(zoneName)) return null;
      return timestampOf(timeZoneOf(zoneName).instantOf(parsed.ms), parsed.nanos, 3);
    };
  },
};

/** Flink's answer for a text that is no time. */
const NO_TIME = -(2n ** 63n);

const unixTimestamp: Compute = {
  make: ({ timeZone }) => {
    const zone = timeZoneOf(timeZone);
    const patterns = failing(simpleDatePattern);
    return (text: string, source?: string) => {
      const instant = patterns(source ?? STANDARD).parse(text, zone);
      return instant === undefined ? NO_TIME : Math.trunc(instant / 1_000) + 0;
    };
  },
};

const toDate: Compute = {
  mayBeNull: true,
  make: () => {
    const patterns = failing(simpleDatePattern);
    return (text: string, source: string) => {
      const instant = patterns(source).parse(text, inUtc);
      return instant === undefined ? null : Math.floor(instant / DAY_MS);
    };
  },
};

const fromUnixTime: Compute = {
  mayBeNull: true,
  make: ({ timeZone }) => {
    const [zone, patterns] = [timeZoneOf(timeZone), failing(simpleDatePattern)];
    return (seconds: number | bigint, source = STANDARD) =>
      patterns(source).format(Number(BigInt.asIntN(64, BigInt(seconds) * 1_000n)), zone);
  },
};

/** The present, by the run's clock. */
function present(
  name: string,
  dataType: DataType,
  en: string,
  zh: string,
  compute: (ms: number, wallMs: number) => Value,
  aliases: readonly string[] = [],
): FunctionDefinition {
  const make = ({ timeZone }: { timeZone: string }) => {
    const zone = timeZoneOf(timeZone);
    return (context: EvalContext) => {
      const ms = context.now();
      return compute(ms, ms + zone.offsetAt(ms));
    };
  };
  return {
    name,
    aliases,
    group: "time",
    niladic: true,
    help: { en, zh },
    example: { text: `${name} IS NOT NULL`, result: "TRUE" },
    signatures: [{ params: [], returns: { ...dataType, nullable: false }, compute: { make, usesContext: true } }],
  };
}

function currentWatermark({ types, range }: TypedCall): Typed {
  const dataType = types[0] as DataType & { precision: number };
  const make = ({ timeZone }: { timeZone: string }) => {
    const zone = timeZoneOf(dataType.type === "TIMESTAMP" ? timeZone : "UTC");
    return ({ watermark }: EvalContext) =>
      watermark === undefined ? null : timestampOf(watermark + zone.offsetAt(watermark), 0, dataType.precision);
  };
  return apply([], { make, usesContext: true, mayBeNull: true }, dataType, range);
}

const wallClock = (ms: number): number => ((ms % DAY_MS) + DAY_MS) % DAY_MS;

const pattern = param("pattern", "STRING");

export const TIME_FUNCTIONS: readonly FunctionDefinition[] = [
  ...UNIT_FUNCTIONS,
  {
    name: "DATE_FORMAT",
    group: "time",
    help: {
      en: "A time as text by a pattern such as yyyy-MM-dd HH:mm:ss, in the pipeline's zone.",
      zh: "按 yyyy-MM-dd HH:mm:ss 之类的模式把时间格式化为文本（流水线时区）。",
    },
    example: { text: "DATE_FORMAT(TIMESTAMP '2024-05-31 12:30:00', 'yyyy/MM/dd')", result: "2024/05/31" },
    signatures: [
      { params: [param("time", "TIMESTAMP"), pattern], returns: STRING, compute: withPattern(1, "java.time", false, dateFormat) },
      { params: [param("date", "DATE"), pattern], returns: STRING, compute: withPattern(1, "java.time", false, dateFormat) },
      { params: [param("text", "STRING"), pattern], returns: STRING, compute: withPattern(1, "simple", false, () => textFormat) },
    ],
  },
  {
    name: "TO_TIMESTAMP",
    group: "time",
    help: { en: "A text as TIMESTAMP by a pattern; NULL where it does not fit.", zh: "按模式把文本解析为 TIMESTAMP；不符合则为 NULL。" },
    example: { text: "TO_TIMESTAMP('31/05/2024 12:30', 'dd/MM/yyyy HH:mm')", result: "2024-05-31 12:30:00.000" },
    signatures: [
      {
        params: [param("text", "STRING"), optional("pattern", "STRING")],
        returns: TIMESTAMP3,
        compute: withPattern(1, "java.time", true, () => toTimestamp),
      },
    ],
  },
  {
    name: "TO_TIMESTAMP_LTZ",
    group: "time",
    help: {
      en: "Epoch seconds (precision 0) or milliseconds (3) as TIMESTAMP_LTZ; or a text by a pattern, in a zone (default UTC).",
      zh: "把秒（精度 0）或毫秒（3）时间戳转换为 TIMESTAMP_LTZ；或按模式和时区（默认 UTC）解析文本。",
    },
    example: { text: "UNIX_TIMESTAMP(CAST(TO_TIMESTAMP_LTZ(1717129800000, 3) AS STRING))", result: "1717129800" },
    signatures: [
      { params: [param("epoch", "NUMBER"), optional("precision", "INT")], returns: LTZ3, compute: fromEpoch },
      { params: [param("text", "STRING")], returns: LTZ3, compute: textToInstant },
      {
        params: [param("text", "STRING"), pattern, optional("zone", "STRING")],
        returns: LTZ3,
        compute: withPattern(1, "java.time", true, () => patternToInstant),
      },
    ],
  },
  {
    name: "TO_DATE",
    group: "time",
    help: { en: "A text as DATE by a pattern; NULL where it does not fit.", zh: "按模式把文本解析为 DATE；不符合则为 NULL。" },
    example: { text: "TO_DATE('31.05.2024', 'dd.MM.yyyy')", result: "2024-05-31" },
    signatures: [
      {
        params: [param("text", "STRING")],
        returns: DATE,
        compute: { mayBeNull: true, make: () => (text: string) => dateFromText(text) ?? null },
      },
      { params: [param("text", "STRING"), pattern], returns: DATE, compute: withPattern(1, "simple", false, () => toDate) },
    ],
  },
  {
    name: "FROM_UNIXTIME",
    group: "time",
    help: { en: "Epoch seconds as text by a pattern, in the pipeline's zone.", zh: "把秒级时间戳按模式格式化为文本（流水线时区）。" },
    example: { text: "FROM_UNIXTIME(UNIX_TIMESTAMP('2024-05-31 12:30:00'), 'HH:mm')", result: "12:30" },
    signatures: [
      {
        params: [param("seconds", "INTEGER"), optional("pattern", "STRING")],
        returns: STRING,
        compute: withPattern(1, "simple", false, () => fromUnixTime),
      },
    ],
  },
  {
    name: "UNIX_TIMESTAMP",
    group: "time",
    help: {
      en: "Epoch seconds of a text in the pipeline's zone; without arguments, of now. What is no time gives -9223372036854775808.",
      zh: "文本在流水线时区的秒级时间戳；无参数时为当前时间。无法解析时为 -9223372036854775808。",
    },
    example: { text: "UNIX_TIMESTAMP('2024-05-31 12:30:00') - UNIX_TIMESTAMP('2024-05-31 12:29:00')", result: "60" },
    signatures: [
      {
        params: [],
        returns: { ...BIGINT, nullable: false },
        compute: { usesContext: true, make: () => (context: EvalContext) => Math.floor(context.now() / 1_000) },
      },
      {
        params: [param("text", "STRING"), optional("pattern", "STRING")],
        returns: BIGINT,
        compute: withPattern(1, "simple", false, () => unixTimestamp),
      },
    ],
  },
  {
    name: "CONVERT_TZ",
    group: "time",
    help: { en: "A wall clock's time of one zone as that of another.", zh: "把一个时区的时间换算为另一时区的时间。" },
    example: { text: "CONVERT_TZ('2024-05-31 00:00:00', 'UTC', 'Asia/Shanghai')", result: "2024-05-31 08:00:00" },
    signatures: [
      {
        params: [param("text", "STRING"), param("from_zone", "STRING"), param("to_zone", "STRING")],
        returns: STRING,
        compute: {
          mayBeNull: true,
          make: () => (text: string, from: string, to: string) => {
            const instant = STANDARD_PATTERN.parse(text, javaTimeZone(from));
            return instant === undefined ? null : STANDARD_PATTERN.format(instant, javaTimeZone(to));
          },
        },
      },
    ],
  },
  {
    name: "CURRENT_WATERMARK",
    group: "time",
    help: {
      en: "The time up to which rows have come, where a row's time is told by the given field; NULL before the first watermark.",
      zh: "事件时间（由给定字段表示）的当前水位线；尚无水位线时为 NULL。",
    },
    example: { text: "CURRENT_WATERMARK(TO_TIMESTAMP_LTZ(0, 3)) IS NULL", result: "TRUE" },
    signatures: [{ params: [param("rowtime", "TIMESTAMP")], returns: ({ types }) => types[0] as DataType, build: currentWatermark }],
  },
  present("CURRENT_TIMESTAMP", LTZ3, "The present moment.", "当前时刻。", (ms) => ms, ["NOW", "CURRENT_ROW_TIMESTAMP"]),
  present(
    "LOCALTIMESTAMP",
    TIMESTAMP3,
    "The present moment by the clock of the pipeline's zone.",
    "流水线时区的当前日期时间。",
    (_, wall) => wall,
  ),
  present("CURRENT_DATE", DATE, "Today in the pipeline's zone.", "流水线时区的当天日期。", (_, wall) => Math.floor(wall / DAY_MS)),
  present(
    "CURRENT_TIME",
    { type: "TIME", precision: 0 },
    "The time of day in the pipeline's zone.",
    "流水线时区的当前时间。",
    (_, wall) => Math.floor(wallClock(wall) / 1_000) * 1_000,
    ["LOCALTIME"],
  ),
];
