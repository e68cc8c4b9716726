import { Group, Stack, Text, UnstyledButton } from "@mantine/core";
import type { Words } from "@millrace/engine/node";
import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/use-words.ts";
import { DifferenceList } from "./DifferenceList.tsx";
import { Tag, type Tone } from "./Tag.tsx";
import type { WayStep } from "./way.ts";

interface WayViewProps {
  readonly steps: readonly WayStep[];
  readonly nameOf: (nodeId: string) => string;
  readonly reasonOf: (nodeId: string, reason: string) => Words;
  readonly onNode: (nodeId: string) => void;
  /** True while samples of other edges are being fetched. */
  readonly loading: boolean;
}

const TONES: Record<WayStep["what"], Tone> = {
  source: "muted",
  unchanged: "muted",
  changed: "accent",
  split: "changed",
  error: "error",
  dropped: "warning",
  unseen: "muted",
  written: "ok",
};

const WHAT_WORDS = {
  source: "waySource",
  unchanged: "wayUnchanged",
  changed: "wayChanged",
  split: "waySplit",
  error: "wayError",
  dropped: "wayDropped",
  unseen: "wayUnseen",
  written: "wayWritten",
} as const satisfies Record<WayStep["what"], string>;

/** What each node did to a record: in, out, and the difference. */
export function WayView({ steps, nameOf, reasonOf, onNode, loading }: WayViewProps) {
  const { t } = useTranslation("preview");
  const words = useWords();
  if (loading) return <Text size="sm">{t("wayLoading")}</Text>;
  if (steps.length === 0) return <Text size="sm">{t("wayUnknown")}</Text>;
  return (
    <>
      <Stack gap="xs" component="ol" p={0} m={0} style={{ listStyle: "none" }}>
        {steps.map((step) => (
          <li key={step.nodeId}>
            <Group gap="xs">
              <UnstyledButton onClick={() => onNode(step.nodeId)}>
                <Text size="sm" fw={600} td="underline">
                  {nameOf(step.nodeId)}
                </Text>
              </UnstyledButton>
              <Tag tone={TONES[step.what]}>
                {step.reason === undefined
                  ? t(WHAT_WORDS[step.what])
                  : t("wayDroppedBecause", { reason: words(reasonOf(step.nodeId, step.reason)) })}
              </Tag>
              {step.outs.map(({ port, record }) => (
                <Text key={record.seq} size="xs" c="var(--mr-muted)" ff="monospace">
                  → {port}
                </Text>
              ))}
            </Group>
            {step.error && <Text size="xs">{words(step.error.message)}</Text>}
            {step.outs.map(({ port, record, differences }) => (
              <DifferenceList key={`${port}-${record.seq}`} differences={differences} />
            ))}
          </li>
        ))}
      </Stack>
      <Text size="xs" c="var(--mr-muted)" mt="xs">
        {t("wayNote")}
      </Text>
    </>
  );
}
