import { NumberInput } from "@mantine/core";
import { MAX_PARALLELISM } from "@millrace/engine/pipeline";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { isParallelism } from "../edits/parallelism.ts";

interface ParallelismInputProps {
  readonly description: string;
  /** What holds while it is empty. */
  readonly placeholder: string;
  readonly value: number | undefined;
  readonly disabled?: boolean;
  /** Only numbers that the format allows; undefined: the field was emptied. */
  readonly onChange: (value: number | undefined) => void;
}

/** What is no such number stays in the field, with the reason, until it is left. */
export function ParallelismInput({ description, placeholder, value, disabled = false, onChange }: ParallelismInputProps) {
  const { t } = useTranslation("inspector");
  const [wrong, setWrong] = useState<string | number>();
  return (
    <NumberInput
      label={t("parallelism")}
      description={description}
      placeholder={placeholder}
      size="sm"
      min={1}
      max={MAX_PARALLELISM}
      allowDecimal={false}
      allowNegative={false}
      clampBehavior="none"
      value={wrong ?? value ?? ""}
      disabled={disabled}
      error={wrong === undefined ? undefined : t("parallelismWrong", { most: MAX_PARALLELISM })}
      onChange={(next) => {
        const isRight = next === "" || isParallelism(next);
        setWrong(isRight ? undefined : next);
        if (isRight) onChange(next === "" ? undefined : next);
      }}
      onBlur={() => setWrong(undefined)}
    />
  );
}
