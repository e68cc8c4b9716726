import { Button, CloseButton, Text, UnstyledButton } from "@mantine/core";
import { parsePortRef } from "@millrace/engine/pipeline";
import { useTranslation } from "react-i18next";
import { connectFrom } from "../commands/connect-from.ts";
import { runCommand } from "../commands/index.ts";
import { renameNode } from "../commands/rename.ts";
import { readingOrder } from "../edits/graph.ts";
import { rateText } from "../i18n/numbers.ts";
import { useWords } from "../i18n/use-words.ts";
import { NodeIcon } from "../palette/NodeIcon.tsx";
import { useNodeProblems } from "../store/analysis.ts";
import { edit, useDocument } from "../store/document.ts";
import { edgeKey } from "../store/edge-key.ts";
import { useNodeLive } from "../store/live.ts";
import { select, useSelection } from "../store/selection.ts";
import { specs } from "../store/specs.ts";
import { openDrawer, show, useUi } from "../store/ui.ts";
import { cardLine } from "./NodeCard.tsx";
import { useFailureText, useNodeStatus } from "./node-status.ts";
import classes from "./outline.module.css";
import { openQuickAdd } from "./quick-add.ts";
import { rateOf } from "./rates.ts";
import { StatusIcon } from "./StatusIcon.tsx";
import { useParallelism } from "./use-parallelism.ts";

/** The pipeline as a list along the flow, for the keyboard and for reading aloud; it edits the same document. */
export function Outline() {
  const { t } = useTranslation("canvas");
  const document = useDocument((state) => state.document);
  const isReadOnly = useDocument((state) => state.inside !== undefined);
  const order = readingOrder(document);
  return (
    <section className={classes.outline} aria-label={t("outline")} data-canvas>
      {!isReadOnly && (
        <Text size="xs" c="dimmed" mb="sm">
          {t("outlineHint")}
        </Text>
      )}
      <ol className={classes.list}>
        {order.map((id, index) => (
          <Item key={id} id={id} index={index + 1} count={order.length} />
        ))}
      </ol>
      {!isReadOnly && (
        <Button
          size="xs"
          variant="default"
          onClick={({ currentTarget }) => {
            const { left, bottom } = currentTarget.getBoundingClientRect();
            openQuickAdd({ screen: { x: left, y: bottom }, at: { x: 0, y: 0 } });
          }}
        >
          {t("outlineAdd")}
        </Button>
      )}
    </section>
  );
}

function Item({ id, index, count }: { readonly id: string; readonly index: number; readonly count: number }) {
  const { t } = useTranslation("canvas");
  const words = useWords();
  const document = useDocument((state) => state.document);
  const isSelected = useSelection(({ nodes }) => nodes.includes(id));
  const isRenaming = useUi((ui) => ui.renaming === id);
  const isReadOnly = useDocument((state) => state.inside !== undefined);
  const node = document.nodes[id];
  if (!node) return null;
  const spec = specs.get(node.type);
  const outs = document.edges.filter(({ from }) => parsePortRef(from).node === id);
  return (
    <li className={classes.item} data-selected={isSelected || undefined}>
      {isRenaming ? (
        <input
          aria-label={t("nameOf")}
          defaultValue={node.name}
          // biome-ignore lint/a11y/noAutofocus: asked for with F2
          autoFocus
          onBlur={(event) => {
            renameNode(id, event.currentTarget.value);
            show({ renaming: undefined });
          }}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === "Enter") event.currentTarget.blur();
            if (event.key === "Escape") show({ renaming: undefined });
          }}
        />
      ) : (
        <UnstyledButton
          className={classes.node ?? ""}
          aria-current={isSelected ? "true" : undefined}
          onFocus={() => select({ nodes: [id] })}
          onClick={() => {
            select({ nodes: [id] });
            show({ inspector: true });
          }}
        >
          <NodeIcon type={node.type} category={spec?.category} size={26} />
          <span>
            <strong>{node.name}</strong>{" "}
            <span className={classes.what}>{t("outlineNode", { type: spec ? words(spec.title) : node.type, index, count })}</span>
            <br />
            <span className={classes.what}>{cardLine(node, spec, document.parameters)}</span>
          </span>
          <Condition id={id} />
        </UnstyledButton>
      )}
      <ul className={classes.edges}>
        {outs.map((edge) => {
          const target = document.nodes[parsePortRef(edge.to).node]?.name ?? edge.to;
          return (
            <li key={edgeKey(edge)}>
              <UnstyledButton
                className={classes.edge ?? ""}
                onClick={() => {
                  select({ edges: [edgeKey(edge)] });
                  openDrawer("preview");
                }}
              >
                {parsePortRef(edge.from).port} → {t("outlineTo", { name: target })}
              </UnstyledButton>
              {!isReadOnly && (
                <CloseButton
                  size="xs"
                  aria-label={t("outlineDisconnect", { name: target })}
                  onClick={() =>
                    edit("step.delete", (draft) => {
                      draft.edges = draft.edges.filter((one) => edgeKey(one) !== edgeKey(edge));
                    })
                  }
                />
              )}
            </li>
          );
        })}
        {outs.length === 0 && spec?.category !== "sink" && <li className={classes.what}>{t("outlineUnwired")}</li>}
        {spec?.category !== "sink" && !isReadOnly && (
          <li>
            <UnstyledButton
              className={classes.edge ?? ""}
              onClick={() => {
                select({ nodes: [id] });
                runCommand(connectFrom);
              }}
            >
              {t("outlineConnect")}
            </UnstyledButton>
          </li>
        )}
      </ul>
    </li>
  );
}

/** Status, rate and problems in words. */
function Condition({ id }: { readonly id: string }) {
  const { t } = useTranslation("canvas");
  const status = useNodeStatus(id);
  const live = useNodeLive(id);
  const errors = useNodeProblems(id).filter(({ severity }) => severity === "error").length;
  const subtasks = useParallelism(id);
  const failure = useFailureText(id);
  const rate = live ? Math.max(rateOf(live.in), rateOf(live.out)) : 0;
  return (
    <span className={classes.condition}>
      <StatusIcon status={status} size={14} /> {status === "error" ? t("status.error", { count: errors }) : t(`status.${status}`)}
      {status === "failed" && failure !== undefined && `: ${failure}`}
      {live && `, ${t("outlineRates", { rate: rateText(rate) })}`}
      {subtasks > 1 && `, ${t("subtasks", { count: subtasks })}`}
      {live && live.errors > 0 && `, ${t("deadLettersOf", { count: live.errors })}`}
    </span>
  );
}
