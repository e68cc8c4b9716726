import { Alert, Button, Progress, Stack, Text } from "@mantine/core";
import type { ClickHouseState as State } from "@millrace/server/api";
import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/use-words.ts";

const mb = (bytes: number) => Math.round(bytes / 1e6);

/** While the built-in ClickHouse is not there: why, how far it is, and how it comes. */
export function ClickHouseState({ state, onFetch }: { readonly state: State; readonly onFetch: () => void }) {
  const { t } = useTranslation("tables");
  const words = useWords();
  const { version, doneBytes, totalBytes } = state;
  if (state.state === "fetching") {
    const text = t("fetching", { version, done: mb(doneBytes), total: mb(totalBytes) });
    return (
      <Stack gap="xs" p="sm" maw={560}>
        <Text size="sm" role="status">
          {text}
        </Text>
        <Progress value={Math.min(100, (100 * doneBytes) / totalBytes)} aria-label={text} />
      </Stack>
    );
  }
  return (
    <Stack gap="xs" p="sm" maw={560} align="flex-start">
      {state.words && (
        <Alert color="red" variant="light" p="xs">
          {words(state.words)}
        </Alert>
      )}
      {state.state === "absent" && (
        <>
          <Text size="sm">{t("absent", { version })}</Text>
          <Button size="xs" onClick={onFetch}>
            {t("fetch", { size: mb(totalBytes) })}
          </Button>
        </>
      )}
    </Stack>
  );
}
