import { fillIn, type PipelineDocument, parameterValues } from "@millrace/engine/pipeline";
import { Handle, type NodeProps, Position } from "@xyflow/react";
import { memo, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { renameNode } from "../commands/rename.ts";
import { countText } from "../i18n/numbers.ts";
import { useWords } from "../i18n/use-words.ts";
import { NodeIcon } from "../palette/NodeIcon.tsx";
import { useNodeProblems } from "../store/analysis.ts";
import { useNodeChange } from "../store/difference.ts";
import { useDocument } from "../store/document.ts";
import { nodeLive, onNodeLive } from "../store/live.ts";
import { openDrawer, show, useUi } from "../store/ui.ts";
import type { PortPlace } from "./card-geometry.ts";
import { useConnecting } from "./connecting.ts";
import classes from "./node-card.module.css";
import { type NodeStatus, useFailureText, useNodeStatus } from "./node-status.ts";
import { nodeRateText } from "./rates.ts";
import { StatusIcon } from "./StatusIcon.tsx";
import type { CardData, CardNode } from "./scene.ts";
import { useParallelism } from "./use-parallelism.ts";
import { useZoomLevel } from "./zoom-level.ts";

/** A node on the canvas. Position is none of its business: React Flow moves the element around it. */
export const NodeCard = memo(
  function NodeCard({ id, data, selected }: NodeProps<CardNode>) {
    const level = useZoomLevel((zoom) => zoom.level);
    const status = useNodeStatus(id);
    const change = useNodeChange(id);
    const refused = useConnecting((connecting) => connecting.refused.get(id));
    const words = useWords();
    const { node, spec, geometry } = data;
    return (
      <div
        className={classes.card}
        data-status={status}
        data-change={change}
        data-level={level}
        data-selected={selected || undefined}
        data-refused={refused ? true : undefined}
        data-category={spec?.category}
      >
        {level !== "far" && (
          <>
            <Head id={id} data={data} status={status} />
            {level === "near" && <Ports ports={geometry.ports} />}
            <Foot id={id} status={status} />
            <Badges id={id} change={change} />
          </>
        )}
        {level !== "far" && geometry.ports.map((port) => <Port key={`${port.type} ${port.id}`} port={port} />)}
        {refused && <div className={classes.reason}>{words(refused)}</div>}
        {!spec && <UnknownType type={node.type} />}
      </div>
    );
  },
  (one, other) => one.id === other.id && one.data === other.data && one.selected === other.selected,
);

interface HeadProps {
  readonly id: string;
  readonly data: CardData;
  readonly status: NodeStatus;
}

function Head({ id, data: { node, spec }, status }: HeadProps) {
  const words = useWords();
  const failure = useFailureText(id);
  const isRenaming = useUi((ui) => ui.renaming === id);
  const parameters = useDocument(({ document }) => document.parameters);
  const line = cardLine(node, spec, parameters);
  return (
    <div className={classes.head}>
      <NodeIcon type={node.type} category={spec?.category} size={30} />
      <div className={classes.titles}>
        {isRenaming ? <NameField id={id} name={node.name} /> : <div className={classes.name}>{node.name}</div>}
        {status === "failed" && failure !== undefined ? (
          <div className={classes.line} data-failure title={failure}>
            {failure}
          </div>
        ) : (
          <div className={classes.line} title={line || undefined}>
            {line || (spec ? words(spec.title) : node.type)}
          </div>
        )}
      </div>
    </div>
  );
}

/** Params as typed, with the defaults of the pipeline's parameters filled in: what does not parse has no line. */
export function cardLine(node: CardData["node"], spec: CardData["spec"], parameters: PipelineDocument["parameters"]): string {
  if (!spec?.cardLine) return "";
  const filled = fillIn(node.params, parameterValues(parameters, {}).values, () => undefined);
  const parsed = spec.params.safeParse(filled);
  return parsed.success ? spec.cardLine(parsed.data) : "";
}

function NameField({ id, name }: { readonly id: string; readonly name: string }) {
  const { t } = useTranslation("canvas");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), []);
  const end = (keep: boolean) => {
    if (keep && field.current) renameNode(id, field.current.value);
    show({ renaming: undefined });
  };
  return (
    <input
      ref={field}
      className={`nodrag nopan ${classes.field}`}
      defaultValue={name}
      aria-label={t("nameOf")}
      // biome-ignore lint/a11y/noAutofocus: asked for with F2 or a double click
      autoFocus
      onBlur={() => end(true)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") end(true);
        if (event.key === "Escape") end(false);
      }}
    />
  );
}

