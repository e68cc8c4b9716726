import { Alert, Checkbox } from "@mantine/core";
import { IconAlertCircle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/use-words.ts";
import type { ServerError } from "../server.ts";
import { canBeForced } from "./restore-from.ts";

interface RefusalProps {
  readonly refusal: ServerError;
  readonly force: boolean;
  readonly onForce: (force: boolean) => void;
}

/** Why the server did not do it; where rows would come twice, with the question whether they may. */
export function Refusal({ refusal, force, onForce }: RefusalProps) {
  const { t } = useTranslation("run");
  const words = useWords();
  return (
    <Alert color="red" variant="light" p="xs" role="alert" icon={<IconAlertCircle size={16} />}>
      {words(refusal.words)}
      {canBeForced(refusal) && (
        <Checkbox
          mt="xs"
          size="sm"
          color="red"
          label={t("force")}
          checked={force}
          onChange={({ currentTarget }) => onForce(currentTarget.checked)}
        />
      )}
    </Alert>
  );
}
