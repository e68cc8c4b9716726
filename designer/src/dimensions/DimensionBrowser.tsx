import { ActionIcon, Alert, Button, Group, Loader, NavLink, ScrollArea, Stack, Table, Text, TextInput, Tooltip } from "@mantine/core";
import type { DimensionPage, DimensionRow, DimensionTable } from "@millrace/server/api";
import { IconRefresh } from "@tabler/icons-react";
import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { ConnectionSelect } from "../connections/ConnectionSelect.tsx";
import { countText } from "../i18n/numbers.ts";
import { server } from "../server.ts";
import { useRepeated } from "../store/use-repeated.ts";
import { useErrorText } from "../topics/error-text.ts";

const REFRESH_MS = 5_000;

/** Dimension tables with their rows; needs no pipeline. */
export function DimensionBrowser() {
  const { t } = useTranslation("dimensions");
  const errorText = useErrorText();
  const [connection, setConnection] = useState<string>();
  const [tables, setTables] = useState<readonly DimensionTable[]>();
  const [failure, setFailure] = useState<string>();
  const [name, setName] = useState<string>();
  const refresh = useCallback(
    async (signal?: AbortSignal) => {
      try {
        setTables(await server.dimensions(connection, signal));
        setFailure(undefined);
      } catch (error) {
        if (!signal?.aborted) setFailure(errorText(error));
      }
    },
    [connection, errorText],
  );
  useRepeated(refresh, REFRESH_MS);
  const current = tables?.find((table) => table.name === name) ?? tables?.[0];
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
            of="dimension"
            connection={connection}
            onChange={setConnection}
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
        {!tables && !failure && <Loader size="xs" aria-label={t("reading")} />}
        <ScrollArea style={{ flex: 1 }} type="auto">
          <nav aria-label={t("tables")}>
            {(tables ?? []).map((table) => (
              <NavLink
                key={table.name}
                component="button"
                active={table.name === current?.name}
                aria-current={table.name === current?.name || undefined}
                label={table.name}
                description={table.rows === undefined ? undefined : t("rowCount", { count: table.rows, total: countText(table.rows) })}
                py={4}
                px="xs"
                styles={{ label: { overflowWrap: "anywhere" } }}
                onClick={() => setName(table.name)}
              />
            ))}
          </nav>
          {tables?.length === 0 && (
            <Text size="sm" c="var(--mr-muted)" p="xs">
              {t("noTables")}
            </Text>
          )}
        </ScrollArea>
      </Stack>
      <div style={{ flex: 1, minWidth: 0, padding: "var(--mantine-spacing-xs)" }}>
        {current && <Rows key={`${connection ?? ""} ${current.name}`} table={current} connection={connection} />}
      </div>
    </Group>
  );
}

/** Rows in the order of their keys, page by page. */
function Rows({
  table: { name: table, definition },
  connection,
}: {
  readonly table: DimensionTable;
  readonly connection: string | undefined;
}) {
  const { t } = useTranslation("dimensions");
  const errorText = useErrorText();
  const [prefix, setPrefix] = useState("");
  const [rows, setRows] = useState<readonly DimensionRow[]>([]);
  const [page, setPage] = useState<DimensionPage>();
  const [failure, setFailure] = useState<string>();
  const read = useCallback(
    async (beginning: string, after: string | undefined, signal?: AbortSignal) => {
      try {
        const next = await server.dimensionRows(table, { connection, prefix: beginning || undefined, after }, signal);
        setPage(next);
        setRows((before) => (after === undefined ? next.rows : [...before, ...next.rows]));
        setFailure(undefined);
      } catch (error) {
        if (!signal?.aborted) setFailure(errorText(error));
      }
    },
    [table, connection, errorText],
  );
  useEffect(() => {
    const asked = new AbortController();
    void read(prefix, undefined, asked.signal);
    return () => asked.abort();
  }, [read, prefix]);
  return (
    <Stack gap={6} h="100%" style={{ minHeight: 0 }}>
      <TextInput
        size="xs"
        aria-label={t("keyPrefix")}
        placeholder={t("keyPrefix")}
        value={prefix}
        onChange={(event) => setPrefix(event.currentTarget.value)}
      />
      {definition && (
        <Text size="xs" c="var(--mr-muted)" style={{ overflowWrap: "anywhere" }}>
          {[
            definition.columns && t("columns", { columns: definition.columns.join(", ") }),
            definition.key && t("keyColumn", { key: definition.key }),
            definition.extend,
          ]
            .filter(Boolean)
            .join(" · ")}
        </Text>
      )}
      {failure && (
        <Alert color="red" variant="light" p="xs">
          {failure}
        </Alert>
      )}
      <ScrollArea style={{ flex: 1, minWidth: 0 }} type="auto" viewportProps={{ tabIndex: 0, "aria-label": table }}>
        <Table stickyHeader fz="xs" ff="monospace" verticalSpacing={3} aria-label={table}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("key")}</Table.Th>
              <Table.Th>{t("row")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(({ key, text }) => (
              <Table.Tr key={key}>
                <Table.Td style={{ whiteSpace: "nowrap", verticalAlign: "top" }}>{key}</Table.Td>
                <Table.Td w="100%" style={{ overflowWrap: "anywhere" }}>
                  {text}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        {page && rows.length === 0 && (
          <Text size="sm" c="var(--mr-muted)" p="sm">
            {t("noRows")}
          </Text>
        )}
        {page?.next !== undefined && (
          <Button size="xs" variant="light" mt="xs" onClick={() => void read(prefix, page.next)}>
            {t("more")}
          </Button>
        )}
      </ScrollArea>
    </Stack>
  );
}
