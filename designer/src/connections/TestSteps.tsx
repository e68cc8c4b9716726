import type { ConnectionTest } from "@millrace/server/api";
import { IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/use-words.ts";
import classes from "./connections.module.css";

/** What a test of a connection tried, and what it found or what to do. */
export function TestSteps({ test }: { readonly test: ConnectionTest }) {
  const { t } = useTranslation("connections");
  const words = useWords();
  return (
    <div className={classes.test} data-ok={test.ok}>
      <strong>{test.ok ? t("testOk") : t("testFailed")}</strong>
      <ol className={classes.steps}>
        {test.steps.map(({ what, ok, detail }) => (
          <li key={what.en} data-ok={ok}>
            {ok ? <IconCircleCheck size={15} aria-label={t("stepOk")} /> : <IconCircleX size={15} aria-label={t("stepFailed")} />}
            <span>
              {words(what)}: {words(detail)}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}
