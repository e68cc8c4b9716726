import { Alert, Button, Group, Table, Text } from "@mantine/core";
import { connectionKinds } from "@millrace/nodes/specs";
import type { Connection, ConnectionTest } from "@millrace/server/api";
import { IconPlugConnected } from "@tabler/icons-react";
import { Fragment, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/use-words.ts";
import { Tag } from "../preview/Tag.tsx";
import { server } from "../server.ts";
import { useSending } from "../store/use-sending.ts";
import { ConnectionForm } from "./ConnectionForm.tsx";
import classes from "./connections.module.css";
import { DeleteNamed } from "./DeleteNamed.tsx";
import { NameCell, NamedActions, NamedSection, NamedTable } from "./NamedTable.tsx";
import { NameList } from "./NameList.tsx";
import { kindOf, shownSettings } from "./settings.ts";
import { TestSteps } from "./TestSteps.tsx";
import type { Known } from "./use-connections.ts";

interface ConnectionListProps {
  readonly known: Known;
  readonly onChange: () => Promise<void>;
}

/** What is there without anybody's doing. */
const BUILT_IN = connectionKinds
  .filter(({ kind }) => kind === "built-in")
  .map(({ role }) => ({ kind: "built-in", role, settings: {} }) as const);

export function ConnectionList({ known, onChange }: ConnectionListProps) {
  const { t } = useTranslation("connections");
  const [editing, setEditing] = useState<Connection | "new">();
  const [deleting, setDeleting] = useState<Connection>();
  const create = useRef<HTMLButtonElement>(null);
  const usersOf = (name: string) =>
    known.environments.filter(({ connections }) => Object.values(connections).includes(name)).map((environment) => environment.name);
  return (
    <NamedSection title={t("connections")} newLabel={t("newConnection")} create={create} onNew={() => setEditing("new")}>
      <NamedTable columns={[t("kind"), t("usedBy")]}>
        {BUILT_IN.map((connection) => (
          <Row
            key={connection.role}
            connection={connection}
            name={t(`builtIn.${connection.role}`)}
            isBuiltIn
            users={[t("usedByDefault")]}
          />
        ))}
        {known.connections.map((connection) => (
          <Row
            // Another test would say something of what it was before.
            key={JSON.stringify(connection)}
            connection={connection}
            name={connection.name}
            users={usersOf(connection.name)}
            change={{ onEdit: () => setEditing(connection), onDelete: () => setDeleting(connection) }}
          />
        ))}
      </NamedTable>
      <ConnectionForm
        editing={editing}
        taken={known.connections.map(({ name }) => name)}
        onClose={() => setEditing(undefined)}
        onSaved={onChange}
      />
      <DeleteNamed
        name={deleting?.name}
        text={t("deleteConnectionText")}
        remove={server.deleteConnection}
        onClose={() => setDeleting(undefined)}
        onDeleted={async () => {
          await onChange();
          create.current?.focus();
        }}
      />
    </NamedSection>
  );
}

interface RowProps {
  readonly connection: Omit<Connection, "name"> & { readonly name?: string };
  readonly name: string;
  readonly isBuiltIn?: true;
  readonly users: readonly string[];
  /** Left out: it is there without anybody's doing. */
  readonly change?: { readonly onEdit: () => void; readonly onDelete: () => void };
}

function Row({ connection, name, isBuiltIn, users, change }: RowProps) {
  const { t } = useTranslation("connections");
  const words = useWords();
  const [test, setTest] = useState<ConnectionTest>();
  const { busy, failure, send } = useSending();
  const kind = kindOf(connection);
  const run = async () => {
    setTest(undefined);
    await send(async () => setTest(await server.testConnection(connection)));
  };
  return (
    <Fragment>
      <Table.Tr>
        <NameCell>
          {name} {isBuiltIn && <Tag tone="muted">{t("builtInMark")}</Tag>}
        </NameCell>
        <Table.Td>
          <Text size="sm">{isBuiltIn ? t(`builtInText.${connection.role}`) : kind ? words(kind.title) : connection.kind}</Text>
          {shownSettings(connection).map(({ setting, text }) => (
            <Text key={setting.name} size="xs" c="var(--mr-muted)">
              {words(setting.title)}: <span className={classes.place}>{words(text)}</span>
            </Text>
          ))}
        </Table.Td>
        <Table.Td>
          <NameList names={users} none={t("usedByNone")} />
        </Table.Td>
        <Table.Td>
          <Group gap={4} wrap="nowrap">
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconPlugConnected size={14} />}
              loading={busy}
              aria-label={t("testNamed", { name })}
              onClick={() => void run()}
            >
              {t("test")}
            </Button>
            {change && <NamedActions name={name} {...change} />}
          </Group>
        </Table.Td>
      </Table.Tr>
      {(test || failure) && (
        <Table.Tr>
          <Table.Td colSpan={4} role="status">
            {test && <TestSteps test={test} />}
            {failure && (
              <Alert color="red" variant="light" p="xs">
                {words(failure)}
              </Alert>
            )}
          </Table.Td>
        </Table.Tr>
      )}
    </Fragment>
  );
}
