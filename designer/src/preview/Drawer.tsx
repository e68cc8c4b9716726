import { ActionIcon, Group, Tabs } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { DimensionBrowser } from "../dimensions/DimensionBrowser.tsx";
import { shortCount } from "../i18n/numbers.ts";
import { LogPanel } from "../run/LogPanel.tsx";
import { SavepointsPanel } from "../run/SavepointsPanel.tsx";
import { useAnalysis } from "../store/analysis.ts";
import { useRunStatus } from "../store/live.ts";
import { closeDrawer, type DrawerTab, openDrawer, useUi } from "../store/ui.ts";
import { TableBrowser } from "../tables/TableBrowser.tsx";
import { TopicBrowser } from "../topics/TopicBrowser.tsx";
import { DeadLettersPanel } from "./DeadLettersPanel.tsx";
import { PreviewPanel } from "./PreviewPanel.tsx";
import { ProblemsPanel } from "./ProblemsPanel.tsx";
import classes from "./preview.module.css";
import { Tag, type Tone } from "./Tag.tsx";

/** The bottom drawer: records, problems, dead letters, savepoints, the log, topics, dimension tables, analytical tables. */
export function Drawer() {
  const { t } = useTranslation("preview");
  const tab = useUi((ui) => ui.drawer);
  const problems = useAnalysis((state) => state.problems.length);
  const deadLetters = useRunStatus()?.deadLetters ?? 0;
  if (tab === undefined) return null;
  return (
    <Tabs
      value={tab}
      onChange={(next) => next && openDrawer(next as DrawerTab)}
      keepMounted={false}
      className={classes.drawer ?? ""}
      component="section"
      aria-label={t("drawer")}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented) return;
        event.stopPropagation();
        closeDrawer();
      }}
    >
      <Group wrap="nowrap" gap={0} align="center">
        <Tabs.List style={{ flex: 1 }}>
          <Tabs.Tab className={classes.tab ?? ""} value="preview">
            {t("tabPreview")}
          </Tabs.Tab>
          <Tabs.Tab className={classes.tab ?? ""} value="problems" rightSection={<Count count={problems} tone="error" />}>
            {t("tabProblems")}
          </Tabs.Tab>
          <Tabs.Tab className={classes.tab ?? ""} value="dead-letters" rightSection={<Count count={deadLetters} tone="warning" />}>
            {t("tabDeadLetters")}
          </Tabs.Tab>
          <Tabs.Tab className={classes.tab ?? ""} value="savepoints">
            {t("tabSavepoints")}
          </Tabs.Tab>
          <Tabs.Tab className={classes.tab ?? ""} value="log">
            {t("tabLog")}
          </Tabs.Tab>
          <Tabs.Tab className={classes.tab ?? ""} value="topics">
            {t("tabTopics")}
          </Tabs.Tab>
          <Tabs.Tab className={classes.tab ?? ""} value="dimensions">
            {t("tabDimensions")}
          </Tabs.Tab>
          <Tabs.Tab className={classes.tab ?? ""} value="tables">
            {t("tabTables")}
          </Tabs.Tab>
        </Tabs.List>
        <ActionIcon variant="subtle" color="gray" mx={6} aria-label={t("closeDrawer")} onClick={closeDrawer}>
          <IconX size={16} />
        </ActionIcon>
      </Group>
      <Tabs.Panel value="preview" className={classes.panel ?? ""}>
        <PreviewPanel />
      </Tabs.Panel>
      <Tabs.Panel value="problems" className={classes.panel ?? ""}>
        <ProblemsPanel />
      </Tabs.Panel>
      <Tabs.Panel value="dead-letters" className={classes.panel ?? ""}>
        <DeadLettersPanel />
      </Tabs.Panel>
      <Tabs.Panel value="savepoints" className={classes.panel ?? ""}>
        <SavepointsPanel />
      </Tabs.Panel>
      <Tabs.Panel value="log" className={classes.panel ?? ""}>
        <LogPanel />
      </Tabs.Panel>
      <Tabs.Panel value="topics" className={classes.panel ?? ""}>
        <TopicBrowser />
      </Tabs.Panel>
      <Tabs.Panel value="dimensions" className={classes.panel ?? ""}>
        <DimensionBrowser />
      </Tabs.Panel>
      <Tabs.Panel value="tables" className={classes.panel ?? ""}>
        <TableBrowser />
      </Tabs.Panel>
    </Tabs>
  );
}

function Count({ count, tone }: { readonly count: number; readonly tone: Tone }) {
  if (count === 0) return null;
  return <Tag tone={tone}>{shortCount(count)}</Tag>;
}
