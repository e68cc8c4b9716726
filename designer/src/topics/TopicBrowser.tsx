import {
  ActionIcon,
  Alert,
  Group,
  Loader,
  NavLink,
  ScrollArea,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
  Title,
  Tooltip,
} from "@mantine/core";
import type { TopicSummary } from "@millrace/server/api";
import { IconPlus, IconRefresh, IconTrash } from "@tabler/icons-react";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { ConnectionSelect } from "../connections/ConnectionSelect.tsx";
import { countText } from "../i18n/numbers.ts";
import { server } from "../server.ts";
import { show, useUi } from "../store/ui.ts";
import { useRepeated } from "../store/use-repeated.ts";
import { CreateTopic } from "./CreateTopic.tsx";
import { DeleteTopic } from "./DeleteTopic.tsx";
import { useErrorText } from "./error-text.ts";
import { TopicGroups, TopicPartitions } from "./TopicFigures.tsx";
import { TopicRecords } from "./TopicRecords.tsx";
import { bytesText, spanText } from "./topic-figures.ts";

const REFRESH_MS = 2_000;
/** Every look asks an outside system. */
const REFRESH_OUTSIDE_MS = 10_000;

/** Topics of a connection with their records, partitions and readers; needs no pipeline. */
export function TopicBrowser() {
  const connection = useUi((ui) => ui.topicConnection);
  // Another connection has other topics: nothing of the last one may be left.
  return <Topics key={connection ?? ""} connection={connection} />;
}

function Topics({ connection }: { readonly connection: string | undefined }) {
  const { t } = useTranslation("topics");
  const errorText = useErrorText();
  const [topics, setTopics] = useState<readonly TopicSummary[]>();
  const [failure, setFailure] = useState<string>();
  const [name, setName] = useState(() => useUi.getState().topicName);
  const [search, setSearch] = useState("");
  const [creating, setCreating] = useState(false);

  const refresh = useCallback(
    async (signal?: AbortSignal) => {
      try {
        setTopics(await server.topics(connection, signal));
        setFailure(undefined);
      } catch (error) {
        if (!signal?.aborted) setFailure(errorText(error));
      }
    },
    [connection, errorText],
  );
  useRepeated(refresh, connection === undefined ? REFRESH_MS : REFRESH_OUTSIDE_MS);

  const shown = useMemo(
    () => (topics ?? []).filter((topic) => topic.name.toLowerCase().includes(search.trim().toLowerCase())),
    [topics, search],
  );
  const current = topics?.find((topic) => topic.name === name) ?? (name === undefined ? shown[0] : undefined);
  return (
    <Group align="stretch" gap={0} wrap="nowrap" h="100%" style={{ minHeight: 0 }}>
      <Stack
        gap={6}
        w="clamp(150px, 26%, 260px)"
        p="xs"
        style={{ flex: "none", borderRight: "1px solid var(--mantine-color-default-border)" }}
      >
        <ConnectionSelect
          of="topic"
          connection={connection}
          onChange={(topicConnection) => show({ topicConnection, topicName: undefined })}
          builtIn={t("builtIn")}
        />
        <Group gap="xs" wrap="nowrap">
          <TextInput
            size="xs"
            style={{ flex: 1 }}
            aria-label={t("searchTopics")}
            placeholder={t("searchTopics")}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
          <Tooltip label={t("refresh")}>
            <ActionIcon variant="default" aria-label={t("refresh")} onClick={() => void refresh()}>
              <IconRefresh size={16} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={t("createTopic")}>
            <ActionIcon aria-label={t("createTopic")} onClick={() => setCreating(true)}>
              <IconPlus size={16} />
            </ActionIcon>
          </Tooltip>
        </Group>
        {failure && (
          <Alert color="red" variant="light" p="xs">
            {failure}
          </Alert>
        )}
        {!topics && !failure && <Loader size="xs" aria-label={t("reading")} />}
        <ScrollArea style={{ flex: 1 }} type="auto">
          <nav aria-label={t("topics")}>
            {shown.map((topic) => (
              <NavLink
                key={topic.name}
                component="button"
                active={topic.name === current?.name}
                aria-current={topic.name === current?.name || undefined}
                label={topic.name}
                description={t("recordCount", { count: topic.records, total: countText(topic.records) })}
                py={4}
                px="xs"
                styles={{ label: { overflowWrap: "anywhere" } }}
                onClick={() => setName(topic.name)}
              />
            ))}
          </nav>
          {topics && shown.length === 0 && (
            <Text size="sm" c="var(--mr-muted)" p="xs">
              {topics.length === 0 ? t("noTopics") : t("noTopicMatches", { search })}
            </Text>
          )}
        </ScrollArea>
      </Stack>
      <div style={{ flex: 1, minWidth: 0, padding: "var(--mantine-spacing-xs)" }}>
        {current && <TopicView key={current.name} topic={current} connection={connection} onChange={() => void refresh()} />}
        {topics && !current && name !== undefined && <Text c="var(--mr-muted)">{t("topicGone", { name })}</Text>}
      </div>
      <CreateTopic
        opened={creating}
        connection={connection}
        onClose={() => setCreating(false)}
        onCreated={(created) => {
          setName(created.name);
          void refresh();
        }}
      />
    </Group>
  );
}

