import { Anchor, Breadcrumbs } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useDocument } from "../store/document.ts";
import { useUi } from "../store/ui.ts";
import { goBackTo, leaveInside } from "./actions.ts";

/** The way into the fragment that is open, each step leading back; nothing where it was opened by itself. */
export function Breadcrumb() {
  const { t } = useTranslation("fragments");
  const trail = useUi((ui) => ui.trail);
  const pipelineId = useDocument((state) => state.pipelineId);
  const inside = useDocument((state) => state.inside);
  if (inside) {
    const names = [inside.rootName, ...inside.path.slice(0, -1).map(({ name }) => name)];
    return (
      <nav aria-label={t("trail")}>
        <Breadcrumbs separatorMargin={4} separator="›">
          {names.map((name, depth) => (
            <Anchor
              // biome-ignore lint/suspicious/noArrayIndexKey: the place is what it is
              key={depth}
              component="button"
              type="button"
              size="sm"
              title={t("back", { name })}
              onClick={() => void leaveInside(depth)}
            >
              {name}
            </Anchor>
          ))}
          <span />
        </Breadcrumbs>
      </nav>
    );
  }
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
