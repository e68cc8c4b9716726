import { Alert, Button, Group, Loader, ScrollArea, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/use-words.ts";
import { useDocument } from "../store/document.ts";
import { show } from "../store/ui.ts";
import { ConnectionList } from "./ConnectionList.tsx";
import { EnvironmentList } from "./EnvironmentList.tsx";
import { useConnections } from "./use-connections.ts";

/** Which outside systems there are, and which of them an alias means where. */
export function Connections() {
  const { t } = useTranslation("connections");
  const words = useWords();
  const isOpen = useDocument(({ pipelineId }) => pipelineId !== undefined);
  const { known, failure, reload } = useConnections();
  return (
    <ScrollArea component="section" h="100%" type="auto" aria-label={t("title")}>
      <Stack gap="xl" p="lg" maw={1100} mx="auto">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <div>
            <Title order={1} size="h3">
              {t("title")}
            </Title>
            <Text size="sm" c="var(--mr-muted)" mt={4} maw={720}>
              {t("intro")}
            </Text>
          </div>
          <Button variant="default" onClick={() => show({ view: isOpen ? "canvas" : "gallery" })} style={{ flex: "none" }}>
            {isOpen ? t("backToCanvas") : t("backToGallery")}
          </Button>
        </Group>
        {failure && (
          <Alert color="red" variant="light" role="alert">
            <Group justify="space-between">
              {words(failure)}
              <Button size="compact-sm" variant="default" onClick={() => void reload()}>
                {t("again")}
              </Button>
            </Group>
          </Alert>
        )}
        {!known && !failure && <Loader size="sm" />}
        {known && <ConnectionList known={known} onChange={reload} />}
        {known && <EnvironmentList known={known} onChange={reload} />}
      </Stack>
    </ScrollArea>
  );
}
