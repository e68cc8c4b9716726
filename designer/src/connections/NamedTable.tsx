/** What lists of connections and of environments have in common: the heading with the button that makes one, and what can be done to each. */
import { ActionIcon, Button, Group, Table, Title, Tooltip } from "@mantine/core";
import { IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { type ReactNode, type RefObject, useId } from "react";
import { useTranslation } from "react-i18next";

interface NamedSectionProps {
  readonly title: string;
  readonly newLabel: string;
  /** Takes the focus when something was deleted. */
  readonly create: RefObject<HTMLButtonElement | null>;
  readonly onNew: () => void;
  readonly children: ReactNode;
}

export function NamedSection({ title, newLabel, create, onNew, children }: NamedSectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h5" id={id}>
          {title}
        </Title>
        <Button ref={create} size="xs" leftSection={<IconPlus size={14} />} onClick={onNew}>
          {newLabel}
        </Button>
      </Group>
      {children}
    </section>
  );
}

/** The first column is the name, the last one what can be done. */
export function NamedTable({ columns, children }: { readonly columns: readonly string[]; readonly children: ReactNode }) {
  const { t } = useTranslation("connections");
  return (
    <Table verticalSpacing={6}>
      <Table.Thead>
        <Table.Tr>
          {[t("name"), ...columns, t("actions")].map((column) => (
            <Table.Th key={column}>{column}</Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>{children}</Table.Tbody>
    </Table>
  );
}

export function NameCell({ children }: { readonly children: ReactNode }) {
  return (
    <Table.Th scope="row" fw={600} style={{ overflowWrap: "anywhere" }}>
      {children}
    </Table.Th>
  );
}

interface NamedActionsProps {
  readonly name: string;
  readonly onEdit: () => void;
  readonly onDelete: () => void;
}

export function NamedActions({ name, onEdit, onDelete }: NamedActionsProps) {
  const { t } = useTranslation("connections");
  return (
    <>
      <Tooltip label={t("edit")}>
        <ActionIcon variant="subtle" color="gray" aria-label={t("editNamed", { name })} onClick={onEdit}>
          <IconPencil size={16} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={t("delete")}>
        <ActionIcon variant="subtle" color="gray" aria-label={t("deleteNamed", { name })} onClick={onDelete}>
          <IconTrash size={16} />
        </ActionIcon>
      </Tooltip>
    </>
  );
}
