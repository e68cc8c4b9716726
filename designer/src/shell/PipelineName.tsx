import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/use-words.ts";
import { edit, endGesture, useDocument } from "../store/document.ts";
import classes from "./shell.module.css";

/** The pipeline's name, to be written over. A template's title shows until the name is changed. */
export function PipelineName() {
  const { t } = useTranslation("shell");
  const words = useWords();
  const name = useDocument(({ document }) => document.name);
  const isReadOnly = useDocument(({ inside }) => inside !== undefined);
  const title = useDocument(({ document }) => document.title);
  return (
    <input
      className={classes.name}
      aria-label={t("pipelineName")}
      title={title && words(title)}
      value={name}
      maxLength={200}
      readOnly={isReadOnly}
      size={Math.max(8, Math.min(30, name.length + 1))}
      onChange={({ currentTarget: { value } }) => {
        // A pipeline without a name is no document; the last character stays until there is another.
        if (value.trim() === "") return;
        edit(
          "step.rename",
          (draft) => {
            draft.name = value;
          },
          { gesture: "pipeline name" },
        );
      }}
      onBlur={endGesture}
      onKeyDown={(event) => {
        if (event.key === "Enter" || event.key === "Escape") event.currentTarget.blur();
      }}
    />
  );
}
