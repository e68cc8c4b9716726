import { Button, Code, Group, Loader, Stack, Table, Text, VisuallyHidden } from "@mantine/core";
import type { SchemaProposal } from "@millrace/server/api";
import { IconWand } from "@tabler/icons-react";
import { Fragment, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { share } from "../editor/LiveValue.tsx";
import { useWords } from "../i18n/use-words.ts";
import { Tag, type Tone } from "../preview/Tag.tsx";
import { ServerError } from "../server.ts";
import { answerOf, type ProposalAnswer, type ProposalRow, proposalRows } from "./schema-proposal.ts";

interface ProposeSchemaProps {
  readonly label: string;
  readonly ask: (signal: AbortSignal) => Promise<SchemaProposal>;
  readonly onUse: (text: string) => void;
}

/** Asks for the schema that a source's records suggest, shows it with its doubts, and gives it to the field above when somebody takes it. */
export function ProposeSchema({ label, ask, onUse }: ProposeSchemaProps) {
  const { t } = useTranslation("inspector");
  const [answer, setAnswer] = useState<ProposalAnswer | "asking">();
  const asked = useRef<AbortController>(undefined);
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => () => asked.current?.abort(), []);
  useEffect(() => {
    if (answer !== undefined) panel.current?.scrollIntoView({ block: "nearest" });
  }, [answer]);

  function start() {
    asked.current?.abort();
    const { signal } = (asked.current = new AbortController());
    setAnswer("asking");
    ask(signal).then(
      (proposal) => !signal.aborted && setAnswer(answerOf(proposal)),
      (error: unknown) => {
        if (signal.aborted) return;
        if (!(error instanceof ServerError)) throw error;
        setAnswer({ kind: "failed", words: error.words });
      },
    );
  }
  function close() {
    asked.current?.abort();
    button.current?.focus();
    setAnswer(undefined);
  }
  const text = answer !== undefined && answer !== "asking" && answer.kind === "proposed" ? answer.proposal.text : undefined;
  return (
    <>
      <Button ref={button} mt={4} size="compact-xs" variant="subtle" leftSection={<IconWand size={12} />} onClick={start}>
        {t("propose")}
      </Button>
      {answer !== undefined && (
        <Stack
          ref={panel}
          gap={6}
          mt={4}
          p={8}
          role="group"
          aria-label={t("proposal", { label })}
          style={{ border: "1px solid var(--mr-line)", borderRadius: "var(--mantine-radius-sm)", background: "var(--mr-raised)" }}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            event.stopPropagation();
            close();
          }}
        >
          <div role="status">
            <Said answer={answer} />
          </div>
          <Group gap={6}>
            {text !== undefined && (
              <Button
                size="compact-xs"
                onClick={() => {
                  onUse(text);
                  close();
                }}
              >
                {t("proposalUse")}
              </Button>
            )}
            <Button size="compact-xs" variant="default" onClick={close}>
              {t("close")}
            </Button>
          </Group>
          {answer !== "asking" && answer.kind === "proposed" && <Fields rows={proposalRows(answer.proposal.fields)} label={label} />}
        </Stack>
      )}
    </>
  );
}

/** What came of it, in a sentence or two. */
function Said({ answer }: { readonly answer: ProposalAnswer | "asking" }) {
  const { t } = useTranslation("inspector");
  const words = useWords();
  if (answer === "asking")
    return (
      <Group gap={6}>
        <Loader size={12} aria-hidden />
        <Text size="xs">{t("proposalAsking")}</Text>
      </Group>
    );
  switch (answer.kind) {
    case "none":
      return <Text size="xs">{t("proposalNone")}</Text>;
    case "failed":
      return (
        <Text size="xs" c="var(--mr-error)" style={{ overflowWrap: "anywhere" }}>
          {t("proposalFailed", { why: words(answer.words) })}
        </Text>
      );
    case "no-fields":
      return (
        <>
          <Text size="xs">{t("proposalNoFields", { count: answer.records })}</Text>
          <Unread example={answer.example} />
        </>
      );
    case "proposed": {
      const { records, unread, unreadExample } = answer.proposal;
      return (
        <>
          <Text size="xs">{t("proposalRecords", { count: records })}</Text>
          {answer.silent && (
            <Text size="xs" c="var(--mr-warning)" style={{ overflowWrap: "anywhere" }}>
              {t("proposalFromRun", { why: words(answer.silent) })}
            </Text>
          )}
          {unread > 0 && (
            <Text size="xs" c="var(--mr-warning)">
              {t("proposalUnread", { count: unread })}
            </Text>
          )}
          <Unread example={unreadExample} />
        </>
      );
    }
  }
}

