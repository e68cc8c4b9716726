import { Alert, Button, Loader, Stack, Text } from "@mantine/core";
import type { NodeExample as Example } from "@millrace/server/api";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ServerError, server } from "../server.ts";
import { useErrorText } from "../topics/error-text.ts";
import { momentOf, TimePicture } from "./TimePicture.tsx";

type Step = Example["steps"][number];

/** What the node does in time, by an example that the server plays when it is asked for: a picture, and each step in words. */
export function NodeExample({ type }: { readonly type: string }) {
  const { t } = useTranslation("inspector");
  const errorText = useErrorText();
  const [example, setExample] = useState<Example>();
  const [failure, setFailure] = useState<string>();
  const [busy, setBusy] = useState(false);
  const play = async () => {
    setBusy(true);
    try {
      setExample(await server.nodeExample(type));
      setFailure(undefined);
    } catch (error) {
      setFailure(error instanceof ServerError && error.status === 404 ? t("noExample") : errorText(error));
    }
    setBusy(false);
  };
  return (
    <Stack gap={6} component="section" aria-label={t("example")}>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={busy ? <Loader size={12} /> : <IconPlayerPlay size={14} />}
        style={{ alignSelf: "flex-start" }}
        onClick={() => void play()}
      >
        {t("playExample")}
      </Button>
      {failure && (
        <Alert color="gray" variant="light" p="xs" role="alert">
          {failure}
        </Alert>
      )}
      {example && (
        <>
          <Text size="sm" lang="en">
            {example.name}
          </Text>
          <TimePicture steps={example.steps} label={t("exampleIn", { name: example.name })} />
          <ol style={{ margin: 0, paddingLeft: 22, fontSize: 12, overflowWrap: "anywhere" }}>
            {example.steps.map((step, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: steps have no other name
              <li key={index}>
                <StepText step={step} />
              </li>
            ))}
          </ol>
        </>
      )}
    </Stack>
  );
}

function StepText({ step }: { readonly step: Step }) {
  const { t } = useTranslation("inspector");
  const parts = [
    ...step.in.map(({ port, time, text }) => t("exampleRow", { port, at: momentOf(time), text })),
    ...step.watermarks.map(({ port, time }) => t("exampleWatermark", { port, at: momentOf(time) })),
    ...(step.clock === undefined ? [] : [t("exampleClock", { at: momentOf(step.clock) })]),
    ...(step.ends ? [t("exampleEnd")] : []),
    ...(step.restarts ? [t("exampleRestart")] : []),
  ];
  return (
    <>
      {parts.join("; ")}
      {step.out.map(({ port, time, text }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name
        <div key={index} style={{ color: "var(--mr-accent-text, inherit)" }}>
          → {t("exampleRow", { port, at: momentOf(time), text })}
        </div>
      ))}
    </>
  );
}
