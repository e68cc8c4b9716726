import { Group, Table, Text } from "@mantine/core";
import type { Environment } from "@millrace/server/api";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { server } from "../server.ts";
import { DeleteNamed } from "./DeleteNamed.tsx";
import { EnvironmentForm } from "./EnvironmentForm.tsx";
import { NameCell, NamedActions, NamedSection, NamedTable } from "./NamedTable.tsx";
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
    <NamedSection title={t("environments")} newLabel={t("newEnvironment")} create={create} onNew={() => setEditing("new")}>
      {known.environments.length === 0 ? (
        <Text size="sm" c="var(--mr-muted)">
          {t("noEnvironments")}
        </Text>
      ) : (
        <NamedTable columns={[t("means"), t("deployedWith")]}>
          {known.environments.map((environment) => (
            <Table.Tr key={environment.name}>
              <NameCell>{environment.name}</NameCell>
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
                  <NamedActions name={environment.name} onEdit={() => setEditing(environment)} onDelete={() => setDeleting(environment)} />
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </NamedTable>
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
    </NamedSection>
  );
}
