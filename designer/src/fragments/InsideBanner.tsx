import { Button } from "@mantine/core";
import { IconEye } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { editFragment } from "../commands/fragment.ts";
import { runCommand } from "../commands/index.ts";
import classes from "../shell/shell.module.css";
import { useDocument } from "../store/document.ts";

/** Says, as long as it is so, that what is seen is what runs inside of one use of a fragment, and leads to its draft. */
export function InsideBanner() {
  const { t } = useTranslation("fragments");
  const inside = useDocument((state) => state.inside);
  if (!inside) return null;
  const use = inside.path.map(({ name }) => name).join(" › ");
  return (
    <div className={classes.banner} role="status">
      <IconEye size={16} aria-hidden />
      <strong>{t("insideTitle", { version: inside.version, pipeline: inside.rootName, use })}</strong>
      <span className={classes.bannerDetail}>{t("insideText")}</span>
      <span className={classes.space} />
      <Button size="compact-xs" onClick={() => runCommand(editFragment)}>
        {t("editIt")}
      </Button>
    </div>
  );
}
