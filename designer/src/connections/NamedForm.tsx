/** What forms of connections and of environments have in common: the dialog, the name, and the foot with what went wrong. */
import { Alert, Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/use-words.ts";
import type { ServerError } from "../server.ts";

interface NamedDialogProps<T> {
  /** Undefined: closed. */
  readonly editing: T | "new" | undefined;
  readonly newTitle: string;
  readonly onClose: () => void;
  /** The fields, anew each time it opens. `before`: what is changed. */
  readonly children: (before: T | undefined) => ReactNode;
}

export function NamedDialog<T extends { readonly name: string }>({ editing, newTitle, onClose, children }: NamedDialogProps<T>) {
  const { t } = useTranslation("connections");
  const before = editing === "new" ? undefined : editing;
  return (
    <Modal
      opened={editing !== undefined}
      onClose={onClose}
      title={before ? t("editNamed", { name: before.name }) : newTitle}
      closeButtonProps={{ "aria-label": t("close") }}
      size={560}
    >
      {editing !== undefined && children(before)}
    </Modal>
  );
}

interface NamedFormProps {
  /** A name is given once. */
  readonly isNew: boolean;
  readonly name: string;
  readonly onName: (name: string) => void;
  /** Names that are there: saving under one of them would change that one. */
  readonly taken: readonly string[];
  readonly failure: ServerError["words"] | undefined;
  readonly busy: boolean;
  readonly onClose: () => void;
  readonly onSave: () => Promise<void>;
  /** Beside the buttons, at the other end. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

export function NamedForm({ isNew, name, onName, taken, failure, busy, onClose, onSave, aside, children }: NamedFormProps) {
  const { t } = useTranslation("connections");
  const words = useWords();
  const isTaken = isNew && taken.includes(name.trim());
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void onSave();
      }}
    >
      <Stack gap="sm">
        {isNew && (
          <TextInput
            label={t("name")}
            description={t("nameHelp")}
            required
            data-autofocus
            error={isTaken && t("nameTaken", { name: name.trim() })}
            value={name}
            onChange={({ currentTarget }) => onName(currentTarget.value)}
          />
        )}
        {children}
        {!isNew && (
          <Text size="xs" c="var(--mr-muted)">
            {t("takenUp")}
          </Text>
        )}
        {failure && (
          <Alert color="red" variant="light" p="xs" role="alert">
            {words(failure)}
          </Alert>
        )}
        <Group justify="space-between">
          <div>{aside}</div>
          <Group gap="xs">
            <Button variant="default" onClick={onClose}>
              {t("cancel")}
            </Button>
            <Button type="submit" loading={busy} disabled={name.trim() === "" || isTaken}>
              {t("save")}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}
