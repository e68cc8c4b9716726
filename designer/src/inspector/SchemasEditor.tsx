import { ActionIcon, Button, Checkbox, Group, Stack, Switch, Textarea } from "@mantine/core";
import type { DeclaredSchema, Problem } from "@millrace/engine/pipeline";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { freeName, renamed } from "./form-value.ts";
import { NamedList, NameInput } from "./NamedList.tsx";
import { useNamedPart } from "./named-part.ts";

/** Schemas that sources and parsers name: each field with its type in SQL's words. */
export function SchemasEditor({ problems }: { readonly problems: readonly Problem[] }) {
  const { t } = useTranslation("inspector");
  const part = useNamedPart("schemas", "schema");
  return (
    <NamedList
      title={t("schemas")}
      help={t("schemasHelp")}
      items={part.items}
      problems={problems}
      onAdd={() => part.add({ fields: { id: "STRING" } })}
      onRemove={part.remove}
      onRename={part.rename}
    >
      {(name, schema) => (
        <SchemaFields
          schema={schema}
          problems={problems.filter(({ path }) => path?.[1] === name)}
          onChange={(next) => part.change(name, next)}
        />
      )}
    </NamedList>
  );
}

interface SchemaFieldsProps {
  readonly schema: DeclaredSchema;
  readonly problems: readonly Problem[];
  readonly onChange: (schema: DeclaredSchema) => void;
}

function SchemaFields({ schema, problems, onChange }: SchemaFieldsProps) {
  const { t } = useTranslation("inspector");
  const personal = new Set(schema.personal ?? []);
  const withPersonal = (next: ReadonlySet<string>): DeclaredSchema => {
    const { personal: _, ...rest } = schema;
    return next.size > 0 ? { ...rest, personal: [...next] } : rest;
  };
  return (
    <Stack gap={6}>
      {Object.entries(schema.fields).map(([field, type], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a renamed field stays the same row, with the cursor in it.
        <Group key={index} gap={6} wrap="nowrap" align="flex-start">
          <NameInput
            name={field}
            width="32%"
            label={t("fieldName", { number: index + 1 })}
            rename={(to) => {
              const fields = renamed(schema.fields, field, to) as DeclaredSchema["fields"] | undefined;
              if (fields) onChange({ ...schema, fields });
              return fields !== undefined;
            }}
          />
          <Textarea
            autosize
            minRows={1}
            maxRows={8}
            aria-label={t("fieldType", { field })}
            size="sm"
            style={{ flex: 1 }}
            styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
            value={type}
            placeholder="BIGINT NOT NULL"
            error={problems.some(({ path }) => path?.includes(field))}
            onChange={({ currentTarget }) => onChange({ ...schema, fields: { ...schema.fields, [field]: currentTarget.value } })}
          />
          <Checkbox
            mt={8}
            size="xs"
            aria-label={t("personalField", { field })}
            title={t("personalHelp")}
            checked={personal.has(field)}
            onChange={({ currentTarget: { checked } }) => {
              const next = new Set(personal);
              if (checked) next.add(field);
              else next.delete(field);
              onChange(withPersonal(next));
            }}
          />
          <ActionIcon
            mt={4}
            variant="subtle"
            color="red"
            aria-label={t("removeMember", { name: field })}
            onClick={() =>
              onChange({ ...schema, fields: Object.fromEntries(Object.entries(schema.fields).filter(([other]) => other !== field)) })
            }
          >
            <IconTrash size={14} />
          </ActionIcon>
        </Group>
      ))}
      <Group justify="space-between">
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconPlus size={12} />}
          onClick={() => onChange({ ...schema, fields: { ...schema.fields, [freeName(schema.fields, "field")]: "STRING" } })}
        >
          {t("addField")}
        </Button>
        <Switch
          size="xs"
          label={t("openSchema")}
          checked={schema.open !== false}
          onChange={({ currentTarget: { checked } }) => {
            const { open: _, ...rest } = schema;
            onChange(checked ? rest : { ...rest, open: false });
          }}
        />
      </Group>
    </Stack>
  );
}
