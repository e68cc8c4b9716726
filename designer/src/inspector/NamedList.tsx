import { ActionIcon, Button, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import type { Problem } from "@millrace/engine/pipeline";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemList } from "./ProblemList.tsx";

interface NamedListProps<T> {
  readonly title: string;
  readonly help: string;
  readonly items: Readonly<Record<string, T>>;
  readonly problems: readonly Problem[];
  readonly onAdd: () => void;
  readonly onRemove: (name: string) => void;
  /** Says whether the name could be given. */
  readonly onRename: (from: string, to: string) => boolean;
  readonly children: (name: string, item: T) => React.ReactNode;
}

/** A part of the document that is a list of named things. */
export function NamedList<T>({ title, help, items, problems, onAdd, onRemove, onRename, children }: NamedListProps<T>) {
  const { t } = useTranslation("inspector");
  const entries = Object.entries(items);
  const shown = new Set(entries.map(([name]) => name));
  return (
    <Stack gap="xs" component="section" aria-label={title} pt="xs" style={{ borderTop: "1px solid var(--mr-line)" }}>
      <Group justify="space-between" wrap="nowrap">
        <Title order={3} size="h6">
          {title}
        </Title>
        <Button
          size="compact-xs"
          variant="light"
          leftSection={<IconPlus size={12} />}
          aria-label={t("addItemTo", { label: title })}
          onClick={onAdd}
        >
          {t("addItem")}
        </Button>
      </Group>
      {entries.length === 0 && (
        <Text size="xs" c="var(--mr-muted)">
          {help}
        </Text>
      )}
      <ProblemList problems={problems.filter(({ path }) => !shown.has(String(path?.[1])))} />
      {entries.map(([name, item]) => (
        <Stack key={name} gap={6} p="xs" style={{ border: "1px solid var(--mr-line)", borderRadius: "var(--mantine-radius-sm)" }}>
          <Group gap="xs" wrap="nowrap">
            <NameInput name={name} label={t("nameOf", { label: title })} rename={(to) => onRename(name, to)} />
            <ActionIcon variant="subtle" color="red" aria-label={t("removeMember", { name })} onClick={() => onRemove(name)}>
              <IconTrash size={14} />
            </ActionIcon>
          </Group>
          {children(name, item)}
          <ProblemList problems={problems.filter(({ path }) => path?.[1] === name)} />
        </Stack>
      ))}
    </Stack>
  );
}

interface NameInputProps {
  readonly name: string;
  readonly label: string;
  readonly rename: (to: string) => boolean;
  readonly width?: string;
}

/** Renames when one leaves it, not at every key: names on the way may be taken. */
export function NameInput({ name, label, rename, width }: NameInputProps) {
  const { t } = useTranslation("inspector");
  const [text, setText] = useState(name);
  const [refused, setRefused] = useState(false);
  useEffect(() => {
    setText(name);
    setRefused(false);
  }, [name]);
  const commit = () => {
    if (text !== name) setRefused(!rename(text));
  };
  return (
    <TextInput
      aria-label={label}
      value={text}
      size="sm"
      style={width === undefined ? { flex: 1 } : { width, flex: "none" }}
      error={refused ? t("nameTaken") : undefined}
      styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => event.key === "Enter" && commit()}
    />
  );
}
