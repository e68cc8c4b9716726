import { Alert, Button, Group, Loader, SegmentedControl, Stack, Text } from "@mantine/core";
import type { QueryResultView } from "@millrace/server/api";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { SqlEditor } from "../editor/SqlEditor.tsx";
import type { SqlSchema } from "../editor/sql-completion.ts";
import { countText } from "../i18n/numbers.ts";
import { server } from "../server.ts";
import { useErrorText } from "../topics/error-text.ts";
import { ResultChart } from "./ResultChart.tsx";
import { ResultTable } from "./ResultTable.tsx";

interface SqlBoxProps {
  readonly connection: string | undefined;
  readonly schema: SqlSchema;
  /** What was put into the editor from outside, and how often that was done. */
  readonly opened: { readonly text: string; readonly count: number };
}

const EDITOR_HEIGHT = 96;

/** One statement that reads, and what it answered as a table or a chart. */
export function SqlBox({ connection, schema, opened }: SqlBoxProps) {
  const { t } = useTranslation("tables");
  const errorText = useErrorText();
  const [result, setResult] = useState<QueryResultView>();
  const [failure, setFailure] = useState<string>();
  const [view, setView] = useState("table");
  const [isRunning, setRunning] = useState(false);
  const asked = useRef<AbortController>(undefined);
  const sql = useRef(opened);
  if (sql.current.count !== opened.count) sql.current = opened;

  async function run(): Promise<void> {
    asked.current?.abort();
    const mine = new AbortController();
    asked.current = mine;
    setRunning(true);
    setFailure(undefined);
    try {
      const answer = await server.queryTables({ sql: sql.current.text, connection }, mine.signal);
      if (asked.current === mine) setResult(answer);
    } catch (error) {
      if (asked.current === mine) setFailure(errorText(error));
    } finally {
      if (asked.current === mine) setRunning(false);
    }
  }

  return (
    <Stack gap={6} h="100%" style={{ minHeight: 0 }}>
      <SqlEditor
        key={opened.count}
        initial={opened.text}
        onChange={(text) => {
          sql.current = { ...sql.current, text };
        }}
        onRun={() => void run()}
        schema={schema}
        label={t("query")}
        height={EDITOR_HEIGHT}
      />
      <Group gap="xs" wrap="nowrap">
        <Button size="xs" leftSection={<IconPlayerPlay size={14} />} onClick={() => void run()}>
          {t("run")}
        </Button>
        {result && (
          <SegmentedControl
            size="xs"
            aria-label={t("view")}
            value={view}
            data={[
              { value: "table", label: t("table") },
              { value: "chart", label: t("chart") },
            ]}
            onChange={setView}
          />
        )}
        {isRunning && <Loader size="xs" aria-label={t("running")} />}
        <Text size="xs" c="var(--mr-muted)" role="status">
          {result &&
            !isRunning &&
            !failure &&
            (result.isCut
              ? t("cut", { total: countText(result.rows.length) })
              : t("rowsIn", { total: countText(result.rows.length), ms: result.tookMs }))}
        </Text>
      </Group>
      {failure && (
        <Alert color="red" variant="light" p="xs" role="alert">
          {failure}
        </Alert>
      )}
      {result ? (
        view === "table" ? (
          <ResultTable result={result} />
        ) : (
          <ResultChart result={result} />
        )
      ) : (
        !failure && (
          <Text size="sm" c="var(--mr-muted)">
            {t("noResult")}
          </Text>
        )
      )}
    </Stack>
  );
}
