import { Alert, Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { words as problemWords } from "@millrace/engine/pipeline";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/use-words.ts";
import type { ServerError } from "../server.ts";
import { useDocument } from "../store/document.ts";
import { useSelection } from "../store/selection.ts";
import { closeDialog, useUi } from "../store/ui.ts";
import { makeFragmentOf } from "./actions.ts";

/** Asks for the name of a fragment of the selected nodes. */
export function MakeFragment() {
  const { t } = useTranslation("fragments");
  const isOpen = useUi((ui) => ui.overlay === "make-fragment");
  return (
    <Modal opened={isOpen} onClose={closeDialog} title={t("makeTitle")} closeButtonProps={{ "aria-label": t("close") }} size={480}>
      {isOpen && <Form />}
    </Modal>
  );
}

function Form() {
  const { t } = useTranslation("fragments");
  const words = useWords();
  const nodes = useSelection((selection) => selection.nodes);
  const wasDeployed = useDocument(({ live }) => live !== undefined);
  const [name, setName] = useState(() => t("fragment"));
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<ServerError>();
  const make = async () => {
    setBusy(true);
    const refused = await makeFragmentOf(nodes, name.trim());
    setBusy(false);
    if (refused) setRefusal(refused);
    else closeDialog();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void make();
      }}
    >
      <Stack gap="sm">
        <Text size="sm">{t("makeText")}</Text>
        <TextInput
          size="sm"
          label={t("name")}
          value={name}
          maxLength={200}
          data-autofocus
          onFocus={(event) => event.currentTarget.select()}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        {wasDeployed && (
          <Text size="xs" c="var(--mr-muted)">
            {t("makeState")}
          </Text>
        )}
        {refusal && (
          <Alert color="red" variant="light" p="xs" role="alert">
            {words(refusal.words)} {refusal.problems.map((one) => words(problemWords(one))).join(" ")}
          </Alert>
        )}
        <Group justify="flex-end" gap="xs">
          <Button size="sm" variant="default" onClick={closeDialog}>
            {t("cancel")}
          </Button>
          <Button size="sm" type="submit" loading={busy} disabled={name.trim() === ""}>
            {t("make")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
