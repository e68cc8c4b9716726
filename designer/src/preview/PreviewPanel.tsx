import { NativeSelect, Stack, Text } from "@mantine/core";
import { ERROR_PORT } from "@millrace/engine/node";
import { type PipelineDocument, parsePortRef } from "@millrace/engine/pipeline";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useTypedNode } from "../store/analysis.ts";
import { useDocument } from "../store/document.ts";
import { parseEdgeKey } from "../store/edge-key.ts";
import { useSelectedEdge, useSelectedNode } from "../store/selection.ts";
import { droppedPort, isDroppedPort } from "./dropped.ts";
import { PortPreview } from "./PortPreview.tsx";

/** Records of what is selected: an edge, or a port of a node. */
export function PreviewPanel() {
  const { t } = useTranslation("preview");
  const edge = useSelectedEdge();
  const nodeId = useSelectedNode();
  const ends = edge === undefined ? undefined : parseEdgeKey(edge);
  if (ends) return <PortPreview key={ends.from} port={ends.from} />;
  if (nodeId !== undefined) return <NodePreview key={nodeId} nodeId={nodeId} />;
  return (
    <Stack p="md">
      <Text size="sm" c="var(--mr-muted)">
        {t("selectSomething")}
      </Text>
    </Stack>
  );
}

/** A node's inputs and outputs and what it drops, one at a time; what it gives first. */
function NodePreview({ nodeId }: { readonly nodeId: string }) {
  const { t } = useTranslation("preview");
  const document = useDocument((state) => state.document);
  const typed = useTypedNode(nodeId);
  const choices = portChoices(document, nodeId, Object.keys(typed?.outputs ?? {}));
  const [chosen, setChosen] = useState<string>();
  const choice = choices.find(({ key }) => key === chosen) ?? choices[0];
  if (!choice) {
    return (
      <Text size="sm" c="var(--mr-muted)" p="md">
        {t("noPorts")}
      </Text>
    );
  }
  const nameOf = (id: string) => (Object.hasOwn(document.nodes, id) ? document.nodes[id]?.name : undefined) ?? id;
  const label = ({ port, way }: PortChoice) => {
    const ref = parsePortRef(port);
    if (way === "dropped") return t("choiceDropped");
    return way === "in" ? t("choiceIn", { name: nameOf(ref.node), port: ref.port }) : t("choiceOut", { port: ref.port });
  };
  return (
    <PortPreview
      key={choice.port}
      port={choice.port}
      picker={
        <NativeSelect
          size="xs"
          w={130}
          style={{ flex: "none" }}
          aria-label={t("whichPort")}
          value={choice.key}
          data={choices.map((one) => ({ value: one.key, label: label(one) }))}
          onChange={({ currentTarget }) => setChosen(currentTarget.value)}
        />
      }
    />
  );
}

interface PortChoice {
  readonly key: string;
  /** The output port that is shown: for an input, the one that feeds it. */
  readonly port: string;
  readonly way: "in" | "out" | "dropped";
}

function portChoices(document: PipelineDocument, nodeId: string, outputs: readonly string[]): readonly PortChoice[] {
  const ins = document.edges.filter(({ to }) => parsePortRef(to).node === nodeId);
  const given = outputs.filter((port) => port !== ERROR_PORT);
  const dropped = droppedPort(nodeId);
  const type = Object.hasOwn(document.nodes, nodeId) ? document.nodes[nodeId]?.type : undefined;
  const choices = [
    ...given.map((port): PortChoice => ({ key: `out ${port}`, port: `${nodeId}.${port}`, way: "out" })),
    ...ins.map(({ from }): PortChoice => ({ key: `in ${from}`, port: from, way: "in" })),
    ...(isDroppedPort(dropped, type) ? [{ key: "dropped", port: dropped, way: "dropped" } as const] : []),
    { key: `out ${ERROR_PORT}`, port: `${nodeId}.${ERROR_PORT}`, way: "out" } as const,
  ];
  return choices.filter((one, index) => choices.findIndex(({ key }) => key === one.key) === index);
}
