import { ActionIcon, Box, Button, Group, Stack } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Control, Path } from "./form-model.ts";
import { useFormSurroundings } from "./form-surroundings.ts";
import { freeName, freshValue, isRecord, renamed } from "./form-value.ts";
import { NameInput } from "./NamedList.tsx";
import { ParamControl } from "./ParamControl.tsx";

interface MapControlProps {
  readonly control: Extract<Control, { kind: "map" }>;
  readonly value: unknown;
  readonly path: Path;
  readonly label: string;
}

/** Names with a value each, in the order in which they stand. */
export function MapControl({ control, value, path, label }: MapControlProps) {
  const { t } = useTranslation("inspector");
  const { change } = useFormSurroundings();
  const record = isRecord(value) ? value : {};
  return (
    <Stack gap="xs" role="group" aria-label={label} mt={4}>
      {Object.entries(record).map(([name, inner], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a renamed member stays the same row, with the cursor in it.
        <Group key={index} gap="xs" wrap="nowrap" align="flex-start">
          <NameInput
            name={name}
            width="38%"
            label={t("memberName", { label, number: index + 1 })}
            rename={(to) => {
              const next = renamed(record, name, to);
              if (next) change(path, next);
              return next !== undefined;
            }}
          />
          <Box style={{ flex: 1, minWidth: 0 }}>
            <ParamControl item={control.item} value={inner} path={[...path, name]} name={name} hideLabel />
          </Box>
          <ActionIcon
            variant="subtle"
            color="red"
            mt={4}
            aria-label={t("removeMember", { name })}
            onClick={() => change(path, Object.fromEntries(Object.entries(record).filter(([other]) => other !== name)))}
          >
            <IconTrash size={14} />
          </ActionIcon>
        </Group>
      ))}
      <div>
        <Button
          size="compact-sm"
          variant="light"
          leftSection={<IconPlus size={14} />}
          onClick={() => change(path, { ...record, [freeName(record, "field")]: freshValue(control.item) })}
          aria-label={t("addItemTo", { label })}
        >
          {t("addItem")}
        </Button>
      </div>
    </Stack>
  );
}
