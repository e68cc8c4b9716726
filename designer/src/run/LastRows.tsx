import { useTranslation } from "react-i18next";
import { useShownZone, useTimeText } from "../preview/time-text.ts";
import { useNodeLive } from "../store/live.ts";
import classes from "./run.module.css";

/** Of a node that runs: by input, or by partition of a source, when the last row came, its own time and how far the watermark is. They say why there is no output yet. */
export function LastRows({ nodeId }: { readonly nodeId: string }) {
  const { t } = useTranslation("run");
  const timeText = useTimeText(useShownZone());
  const live = useNodeLive(nodeId);
  const inputs = Object.entries(live?.inputs ?? {}).map(([port, facts]) => ({ name: port, ...facts }));
  const partitions = (live?.partitions ?? []).map(({ origin, partition, ...facts }) => ({
    name: partition === undefined ? origin : `${origin} ${partition}`,
    lastTime: undefined,
    ...facts,
  }));
  const rows = partitions.length > 0 ? partitions : inputs;
  if (rows.length === 0) return null;
  const watermarkText = (watermark: (typeof rows)[number]["watermark"]) => (watermark === "end" ? t("lastRowsEnded") : timeText(watermark));
  return (
    <table className={classes.lastRows}>
      <caption>{t("lastRows")}</caption>
      <thead>
        <tr>
          <th scope="col">{t(partitions.length > 0 ? "lastRowsPartition" : "lastRowsInput")}</th>
          <th scope="col">{t("lastRowsCame")}</th>
          {partitions.length === 0 && <th scope="col">{t("lastRowsTime")}</th>}
          <th scope="col">{t("lastRowsWatermark")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, lastAt, lastTime, watermark, idle }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{lastAt === null ? t("lastRowsNone") : timeText(lastAt)}</td>
            {lastTime !== undefined && <td>{timeText(lastTime)}</td>}
            <td>{idle ? t("lastRowsIdle", { watermark: watermarkText(watermark) }) : watermarkText(watermark)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
