import { Button, Group, Modal, Text } from "@mantine/core";
import { IconGitCompare } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { deploy } from "../commands/deploy.ts";
import { discardDraft } from "../commands/discard-draft.ts";
import { saveVersion } from "../commands/fragment.ts";
import { runCommand } from "../commands/index.ts";
import type { Difference } from "../edits/difference.ts";
import { useDifference } from "../store/difference.ts";
import { useDocument } from "../store/document.ts";
import { useRunState } from "../store/live.ts";
import { useSaving } from "../store/saving.ts";
import { openPipeline } from "../store/session.ts";
import { useIsFragment } from "../store/specs.ts";
import classes from "./shell.module.css";

/** Says, as long as it is so, that what is drawn is not what runs. */
export function DraftBanner() {
  const { t } = useTranslation("shell");
  const difference = useDifference();
  const live = useDocument((state) => state.live);
  const state = useRunState();
  const isConflict = useSaving((saving) => saving.state === "conflict");
  const isFragment = useIsFragment();
  const [asks, setAsks] = useState(false);
  const text = useDifferenceText(difference);
  if (isConflict) return <Conflict />;
  if (!live || difference.isEmpty) return null;
  const runs = state === "running" || state === "restarting" || state === "starting";
  return (
    <div className={classes.banner} role="status">
      <IconGitCompare size={16} aria-hidden />
      <strong>
        {isFragment ? t("draftDiffersVersion", { version: live.version }) : runs ? t("draftDiffers") : t("draftDiffersStopped")}
      </strong>
      <span className={classes.bannerDetail}>{text}</span>
      <span className={classes.space} />
      <Button size="compact-xs" variant="subtle" color="gray" onClick={() => setAsks(true)}>
        {t("discard")}
      </Button>
      <Button size="compact-xs" onClick={() => runCommand(isFragment ? saveVersion : deploy)}>
        {isFragment ? t("saveVersion") : t("deploy")}
      </Button>
      <Modal opened={asks} onClose={() => setAsks(false)} title={t("discardAsk")} closeButtonProps={{ "aria-label": t("close") }} size="sm">
        <Text size="sm">{t("discardText", { version: live.version })}</Text>
        <Group justify="flex-end" mt="md" gap="xs">
          <Button size="xs" variant="default" onClick={() => setAsks(false)}>
            {t("cancel")}
          </Button>
          <Button
            size="xs"
            color="red"
            onClick={() => {
              setAsks(false);
              runCommand(discardDraft);
            }}
          >
            {t("discard")}
          </Button>
        </Group>
      </Modal>
    </div>
  );
}

function Conflict() {
  const { t } = useTranslation("shell");
  const id = useDocument((state) => state.pipelineId);
  return (
    <div className={classes.banner} role="alert">
      <strong>{t("conflict")}</strong>
      <span className={classes.space} />
      <Button size="compact-xs" onClick={() => void (id !== undefined && openPipeline(id))}>
        {t("conflictReload")}
      </Button>
    </div>
  );
}

/** "1 new node, 2 changed, 3 edges" */
export function useDifferenceText({ added, changed, removed, addedEdges, removedEdges, settings }: Difference): string {
  const { t } = useTranslation("shell");
  const edges = addedEdges.size + removedEdges.length;
  return [
    added.size > 0 && t("diff.added", { count: added.size }),
    changed.size > 0 && t("diff.changed", { count: changed.size }),
    removed.size > 0 && t("diff.removed", { count: removed.size }),
    edges > 0 && t("diff.edges", { count: edges }),
    settings.length > 0 && t("diff.settings"),
  ]
    .filter(Boolean)
    .join(" · ");
}
