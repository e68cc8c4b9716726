import type { Schema } from "@millrace/engine/schema";
import { useMemo } from "react";
import { ExpressionEditor } from "../editor/ExpressionEditor.tsx";
import { LiveValue } from "../editor/LiveValue.tsx";
import { marksOf } from "../editor/marks.ts";
import { useWords } from "../i18n/use-words.ts";
import { usePortRecords } from "../preview/use-port-records.ts";
import { useFormSurroundings } from "./form-surroundings.ts";
import type { ScalarProps } from "./ScalarControls.tsx";

/** With more expressions than this, five values under each would bury the form. */
const MANY = 3;

/** An expression in the editor, with what it gives for real records under it. */
export function ExpressionControl({ item, value, path, label, invalid, describedBy, onChange }: ScalarProps) {
  const words = useWords();
  const { schemaAt, overAt, steps, feederAt, timeZone, filled, problemsAt, expressionCount } = useFormSurroundings();
  const schema = schemaAt(path);
  const over = overAt(path);
  const records = usePortRecords(feederAt(path));
  const { records: samples } = records;
  const problems = problemsAt(path);
  const text = typeof value === "string" ? value : "";
  const marks = useMemo(() => marksOf(text, problems, words), [text, problems, words]);
  const context = useMemo(() => {
    const written = over === "matched" || over === "match" ? withSteps(schema, steps) : schema;
    return { schema: written, overRows: over !== undefined, timeZone, samples, problems: marks };
  }, [schema, over, steps, timeZone, samples, marks]);
  const use = item.control.kind === "text" ? item.control.use : undefined;
  return (
    <>
      <ExpressionEditor
        value={text}
        label={label}
        placeholder={item.meta?.placeholder ?? item.meta?.examples?.[0]}
        invalid={invalid}
        describedBy={describedBy}
        context={context}
        onChange={(next) => onChange(next === "" && item.optional ? undefined : next)}
      />
      <LiveValue
        compact={expressionCount > MANY}
        // One of several conditions drops nothing: the next may take the row.
        isChoice={path.some((step) => typeof step === "number")}
        over={over}
        text={filled(text)}
        schema={schema}
        records={records}
        timeZone={timeZone}
        expects={use === "condition" || use === "time" ? use : undefined}
      />
    </>
  );
}

/** For completion: the rows of a step are read by its name, unless a field has it. */
function withSteps(schema: Schema | undefined, steps: readonly string[]): Schema | undefined {
  if (!schema) return undefined;
  const named = steps.filter((name) => !schema.fields.some((field) => field.name === name));
  return { ...schema, fields: [...schema.fields, ...named.map((name) => ({ name, dataType: schema }))] };
}
