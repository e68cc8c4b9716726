import { Anchor, Code, Stack, Text } from "@mantine/core";
import { formatFieldPath } from "@millrace/engine/expression";
import { type FieldPlace, type LineageStep, lineageOf } from "@millrace/engine/pipeline";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useAnalysis } from "../store/analysis.ts";
import { useDocument } from "../store/document.ts";
import { select } from "../store/selection.ts";
import { LineageStages, useLineageAcross } from "./LineageStages.tsx";
import { toldSteps } from "./told-steps.ts";

/** Where a field of the draft comes from, step by step up to its sources, and what reads it further down. */
export function FieldLineage({ place }: { readonly place: FieldPlace }) {
  const { t } = useTranslation("inspector");
  const graph = useAnalysis((state) => state.graph);
  const pipelineId = useDocument((state) => state.pipelineId);
  const across = useLineageAcross(pipelineId, place);
  const found = useMemo(() => lineageOf(graph, place, pipelineId), [graph, place, pipelineId]);
  if ("problem" in found) return null;
  const { upstream, downstream, origins } = found.lineage;
  return (
    <Stack gap={4} py={4}>
      <Part title={t("lineageFrom")}>
        {origins.map((origin) => (
          <Line key={`origin ${keyOf(origin)}`} node={origin.node} how={t("lineageOrigin")} path={origin.path} targets={origin.targets} />
        ))}
        {toldSteps(upstream).map(({ from, to, how, expression }) => (
          <Line
            key={`${keyOf(from)} ${to.node} ${how} ${expression}`}
            node={to.node}
            how={t(HOW[how])}
            path={from.path}
            expression={expression}
          />
        ))}
        <LineageStages stages={across?.upstream} />
      </Part>
      <Part title={t("lineageTo")}>
        {downstream.length === 0 && <Text size="xs">{t("lineageUnread")}</Text>}
        {toldSteps(downstream).map(({ from, to, how, expression, targets }) => (
          <Line
            key={`${keyOf(from)} ${to.node} ${to.path?.join(".")} ${how} ${expression}`}
            node={to.node}
            how={t(HOW[how])}
            path={to.path ?? from.path}
            expression={expression}
            targets={targets}
          />
        ))}
        <LineageStages stages={across?.downstream} />
      </Part>
    </Stack>
  );
}

const HOW = {
  copied: "lineageCopied",
  computed: "lineageComputed",
  may: "lineageMay",
  condition: "lineageCondition",
  key: "lineageKey",
  time: "lineageTime",
  target: "lineageTarget",
  written: "lineageWritten",
} as const satisfies Record<LineageStep["how"], string>;

function keyOf({ node, port, path }: FieldPlace): string {
  return `${node}.${port} ${path.join(".")}`;
}

function Part({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <Text size="xs" fw={600}>
        {title}
      </Text>
      {children}
    </div>
  );
}

interface LineProps {
  readonly node: string;
  readonly how: string;
  readonly path: readonly string[];
  readonly expression?: string | undefined;
  readonly targets?: LineageStep["targets"];
}

function Line({ node, how, path, expression, targets = [] }: LineProps) {
  const name = useDocument(({ document }) => (Object.hasOwn(document.nodes, node) ? document.nodes[node]?.name : undefined));
  return (
    <Text size="xs" style={{ overflowWrap: "anywhere" }}>
      <Anchor component="button" type="button" size="xs" underline="always" onClick={() => select({ nodes: [node] })}>
        {name ?? node}
      </Anchor>{" "}
      <span style={{ color: "var(--mr-muted)" }}>{how}</span> {expression !== undefined && <Code fz="xs">{expression}</Code>}
      {expression === undefined && path.length > 0 && <Code fz="xs">{formatFieldPath(path)}</Code>}
      {targets.map((target) => (
        <span key={target.name}> · {target.name}</span>
      ))}
    </Text>
  );
}
