import { Select, Stack } from "@mantine/core";
import type { Words } from "@millrace/engine/node";
import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/use-words.ts";
import type { Control, Path, Variant } from "./form-model.ts";
import { useFormSurroundings } from "./form-surroundings.ts";
import { asVariant, variantOf } from "./form-value.ts";
import { ParamControl } from "./ParamControl.tsx";
import { GroupFields } from "./ParamsForm.tsx";

interface VariantControlProps {
  readonly control: Extract<Control, { kind: "variants" }>;
  readonly value: unknown;
  readonly path: Path;
  readonly label: string;
}

/** Which of several shapes, then its fields. */
export function VariantControl({ control, value, path, label }: VariantControlProps) {
  const { t } = useTranslation("inspector");
  const words = useWords();
  const { change } = useFormSurroundings();
  const { discriminator, variants } = control;
  const current = variantOf(control, value);
  const tagTitle = discriminator === undefined ? undefined : sharedTitle(variants, discriminator);
  const nameOf = (variant: Variant): string => {
    const option = (discriminator && discriminatorField(variant, discriminator)?.meta?.options?.[variant.key]) || variant.meta?.title;
    return option ? words(option) : variant.key in KIND_WORDS ? t(KIND_WORDS[variant.key as keyof typeof KIND_WORDS]) : variant.key;
  };
  return (
    <Stack gap="xs">
      <Select
        label={tagTitle && words(tagTitle)}
        aria-label={tagTitle ? `${label}: ${words(tagTitle)}` : t("kindOf", { label })}
        data={variants.map((variant) => ({ value: variant.key, label: nameOf(variant) }))}
        value={current?.key ?? null}
        allowDeselect={false}
        onChange={(key) => {
          const next = variants.find((variant) => variant.key === key);
          if (next && next !== current) change(path, asVariant(next, value));
        }}
      />
      {current &&
        (current.item.control.kind === "group" ? (
          <GroupFields fields={current.item.control.fields} value={value} path={path} except={discriminator} />
        ) : (
          <ParamControl item={current.item} value={value} path={path} hideLabel />
        ))}
    </Stack>
  );
}

/** What the discriminator is called; where each variant calls it by its own name, that is the variant's. */
function sharedTitle(variants: readonly Variant[], discriminator: string): Words | undefined {
  const titles = variants.map((variant) => discriminatorField(variant, discriminator)?.meta?.title);
  return titles.every((title) => title?.en === titles[0]?.en) ? titles[0] : undefined;
}

/** Names of shapes that have none of their own. */
const KIND_WORDS = {
  text: "variantText",
  number: "variantNumber",
  boolean: "variantBoolean",
  list: "variantList",
  map: "variantMap",
  group: "variantGroup",
} as const;

function discriminatorField(variant: Variant, discriminator: string) {
  const { control } = variant.item;
  return control.kind === "group" ? control.fields.find(({ name }) => name === discriminator) : undefined;
}
