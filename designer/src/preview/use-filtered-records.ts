import { check } from "@millrace/engine/expression";
import { words as problemWords } from "@millrace/engine/pipeline";
import type { Schema } from "@millrace/engine/schema";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { askLiveValue, LiveValueTimeout } from "../editor/live-value-client.ts";
import { type ExpressionMark, marksOf } from "../editor/marks.ts";
import { useWords } from "../i18n/use-words.ts";
import type { PreviewRecord } from "./record.ts";

export interface RecordFilter {
  readonly mode: "text" | "expression";
  readonly text: string;
}

export interface FilteredRecords {
  readonly kept: readonly PreviewRecord[];
  /** Why an expression cannot be used; all records are kept meanwhile. */
  readonly problem: string | undefined;
  /** Of the expression, to be marked in its text. */
  readonly marks: readonly ExpressionMark[];
}

const NO_MARKS: readonly ExpressionMark[] = [];

/** Records whose text holds the words, or for which the condition is TRUE. */
export function useFilteredRecords(
  records: readonly PreviewRecord[],
  filter: RecordFilter,
  schema: Schema | undefined,
  timeZone: string,
): FilteredRecords {
  const { t } = useTranslation("preview");
  const words = useWords();
  const byText = useMemo(() => (filter.mode === "text" ? textFiltered(records, filter.text) : records), [records, filter]);
  const [byExpression, setByExpression] = useState<Omit<FilteredRecords, "marks"> & { readonly of: string }>();
  const text = filter.mode === "expression" && filter.text.trim() !== "" ? filter.text : "";
  const { fault, marks } = useMemo(() => {
    if (text === "" || !schema) return { fault: undefined, marks: NO_MARKS };
    const { checked, problems } = check(text, schema, { timeZone });
    if (!checked)
      return { fault: problems[0] ? words(problemWords(problems[0])) : t("filterWrong"), marks: marksOf(text, problems, words) };
    return { fault: checked.dataType.type === "BOOLEAN" ? undefined : t("filterNoCondition"), marks: NO_MARKS };
  }, [text, schema, timeZone, words, t]);
  useEffect(() => {
    if (text === "" || !schema || fault !== undefined) return;
    let current = true;
    askLiveValue({ text, schema, timeZone, expects: "condition", now: Date.now() }, records).then(
      ({ keeps }) => current && setByExpression({ of: text, kept: records.filter((_, index) => keeps?.[index]), problem: undefined }),
      (error: Error) =>
        current &&
        setByExpression({ of: text, kept: records, problem: error instanceof LiveValueTimeout ? t("filterTimeout") : error.message }),
    );
    return () => {
      current = false;
    };
  }, [text, schema, fault, timeZone, records, t]);
  if (filter.mode === "text") return { kept: byText, problem: undefined, marks };
  if (fault !== undefined || text === "") return { kept: records, problem: fault, marks };
  return byExpression?.of === text ? { ...byExpression, marks } : { kept: records, problem: undefined, marks };
}

/** All words must occur, in any case and order. */
export function textFiltered(records: readonly PreviewRecord[], text: string): readonly PreviewRecord[] {
  const asked = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (asked.length === 0) return records;
  return records.filter((record) => {
    const whole = record.text.toLowerCase();
    return asked.every((word) => whole.includes(word));
  });
}
