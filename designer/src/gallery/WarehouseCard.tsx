import { Button, Card, Group, Stack, Text } from "@mantine/core";
import type { WarehouseSummary } from "@millrace/server/api";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/use-words.ts";
import { ServerError, server } from "../server.ts";
import { notify } from "../store/notices.ts";
import { loadPipelines, useSession } from "../store/session.ts";
import { show } from "../store/ui.ts";
import classes from "./gallery.module.css";

/** Templates that belong together: one click makes and starts them all, and shows their map. */
export function WarehouseCard({ warehouse }: { readonly warehouse: WarehouseSummary }) {
  const { t } = useTranslation("gallery");
  const words = useWords();
  const [busy, setBusy] = useState(false);
  const pipelines = useSession((session) => session.pipelines) ?? [];
  const running = warehouse.jobs.filter((job) =>
    pipelines.some(({ template, run }) => template === job && run?.state === "running"),
  ).length;
  const isWhole = running === warehouse.jobs.length;
  const start = async () => {
    setBusy(true);
    try {
      for (const { id, failure } of await server.startWarehouse(warehouse.name)) if (failure) notify("error", `${id}: ${words(failure)}`);
      await loadPipelines();
      show({ view: "map" });
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      notify("error", words(error.words));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card withBorder p="sm" className={classes.card ?? ""}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" gap="md">
        <Stack gap={4}>
          <Text fw={600}>{words(warehouse.title)}</Text>
          <Text size="sm">{words(warehouse.description)}</Text>
          <Text size="xs" c="var(--mr-muted)">
            {t("jobsRunning", { running, count: warehouse.jobs.length })}
          </Text>
        </Stack>
        <Button
          style={{ flex: "none" }}
          variant={isWhole ? "default" : "filled"}
          leftSection={isWhole ? undefined : <IconPlayerPlay size={16} />}
          loading={busy}
          onClick={() => (isWhole ? show({ view: "map" }) : void start())}
        >
          {isWhole ? t("openMap") : t("startAll")}
        </Button>
      </Group>
    </Card>
  );
}
