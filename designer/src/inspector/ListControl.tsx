import { ActionIcon, Box, Button, Group, Paper, Stack, Text } from "@mantine/core";
import type { ParamMeta } from "@millrace/engine/node";
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from "@tabler/icons-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Control, Path } from "./form-model.ts";
import { useFormSurroundings } from "./form-surroundings.ts";
import { freshValue, moved } from "./form-value.ts";
import { missingColumns } from "./missing-columns.ts";
import { ParamControl } from "./ParamControl.tsx";

interface ListControlProps {
  readonly control: Extract<Control, { kind: "list" }>;
  readonly value: unknown;
  readonly path: Path;
  readonly label: string;
  readonly offers?: ParamMeta["offers"] | undefined;
}

/** Items to add, remove and put in order, by mouse and by keyboard. */
export function ListControl({ control, value, path, label, offers }: ListControlProps) {
  const { t } = useTranslation("inspector");
  const { change, schemaAt, tableColumns } = useFormSurroundings();
  const host = useRef<HTMLDivElement>(null);
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  const isScalar = !["group", "variants", "list", "map"].includes(control.item.control.kind);
  const missing = offers === "columns" ? missingColumns(items, schemaAt(path), tableColumns) : [];
  const set = (next: readonly unknown[]) => change(path, next);
  const move = (from: number, to: number) => {
    set(moved(items, from, to));
    // The button that was pressed now belongs to another item; the keyboard stays with the one that moved.
    const step = to < from ? "up" : "down";
    requestAnimationFrame(() => host.current?.querySelector<HTMLElement>(`[data-move="${step}-${to}"]`)?.focus());
  };
  return (
    <Stack gap="xs" ref={host} role="group" aria-label={label} mt={4}>
      {items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: items have no identity of their own; every control is fed by its value.
        <Paper key={index} withBorder p="xs" radius="sm">
          <Group justify="space-between" align="flex-start" wrap="nowrap" gap="xs">
            <Box style={{ flex: 1, minWidth: 0 }}>
              <ParamControl item={control.item} value={item} path={[...path, index]} hideLabel />
            </Box>
            <Buttons row={isScalar}>
              <Text size="xs" c="var(--mr-muted)" ta="center" aria-hidden>
                {index + 1}
              </Text>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="sm"
                data-move={`up-${index}`}
                disabled={index === 0}
                aria-label={t("moveUp", { label, number: index + 1 })}
                onClick={() => move(index, index - 1)}
              >
                <IconArrowUp size={14} />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="sm"
                data-move={`down-${index}`}
                disabled={index === items.length - 1}
                aria-label={t("moveDown", { label, number: index + 1 })}
                onClick={() => move(index, index + 1)}
              >
                <IconArrowDown size={14} />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                color="red"
                size="sm"
                disabled={items.length <= control.min}
                aria-label={t("removeItem", { label, number: index + 1 })}
                onClick={() => set(items.filter((_, other) => other !== index))}
              >
                <IconTrash size={14} />
              </ActionIcon>
            </Buttons>
          </Group>
        </Paper>
      ))}
      <Group gap="xs">
        <Button
          size="compact-sm"
          variant="light"
          leftSection={<IconPlus size={14} />}
          disabled={items.length >= control.max}
          onClick={() => set([...items, freshValue(control.item)])}
          aria-label={t("addItemTo", { label })}
        >
          {t("addItem")}
        </Button>
        {missing.length > 0 && (
          <Button size="compact-sm" variant="light" onClick={() => set([...items, ...missing].slice(0, control.max))}>
            {t("addMissing", { count: missing.length })}
          </Button>
        )}
      </Group>
    </Stack>
  );
}

/** Beside a single control in one line, beside a group below each other. */
function Buttons({ row, children }: { readonly row: boolean; readonly children: React.ReactNode }) {
  return row ? (
    <Group gap={0} wrap="nowrap" mt={4}>
      {children}
    </Group>
  ) : (
    <Stack gap={2}>{children}</Stack>
  );
}
