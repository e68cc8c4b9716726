import { Alert, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/use-words.ts";
import { useSending } from "../store/use-sending.ts";

interface DeleteNamedProps {
  /** Undefined: closed. */
  readonly name: string | undefined;
  readonly text: string;
  readonly remove: (name: string) => Promise<void>;
  readonly onClose: () => void;
  readonly onDeleted: () => Promise<void>;
}

/** Asks before a connection or an environment goes; why it cannot is said in the same place. */
export function DeleteNamed({ name, ...rest }: DeleteNamedProps) {
  const { t } = useTranslation("connections");
  return (
    <Modal
      opened={name !== undefined}
      onClose={rest.onClose}
      title={t("deleteAsk", { name: name ?? "" })}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      {name !== undefined && <Question name={name} {...rest} />}
    </Modal>
  );
}

function Question({ name, text, remove, onClose, onDeleted }: DeleteNamedProps & { readonly name: string }) {
  const { t } = useTranslation("connections");
  const words = useWords();
  const { busy, failure, send } = useSending();
  const go = async () => {
    if (!(await send(() => remove(name)))) return;
    onClose();
    await onDeleted();
  };
  return (
    <Stack gap="sm">
      <Text size="sm">{text}</Text>
      {failure && (
        <Alert color="red" variant="light" p="xs" role="alert">
          {words(failure)}
        </Alert>
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" data-autofocus onClick={onClose}>
          {t("cancel")}
        </Button>
        <Button color="red" loading={busy} onClick={() => void go()}>
          {t("delete")}
        </Button>
      </Group>
    </Stack>
  );
}
