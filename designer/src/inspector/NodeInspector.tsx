import { Alert, Code, Group, Stack, Switch, Text, Textarea, TextInput, Title } from "@mantine/core";
import type { NodeSpec } from "@millrace/engine/node";
import { type PipelineNode, spreadOf } from "@millrace/engine/pipeline";
import { useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { pipelineParallelism, setParallelism } from "../edits/parallelism.ts";
import { FragmentUse } from "../fragments/FragmentUse.tsx";
import { useWords } from "../i18n/use-words.ts";
import { formatJson } from "../preview/record.ts";
import { Tag } from "../preview/Tag.tsx";
import { NodeRun } from "../run/NodeRun.tsx";
import { useNodeProblems, useTypedNode } from "../store/analysis.ts";
import { edit, useDocument } from "../store/document.ts";
import { show, useUi } from "../store/ui.ts";
import { formOf } from "./form-model.ts";
import { FormSurroundingsProvider } from "./form-surroundings.ts";
import { NodeDocs } from "./NodeDocs.tsx";
import { useNodeSurroundings } from "./node-surroundings.ts";
import { ParallelismInput } from "./ParallelismInput.tsx";
import { ParamsForm } from "./ParamsForm.tsx";
import { ProblemList } from "./ProblemList.tsx";
import { specOf } from "./spec-of.ts";

interface NodeInspectorProps {
  readonly nodeId: string;
  readonly node: PipelineNode;
}

export function NodeInspector({ nodeId, node }: NodeInspectorProps) {
  const { t } = useTranslation("inspector");
  const words = useWords();
  const spec = specOf(node.type);
  const problems = useNodeProblems(nodeId);
  const isReadOnly = useDocument(({ inside }) => inside !== undefined);
  return (
    <Stack gap="sm" data-node={nodeId}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div style={{ minWidth: 0 }}>
          <Title order={2} size="h5" style={{ overflowWrap: "anywhere" }}>
            {node.name}
          </Title>
          <Text size="xs" c="var(--mr-muted)">
            {spec ? words(spec.title) : node.type} · {nodeId}
          </Text>
        </div>
        {node.disabled && <Tag tone="muted">{t("disabled")}</Tag>}
      </Group>
      <NodeRun nodeId={nodeId} />
      <FragmentUse nodeId={nodeId} />
      {isReadOnly ? (
        <AsItRuns node={node} />
      ) : spec ? (
        <SpecForm nodeId={nodeId} node={node} spec={spec} />
      ) : (
        <>
          <ProblemList problems={problems} />
          <Alert color="red" variant="light" title={t("unknownType", { type: node.type })}>
            {t("unknownTypeHelp")}
          </Alert>
        </>
      )}
      {!isReadOnly && <NodeSettings nodeId={nodeId} node={node} />}
      {spec && <Docs nodeId={nodeId} spec={spec} />}
    </Stack>
  );
}

/** What is set at a node that is there to be looked at only. */
function AsItRuns({ node: { params } }: Pick<NodeInspectorProps, "node">) {
  const { t } = useTranslation("fragments");
  if (Object.keys(params).length === 0) return null;
  return (
    <section aria-label={t("settings")}>
      <Title order={3} size="h6" mb={4}>
        {t("settings")}
      </Title>
      <Code block fz="xs" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
        {formatJson(params, 2)}
      </Code>
    </section>
  );
}

function SpecForm({ nodeId, node, spec }: NodeInspectorProps & { readonly spec: NodeSpec }) {
  const form = useMemo(() => formOf(spec.params), [spec]);
  const surroundings = useNodeSurroundings(nodeId, node, form);
  const host = useRef<HTMLDivElement>(null);
  useFocusParam(nodeId, host);
  return (
    <FormSurroundingsProvider value={surroundings}>
      <div ref={host}>
        <ProblemList problems={surroundings.problemsAt([])} />
        <ParamsForm form={form} value={node.params} />
      </div>
    </FormSurroundingsProvider>
  );
}

/** Brings a param into view and focuses it when somebody followed a problem here. */
function useFocusParam(nodeId: string, host: React.RefObject<HTMLDivElement | null>): void {
  const wanted = useUi((ui) => ui.focusParam);
  useEffect(() => {
    if (wanted?.nodeId !== nodeId) return;
    // The form (and what was folded) is drawn first.
    const frame = requestAnimationFrame(() => {
      const controls = [...(host.current?.querySelectorAll<HTMLElement>("[data-param]") ?? [])];
      const path = wanted.path.join(".");
      const deepest = controls
        .filter(({ dataset }) => path === dataset.param || path.startsWith(`${dataset.param}.`))
        .sort((one, other) => (other.dataset.param ?? "").length - (one.dataset.param ?? "").length)[0];
      deepest?.scrollIntoView({ block: "center" });
      deepest?.querySelector<HTMLElement>("textarea, input, button")?.focus();
      show({ focusParam: undefined });
    });
    return () => cancelAnimationFrame(frame);
  }, [wanted, nodeId, host]);
}

function NodeSettings({ nodeId, node }: NodeInspectorProps) {
  const { t } = useTranslation("inspector");
  const change = (name: "step.rename" | "step.disable" | "step.settings", recipe: (target: PipelineNode) => void) =>
    edit(
      name,
      (draft) => {
        const target = draft.nodes[nodeId];
        if (target) recipe(target);
      },
      name === "step.disable" ? {} : { gesture: `${name} ${nodeId}` },
    );
  return (
    <Stack gap="sm" component="section" aria-label={t("nodeSettings")} pt="xs" style={{ borderTop: "1px solid var(--mr-line)" }}>
      <TextInput
        label={t("name")}
        size="sm"
        value={node.name}
        maxLength={200}
        error={node.name.trim() === "" ? t("nameEmpty") : undefined}
        onChange={({ currentTarget: { value } }) =>
          change("step.rename", (target) => {
            target.name = value;
          })
        }
      />
      <Switch
        label={t("disable")}
        description={t("disableHelp")}
        checked={node.disabled === true}
        onChange={({ currentTarget: { checked } }) =>
          change("step.disable", (target) => {
            if (checked) target.disabled = true;
            else delete target.disabled;
          })
        }
      />
      <NodeParallelism
        nodeId={nodeId}
        value={node.parallelism}
        onChange={(value) => change("step.settings", (target) => setParallelism(target, value))}
      />
      <Textarea
        label={t("note")}
        size="sm"
        autosize
        minRows={1}
        maxRows={8}
        value={node.note ?? ""}
        onChange={({ currentTarget: { value } }) =>
          change("step.settings", (target) => {
            if (value === "") delete target.note;
            else target.note = value;
          })
        }
      />
    </Stack>
  );
}

interface NodeParallelismProps {
  readonly nodeId: string;
  readonly value: number | undefined;
  readonly onChange: (value: number | undefined) => void;
}

function NodeParallelism({ nodeId, value, onChange }: NodeParallelismProps) {
  const { t } = useTranslation("inspector");
  const typed = useTypedNode(nodeId);
  const pipeline = useDocument(({ document }) => pipelineParallelism(document));
  const spread = typed ? spreadOf(typed) : "other";
  return (
    <ParallelismInput
      description={t(`parallelism.${spread}`)}
      placeholder={spread === "single" ? "1" : spread === "other" ? t("asItsInput") : t("asPipeline", { count: pipeline })}
      value={value}
      disabled={spread === "single" && value === undefined}
      onChange={onChange}
    />
  );
}

function Docs({ nodeId, spec }: { readonly nodeId: string; readonly spec: NodeSpec }) {
  return <NodeDocs spec={spec} typed={useTypedNode(nodeId)} />;
}
