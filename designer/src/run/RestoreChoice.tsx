import { NativeSelect, Radio, Stack } from "@mantine/core";
import type { PipelineDocument } from "@millrace/engine/pipeline";
import { useTranslation } from "react-i18next";
import { momentText } from "../i18n/numbers.ts";
import { canBeChosen, type RestoreFrom } from "./restore-from.ts";
import { StatePlan } from "./StatePlan.tsx";
import type { PlanAnswer } from "./use-restore-plan.ts";
import { useSavedStates } from "./use-saved-states.ts";
import { useStateName } from "./use-state-name.ts";

interface RestoreChoiceProps {
  /** What is to go on. */
  readonly document: PipelineDocument;
  readonly isRunning: boolean;
  readonly from: RestoreFrom;
  readonly onChange: (from: RestoreFrom) => void;
  readonly answer: PlanAnswer;
}

/** Where a run goes on, and what then becomes of each node's state. */
export function RestoreChoice({ document, isRunning, from, onChange, answer }: RestoreChoiceProps) {
  const { t } = useTranslation("run");
  const stateName = useStateName();
  const { states = [] } = useSavedStates();
  const chosen = typeof from === "object" ? from.savepoint : undefined;
  const choices = states.filter((state) => canBeChosen(state, isRunning));
  const first = choices[0];
  const options = choices.map((state) => ({
    value: state.id,
    label: t("stateChoice", { state: stateName(state), at: momentText(state.at), version: state.version }),
  }));
  // One that has gone meanwhile stays chosen: the server says that it is not there.
  const isListed = chosen === undefined || choices.some(({ id }) => id === chosen);
  return (
    <Stack gap="sm">
      <Radio.Group
        value={typeof from === "object" ? "saved" : from}
        onChange={(next) => {
          if (next !== "saved") onChange(next === "fresh" ? "fresh" : "newest");
          else if (first) onChange({ savepoint: first.id });
        }}
        label={t("stateTitle")}
      >
        <Stack gap={8} mt={6}>
          <Radio
            value="newest"
            label={t("fromNewest")}
            description={isRunning ? t("fromNewestRunning") : t("fromNewestStopped")}
            data-autofocus
          />
          <Radio
            value="saved"
            label={t("fromSaved")}
            description={first || chosen !== undefined ? t("fromSavedText") : t("fromSavedNone")}
            disabled={!first && chosen === undefined}
          />
          {chosen !== undefined && (
            <NativeSelect
              ml={32}
              size="xs"
              aria-label={t("whichState")}
              value={chosen}
              data={isListed ? options : [{ value: chosen, label: chosen }, ...options]}
              onChange={({ currentTarget }) => onChange({ savepoint: currentTarget.value })}
            />
          )}
          <Radio value="fresh" label={t("fromFresh")} description={t("fromFreshText")} />
        </Stack>
      </Radio.Group>
      {from !== "fresh" && <StatePlan answer={answer} document={document} />}
    </Stack>
  );
}
