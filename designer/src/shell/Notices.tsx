import { CloseButton } from "@mantine/core";
import { IconAlertCircle, IconInfoCircle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { dismiss, useNotices } from "../store/notices.ts";
import classes from "./shell.module.css";

export function Notices() {
  const { t } = useTranslation("shell");
  const notices = useNotices((state) => state.notices);
  return (
    <section className={classes.notices} aria-label={t("notices")} aria-live="polite">
      {notices.map(({ id, kind, text }) => (
        <div key={id} className={classes.notice} data-kind={kind} role={kind === "error" ? "alert" : "status"}>
          {kind === "error" ? <IconAlertCircle size={16} aria-hidden /> : <IconInfoCircle size={16} aria-hidden />}
          <span>{text}</span>
          <CloseButton size="sm" aria-label={t("close")} onClick={() => dismiss(id)} />
        </div>
      ))}
    </section>
  );
}
