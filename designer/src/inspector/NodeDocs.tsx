import { Code, Group, Stack, Text, Title } from "@mantine/core";
import type { NodeSpec, Words } from "@millrace/engine/node";
import { portsOf } from "@millrace/engine/node";
import { fragmentOf, type TypedNode } from "@millrace/engine/pipeline";
import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/use-words.ts";
import { Tag } from "../preview/Tag.tsx";
import { NodeExample } from "./NodeExample.tsx";

/** What the node is for and what its ports carry. */
export function NodeDocs({ spec, typed }: { readonly spec: NodeSpec; readonly typed: TypedNode | undefined }) {
  const { t } = useTranslation("inspector");
  const words = useWords();
  const { inputs, outputs } = portWords(spec, typed);
  return (
    <Stack gap={6} component="section" aria-label={t("about")} pt="xs" style={{ borderTop: "1px solid var(--mr-line)" }}>
      <Title order={3} size="h6">
        {t("about")}
      </Title>
      <Text size="sm">{words(spec.summary)}</Text>
      {spec.delivery && (
        <Group gap={6}>
          <Tag tone="accent">{t(DELIVERY[spec.delivery])}</Tag>
        </Group>
      )}
      <PortList title={t("inputs")} ports={inputs} />
      <PortList title={t("outputs")} ports={outputs} />
      {fragmentOf(spec.type) === undefined && <NodeExample key={spec.type} type={spec.type} />}
    </Stack>
  );
}

const DELIVERY = { "exactly-once": "exactlyOnce", idempotent: "idempotent", "at-least-once": "atLeastOnce" } as const;

function PortList({ title, ports }: { readonly title: string; readonly ports: Readonly<Record<string, Words>> }) {
  const words = useWords();
  const entries = Object.entries(ports);
  if (entries.length === 0) return null;
  return (
    <div>
      <Text size="xs" c="var(--mr-muted)">
        {title}
      </Text>
      {entries.map(([name, text]) => (
        <Text key={name} size="sm">
          <Code>{name}</Code> {words(text)}
        </Text>
      ))}
    </div>
  );
}

/** Ports that depend on params are those of the params as far as they can be read. */
function portWords(spec: NodeSpec, typed: TypedNode | undefined): ReturnType<typeof portsOf> {
  try {
    return portsOf(spec, typed?.params ?? {});
  } catch {
    return { inputs: {}, outputs: {} };
  }
}
