import { NativeSelect, PasswordInput, Textarea, TextInput } from "@mantine/core";
import type { ConnectionSetting } from "@millrace/nodes/specs";
import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/use-words.ts";

interface SettingFieldProps {
  readonly setting: ConnectionSetting;
  /** Whether there is a value behind an empty secret. */
  readonly isStored: boolean;
  readonly isFirst: boolean;
  /** Empty: what holds by default. */
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A setting of a connection, by its type. */
export function SettingField({ setting, isStored, isFirst, value, onChange }: SettingFieldProps) {
  const { t } = useTranslation("connections");
  const words = useWords();
  const { type, options = [], example } = setting;
  const common = {
    label: words(setting.title),
    description: type === "secret" && isStored ? t("secretKept") : words(setting.description),
    value,
    ...(isFirst ? { "data-autofocus": true } : {}),
    onChange: ({ currentTarget }: { readonly currentTarget: { readonly value: string } }) => onChange(currentTarget.value),
  };
  switch (type) {
    case "secret":
      return <PasswordInput {...common} autoComplete="off" />;
    case "choice":
      return (
        <NativeSelect
          {...common}
          value={value || options[0]?.value}
          onChange={({ currentTarget }) => onChange(currentTarget.value === options[0]?.value ? "" : currentTarget.value)}
          data={options.map((option) => ({ value: option.value, label: words(option.title) }))}
        />
      );
    case "lines":
      return <Textarea {...common} autosize minRows={2} maxRows={8} placeholder={example ?? ""} spellCheck={false} ff="monospace" />;
    case "number":
      return (
        <TextInput
          {...common}
          inputMode="decimal"
          placeholder={example ?? ""}
          error={value.trim() !== "" && !(Number(value) > 0) && t("numberAboveZero")}
        />
      );
    default:
      return <TextInput {...common} autoComplete="off" placeholder={example ?? ""} spellCheck={false} />;
  }
}
