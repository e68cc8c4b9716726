import { type NodeProps, NodeResizer } from "@xyflow/react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/use-words.ts";
import { edit } from "../store/document.ts";
import { show, useUi } from "../store/ui.ts";
import { MarkdownText } from "./MarkdownText.tsx";
import { blocks } from "./markdown.ts";
import classes from "./note-card.module.css";
import type { NoteNode } from "./scene.ts";

/** Text on the ground. Double click or F2 writes. */
export const NoteCard = memo(function NoteCard({ data: { noteId, note }, selected }: NodeProps<NoteNode>) {
  const { t } = useTranslation("canvas");
  const words = useWords();
  const isEditing = useUi((ui) => ui.renaming === noteId);
  const text = typeof note.text === "string" ? note.text : words(note.text);
  return (
    <div
      role="note"
      aria-label={t("noteLabel")}
      className={classes.note}
      data-color={note.color ?? "yellow"}
      data-selected={selected || undefined}
    >
      <NodeResizer
        isVisible={selected === true}
        minWidth={120}
        minHeight={60}
        onResizeEnd={(_event, { x, y, width, height }) =>
          edit("step.note", (draft) => {
            draft.layout ??= {};
            draft.layout.notes = { ...draft.layout.notes, [noteId]: { x, y, width, height } };
          })
        }
      />
      {isEditing ? (
        <textarea
          className={`nodrag nowheel nopan ${classes.field}`}
          defaultValue={text}
          aria-label={t("noteEdit")}
          // biome-ignore lint/a11y/noAutofocus: asked for
          autoFocus
          onBlur={(event) => {
            const next = event.currentTarget.value;
            edit("step.note", (draft) => {
              const target = draft.notes?.[noteId];
              if (target && next !== text) target.text = next;
            });
            show({ renaming: undefined });
          }}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === "Escape") event.currentTarget.blur();
          }}
        />
      ) : (
        // biome-ignore lint/a11y/noStaticElementInteractions: F2 does the same by keyboard
        <div className={classes.text} onDoubleClick={() => show({ renaming: noteId })}>
          {text ? <MarkdownText blocks={blocks(text)} /> : <em>{t("noteEmpty")}</em>}
        </div>
      )}
    </div>
  );
});
