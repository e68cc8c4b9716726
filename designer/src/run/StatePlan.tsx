import { Alert, Text } from "@mantine/core";
import type { PipelineDocument } from "@millrace/engine/pipeline";
import { IconArrowRight, IconCheck, IconCirclePlus, IconCircleX, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { countText, momentText } from "../i18n/numbers.ts";
import { useLanguage, useWords } from "../i18n/use-words.ts";
import { Tag, type Tone } from "../preview/Tag.tsx";
import { useDocument } from "../store/document.ts";
import { bytesText } from "../topics/topic-figures.ts";
import { isRefused, type NodePlan, planOrder } from "./plan-order.ts";
import classes from "./run.module.css";
import type { PlanAnswer } from "./use-restore-plan.ts";
import { useStateName } from "./use-state-name.ts";

/** What the server says would become of each node's state. */
export function StatePlan({ answer, document }: { readonly answer: PlanAnswer; readonly document: PipelineDocument }) {
  const { t } = useTranslation("run");
  const words = useWords();
  const stateName = useStateName();
  if (answer === "loading") return <Hint>{t("planLoading")}</Hint>;
  if (answer === "nothing") return <Hint>{t("planNothing")}</Hint>;
  if ("failure" in answer) {
    return (
      <Alert color="red" variant="light" p="xs" role="alert">
        {words(answer.failure)}
      </Alert>
    );
  }
  const { from, nodes } = answer.plan;
  return (
    <section aria-label={t("planTitle")}>
      <div className={classes.planHead}>
        <Text size="sm" fw={500}>
          {t("planTitle")}
        </Text>
        <Text size="xs" c="var(--mr-muted)">
          {t("planFrom", { state: stateName(from), version: from.version, at: momentText(from.at) })}
        </Text>
      </div>
      {nodes.length === 0 ? (
        <Hint>{t("planStateless")}</Hint>
      ) : (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reached by the keyboard */}
          <ul className={classes.plan} tabIndex={0} aria-label={t("planTitle")}>
            {planOrder(nodes).map((node) => (
              <Node key={node.nodeId} node={node} document={document} />
            ))}
          </ul>
          <Text size="xs" c="var(--mr-muted)">
            {t("planRest")}
          </Text>
        </>
      )}
      {isRefused(answer.plan) && (
        <Alert color="red" variant="light" p="xs" mt={6} role="alert">
          {t("planRefused")}
        </Alert>
      )}
    </section>
  );
}

const LOOK: Readonly<Record<NodePlan["state"], { readonly tone: Tone; readonly Icon: typeof IconCheck }>> = {
  kept: { tone: "ok", Icon: IconCheck },
  mapped: { tone: "changed", Icon: IconArrowRight },
  dropped: { tone: "warning", Icon: IconTrash },
  new: { tone: "muted", Icon: IconCirclePlus },
  refused: { tone: "error", Icon: IconCircleX },
};

function Node({ node: { nodeId, state, how, keys, bytes }, document }: { readonly node: NodePlan; readonly document: PipelineDocument }) {
  const { t } = useTranslation("run");
  const words = useWords();
  const language = useLanguage();
  const deployed = useDocument(({ live }) => live?.document.nodes);
  const { tone, Icon } = LOOK[state];
  const held = [
    keys !== undefined && t("keys", { count: keys, total: countText(keys) }),
    bytes !== undefined && bytesText(bytes, language),
  ].filter((one) => one !== false);
  return (
    <li data-state={state}>
      <Icon size={15} aria-hidden />
      <div>
        <strong>{document.nodes[nodeId]?.name ?? deployed?.[nodeId]?.name ?? nodeId}</strong> <Tag tone={tone}>{t(`state.${state}`)}</Tag>
        {held.length > 0 && <span className={classes.held}>{held.join(" · ")}</span>}
        <div className={classes.how}>{how ? words(how) : t(`stateText.${state}`)}</div>
      </div>
    </li>
  );
}

function Hint({ children }: { readonly children: React.ReactNode }) {
  return (
    <Text size="sm" c="var(--mr-muted)" role="status">
      {children}
    </Text>
  );
}
