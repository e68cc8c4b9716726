import { Input } from "@mantine/core";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/use-words.ts";
import { ExpressionControl } from "./ExpressionControl.tsx";
import type { FormItem, Path } from "./form-model.ts";
import { useFormSurroundings } from "./form-surroundings.ts";
import { valueText } from "./form-value.ts";
import { ListControl } from "./ListControl.tsx";
import { MapControl } from "./MapControl.tsx";
import { GroupFields } from "./ParamsForm.tsx";
import { ProblemList, repaired } from "./ProblemList.tsx";
import { ChoiceControl, JsonControl, NumberControl, type ScalarProps, SwitchControl, TextControl } from "./ScalarControls.tsx";
import { VariantControl } from "./VariantControl.tsx";

export interface ParamControlProps {
  readonly item: FormItem;
  readonly value: unknown;
  readonly path: Path;
  /** The member's name, the last resort for a label. */
  readonly name?: string;
  /** Within a list the label would only repeat itself: it is read, not shown. */
  readonly hideLabel?: boolean;
}

/** The control of one param with its words and its problems. */
export function ParamControl({ item, value, path, name, hideLabel }: ParamControlProps) {
  const { t } = useTranslation("inspector");
  const words = useWords();
  const { problemsAt, change } = useFormSurroundings();
  const id = useId();
  const { meta, control } = item;
  const label = meta ? words(meta.title) : (name ?? t("value"));
  const problems = problemsAt(path);
  const scalar: ScalarProps = {
    id,
    item,
    value,
    path,
    label,
    invalid: problems.some(({ severity }) => severity === "error"),
    describedBy: problems.length > 0 ? `${id}-problems` : undefined,
    onChange: (next) => change(path, next),
  };
  const body = bodyOf(scalar);
  const description = [
    meta?.description && words(meta.description),
    isScalar(item.default) && ["text", "number"].includes(control.kind) && t("defaultIs", { value: valueText(item.default) }),
  ]
    .filter(Boolean)
    .join(" ");
  return (
    <div data-param={path.join(".")}>
      {control.kind === "boolean" && !isParameter(value, control) ? (
        body
      ) : (
        <Input.Wrapper
          {...(hideLabel ? {} : { label, description: description || undefined })}
          {...(isLabelled(control) ? { id, labelProps: { htmlFor: id } } : { labelElement: "div" as const })}
          required={!item.optional && isLabelled(control)}
          size="sm"
        >
          {body}
        </Input.Wrapper>
      )}
      <ProblemList
        problems={problems}
        id={`${id}-problems`}
        here={path}
        onFix={(problem) =>
          change(path, typeof value === "string" || value === undefined ? repaired(String(value ?? ""), problem) : problem.fix?.replace)
        }
      />
    </div>
  );
}

/** `${name}` stands for a parameter of the pipeline wherever a value is expected. */
function isParameter(value: unknown, control: FormItem["control"]): boolean {
  return typeof value === "string" && value.includes("${") && control.kind !== "text" && control.kind !== "json";
}

/** Values short enough to stand in a sentence; what a choice means is in its words. */
function isScalar(value: unknown): boolean {
  return ["string", "number"].includes(typeof value) && value !== "";
}

/** An event time is read by an expression too. */
function isExpression(use: string): boolean {
  return use === "expression" || use === "condition" || use === "time";
}

/** True for controls that are one input, which a label's click focuses. */
function isLabelled(control: FormItem["control"]): boolean {
  return ["number", "choice", "json"].includes(control.kind) || (control.kind === "text" && !isExpression(control.use));
}

function bodyOf(props: ScalarProps) {
  const { item, value, path, label } = props;
  const { control } = item;
  if (isParameter(value, control)) return <TextControl {...props} use="line" />;
  switch (control.kind) {
    case "text":
      return isExpression(control.use) ? <ExpressionControl {...props} /> : <TextControl {...props} use={control.use} />;
    case "number":
      return <NumberControl {...props} control={control} />;
    case "boolean":
      return <SwitchControl {...props} />;
    case "choice":
      return <ChoiceControl {...props} values={control.values} />;
    case "constant":
      return null;
    case "list":
      return <ListControl control={control} value={value} path={path} label={label} offers={item.meta?.offers} />;
    case "map":
      return <MapControl control={control} value={value} path={path} label={label} />;
    case "variants":
      return <VariantControl control={control} value={value} path={path} label={label} />;
    case "group":
      return <GroupFields fields={control.fields} value={value} path={path} />;
    case "json":
      return <JsonControl {...props} />;
  }
}
