import { Text } from "@mantine/core";
import type { DeadLetter } from "@millrace/server/api";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { server } from "../server.ts";
import { useDocument } from "../store/document.ts";
import { nodeLive } from "../store/live.ts";
import { select } from "../store/selection.ts";
import { useErrorText } from "../topics/error-text.ts";
import type { PreviewRecord } from "./record.ts";
import { toRecords } from "./use-records.ts";
import { WayView } from "./WayView.tsx";
import { wayOf } from "./way.ts";

interface Evidence {
  /** By output port. */
  readonly ports: ReadonlyMap<string, readonly PreviewRecord[]>;
  readonly deadLetters: readonly DeadLetter[];
}

/** Looks for the record's origin on all other edges, and shows what each node did to it. */
export function RecordWay({ record }: { readonly record: PreviewRecord }) {
  const { t } = useTranslation("preview");
  const errorText = useErrorText();
  const pipelineId = useDocument((state) => state.pipelineId);
  // What ran, not the draft: the record went through that.
  const document = useDocument((state) => state.live?.document ?? state.document);
  const [evidence, setEvidence] = useState<Evidence>();
  const [failure, setFailure] = useState<string>();
  const { origin } = record;
  useEffect(() => {
    if (pipelineId === undefined || origin === undefined) return;
    const asked = new AbortController();
    gather(pipelineId, [...new Set(document.edges.map(({ from }) => from))], asked.signal).then(setEvidence, (error: unknown) => {
      if (!asked.signal.aborted) setFailure(errorText(error));
    });
    return () => asked.abort();
  }, [pipelineId, document, origin, errorText]);
  const steps = useMemo(() => {
    if (!evidence || origin === undefined) return [];
    const samples = new Map(document.edges.map(({ from, to }) => [`${from}->${to}`, evidence.ports.get(from) ?? []]));
    const dropped = Object.fromEntries(Object.keys(document.nodes).map((id) => [id, totalDropped(id)]));
    return wayOf({ document, origin, samples, deadLetters: evidence.deadLetters, dropped });
  }, [evidence, document, origin]);
  if (origin === undefined) return <Text size="sm">{t("wayNoOrigin")}</Text>;
  if (failure) return <Text size="sm">{failure}</Text>;
  return (
    <WayView
      steps={steps}
      loading={!evidence}
      nameOf={(id) => (Object.hasOwn(document.nodes, id) ? document.nodes[id]?.name : undefined) ?? id}
      onNode={(id) => select({ nodes: [id] })}
    />
  );
}

async function gather(id: string, ports: readonly string[], signal: AbortSignal): Promise<Evidence> {
  const [page, ...samples] = await Promise.all([
    server.deadLetters(id, { limit: 200 }, signal),
    ...ports.map(async (port) => [port, toRecords(await server.samples(id, port, signal))] as const),
  ]);
  return { ports: new Map(samples), deadLetters: page.letters };
}

function totalDropped(id: string): number {
  return Object.values(nodeLive(id)?.dropped ?? {}).reduce((sum, count) => sum + count, 0);
}