function Ports({ ports }: { readonly ports: readonly PortPlace[] }) {
  return ports
    .filter(({ named }) => named)
    .map(({ id, type, y }) => (
      <span key={`${type} ${id}`} className={classes.port} data-side={type} style={{ top: y - 9 }}>
        {id}
      </span>
    ));
}

function Port({ port }: { readonly port: PortPlace }) {
  const isError = port.id === "error" && port.type === "source";
  return (
    <Handle
      id={port.id}
      type={port.type}
      position={isError ? Position.Bottom : port.type === "source" ? Position.Right : Position.Left}
      className={classes.handle ?? ""}
      data-error={isError || undefined}
      style={{ left: port.x, top: port.y, right: "auto", bottom: "auto", transform: "translate(-50%, -50%)" }}
      title={port.id}
      // For the pointer; by keyboard and ear the key C and the outline connect.
      aria-hidden
    />
  );
}

function Foot({ id, status }: { readonly id: string; readonly status: NodeStatus }) {
  const { t } = useTranslation("canvas");
  const errors = useNodeProblems(id).filter(({ severity }) => severity === "error").length;
  const rates = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    // Written here and not by React: a frame then costs one text node.
    const write = () => {
      const live = nodeLive(id);
      const text = nodeRateText(live);
      if (rates.current) rates.current.textContent = text && t("perSecond", { rate: text });
    };
    write();
    return onNodeLive(id, write);
  }, [id, t]);
  return (
    <div className={classes.foot}>
      <span className={classes.status}>
        <StatusIcon status={status} />
        {status === "error" ? t("status.error", { count: errors }) : t(`status.${status}`)}
      </span>
      <span className={classes.rates} ref={rates} title={t("rateTitle")} />
    </div>
  );
}

function Badges({ id, change }: { readonly id: string; readonly change: "added" | "changed" | undefined }) {
  const { t } = useTranslation("canvas");
  const warnings = useNodeProblems(id).filter(({ severity }) => severity === "warning").length;
  const subtasks = useParallelism(id);
  return (
    <div className={classes.badges}>
      {subtasks > 1 && (
        <span className={classes.badge} data-kind="parallelism" title={t("subtasks", { count: subtasks })}>
          ×{subtasks}
        </span>
      )}
      {change && (
        <span className={classes.badge} data-kind="change" title={t(`change.${change}`)}>
          {change === "added" ? t("newMark") : t("changedMark")}
        </span>
      )}
      {warnings > 0 && (
        <span className={classes.badge} data-kind="warning" title={t("warnings", { count: warnings })}>
          ⚠ {warnings}
        </span>
      )}
      <ErrorBadge id={id} />
    </div>
  );
}

/** Rows that could not be processed since the run began; hidden while there are none. */
function ErrorBadge({ id }: { readonly id: string }) {
  const { t } = useTranslation("canvas");
  const badge = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const write = () => {
      const errors = nodeLive(id)?.errors ?? 0;
      if (!badge.current) return;
      badge.current.hidden = errors === 0;
      badge.current.textContent = errors === 0 ? "" : countText(errors);
      const label = t("deadLettersOf", { count: errors });
      badge.current.title = label;
      badge.current.setAttribute("aria-label", label);
    };
    write();
    return onNodeLive(id, write);
  }, [id, t]);
  return (
    <button
      ref={badge}
      type="button"
      hidden
      className={`nodrag ${classes.badge}`}
      data-kind="error"
      tabIndex={-1}
      onClick={() => openDrawer("dead-letters")}
    />
  );
}

function UnknownType({ type }: { readonly type: string }) {
  const { t } = useTranslation("canvas");
  return <div className={classes.reason}>{t("unknownType", { type })}</div>;
}
