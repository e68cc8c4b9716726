import { BaseEdge, type EdgeProps, getBezierPath } from "@xyflow/react";
import { memo, useEffect, useLayoutEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { rateText } from "../i18n/numbers.ts";
import { useDocument } from "../store/document.ts";
import { edgeLive, onNodeLive } from "../store/live.ts";
import classes from "./flow-edge.module.css";
import { middleOfEdge, openQuickAdd } from "./quick-add.ts";
import { edgeWidth } from "./rates.ts";
import type { FlowEdge as SceneEdge } from "./scene.ts";
import { useSplicing } from "./splicing.ts";
import { useZoomLevel } from "./zoom-level.ts";

/** An edge with its rate, as text and as thickness, and a + while the pointer is on it. */
export const FlowEdge = memo(function FlowEdge(props: EdgeProps<SceneEdge>) {
  const { id, source, data, selected } = props;
  const { t } = useTranslation("canvas");
  const level = useZoomLevel((zoom) => zoom.level);
  const isSplicing = useSplicing((splicing) => splicing.edge === id);
  const [path, x, y] = getBezierPath(props);
  const group = useRef<SVGGElement>(null);
  const label = useRef<SVGTextElement>(null);
  const isThere = data?.state !== "removed";
  const isReadOnly = useDocument((state) => state.inside !== undefined);

  useLayoutEffect(() => {
    // React Flow keeps a pan from starting on an edge; here an edge is ground like any other until it is clicked.
    group.current?.closest(".react-flow__edge")?.classList.remove("nopan");
  });

  useEffect(() => {
    if (!isThere) return;
    const write = () => {
      const live = edgeLive(id);
      const rate = live?.rate ?? 0;
      if (label.current) label.current.textContent = live ? t("perSecond", { rate: rateText(rate) }) : "";
      group.current?.style.setProperty("--mr-width", `${edgeWidth(rate)}`);
      group.current?.toggleAttribute("data-moving", rate > 0);
    };
    write();
    return onNodeLive(source, write);
  }, [id, source, isThere, t]);

  return (
    <g
      ref={group}
      className={classes.edge}
      data-state={data?.state}
      data-selected={selected || undefined}
      data-splicing={isSplicing || undefined}
      data-level={level}
    >
      <BaseEdge path={path} className={classes.path ?? ""} interactionWidth={isThere ? 22 : 0} />
      {isThere && level !== "far" && (
        <>
          <text ref={label} x={x} y={y - 7} className={classes.rate} textAnchor="middle" />
          {!isReadOnly && (
            <g
              className={classes.plus}
              transform={`translate(${x} ${y})`}
              // For the pointer only: the key / does the same on a selected edge.
              aria-hidden
              onClick={(event) => {
                event.stopPropagation();
                const at = middleOfEdge(id);
                if (at) openQuickAdd({ screen: { x: event.clientX, y: event.clientY }, at, edge: id });
              }}
            >
              <title>{t("insertHere")}</title>
              <circle r={9} />
              <path d="M-4 0h8M0-4v8" />
            </g>
          )}
        </>
      )}
    </g>
  );
});
