import { ActionIcon, Alert, Group, Loader, NavLink, ScrollArea, Stack, Table, Text, Tooltip } from "@mantine/core";
import type { AnalyticalTableView, ClickHouseState as State, TableDescriptionView } from "@millrace/server/api";
import { IconRefresh } from "@tabler/icons-react";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { ConnectionSelect } from "../connections/ConnectionSelect.tsx";
import { countText } from "../i18n/numbers.ts";
import { server } from "../server.ts";
import { useRepeated } from "../store/use-repeated.ts";
import { useErrorText } from "../topics/error-text.ts";
import { ClickHouseState } from "./ClickHouseState.tsx";
import { SqlBox } from "./SqlBox.tsx";

const REFRESH_MS = 5_000;
const PROGRESS_MS = 500;

/** Analytical tables with their columns, and queries over them; needs no pipeline. */
export function TableBrowser() {
  const { t } = useTranslation("tables");
  const errorText = useErrorText();
  const [connection, setConnection] = useState<string>();
  const [state, setState] = useState<State>();
  const [tables, setTables] = useState<readonly AnalyticalTableView[]>();
  const [failure, setFailure] = useState<string>();
  const [name, setName] = useState<string>();
  const [opened, setOpened] = useState({ text: "", count: 0 });
  const isThere = connection !== undefined || state?.state === "there";
  const refresh = useCallback(
    async (signal?: AbortSignal) => {
      try {
        const now = connection === undefined ? await server.clickHouse(signal) : undefined;
        setState(now);
        if (now === undefined || now.state === "there") setTables(await server.tables(connection, signal));
        setFailure(undefined);
      } catch (error) {
        if (!signal?.aborted) setFailure(errorText(error));
      }
    },
    [connection, errorText],
  );
  useRepeated(refresh, state?.state === "fetching" ? PROGRESS_MS : REFRESH_MS);
  const descriptions = useDescriptions(isThere ? tables : undefined, connection);
  const schema = useMemo(() => ({ tables: [...descriptions.values()] }), [descriptions]);
  const current = descriptions.get(name ?? "");

  function open(table: string): void {
    setName(table);
    setOpened(({ count }) => ({ text: `SELECT * FROM ${table} LIMIT 100`, count: count + 1 }));
  }

  async function fetch(): Promise<void> {
    try {
      setState(await server.fetchClickHouse());
    } catch (error) {
      setFailure(errorText(error));
    }
  }

  return (
    <Group align="stretch" gap={0} wrap="nowrap" h="100%" style={{ minHeight: 0 }}>
      <Stack
        gap={6}
        w="clamp(150px, 26%, 260px)"
        p="xs"
        style={{ flex: "none", borderRight: "1px solid var(--mantine-color-default-border)" }}
      >
        <Group gap="xs" wrap="nowrap" justify="space-between">
          <ConnectionSelect
            of="table"
            connection={connection}
            onChange={(next) => {
              setConnection(next);
              setTables(undefined);
              setName(undefined);
            }}
            builtIn={t("builtIn")}
            alone={<Text size="sm">{t("builtIn")}</Text>}
          />
          <Tooltip label={t("refresh")}>
            <ActionIcon variant="default" aria-label={t("refresh")} onClick={() => void refresh()}>
              <IconRefresh size={16} />
            </ActionIcon>
          </Tooltip>
        </Group>
        {failure && (
          <Alert color="red" variant="light" p="xs">
            {failure}
          </Alert>
        )}
        {isThere && !tables && !failure && <Loader size="xs" aria-label={t("reading")} />}
        <ScrollArea style={{ flex: 1 }} type="auto">
          <nav aria-label={t("tables")}>
            {isThere &&
              (tables ?? []).map((table) => (
                <NavLink
                  key={table.name}
                  component="button"
                  active={table.name === name}
                  aria-current={table.name === name || undefined}
                  label={table.name}
                  description={table.rows === undefined ? undefined : t("rowCount", { count: table.rows, total: countText(table.rows) })}
                  py={4}
                  px="xs"
                  styles={{ label: { overflowWrap: "anywhere" } }}
                  onClick={() => open(table.name)}
                />
              ))}
          </nav>
          {isThere && tables?.length === 0 && (
            <Text size="sm" c="var(--mr-muted)" p="xs">
              {t("noTables")}
            </Text>
          )}
          {current && <Columns table={current} />}
        </ScrollArea>
      </Stack>
      <div style={{ flex: 1, minWidth: 0, padding: "var(--mantine-spacing-xs)" }}>
        {isThere ? (
          <SqlBox key={connection ?? ""} connection={connection} schema={schema} opened={opened} />
        ) : (
          state && <ClickHouseState state={state} onFetch={() => void fetch()} />
        )}
      </div>
    </Group>
  );
}

/** Each table's columns, asked for once while the list of tables stays the same. */
function useDescriptions(
  tables: readonly AnalyticalTableView[] | undefined,
  connection: string | undefined,
): ReadonlyMap<string, TableDescriptionView> {
  const [descriptions, setDescriptions] = useState<ReadonlyMap<string, TableDescriptionView>>(new Map());
  const names = tables?.map(({ name }) => name).join("\n") ?? "";
  useEffect(() => {
    const asked = new AbortController();
    const each = names === "" ? [] : names.split("\n");
    // A table that is removed at this moment has none.
    void Promise.allSettled(each.map((name) => server.table(name, connection, asked.signal))).then((answers) => {
      if (!asked.signal.aborted)
        setDescriptions(
          new Map(answers.flatMap((answer) => (answer.status === "fulfilled" ? [[answer.value.name, answer.value] as const] : []))),
        );
    });
    return () => asked.abort();
  }, [names, connection]);
  return descriptions;
}

function Columns({ table }: { readonly table: TableDescriptionView }) {
  const { t } = useTranslation("tables");
  return (
    <Stack gap={4} pt="xs">
      <Table fz="xs" verticalSpacing={2} aria-label={t("columns", { table: table.name })}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("column")}</Table.Th>
            <Table.Th>{t("type")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {table.columns.map(({ name, type }) => (
            <Table.Tr key={name}>
              <Table.Td style={{ overflowWrap: "anywhere" }}>{name}</Table.Td>
              <Table.Td ff="monospace" style={{ overflowWrap: "anywhere" }}>
                {type}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Fact word={t("engine")} text={table.engine} />
      <Fact word={t("sortKey")} text={table.sortKey} />
      <Fact word={t("partition")} text={table.partitionBy} />
    </Stack>
  );
}

function Fact({ word, text }: { readonly word: string; readonly text: string }) {
  if (text === "") return null;
  return (
    <Text size="xs" px="xs" style={{ overflowWrap: "anywhere" }}>
      {word}: <span style={{ fontFamily: "var(--mantine-font-family-monospace)" }}>{text}</span>
    </Text>
  );
}
