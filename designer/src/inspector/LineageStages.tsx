import { Anchor, Code, Text } from "@mantine/core";
import { formatFieldPath } from "@millrace/engine/expression";
import type { FieldPlace } from "@millrace/engine/pipeline";
import type { LineageAcross } from "@millrace/server/api";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/use-words.ts";
import { ServerError, server } from "../server.ts";
import { select } from "../store/selection.ts";
import { openPipeline } from "../store/session.ts";

/** What a field of the saved draft comes from, and what is made of it, in other pipelines. Nothing while that is asked, and where the saved draft has no such field yet. */
export function useLineageAcross(pipelineId: string | undefined, { node, port, path }: FieldPlace): LineageAcross | undefined {
  const [across, setAcross] = useState<LineageAcross>();
  const place = `${node}.${port}`;
  const field = formatFieldPath(path);
  useEffect(() => {
    if (pipelineId === undefined) return;
    const asked = new AbortController();
    setAcross(undefined);
    server.lineageAcross(pipelineId, { port: place, field }, asked.signal).then(setAcross, (error: unknown) => {
      if (!asked.signal.aborted && !(error instanceof ServerError)) throw error;
    });
    return () => asked.abort();
  }, [pipelineId, place, field]);
  return across;
}

export function LineageStages({ stages = [] }: { readonly stages?: LineageAcross["upstream"] | undefined }) {
  const { t } = useTranslation("inspector");
  const words = useWords();
  if (stages.length === 0) return null;
  const open = async (pipeline: string, node: string) => {
    if (await openPipeline(pipeline)) select({ nodes: [node] });
  };
  return (
    <>
      <Text size="xs" c="var(--mr-muted)">
        {t("lineageAcross")}
      </Text>
      {stages.map(({ pipeline: { id, name, title }, store, node, field }) => (
        <Text size="xs" key={`${id} ${field.node}.${field.port} ${field.path.join(".")}`} style={{ overflowWrap: "anywhere" }}>
          <Code fz="xs">{store.name}</Code>{" "}
          <Anchor component="button" type="button" size="xs" underline="always" onClick={() => void open(id, node)}>
            {title ? words(title) : name}
          </Anchor>{" "}
          <Code fz="xs">{formatFieldPath(field.path)}</Code>
        </Text>
      ))}
    </>
  );
}
