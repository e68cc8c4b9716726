/** Functions between times, numbers and texts. Wall clocks are those of the pipeline's zone; the present is the clock that the run is given. */
import type { DataType, Value } from "../../schema/index.ts";
import type { EvalContext } from "../api.ts";
import { conversionOf } from "../casts/cast.ts";
import { expressionProblem, shorten } from "../problems.ts";
import { isText } from "../type-rules.ts";
import { apply, type Compute, type Typed } from "../typed-tree.ts";
import { type DatePattern, datePattern } from "../values/date-pattern.ts";
import { DAY_MS, dateTimeFromText, millisOf, nanosOf, type Timestamp, timestampOf } from "../values/date-time.ts";
import { decimalToNumber } from "../values/decimal.ts";
import { isTimeZone, timeZoneOf } from "../values/time-zone.ts";
import { BIGINT, constantText, DATE, type FunctionDefinition, optional, param, STRING, type TypedCall } from "./define.ts";
import { UNIT_FUNCTIONS } from "./time-units.ts";

const STANDARD = "yyyy-MM-dd HH:mm:ss";
const TIMESTAMP3: DataType = { type: "TIMESTAMP", precision: 3 };
const LTZ3: DataType = { type: "TIMESTAMP_LTZ", precision: 3 };

function patternCache(): (source: string) => DatePattern | undefined {
  let [lastSource, last]: [string | undefined, DatePattern | undefined] = [undefined, undefined];
  return (source) => {
    if (source !== lastSource) {
      last = datePattern(source);
      lastSource = source;
    }
    return last;
  };
}

/** A constant pattern that is none gives NULL for every row, which deserves a warning. */
function withPattern(index: number, compute: Compute): (call: TypedCall) => Compute {
  return ({ scope, args }) => {
    const source = constantText(args[index]);
    const range = args[index]?.range;
    if (source !== undefined && range && !datePattern(source))
      scope.warn(expressionProblem("expression.bad-date-pattern", { got: shorten(source) }, range, undefined, "warning"));
    return compute;
  };
}

/** DATE_FORMAT of a type; texts are read first. */
function dateFormat(type: DataType): Compute {
  return {
    mayBeNull: true,
    make: (settings) => {
      const patterns = patternCache();
      const zone = timeZoneOf(type.type === "TIMESTAMP_LTZ" ? settings.timeZone : "UTC");
      const read = isText(type) ? conversionOf(type, { type: "TIMESTAMP", precision: 9 }, settings) : undefined;
      return (given: Value, source: string) => {
        const time = (read ? read(given) : given) as Timestamp;
        const ms = millisOf(time) * (type.type === "DATE" ? DAY_MS : 1);
        const offset = zone.offsetAt(ms);
        return patterns(source)?.format(ms + offset, nanosOf(time), offset) ?? null;
      };
    },
  };
}

/** A wall clock read by a pattern; by Flink's own lenient form without one. */
function reader(): (text: string, source: string | undefined) => { ms: number; nanos: number; offsetMs?: number | undefined } | undefined {
  const patterns = patternCache();
  return (text, source) => (source === undefined || source === STANDARD ? dateTimeFromText(text) : patterns(source)?.parse(text));
}

const toTimestamp: Compute = {
  mayBeNull: true,
  make: () => {
    const read = reader();
    return (text: string, source?: string) => {
      const parsed = read(text, source);
      return parsed ? timestampOf(parsed.ms - (parsed.offsetMs ?? 0), parsed.nanos, 3) : null;
    };
  },
};

/** Milliseconds that java.time can hold in a TIMESTAMP_LTZ: years up to 9999. */
const [LEAST_MS, GREATEST_MS] = [-62_135_596_800_000, 253_402_300_799_999];

function fromEpoch(type: DataType): Compute {
  const toNumber = (value: number | bigint) => (type.type === "DECIMAL" ? decimalToNumber(value, type.scale) : Number(value));
  return {
    mayBeNull: true,
    make:
      () =>
      (value: number | bigint, precision: number | bigint = 3) => {
        const scale = Number(precision);
        if (scale !== 0 && scale !== 3) return null;
        const ms = Math.floor(scale === 0 ? toNumber(value) * 1_000 : toNumber(value));
        return ms >= LEAST_MS && ms <= GREATEST_MS ? ms : null;
      },
  };
}

const textToInstant: Compute = {
  mayBeNull: true,
  make: () => {
    const read = reader();
    return (text: string, source?: string, zoneName = "UTC") => {
      const parsed = read(text, source);
      if (!parsed || !isTimeZone(zoneName)) return null;
      const instant = parsed.offsetMs === undefined ? timeZoneOf(zoneName).instantOf(parsed.ms) : parsed.ms - parsed.offsetMs;
      return timestampOf(instant, parsed.nanos, 3);
    };
  },
};

