import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Difference } from "./difference.ts";
import classes from "./preview.module.css";
import { cellText } from "./record.ts";

const SHOWN = 30;

export function DifferenceList({ differences }: { readonly differences: readonly Difference[] }) {
  const { t } = useTranslation("preview");
  if (differences.length === 0) return null;
  return (
    <div>
      {differences.slice(0, SHOWN).map(({ key, change, before, after }) => (
        <div key={key} className={classes.path}>
          <Text component="span" inherit c="var(--mr-muted)" style={{ flex: "none" }}>
            {key || t("wholeRecord")}
          </Text>
          <span style={{ overflowWrap: "anywhere" }}>
            {change !== "added" && <del className={classes.removed}>{cellText(before)}</del>}
            {change === "changed" && " → "}
            {change !== "removed" && (
              <ins className={classes.added} style={{ textDecoration: "none" }}>
                {cellText(after)}
              </ins>
            )}
          </span>
        </div>
      ))}
      {differences.length > SHOWN && (
        <Text size="xs" c="var(--mr-muted)">
          {t("moreDifferences", { count: differences.length - SHOWN })}
        </Text>
      )}
    </div>
  );
}
