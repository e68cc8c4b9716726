import { Button, Collapse, Stack } from "@mantine/core";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FormField, FormItem, Path } from "./form-model.ts";
import { useFormSurroundings } from "./form-surroundings.ts";
import { isRecord } from "./form-value.ts";
import { ParamControl } from "./ParamControl.tsx";

export interface GroupFieldsProps {
  readonly fields: readonly FormField[];
  readonly value: unknown;
  readonly path: Path;
  /** The member that says which variant the group is; shown as the variant's picker instead. */
  readonly except?: string | undefined;
}

/** A node's params. */
export function ParamsForm({ form, value }: { readonly form: FormItem; readonly value: unknown }) {
  if (form.control.kind !== "group") return <ParamControl item={form} value={value} path={[]} hideLabel />;
  return <GroupFields fields={form.control.fields} value={value} path={[]} />;
}

/** What matters first; what has a good default behind "more", open by itself when something there is wrong. */
export function GroupFields({ fields, value, path, except }: GroupFieldsProps) {
  const shown = fields.filter(({ name, control }) => name !== except && control.kind !== "constant");
  const first = shown.filter(({ meta }) => !meta?.advanced);
  const advanced = shown.filter(({ meta }) => meta?.advanced);
  const control = (field: FormField) => (
    <ParamControl
      key={field.name}
      item={field}
      name={field.name}
      value={isRecord(value) && Object.hasOwn(value, field.name) ? value[field.name] : undefined}
      path={[...path, field.name]}
    />
  );
  return (
    <Stack gap="sm">
      {first.map(control)}
      {advanced.length > 0 && <More fields={advanced} path={path} value={value} render={control} />}
    </Stack>
  );
}

interface MoreProps {
  readonly fields: readonly FormField[];
  readonly path: Path;
  readonly value: unknown;
  readonly render: (field: FormField) => React.ReactNode;
}

function More({ fields, path, value, render }: MoreProps) {
  const { t } = useTranslation("inspector");
  const { problemBelow } = useFormSurroundings();
  const id = useId();
  const wrong = fields.some(({ name }) => problemBelow([...path, name]));
  const set = fields.filter(({ name }) => isRecord(value) && Object.hasOwn(value, name)).length;
  const [asked, setAsked] = useState(false);
  const open = asked || wrong;
  return (
    <div>
      <Button
        variant="subtle"
        size="compact-sm"
        aria-expanded={open}
        aria-controls={id}
        leftSection={open ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
        onClick={() => setAsked(!open)}
      >
        {set > 0 && !open ? t("moreSet", { count: set }) : t("more")}
      </Button>
      <Collapse expanded={open} id={id}>
        <Stack gap="sm" pt="xs">
          {open && fields.map(render)}
        </Stack>
      </Collapse>
    </div>
  );
}
