import type { SavedStateView } from "@millrace/server/api";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";

/** "Savepoint 12". */
export function useStateName(): (state: Pick<SavedStateView, "id" | "kind">) => string {
  const { t } = useTranslation("run");
  return useCallback(({ id, kind }) => t("stateName", { kind: t(`kind.${kind}`), id }), [t]);
}
