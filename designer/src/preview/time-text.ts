import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";

/** Formats epoch ms in the interface's language and the given zone, to the millisecond; "–" for none. */
export function useTimeText(timeZone?: string): (time: number | null | undefined) => string {
  const { i18n } = useTranslation();
  const format = useMemo(
    () =>
      new Intl.DateTimeFormat(i18n.language, {
        ...(timeZone ? { timeZone } : {}),
        year: "numeric",
        month: "2-digit",
        day: "2-digit",
        hour: "2-digit",
        minute: "2-digit",
        second: "2-digit",
        fractionalSecondDigits: 3,
        hourCycle: "h23",
      }),
    [i18n.language, timeZone],
  );
  return useCallback((time) => (time === null || time === undefined ? "–" : format.format(time)), [format]);
}
