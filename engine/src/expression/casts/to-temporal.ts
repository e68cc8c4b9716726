/** Casts to dates and times. Wall clocks and instants meet in the pipeline's zone. */
import type { DataType, Value } from "../../schema/index.ts";
import { isText, isTimestamp } from "../type-rules.ts";
import {
  DAY_MS,
  dateFromText,
  dateTimeFromText,
  millisOf,
  nanosOf,
  shifted,
  type Timestamp,
  timeFromText,
  timestampOf,
  withPrecision,
} from "../values/date-time.ts";
import { type TimeZone, timeZoneOf } from "../values/time-zone.ts";
import { type CastRule, type Conversion, castError } from "./cast.ts";

export const temporalCast: CastRule = (from, to, settings) => {
  const zone = timeZoneOf(settings.timeZone);
  switch (to.type) {
    case "DATE":
      if (from.type === "TIME") return undefined;
      return isText(from) ? reading(from, to, dateFromText) : viaWall(from, zone, (wall) => Math.floor(millisOf(wall) / DAY_MS));
    case "TIME": {
      const step = 10 ** Math.max(0, 3 - to.precision);
      const cut = (ms: number) => Math.floor(ms / step) * step;
      if (isText(from)) return reading(from, to, (text) => mapped(timeFromText(text), cut));
      if (from.type === "TIME") return (value) => cut(value as number);
      if (!isTimestamp(from)) return undefined;
      return viaWall(from, zone, (wall) => cut(((millisOf(wall) % DAY_MS) + DAY_MS) % DAY_MS));
    }
    case "TIMESTAMP": {
      const { precision } = to;
      if (isText(from))
        return reading(from, to, (text) => mapped(dateTimeFromText(text), ({ ms, nanos }) => timestampOf(ms, nanos, precision)));
      return viaWall(from, zone, (wall) => withPrecision(wall, precision));
    }
    case "TIMESTAMP_LTZ": {
      const { precision } = to;
      if (isText(from))
        return reading(from, to, (text) =>
          mapped(dateTimeFromText(text), ({ ms, nanos }) => timestampOf(zone.instantOf(ms), nanos, precision)),
        );
      if (from.type === "TIMESTAMP_LTZ") return (value) => withPrecision(value as Timestamp, precision);
      return viaWall(from, zone, (wall) => timestampOf(zone.instantOf(millisOf(wall)), nanosOf(wall), precision));
    }
    default:
      return undefined;
  }
};

function mapped<A, B>(value: A | undefined, map: (value: A) => B): B | undefined {
  return value === undefined ? undefined : map(value);
}

function reading(from: DataType, to: DataType, read: (text: string) => Value | undefined): Conversion {
  return (value) => {
    const result = read(value as string);
    if (result === undefined) throw castError(value, from, to);
    return result;
  };
}

/** What has a wall clock, by that clock: a DATE at midnight, a TIME on 1970-01-01, an instant in the zone. */
function viaWall(from: DataType, zone: TimeZone, convert: (wall: Timestamp) => Value): Conversion | undefined {
  switch (from.type) {
    case "DATE":
      return (value) => convert((value as number) * DAY_MS);
    case "TIME":
      return (value) => convert(value as number);
    case "TIMESTAMP":
      return (value) => convert(value as Timestamp);
    case "TIMESTAMP_LTZ":
      return (value) => convert(shifted(value as Timestamp, zone.offsetAt(millisOf(value as Timestamp))));
    default:
      return undefined;
  }
}