/** What Flink's `Long.MIN_VALUE` milliseconds are in seconds: its answer for a text that is no time. */
const NO_TIME = -9_223_372_036_854_775n;

const unixTimestamp: Compute = {
  make: ({ timeZone }) => {
    const zone = timeZoneOf(timeZone);
    const read = reader();
    return (text: string, source?: string) => {
      const parsed = read(text, source);
      if (!parsed) return Number(NO_TIME);
      const instant = parsed.offsetMs === undefined ? zone.instantOf(parsed.ms) : parsed.ms - parsed.offsetMs;
      return Math.floor(instant / 1_000);
    };
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
      {
        params: [param("time", "TIMESTAMP"), param("pattern", "STRING")],
        returns: STRING,
        compute: (call) => withPattern(1, dateFormat(call.types[0] as DataType))(call),
      },
      {
        params: [param("date", "DATE"), param("pattern", "STRING")],
        returns: STRING,
        compute: (call) => withPattern(1, dateFormat(call.types[0] as DataType))(call),
      },
      {
        params: [param("text", "STRING"), param("pattern", "STRING")],
        returns: STRING,
        compute: (call) => withPattern(1, dateFormat(call.types[0] as DataType))(call),
      },
    ],
  },
  {
    name: "TO_TIMESTAMP",
    group: "time",
    help: { en: "A text as TIMESTAMP by a pattern; NULL where it does not fit.", zh: "按模式把文本解析为 TIMESTAMP；不符合则为 NULL。" },
    example: { text: "TO_TIMESTAMP('31/05/2024 12:30', 'dd/MM/yyyy HH:mm')", result: "2024-05-31 12:30:00.000" },
    signatures: [
      { params: [param("text", "STRING"), optional("pattern", "STRING")], returns: TIMESTAMP3, compute: withPattern(1, toTimestamp) },
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
      {
        params: [param("epoch", "NUMBER"), optional("precision", "INTEGER")],
        returns: LTZ3,
        compute: ({ types }) => fromEpoch(types[0] as DataType),
      },
      {
        params: [param("text", "STRING"), optional("pattern", "STRING"), optional("zone", "STRING")],
        returns: LTZ3,
        compute: withPattern(1, textToInstant),
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
        params: [param("text", "STRING"), optional("pattern", "STRING")],
        returns: DATE,
        compute: withPattern(1, {
          mayBeNull: true,
          make: () => {
            const read = reader();
            return (text: string, source?: string) => {
              const parsed = read(text, source);
              return parsed ? Math.floor(parsed.ms / DAY_MS) : null;
            };
          },
        }),
      },
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
        compute: withPattern(1, {
          mayBeNull: true,
          make: ({ timeZone }) => {
            const [zone, patterns] = [timeZoneOf(timeZone), patternCache()];
            return (seconds: number | bigint, source = STANDARD) => {
              const ms = Number(seconds) * 1_000;
              const offset = zone.offsetAt(ms);
              return patterns(source)?.format(ms + offset, 0, offset) ?? null;
            };
          },
        }),
      },
    ],
  },
  {
    name: "UNIX_TIMESTAMP",
    group: "time",
    help: {
      en: "Epoch seconds of a text in the pipeline's zone; without arguments, of now. What is no time gives -9223372036854775.",
      zh: "文本在流水线时区的秒级时间戳；无参数时为当前时间。无法解析时为 -9223372036854775。",
    },
    example: { text: "UNIX_TIMESTAMP('2024-05-31 12:30:00') - UNIX_TIMESTAMP('2024-05-31 12:29:00')", result: "60" },
    signatures: [
      {
        params: [],
        returns: { ...BIGINT, nullable: false },
        compute: { usesContext: true, make: () => (context: EvalContext) => Math.floor(context.now() / 1_000) },
      },
      { params: [param("text", "STRING"), optional("pattern", "STRING")], returns: BIGINT, compute: withPattern(1, unixTimestamp) },
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
          make: () => {
            const format = datePattern(STANDARD);
            return (text: string, from: string, to: string) => {
              const parsed = dateTimeFromText(text);
              if (!parsed || !isTimeZone(from) || !isTimeZone(to)) return null;
              const instant = timeZoneOf(from).instantOf(parsed.ms);
              return format?.format(instant + timeZoneOf(to).offsetAt(instant), 0, 0) ?? null;
            };
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
