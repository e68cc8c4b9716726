import { ActionIcon, Alert, Button, Group, ScrollArea, Table, Text, Tooltip } from "@mantine/core";
import type { SavedStateView } from "@millrace/server/api";
import { IconBookmarkPlus, IconTrash } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { DeleteNamed } from "../connections/DeleteNamed.tsx";
import { momentText } from "../i18n/numbers.ts";
import { useLanguage, useWords } from "../i18n/use-words.ts";
import { Tag } from "../preview/Tag.tsx";
import { server } from "../server.ts";
import { useDocument } from "../store/document.ts";
import { useRunState } from "../store/live.ts";
import { makeSavepoint, useSession } from "../store/session.ts";
import { restoreWith } from "../store/ui.ts";
import { bytesText } from "../topics/topic-figures.ts";
import { canBeChosen } from "./restore-from.ts";
import classes from "./run.module.css";
import { useSavedStates } from "./use-saved-states.ts";
import { useStateName } from "./use-state-name.ts";

/** What a run of the pipeline can go on from: made, deleted, and gone on from here. */
export function SavepointsPanel() {
  const { t } = useTranslation("run");
  const words = useWords();
  const stateName = useStateName();
  const pipelineId = useDocument((document) => document.pipelineId);
  const isRunning = useRunState() === "running";
  const busy = useSession((session) => session.busy);
  const { states, failure, reload } = useSavedStates();
  const [deleting, setDeleting] = useState<SavedStateView>();
  const make = useRef<HTMLButtonElement>(null);
  return (
    <div className={classes.panel}>
      <Group gap="sm" wrap="nowrap">
        <Button
          ref={make}
          size="xs"
          leftSection={<IconBookmarkPlus size={14} />}
          loading={busy === "savepoint"}
          disabled={!isRunning || busy !== undefined}
          title={isRunning ? undefined : t("makeNeedsRun")}
          style={{ flex: "none" }}
          onClick={async () => {
            if (await makeSavepoint()) await reload();
          }}
        >
          {t("makeSavepoint")}
        </Button>
        <Text size="xs" c="var(--mr-muted)">
          {t("savepointsHelp")}
        </Text>
      </Group>
      {failure && (
        <Alert color="red" variant="light" p="xs" role="alert">
          {words(failure)}
        </Alert>
      )}
      {states?.length === 0 ? (
        <Text size="sm" c="var(--mr-muted)">
          {t("noSavepoints")}
        </Text>
      ) : (
        <ScrollArea style={{ flex: 1, minHeight: 0 }} type="auto" viewportProps={{ tabIndex: 0, "aria-label": t("savepoints") }}>
          <Table stickyHeader highlightOnHover fz="xs" verticalSpacing={3} aria-label={t("savepoints")}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t("kind")}</Table.Th>
                <Table.Th>{t("id")}</Table.Th>
                <Table.Th>{t("madeAt")}</Table.Th>
                <Table.Th>{t("byVersion")}</Table.Th>
                <Table.Th ta="right">{t("size")}</Table.Th>
                <Table.Th>{t("actions")}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {states?.map((state, index) => (
                <Row
                  key={state.id}
                  state={state}
                  isNewest={index === 0}
                  canBeChosen={canBeChosen(state, isRunning)}
                  onDelete={() => setDeleting(state)}
                />
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea>
      )}
      <DeleteNamed
        name={deleting && stateName(deleting)}
        text={t("deleteText")}
        remove={async () => {
          if (pipelineId !== undefined && deleting) await server.deleteSavepoint(pipelineId, deleting.id);
        }}
        onClose={() => setDeleting(undefined)}
        onDeleted={async () => {
          await reload();
          make.current?.focus();
        }}
      />
    </div>
  );
}

interface RowProps {
  readonly state: SavedStateView;
  readonly isNewest: boolean;
  readonly canBeChosen: boolean;
  readonly onDelete: () => void;
}

function Row({ state, isNewest, canBeChosen: isOffered, onDelete }: RowProps) {
  const { t } = useTranslation("run");
  const language = useLanguage();
  const stateName = useStateName();
  const live = useDocument((document) => document.live?.version);
  const runState = useRunState();
  const isIdle = runState === "stopped" || runState === "failed" || runState === "finished";
  const name = stateName(state);
  return (
    <Table.Tr>
      <Table.Td style={{ whiteSpace: "nowrap" }}>
        <Tag tone={state.kind === "savepoint" ? "accent" : "muted"}>{t(`kind.${state.kind}`)}</Tag>{" "}
        {isNewest && (
          <Text span size="xs" c="var(--mr-muted)">
            {t("newest")}
          </Text>
        )}
      </Table.Td>
      <Table.Td ff="monospace">{state.id}</Table.Td>
      <Table.Td style={{ whiteSpace: "nowrap" }}>{momentText(state.at)}</Table.Td>
      <Table.Td>{state.version}</Table.Td>
      <Table.Td ta="right" style={{ whiteSpace: "nowrap" }}>
        {bytesText(state.bytes, language)}
      </Table.Td>
      <Table.Td>
        <Group gap={4} wrap="nowrap">
          {isOffered ? (
            <>
              {isIdle && live !== undefined && (
                <Button
                  size="compact-xs"
                  variant="default"
                  aria-label={t("startFromNamed", { state: name })}
                  onClick={() => restoreWith("start", state.id)}
                >
                  {t("startFrom")}
                </Button>
              )}
              <Button
                size="compact-xs"
                variant="default"
                aria-label={t("deployFromNamed", { state: name })}
                onClick={() => restoreWith("deploy", state.id)}
              >
                {t("deployFrom")}
              </Button>
            </>
          ) : (
            <Text size="xs" c="var(--mr-muted)">
              {t("checkpointGoes")}
            </Text>
          )}
          {state.kind === "savepoint" && (
            <Tooltip label={t("deleteNamed", { state: name })}>
              <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t("deleteNamed", { state: name })} onClick={onDelete}>
                <IconTrash size={14} />
              </ActionIcon>
            </Tooltip>
          )}
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}
