import { Alert, Button, Group, Loader, Modal, Stack, Text, Title } from "@mantine/core";
import type { Problem } from "@millrace/engine/pipeline";
import type { FragmentUser } from "@millrace/server/api";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/use-words.ts";
import { ServerError } from "../server.ts";
import { analyzeNow, useAnalysis } from "../store/analysis.ts";
import { useDifference } from "../store/difference.ts";
import { useDocument } from "../store/document.ts";
import { closeDialog, useUi } from "../store/ui.ts";
import { saveVersion, usersOfOpen } from "./actions.ts";
import { ChangeList } from "./ChangeList.tsx";

/** Says who uses the fragment and what its draft would change there, before it becomes a version. */
export function SaveVersion() {
  const { t } = useTranslation("fragments");
  const isOpen = useUi((ui) => ui.overlay === "save-version");
  return (
    <Modal opened={isOpen} onClose={closeDialog} title={t("saveTitle")} closeButtonProps={{ "aria-label": t("close") }} size={560}>
      {isOpen && <Plan />}
    </Modal>
  );
}

function Plan() {
  const { t } = useTranslation("fragments");
  const words = useWords();
  const live = useDocument((state) => state.live);
  const isSame = useDifference((difference) => difference.isEmpty) && live !== undefined;
  const errors = useAnalysis(({ problems }) => problems.filter(({ severity }) => severity === "error").length);
  useEffect(() => void analyzeNow(), []);
  const { users, refusal: unknown } = useUsers();
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<ServerError>();
  const refusal = refused ?? unknown;
  const save = async () => {
    setBusy(true);
    const answer = await saveVersion();
    setBusy(false);
    if (answer) setRefused(answer);
    else closeDialog();
  };
  return (
    <Stack gap="sm">
      <Text size="sm">{t("saveText")}</Text>
      {errors > 0 && (
        <Alert color="red" variant="light" p="xs">
          {t("errors", { count: errors })}
        </Alert>
      )}
      {isSame && <Text size="sm">{t("unchanged")}</Text>}
      {errors === 0 && !isSame && <Users users={users} />}
      {refusal && (
        <Alert color="red" variant="light" p="xs" role="alert">
          {words(refusal.words)}
        </Alert>
      )}
      <Group justify="flex-end" gap="xs">
        <Button size="sm" variant="default" onClick={closeDialog}>
          {t("cancel")}
        </Button>
        <Button size="sm" loading={busy} disabled={errors > 0 || isSame} onClick={() => void save()} data-autofocus>
          {t("save")}
        </Button>
      </Group>
    </Stack>
  );
}

function Users({ users }: { readonly users: readonly FragmentUser[] | undefined }) {
  const { t } = useTranslation("fragments");
  if (!users) return <Loader size="sm" />;
  if (users.length === 0) return <Text size="sm">{t("noUsers")}</Text>;
  return (
    <section aria-label={t("users")}>
      <Title order={3} size="h6" mb={4}>
        {t("users")}
      </Title>
      <Stack gap="xs">
        {users.map(({ id, name, version, changes, problems, mended }) => (
          <div key={id} data-user={id}>
            <Text size="sm" fw={600}>
              {name} · {t("userVersion", { version })}
            </Text>
            <ChangeList changes={changes} problems={problems as Problem[]} mended={mended as Problem[]} />
          </div>
        ))}
      </Stack>
    </section>
  );
}

function useUsers() {
  const [answer, setAnswer] = useState<{ users?: readonly FragmentUser[]; refusal?: ServerError }>({});
  useEffect(() => {
    let isWanted = true;
    usersOfOpen().then(
      (users) => isWanted && setAnswer({ users }),
      (error: unknown) => {
        if (!(error instanceof ServerError)) throw error;
        if (isWanted) setAnswer({ refusal: error });
      },
    );
    return () => {
      isWanted = false;
    };
  }, []);
  return answer;
}
