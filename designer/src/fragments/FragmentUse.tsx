import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { fragmentChanges, fragmentOf } from "@millrace/engine/pipeline";
import { IconArrowsMaximize, IconExternalLink, IconPencil, IconRefresh } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useDocument } from "../store/document.ts";
import { useFragments } from "../store/fragments.ts";
import { useRunState } from "../store/live.ts";
import { specs } from "../store/specs.ts";
import { editFragmentOf, expandFragmentOf, openFragmentOf, updateFor, updateFragmentOf, wayInto } from "./actions.ts";
import { ChangeList } from "./ChangeList.tsx";

/** Of a node that uses a fragment: which version, what a newer one would change, and what can be done. */
export function FragmentUse({ nodeId }: { readonly nodeId: string }) {
  const { t } = useTranslation("fragments");
  const document = useDocument((state) => state.document);
  const isInside = useDocument((state) => state.inside !== undefined);
  useDocument((state) => state.live);
  useRunState();
  const runs = wayInto(nodeId) !== undefined;
  const fragments = useFragments((state) => state.fragments);
  const id = fragmentOf(document.nodes[nodeId]?.type ?? "");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the newest version is among the fragments
  const update = useMemo(() => updateFor(document, nodeId), [document, nodeId, fragments]);
  if (id === undefined) return null;
  const pinned = document.fragments?.[id];
  const isHere = fragments.some((one) => one.id === id);
  return (
    <Stack gap={6} component="section" aria-label={t("fragment")} pt="xs" style={{ borderTop: "1px solid var(--mr-line)" }}>
      <Title order={3} size="h6">
        {t("fragment")}
      </Title>
      {pinned && (
        <Text size="sm">
          {t(!pinned.document ? "missing" : update || !isHere ? "uses" : "usesNewest", { version: pinned.version })}
          {!isHere && ` ${t("notHere")}`}
        </Text>
      )}
      {pinned?.document && (
        <Group gap="xs">
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconExternalLink size={14} />}
            onClick={() => void openFragmentOf(nodeId)}
          >
            {t(runs ? "lookInside" : "open")}
          </Button>
          {runs && (
            <Button size="compact-sm" variant="default" leftSection={<IconPencil size={14} />} onClick={() => void editFragmentOf(nodeId)}>
              {t("editIt")}
            </Button>
          )}
          {!isInside && (
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconArrowsMaximize size={14} />}
              onClick={() => expandFragmentOf(nodeId)}
            >
              {t("expand")}
            </Button>
          )}
        </Group>
      )}
      {update && !isInside && <Update nodeId={nodeId} id={update.id} next={update.next} />}
    </Stack>
  );
}

function Update({ nodeId, id, next }: { readonly nodeId: string } & NonNullable<ReturnType<typeof updateFor>>) {
  const { t } = useTranslation("fragments");
  const document = useDocument((state) => state.document);
  const changes = useMemo(() => fragmentChanges(document, id, next, specs), [document, id, next]);
  return (
    <Stack gap={6} data-update={next.version}>
      <Text size="sm" fw={600}>
        {t("newer", { version: next.version })}
      </Text>
      <ChangeList {...changes} />
      <Button
        size="compact-sm"
        leftSection={<IconRefresh size={14} />}
        onClick={() => updateFragmentOf(nodeId)}
        style={{ alignSelf: "flex-start" }}
      >
        {t("update", { version: next.version })}
      </Button>
    </Stack>
  );
}
