import type { NodeProps } from "@xyflow/react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/use-words.ts";
import { edit } from "../store/document.ts";
import { select } from "../store/selection.ts";
import { show, useUi } from "../store/ui.ts";
import classes from "./group-frame.module.css";
import type { GroupNode } from "./scene.ts";

/** The frame around a group. Its title selects the members (and with them everything is moved); a double click writes it. */
export const GroupFrame = memo(function GroupFrame({ data: { groupId, group } }: NodeProps<GroupNode>) {
  const { t } = useTranslation("canvas");
  const words = useWords();
  const isEditing = useUi((ui) => ui.renaming === groupId);
  const title = typeof group.title === "string" ? group.title : words(group.title);
  const end = (next: string) => {
    show({ renaming: undefined });
    const trimmed = next.trim();
    if (trimmed === "" || trimmed === title) return;
    edit("step.rename", (draft) => {
      const target = draft.groups?.[groupId];
      if (target) target.title = trimmed;
    });
  };
  return (
    <div className={classes.frame}>
      {isEditing ? (
        <input
          className={`nodrag nopan ${classes.title}`}
          defaultValue={title}
          aria-label={t("groupTitle")}
          // biome-ignore lint/a11y/noAutofocus: asked for with a double click
          autoFocus
          onBlur={(event) => end(event.currentTarget.value)}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === "Enter") end(event.currentTarget.value);
            if (event.key === "Escape") show({ renaming: undefined });
          }}
        />
      ) : (
        <button
          type="button"
          className={`nodrag nopan ${classes.title}`}
          onClick={() => select({ nodes: group.nodes })}
          onDoubleClick={() => show({ renaming: groupId })}
        >
          {title}
        </button>
      )}
    </div>
  );
});
