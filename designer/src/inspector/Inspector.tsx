import { ScrollArea, Text } from "@mantine/core";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { loadMonacoWhenIdle } from "../editor/load.ts";
import { endGesture, useDocument } from "../store/document.ts";
import { parseEdgeKey } from "../store/edge-key.ts";
import { useSelectedEdge, useSelectedNode, useSelection } from "../store/selection.ts";
import { EdgeInspector } from "./EdgeInspector.tsx";
import { NodeInspector } from "./NodeInspector.tsx";
import { PipelineInspector } from "./PipelineInspector.tsx";

/** What is selected, to be read and changed: a node, an edge, or the pipeline itself. */
export function Inspector() {
  const { t, i18n } = useTranslation("inspector");
  useEffect(() => loadMonacoWhenIdle(i18n.language), [i18n.language]);
  return (
    <ScrollArea
      component="aside"
      h="100%"
      type="auto"
      scrollbars="y"
      aria-label={t("inspector")}
      // Leaving a control ends its step of undo.
      onBlur={endGesture}
      style={{ background: "var(--mr-panel)", containerType: "inline-size" }}
    >
      <div style={{ padding: "var(--mantine-spacing-sm)" }}>
        <Selected />
      </div>
    </ScrollArea>
  );
}

function Selected() {
  const { t } = useTranslation("inspector");
  const nodeId = useSelectedNode();
  const edge = useSelectedEdge();
  const count = useSelection(({ nodes, edges, notes }) => nodes.length + edges.length + notes.length);
  const node = useDocument(({ document }) =>
    nodeId !== undefined && Object.hasOwn(document.nodes, nodeId) ? document.nodes[nodeId] : undefined,
  );
  const ends = edge === undefined ? undefined : parseEdgeKey(edge);
  if (nodeId !== undefined && node) return <NodeInspector key={nodeId} nodeId={nodeId} node={node} />;
  if (ends) return <EdgeInspector key={edge} edge={ends} />;
  if (count > 1) return <Text c="var(--mr-muted)">{t("manySelected", { count })}</Text>;
  return <PipelineInspector />;
}
