import { ActionIcon, Tooltip } from "@mantine/core";
import { IconLayoutDistributeVertical, IconMaximize, IconMinus, IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { arrange } from "../commands/arrange.ts";
import type { Command } from "../commands/command.ts";
import { runCommand } from "../commands/index.ts";
import { isMac, keysText } from "../commands/keys.ts";
import { zoomFit, zoomIn, zoomOut } from "../commands/zoom.ts";
import classes from "./canvas.module.css";

export function CanvasControls() {
  const { t } = useTranslation("canvas");
  return (
    <div className={classes.controls}>
      <Control command={zoomIn} label={t("zoomIn")} icon={<IconPlus size={15} />} />
      <Control command={zoomOut} label={t("zoomOut")} icon={<IconMinus size={15} />} />
      <Control command={zoomFit} label={t("fit")} icon={<IconMaximize size={15} />} />
      <Control
        command={arrange}
        label={t("arrange")}
        icon={<IconLayoutDistributeVertical size={15} style={{ transform: "rotate(-90deg)" }} />}
      />
    </div>
  );
}

function Control({ command, label, icon }: { readonly command: Command; readonly label: string; readonly icon: React.ReactNode }) {
  const [keys] = command.keys ?? [];
  return (
    <Tooltip label={keys ? `${label} (${keysText(keys, isMac)})` : label} position="right" openDelay={400}>
      <ActionIcon variant="default" size={28} aria-label={label} onClick={() => runCommand(command)}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