interface TopicViewProps {
  readonly topic: TopicSummary;
  readonly connection: string | undefined;
  readonly onChange: () => void;
}

function TopicView({ topic, connection, onChange }: TopicViewProps) {
  const { t, i18n } = useTranslation("topics");
  const [deleting, setDeleting] = useState(false);
  const [view, setView] = useState<View>("records");
  const facts = [
    t("recordCount", { count: topic.records, total: countText(topic.records) }),
    t("partitionCount", { count: topic.partitions.length }),
    bytesText(topic.bytes, i18n.language),
    topic.retentionMs !== undefined && t("keptFor", { span: spanText(topic.retentionMs, i18n.language) }),
    topic.retentionBytes !== undefined && t("keptUpTo", { size: bytesText(topic.retentionBytes, i18n.language) }),
  ].filter((fact) => fact !== false);
  return (
    <Stack gap={6} h="100%" style={{ minHeight: 0 }}>
      <Group wrap="nowrap" gap="xs">
        <div style={{ minWidth: 0, flex: 1 }}>
          <Title
            order={2}
            size="h6"
            lh={1.25}
            style={{ overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" }}
            title={topic.name}
          >
            {topic.name}
          </Title>
          <Text size="xs" lh={1.25} c="var(--mr-muted)" truncate="end" title={facts.join(" · ")}>
            {facts.join(" · ")}
          </Text>
        </div>
        <SegmentedControl
          size="xs"
          aria-label={t("view")}
          value={view}
          onChange={(next) => setView(next as View)}
          data={VIEWS.map((value) => ({ value, label: t(value) }))}
          style={{ flex: "none" }}
        />
        <Tooltip label={t("deleteTopicTitle", { name: topic.name })}>
          <ActionIcon
            variant="default"
            size={30}
            aria-label={t("deleteTopicTitle", { name: topic.name })}
            aria-haspopup="dialog"
            onClick={() => setDeleting(true)}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </Tooltip>
      </Group>
      {view === "records" ? (
        <TopicRecords topic={topic} connection={connection} />
      ) : (
        <ScrollArea style={{ flex: 1, minHeight: 0 }} type="auto" viewportProps={{ tabIndex: 0, "aria-label": t(view) }}>
          {view === "partitions" ? <TopicPartitions topic={topic} /> : <TopicGroups topic={topic} />}
        </ScrollArea>
      )}
      <DeleteTopic topic={topic} connection={connection} opened={deleting} onClose={() => setDeleting(false)} onDeleted={onChange} />
    </Stack>
  );
}

const VIEWS = ["records", "partitions", "groups"] as const;
type View = (typeof VIEWS)[number];
