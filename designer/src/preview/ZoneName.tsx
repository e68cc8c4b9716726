import { useTranslation } from "react-i18next";
import classes from "./preview.module.css";

/** Beside a heading over times: whose clocks they are. */
export function ZoneName({ zone }: { readonly zone: string }) {
  const { t } = useTranslation("preview");
  return (
    <span className={classes.type} title={t("inTimeZone", { zone })}>
      {zone}
    </span>
  );
}
