import { Group, NativeSelect, NumberInput, Switch, TextInput } from "@mantine/core";
import { PARAMETER_TYPES, type PipelineParameter, type Problem } from "@millrace/engine/pipeline";
import { useTranslation } from "react-i18next";
import { NamedList } from "./NamedList.tsx";
import { useNamedPart } from "./named-part.ts";

const FIRST = {
  string: "",
  number: 0,
  integer: 0,
  boolean: false,
  duration: "10 s",
  expression: "NULL",
  condition: "TRUE",
  field: "id",
} as const;

/** Values that a deploy, the command line or a test may set; `${name}` stands for them. */
export function ParametersEditor({ problems }: { readonly problems: readonly Problem[] }) {
  const { t } = useTranslation("inspector");
  const part = useNamedPart("parameters", "parameter");
  return (
    <NamedList
      title={t("parameters")}
      help={t("parametersHelp")}
      items={part.items}
      problems={problems}
      onAdd={() => part.add({ type: "string", default: "" })}
      onRemove={part.remove}
      onRename={part.rename}
    >
      {(name, parameter) => (
        <Group gap="xs" wrap="nowrap" align="flex-end">
          <NativeSelect
            size="sm"
            label={t("type")}
            value={parameter.type}
            data={PARAMETER_TYPES.map((value) => ({ value, label: t(TYPE_WORDS[value]) }))}
            onChange={({ currentTarget }) => {
              const type = currentTarget.value as PipelineParameter["type"];
              part.change(name, { ...parameter, type, default: FIRST[type] });
            }}
          />
          <DefaultInput parameter={parameter} onChange={(value) => part.change(name, { ...parameter, default: value })} />
        </Group>
      )}
    </NamedList>
  );
}

const TYPE_WORDS = {
  string: "typeString",
  number: "typeNumber",
  integer: "typeInteger",
  boolean: "typeBoolean",
  duration: "typeDuration",
  expression: "typeExpression",
  condition: "typeCondition",
  field: "typeField",
} as const;

interface DefaultInputProps {
  readonly parameter: PipelineParameter;
  readonly onChange: (value: PipelineParameter["default"]) => void;
}

function DefaultInput({ parameter, onChange }: DefaultInputProps) {
  const { t } = useTranslation("inspector");
  if (parameter.type === "boolean") {
    return <Switch label={t("default")} checked={parameter.default === true} onChange={(event) => onChange(event.currentTarget.checked)} />;
  }
  if (parameter.type === "number" || parameter.type === "integer") {
    return (
      <NumberInput
        size="sm"
        label={t("default")}
        style={{ flex: 1 }}
        value={Number(parameter.default)}
        allowDecimal={parameter.type === "number"}
        onChange={(value) => onChange(Number(value))}
      />
    );
  }
  return (
    <TextInput
      size="sm"
      label={t("default")}
      style={{ flex: 1 }}
      value={String(parameter.default)}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
