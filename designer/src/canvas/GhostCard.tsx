import { Handle, type NodeProps, Position } from "@xyflow/react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import classes from "./node-card.module.css";
import type { GhostNode } from "./scene.ts";

/** A node that still runs but is gone from the draft. */
export const GhostCard = memo(function GhostCard({ data }: NodeProps<GhostNode>) {
  const { t } = useTranslation("canvas");
  return (
    <div className={classes.ghost} title={t("change.removed")}>
      {data.name}
      <Handle type="target" position={Position.Left} isConnectable={false} style={{ opacity: 0 }} />
      <Handle type="source" position={Position.Right} isConnectable={false} style={{ opacity: 0 }} />
    </div>
  );
});
