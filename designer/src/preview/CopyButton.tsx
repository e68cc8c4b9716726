import { ActionIcon, Tooltip } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

/** Copies a text; the check mark and the live region say that it did. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const { t } = useTranslation("preview");
  const clipboard = useClipboard({ timeout: 1_500 });
  const shown = clipboard.error ? t("copyFailed") : clipboard.copied ? t("copied") : label;
  return (
    <Tooltip label={shown} withArrow openDelay={300}>
      <ActionIcon
        variant="subtle"
        color={clipboard.copied ? "teal" : "gray"}
        size="sm"
        aria-label={shown}
        onClick={() => clipboard.copy(text)}
      >
        {clipboard.copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
      </ActionIcon>
    </Tooltip>
  );
}
