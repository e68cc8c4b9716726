import { Anchor, Breadcrumbs } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useDocument } from "../store/document.ts";
import { useUi } from "../store/ui.ts";
import { goBackTo } from "./actions.ts";

/** The way into the fragment that is open, each step leading back; nothing where it was opened by itself. */
export function Breadcrumb() {
  const { t } = useTranslation("fragments");
  const trail = useUi((ui) => ui.trail);
  const pipelineId = useDocument((state) => state.pipelineId);
  if (trail.at(-1)?.into !== pipelineId) return null;
  return (
    <nav aria-label={t("trail")}>
      <Breadcrumbs separatorMargin={4} separator="›">
        {trail.map(({ id, name }, index) => (
          <Anchor key={id} component="button" type="button" size="sm" title={t("back", { name })} onClick={() => void goBackTo(index)}>
            {name}
          </Anchor>
        ))}
        <span />
      </Breadcrumbs>
    </nav>
  );
}
