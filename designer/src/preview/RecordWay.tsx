import { Text } from "@mantine/core";
import type { PipelineDocument, PipelineNode } from "@millrace/engine/pipeline";
import type { DeadLetter } from "@millrace/server/api";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { specOf } from "../inspector/spec-of.ts";
import { server } from "../server.ts";
import { useDocument } from "../store/document.ts";
import { placeInRun, placeSeen } from "../store/live.ts";
import { select } from "../store/selection.ts";
import { useErrorText } from "../topics/error-text.ts";
import { droppedPort, dropReason } from "./dropped.ts";
import type { PreviewRecord } from "./record.ts";
import { toRecords } from "./use-records.ts";
import { WayView } from "./WayView.tsx";
import { wayOf } from "./way.ts";

interface Evidence {
  /** By output port. */
  readonly ports: ReadonlyMap<string, readonly PreviewRecord[]>;
  /** Rows that ended at a node, by node. */
  readonly dropped: ReadonlyMap<string, readonly PreviewRecord[]>;
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
    gather(pipelineId, document, asked.signal).then(setEvidence, (error: unknown) => {
      if (!asked.signal.aborted) setFailure(errorText(error));
    });
    return () => asked.abort();
  }, [pipelineId, document, origin, errorText]);
  const steps = useMemo(() => {
    if (!evidence || origin === undefined) return [];
    const samples = new Map(document.edges.map(({ from, to }) => [`${from}->${to}`, evidence.ports.get(from) ?? []]));
    return wayOf({ document, origin, samples, deadLetters: evidence.deadLetters, dropped: evidence.dropped });
  }, [evidence, document, origin]);
  if (origin === undefined) return <Text size="sm">{t("wayNoOrigin")}</Text>;
  if (failure) return <Text size="sm">{failure}</Text>;
  return (
    <WayView
      steps={steps}
      loading={!evidence}
      nameOf={(id) => nodeOf(document, id)?.name ?? id}
      reasonOf={(id, reason) => dropReason(nodeOf(document, id)?.type, reason)}
      onNode={(id) => select({ nodes: [id] })}
    />
  );
}

async function gather(id: string, document: PipelineDocument, signal: AbortSignal): Promise<Evidence> {
  const recordsOf = async (key: string, port: string) => [key, toRecords(await server.samples(id, placeInRun(port), signal))] as const;
  const ports = [...new Set(document.edges.map(({ from }) => from))];
  const droppers = Object.entries(document.nodes).filter(([, { type }]) => specOf(type)?.dropReasons);
  const [page, samples, dropped] = await Promise.all([
    server.deadLetters(id, { limit: 200 }, signal),
    Promise.all(ports.map((port) => recordsOf(port, port))),
    Promise.all(droppers.map(([node]) => recordsOf(node, droppedPort(node)))),
  ]);
  return { ports: new Map(samples), dropped: new Map(dropped), deadLetters: seenLetters(page.letters) };
}

function seenLetters(letters: readonly DeadLetter[]): readonly DeadLetter[] {
  return letters.flatMap((letter) => {
    const nodeId = placeSeen(letter.nodeId);
    return nodeId === undefined ? [] : [{ ...letter, nodeId }];
  });
}

function nodeOf(document: PipelineDocument, id: string): PipelineNode | undefined {
  return Object.hasOwn(document.nodes, id) ? document.nodes[id] : undefined;
}
