import type { PipelineDocument } from "@millrace/engine/pipeline";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { specOf } from "../inspector/spec-of.ts";
import classes from "./gallery.module.css";
import { BOX, thumbnailOf } from "./thumbnail.ts";

/** The graph itself, drawn small. */
export function Thumbnail({ document }: { readonly document: PipelineDocument }) {
  const { t } = useTranslation("gallery");
  const drawing = useMemo(() => thumbnailOf(document), [document]);
  return (
    <svg
      className={classes.thumbnail}
      viewBox={`0 0 ${drawing.width} ${drawing.height}`}
      role="img"
      aria-label={t("thumbnailLabel", { nodes: drawing.boxes.length, edges: drawing.lines.length })}
    >
      {drawing.lines.map((line) => (
        <path key={line} d={line} className={classes.wire} />
      ))}
      {drawing.boxes.map(({ id, name, type, x, y }) => (
        <g key={id} transform={`translate(${x},${y})`} data-category={specOf(type)?.category ?? "transform"} className={classes.node}>
          <rect width={BOX.width} height={BOX.height} rx={10} />
          <rect width={8} height={BOX.height} rx={4} className={classes.stripe} />
          <text x={20} y={BOX.height / 2 + 7}>
            {name.length > 17 ? `${name.slice(0, 16)}…` : name}
          </text>
        </g>
      ))}
    </svg>
  );
}
