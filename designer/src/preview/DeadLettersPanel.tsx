import {
  Alert,
  Button,
  Checkbox,
  Group,
  NativeSelect,
  ScrollArea,
  Stack,
  Table,
  Text,
  Textarea,
  TextInput,
  UnstyledButton,
} from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import type { DeadLetter } from "@millrace/server/api";
import { IconAlertCircle, IconRefresh, IconRotateClockwise } from "@tabler/icons-react";
import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { countText } from "../i18n/numbers.ts";
import { useWords } from "../i18n/use-words.ts";
import { server } from "../server.ts";
import { useDocument } from "../store/document.ts";
import { placeInRun, placeSeen, useRunStatus } from "../store/live.ts";
import { notify } from "../store/notices.ts";
import { useErrorText } from "../topics/error-text.ts";
import { CopyButton } from "./CopyButton.tsx";
import classes from "./preview.module.css";
import { originText } from "./record.ts";
import { useShownZone, useTimeText } from "./time-text.ts";
import { ZoneName } from "./ZoneName.tsx";

const PAGE = 50;

interface Shown {
  readonly letters: readonly DeadLetter[];
  readonly total: number;
  readonly next: string | undefined;
}

/** Rows that could not be processed: why, and once more after a repair. */
export function DeadLettersPanel() {
  const { t } = useTranslation("preview");
  const words = useWords();
  const errorText = useErrorText();
  const zone = useShownZone();
  const timeText = useTimeText(zone);
  const pipelineId = useDocument((state) => state.pipelineId);
  const nodes = useDocument(({ document }) => document.nodes);
  const run = useRunStatus();
  const [node, setNode] = useState("");
  const [typed, setTyped] = useState("");
  const [search] = useDebouncedValue(typed.trim(), 300);
  const [shown, setShown] = useState<Shown>();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [openId, setOpenId] = useState<string>();
  const [failure, setFailure] = useState<string>();
  const running = run?.state === "running";
  const count = run?.deadLetters ?? 0;

  const load = useCallback(
    async (before: string | undefined, signal?: AbortSignal) => {
      if (pipelineId === undefined) return;
      try {
        const query = { limit: PAGE, ...(node && { node: placeInRun(node) }), ...(search && { search }), ...(before && { before }) };
        const page = await server.deadLetters(pipelineId, query, signal);
        setFailure(undefined);
        setShown((now) => ({
          letters: before ? [...(now?.letters ?? []), ...page.letters] : page.letters,
          total: page.total,
          next: page.next,
        }));
      } catch (error) {
        if (!signal?.aborted) setFailure(errorText(error));
      }
    },
    [pipelineId, node, search, errorText],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: when more letters have arrived, the first page is read anew.
  useEffect(() => {
    const asked = new AbortController();
    void load(undefined, asked.signal);
    return () => asked.abort();
  }, [load, count]);

  const replay = async (ids: readonly string[], text?: string) => {
    if (pipelineId === undefined) return;
    try {
      const { replayed } = await server.replayDeadLetters(pipelineId, ids, text);
      notify("info", t("replayed", { count: replayed }));
      setChosen(new Set());
      await load(undefined);
    } catch (error) {
      setFailure(errorText(error));
    }
  };
  const letters = shown?.letters ?? [];
  const open = letters.find(({ id }) => id === openId);
  const nameOf = (id: string) => {
    const seen = placeSeen(id) ?? id;
    return (Object.hasOwn(nodes, seen) ? nodes[seen]?.name : undefined) ?? id;
  };
  const waiting = letters.filter(({ replayedAt }) => replayedAt === undefined);
  return (
    <Stack gap={6} p="xs" h="100%" style={{ minHeight: 0 }}>
      <Group gap="xs" wrap="nowrap">
        <NativeSelect
          size="xs"
          aria-label={t("letterNode")}
          value={node}
          data={[{ value: "", label: t("allNodes") }, ...Object.keys(nodes).map((id) => ({ value: id, label: nodes[id]?.name ?? id }))]}
          onChange={({ currentTarget }) => setNode(currentTarget.value)}
        />
        <TextInput
          size="xs"
          style={{ flex: 1, maxWidth: 320 }}
          aria-label={t("searchLetters")}
          placeholder={t("searchLetters")}
          value={typed}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        />
        <Button size="xs" variant="default" leftSection={<IconRefresh size={14} />} onClick={() => void load(undefined)}>
          {t("refresh")}
        </Button>
        <Button
          size="xs"
          leftSection={<IconRotateClockwise size={14} />}
          disabled={!running || chosen.size === 0}
          title={running ? undefined : t("replayNeedsRun")}
          onClick={() => void replay([...chosen])}
        >
          {t("replayChosen", { count: chosen.size })}
        </Button>
        <Text size="xs" c="var(--mr-muted)" style={{ whiteSpace: "nowrap" }}>
          {t("letterTotal", { count: shown?.total ?? 0, total: countText(shown?.total ?? 0) })}
        </Text>
      </Group>
      {failure && (
        <Alert color="red" variant="light" p="xs" icon={<IconAlertCircle size={16} />}>
          {failure}
        </Alert>
      )}
      {shown && letters.length === 0 ? (
        <Text size="sm" c="var(--mr-muted)">
          {search || node ? t("noLetterMatches") : t("noLetters")}
        </Text>
      ) : (
        <Group align="stretch" gap="sm" wrap="nowrap" style={{ flex: 1, minHeight: 0 }}>
          <ScrollArea style={{ flex: 1, minWidth: 0 }} type="auto" viewportProps={{ tabIndex: 0, "aria-label": t("tabDeadLetters") }}>
            <Table stickyHeader highlightOnHover fz="xs" verticalSpacing={3} aria-label={t("tabDeadLetters")}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th w={32}>
                    <Checkbox
                      size="xs"
                      aria-label={t("chooseAll")}
                      checked={waiting.length > 0 && waiting.every(({ id }) => chosen.has(id))}
                      indeterminate={chosen.size > 0 && !waiting.every(({ id }) => chosen.has(id))}
                      onChange={({ currentTarget }) => setChosen(new Set(currentTarget.checked ? waiting.map(({ id }) => id) : []))}
                    />
                  </Table.Th>
                  <Table.Th style={{ whiteSpace: "nowrap" }}>
                    {t("letterAt")} <ZoneName zone={zone} />
                  </Table.Th>
                  {!open && <Table.Th>{t("letterNode")}</Table.Th>}
                  <Table.Th>{t("letterReason")}</Table.Th>
                  {!open && <Table.Th>{t("origin")}</Table.Th>}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {letters.map((letter) => (
                  <Table.Tr
                    key={letter.id}
                    {...(letter.id === openId && { bg: "var(--mantine-primary-color-light)" })}
                    onClick={() => setOpenId(letter.id)}
                  >
                    <Table.Td onClick={(event) => event.stopPropagation()}>
                      <Checkbox
                        size="xs"
                        aria-label={t("chooseLetter", { reason: words(letter.message) })}
                        disabled={letter.replayedAt !== undefined}
                        checked={chosen.has(letter.id)}
                        onChange={({ currentTarget }) => {
                          const next = new Set(chosen);
                          if (currentTarget.checked) next.add(letter.id);
                          else next.delete(letter.id);
                          setChosen(next);
                        }}
                      />
                    </Table.Td>
                    <Table.Td style={{ whiteSpace: "nowrap" }}>{timeText(letter.at)}</Table.Td>
                    {!open && <Table.Td style={{ whiteSpace: "nowrap" }}>{nameOf(letter.nodeId)}</Table.Td>}
                    <Table.Td w="100%" maw={0} miw={150}>
                      <UnstyledButton
                        fz="xs"
                        maw="100%"
                        title={words(letter.message)}
                        className={classes.link ?? ""}
                        onClick={() => setOpenId(letter.id)}
                      >
                        {words(letter.message)}
                      </UnstyledButton>
                      {letter.replayedAt !== undefined && (
                        <Text size="xs" c="var(--mr-muted)">
                          {t("wasReplayed", { time: timeText(letter.replayedAt) })}
                        </Text>
                      )}
                    </Table.Td>
                    {!open && (
                      <Table.Td ff="monospace" style={{ whiteSpace: "nowrap" }}>
                        {letter.origin ? originText(letter.origin) : "–"}
                      </Table.Td>
                    )}
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
            {shown?.next && (
              <Button size="xs" variant="light" mt="xs" onClick={() => void load(shown.next)}>
                {t("moreLetters")}
              </Button>
            )}
          </ScrollArea>
          {open && <Letter key={open.id} letter={open} running={running} onReplay={(text) => void replay([open.id], text)} />}
        </Group>
      )}
    </Stack>
  );
}

interface LetterProps {
  readonly letter: DeadLetter;
  readonly running: boolean;
  readonly onReplay: (text?: string) => void;
}

/** One letter: its text, to be repaired and sent again. */
function Letter({ letter, running, onReplay }: LetterProps) {
  const { t } = useTranslation("preview");
  const words = useWords();
  const [text, setText] = useState(letter.text);
  const editable = letter.encoding === "utf8" && letter.replayedAt === undefined;
  return (
    <Stack gap={4} w="clamp(220px, 50%, 480px)" style={{ flex: "none", minHeight: 0 }} component="section" aria-label={t("letter")}>
      <Text size="xs">{words(letter.message)}</Text>
      <Text size="xs" c="var(--mr-muted)" ff="monospace" truncate="end">
        {[letter.port === "" ? letter.nodeId : `${letter.nodeId}.${letter.port}`, letter.origin && originText(letter.origin), letter.code]
          .filter(Boolean)
          .join(" · ")}
      </Text>
      <Textarea
        aria-label={editable ? t("repairText") : t("letterText")}
        title={editable ? t("repairText") : t("letterText")}
        size="xs"
        readOnly={!editable}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        style={{ flex: 1, minHeight: 0, display: "flex", flexDirection: "column" }}
        styles={{
          wrapper: { flex: 1, minHeight: 0 },
          input: { height: "100%", minHeight: 60, fontFamily: "var(--mantine-font-family-monospace)" },
        }}
      />
      <Group gap="xs">
        <Button
          size="xs"
          leftSection={<IconRotateClockwise size={14} />}
          disabled={!running || letter.replayedAt !== undefined}
          title={running ? undefined : t("replayNeedsRun")}
          onClick={() => onReplay(text === letter.text ? undefined : text)}
        >
          {text === letter.text ? t("replay") : t("replayRepaired")}
        </Button>
        {text !== letter.text && (
          <Button size="xs" variant="default" onClick={() => setText(letter.text)}>
            {t("undoRepair")}
          </Button>
        )}
        <CopyButton text={letter.text} label={t("copyRecord")} />
      </Group>
    </Stack>
  );
}
