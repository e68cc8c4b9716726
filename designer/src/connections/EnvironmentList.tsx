import { ActionIcon, Button, Group, Table, Text, Title, Tooltip } from "@mantine/core";
import type { Environment } from "@millrace/server/api";
import { IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { server } from "../server.ts";
import { DeleteNamed } from "./DeleteNamed.tsx";
import { EnvironmentForm } from "./EnvironmentForm.tsx";
import { NameList } from "./NameList.tsx";
import type { Known } from "./use-connections.ts";

interface EnvironmentListProps {
  readonly known: Known;
  readonly onChange: () => Promise<void>;
}

export function EnvironmentList({ known, onChange }: EnvironmentListProps) {
  const { t } = useTranslation("connections");
  const [editing, setEditing] = useState<Environment | "new">();
  const [deleting, setDeleting] = useState<Environment>();
  const create = useRef<HTMLButtonElement>(null);
  const deployed = (name: string) => known.pipelines.filter(({ run }) => run?.environment === name).map((pipeline) => pipeline.name);
  return (
    <section aria-labelledby="environments-title">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h5" id="environments-title">
          {t("environments")}
        </Title>
        <Button ref={create} size="xs" leftSection={<IconPlus size={14} />} onClick={() => setEditing("new")}>
          {t("newEnvironment")}
        </Button>
      </Group>
      {known.environments.length === 0 ? (
        <Text size="sm" c="var(--mr-muted)">
          {t("noEnvironments")}
        </Text>
      ) : (
        <Table verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("name")}</Table.Th>
              <Table.Th>{t("means")}</Table.Th>
              <Table.Th>{t("deployedWith")}</Table.Th>
              <Table.Th>{t("actions")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {known.environments.map((environment) => (
              <Table.Tr key={environment.name}>
                <Table.Th scope="row" fw={600} style={{ overflowWrap: "anywhere" }}>
                  {environment.name}
                </Table.Th>
                <Table.Td>
                  {Object.entries(environment.connections).map(([alias, connection]) => (
                    <Text key={alias} size="sm">
                      {t("mapped", { alias, connection })}
                    </Text>
                  ))}
                  {Object.keys(environment.connections).length === 0 && (
                    <Text size="sm" c="var(--mr-muted)">
                      {t("allBuiltIn")}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td>
                  <NameList names={deployed(environment.name)} none={t("deployedNone")} />
                </Table.Td>
                <Table.Td>
                  <Group gap={4} wrap="nowrap">
                    <Tooltip label={t("edit")}>
                      <ActionIcon
                        variant="subtle"
                        color="gray"
                        aria-label={t("editNamed", { name: environment.name })}
                        onClick={() => setEditing(environment)}
                      >
                        <IconPencil size={16} />
                      </ActionIcon>
                    </Tooltip>
                    <Tooltip label={t("delete")}>
                      <ActionIcon
                        variant="subtle"
                        color="gray"
                        aria-label={t("deleteNamed", { name: environment.name })}
                        onClick={() => setDeleting(environment)}
                      >
                        <IconTrash size={16} />
                      </ActionIcon>
                    </Tooltip>
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <EnvironmentForm editing={editing} known={known} onClose={() => setEditing(undefined)} onSaved={onChange} />
      <DeleteNamed
        name={deleting?.name}
        text={t("deleteEnvironmentText")}
        remove={server.deleteEnvironment}
        onClose={() => setDeleting(undefined)}
        onDeleted={async () => {
          await onChange();
          create.current?.focus();
        }}
      />
    </section>
  );
}
