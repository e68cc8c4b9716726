import { useCallback, useMemo } from "react";

const PARTS = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" } as const;

/** Epoch ms as "2021-02-21 16:00:12.934", as logs have it in any language, in the given zone (default: the browser's); "–" for none. */
export function useTimeText(timeZone?: string): (time: number | null | undefined) => string {
  const format = useMemo(() => {
    const options = { ...PARTS, fractionalSecondDigits: 3, hourCycle: "h23" } as const;
    try {
      return new Intl.DateTimeFormat("en", timeZone === undefined ? options : { ...options, timeZone });
    } catch {
      // A zone that is half typed: the problem is shown at its field.
      return new Intl.DateTimeFormat("en", options);
    }
  }, [timeZone]);
  return useCallback(
    (time) => {
      if (time === null || time === undefined || !Number.isFinite(time)) return "–";
      const part = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]));
      return `${part.year}-${part.month}-${part.day} ${part.hour}:${part.minute}:${part.second}.${part.fractionalSecond}`;
    },
    [format],
  );
}
