import { IconAlertTriangle, IconCloudCheck, IconCloudUp } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useSaving } from "../store/saving.ts";
import classes from "./shell.module.css";

export function SaveBadge() {
  const { t } = useTranslation("shell");
  const state = useSaving((saving) => saving.state);
  const Icon = state === "saved" ? IconCloudCheck : state === "conflict" ? IconAlertTriangle : IconCloudUp;
  return (
    <span className={classes.save} data-state={state} title={t(`save.${state}`)}>
      <Icon size={15} aria-hidden />
      <span>{t(`save.${state}`)}</span>
    </span>
  );
}
