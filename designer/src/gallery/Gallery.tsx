import { ActionIcon, Alert, Button, Card, Group, Loader, Menu, ScrollArea, SimpleGrid, Stack, Text, TextInput, Title } from "@mantine/core";
import type { PipelineSummary, RunState, Template, TemplateSummary, WarehouseSummary } from "@millrace/server/api";
import { IconDots, IconMap, IconPlus, IconSearch, IconTrash } from "@tabler/icons-react";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/use-words.ts";
import { Tag, type Tone } from "../preview/Tag.tsx";
import { ServerError, server } from "../server.ts";
import { useDocument } from "../store/document.ts";
import { createPipeline, loadPipelines, openPipeline, useSession } from "../store/session.ts";
import { show } from "../store/ui.ts";
import { DeletePipeline } from "./DeletePipeline.tsx";
import classes from "./gallery.module.css";
import { STATE_WORDS } from "./run-state.ts";
import { searched } from "./search.ts";
import { Thumbnail } from "./Thumbnail.tsx";
import { WarehouseCard } from "./WarehouseCard.tsx";

const REFRESH_MS = 3_000;

/** Pipelines that are there, and templates to make one from. */
export function Gallery() {
  const { t } = useTranslation("gallery");
  const [query, setQuery] = useState("");
  const pipelines = useSession((session) => session.pipelines);
  const openId = useDocument((state) => state.pipelineId);
  const { templates, warehouses, failure } = useTemplates();
  useEffect(() => {
    void loadPipelines();
    const timer = setInterval(() => {
      if (!document.hidden) void loadPipelines();
    }, REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
  const words = useWords();
  const shownPipelines = useMemo(() => searched(pipelines ?? [], query), [pipelines, query]);
  const shownWarehouses = useMemo(() => searched(warehouses ?? [], query), [warehouses, query]);
  const shownTemplates = useMemo(() => searched(templates ?? [], query), [templates, query]);
  return (
    <ScrollArea component="section" h="100%" type="auto" aria-label={t("gallery")}>
      <Stack gap="lg" p="lg" maw={1320} mx="auto">
        <Group justify="space-between" wrap="nowrap">
          <Title order={1} size="h3">
            {t("gallery")}
          </Title>
          <Group gap="xs" wrap="nowrap">
            <TextInput
              w={320}
              data-autofocus
              aria-label={t("search")}
              placeholder={t("searchPlaceholder")}
              leftSection={<IconSearch size={16} />}
              value={query}
              onChange={({ currentTarget }) => setQuery(currentTarget.value)}
            />
            <Button variant="default" leftSection={<IconMap size={16} />} onClick={() => show({ view: "map" })}>
              {t("map")}
            </Button>
            <Button leftSection={<IconPlus size={16} />} onClick={() => void createPipeline({ name: t("newName") })}>
              {t("newPipeline")}
            </Button>
            {openId !== undefined && (
              <Button variant="default" onClick={() => show({ view: "canvas" })}>
                {t("back")}
              </Button>
            )}
          </Group>
        </Group>
        {failure && (
          <Alert color="red" variant="light">
            {words(failure)}
          </Alert>
        )}
        <section aria-label={t("pipelines")}>
          <Title order={2} size="h5" mb="xs">
            {t("pipelines")}
          </Title>
          {!pipelines && <Loader size="sm" />}
          {pipelines && shownPipelines.length === 0 && (
            <Text size="sm" c="var(--mr-muted)">
              {pipelines.length === 0 ? t("noPipelines") : t("noMatches", { query })}
            </Text>
          )}
          <SimpleGrid cols={{ base: 1, sm: 2, md: 3, lg: 4 }} spacing="sm">
            {shownPipelines.map((pipeline) => (
              <PipelineCard key={pipeline.id} pipeline={pipeline} />
            ))}
          </SimpleGrid>
        </section>
        <section aria-label={t("templates")}>
          <Title order={2} size="h5" mb="xs">
            {t("templates")}
          </Title>
          {!templates && !failure && <Loader size="sm" />}
          {shownWarehouses.length > 0 && (
            <Stack gap="sm" mb="sm">
              {shownWarehouses.map((warehouse) => (
                <WarehouseCard key={warehouse.name} warehouse={warehouse} />
              ))}
            </Stack>
          )}
          {templates && shownTemplates.length === 0 && (
            <Text size="sm" c="var(--mr-muted)">
              {t("noMatches", { query })}
            </Text>
          )}
          <SimpleGrid cols={{ base: 1, sm: 2, md: 3 }} spacing="sm">
            {shownTemplates.map((template) => (
              <TemplateCard key={template.name} template={template} />
            ))}
          </SimpleGrid>
        </section>
      </Stack>
    </ScrollArea>
  );
}

function useTemplates() {
  const [templates, setTemplates] = useState<readonly TemplateSummary[]>();
  const [warehouses, setWarehouses] = useState<readonly WarehouseSummary[]>();
  const [failure, setFailure] = useState<ServerError["words"]>();
  useEffect(() => {
    const asked = new AbortController();
    const failed = (error: unknown) => {
      if (asked.signal.aborted) return;
      if (!(error instanceof ServerError)) throw error;
      setFailure(error.words);
    };
    server.templates(asked.signal).then(setTemplates, failed);
    server.warehouses(asked.signal).then(setWarehouses, failed);
    return () => asked.abort();
  }, []);
  return { templates, warehouses, failure };
}

const STATE_TONES: Record<RunState, Tone> = {
  starting: "accent",
  running: "ok",
  stopping: "accent",
  stopped: "muted",
  finished: "muted",
  failed: "error",
  restarting: "warning",
};

function PipelineCard({ pipeline }: { readonly pipeline: PipelineSummary }) {
  const { t, i18n } = useTranslation("gallery");
  const words = useWords();
  const [deleting, setDeleting] = useState(false);
  const state = pipeline.run?.state;
  const updated = new Intl.DateTimeFormat(i18n.language, { dateStyle: "medium", timeStyle: "short" }).format(pipeline.updatedAt);
  return (
    <Card withBorder p="sm" className={classes.card ?? ""}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <button type="button" className={classes.open} onClick={() => void openPipeline(pipeline.id)}>
          {pipeline.title ? words(pipeline.title) : pipeline.name}
        </button>
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" className={classes.above ?? ""} aria-label={t("more", { name: pipeline.name })}>
              <IconDots size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item color="red" leftSection={<IconTrash size={14} />} onClick={() => setDeleting(true)}>
              {t("delete")}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
      <Group gap={6} mt={6}>
        {pipeline.fragment ? (
          <Tag tone="accent">{t("fragment")}</Tag>
        ) : (
          <Tag tone={state ? STATE_TONES[state] : "muted"}>{t(state ? STATE_WORDS[state] : "stateNever")}</Tag>
        )}
        {pipeline.changed && pipeline.run && <Tag tone="changed">{t("draftDiffers")}</Tag>}
        {(pipeline.run?.deadLetters ?? 0) > 0 && <Tag tone="warning">{t("deadLetters", { count: pipeline.run?.deadLetters ?? 0 })}</Tag>}
      </Group>
      {pipeline.run?.failure && (
        <Text size="xs" c="var(--mr-error)" mt={6} lineClamp={2}>
          {words(pipeline.run.failure.message)}
        </Text>
      )}
      <Text size="xs" c="var(--mr-muted)" mt={6}>
        {t("updated", { time: updated })}
      </Text>
      <DeletePipeline pipeline={pipeline} opened={deleting} onClose={() => setDeleting(false)} />
    </Card>
  );
}

function TemplateCard({ template }: { readonly template: TemplateSummary }) {
  const { t } = useTranslation("gallery");
  const words = useWords();
  const [whole, setWhole] = useState<Template>();
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    const asked = new AbortController();
    // The card says all without its picture.
    server.template(template.name, asked.signal).then(setWhole, (error: unknown) => {
      if (!asked.signal.aborted) console.warn(`The drawing of template ${template.name} could not be read`, error);
    });
    return () => asked.abort();
  }, [template.name]);
  const use = async () => {
    setBusy(true);
    await createPipeline({ template: template.name });
    setBusy(false);
  };
  return (
    <Card withBorder p={0} className={classes.card ?? ""}>
      {whole ? <Thumbnail document={whole.document} /> : <div className={classes.thumbnail} />}
      <Stack gap={6} p="sm" style={{ flex: 1 }}>
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <button type="button" className={classes.open} disabled={busy} onClick={() => void use()}>
            {words(template.title)}
          </button>
          <Text size="xs" c="var(--mr-muted)" style={{ whiteSpace: "nowrap" }}>
            {t("nodeCount", { count: template.nodes })}
          </Text>
        </Group>
        <Text size="sm" lineClamp={3}>
          {words(template.description)}
        </Text>
        <Group gap={4}>
          {template.keywords.slice(0, 6).map((keyword) => (
            <Tag key={keyword} tone="muted">
              {keyword}
            </Tag>
          ))}
        </Group>
      </Stack>
    </Card>
  );
}