/** A record that could not be read, as far as it fits. */
function Unread({ example }: { readonly example: string | undefined }) {
  if (example === undefined) return null;
  return (
    <Code fz="xs" style={{ overflowWrap: "anywhere" }}>
      {example.length > MOST ? `${example.slice(0, MOST)}…` : example}
    </Code>
  );
}

const MOST = 120;

const CERTAINTY = {
  sure: { tone: "ok", word: "proposalSure" },
  likely: { tone: "muted", word: "proposalLikely" },
  unsure: { tone: "warning", word: "proposalUnsure" },
} as const satisfies Record<ProposalRow["certainty"], { readonly tone: Tone; readonly word: string }>;

/** More levels are not set in further: the panel is narrow. */
const MOST_DEPTH = 6;

function Fields({ rows, label }: { readonly rows: readonly ProposalRow[]; readonly label: string }) {
  const { t } = useTranslation("inspector");
  const words = useWords();
  return (
    <Table layout="fixed" fz="xs" verticalSpacing={2} horizontalSpacing={4} aria-label={t("proposal", { label })}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t("field")}</Table.Th>
          <Table.Th w={92}>{t("type")}</Table.Th>
          <Table.Th w={50}>{t("proposalShare")}</Table.Th>
          <Table.Th w={62}>{t("proposalCertainty")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => {
          const { tone, word } = CERTAINTY[row.certainty];
          const indent = 4 + 10 * Math.min(row.depth, MOST_DEPTH);
          const isSaid = row.conflicts.length + row.notes.length > 0;
          return (
            <Fragment key={row.key}>
              <Table.Tr style={isSaid ? { borderBottom: 0 } : undefined}>
                <Table.Th scope="row" fw={400} pl={indent} style={{ overflowWrap: "anywhere" }}>
                  {row.above !== "" && <VisuallyHidden>{row.above}</VisuallyHidden>}
                  {row.part === "field" ? (
                    <span style={{ fontFamily: "var(--mantine-font-family-monospace)" }}>{row.name}</span>
                  ) : (
                    <span style={{ color: "var(--mr-muted)" }}>{t(row.part === "element" ? "proposalElement" : "proposalValue")}</span>
                  )}
                </Table.Th>
                <Table.Td ff="monospace" style={{ overflowWrap: "anywhere" }}>
                  {row.type}
                </Table.Td>
                <Table.Td title={`${row.present} / ${row.of}`}>{row.of === 0 ? "–" : `${share(row.present, row.of)} %`}</Table.Td>
                <Table.Td>
                  <Tag tone={tone}>{t(word)}</Tag>
                </Table.Td>
              </Table.Tr>
              {isSaid && (
                <Table.Tr>
                  <Table.Td colSpan={4} pl={indent} pt={0} style={{ overflowWrap: "anywhere" }}>
                    {row.conflicts.map((conflict) => (
                      <Text key={conflict.en} size="xs" c="var(--mr-warning)">
                        {words(conflict)}
                      </Text>
                    ))}
                    {row.notes.map((note) => (
                      <Text key={note.en} size="xs" c="var(--mr-muted)">
                        {words(note)}
                      </Text>
                    ))}
                  </Table.Td>
                </Table.Tr>
              )}
            </Fragment>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}
