import { ActionIcon, TextInput } from "@mantine/core";
import { IconChevronDown, IconChevronUp, IconSearch, IconX } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useDocument } from "../store/document.ts";
import { select } from "../store/selection.ts";
import { specs } from "../store/specs.ts";
import { show, useUi } from "../store/ui.ts";
import classes from "./canvas.module.css";
import { findNodes } from "./find.ts";
import { viewport } from "./viewport.ts";

export function FindBar() {
  const isOpen = useUi((ui) => ui.overlay === "find");
  return isOpen && <Bar />;
}

function Bar() {
  const { t } = useTranslation("canvas");
  const document = useDocument((state) => state.document);
  const [query, setQuery] = useState("");
  const [index, setIndex] = useState(0);
  const found = useMemo(() => findNodes(document, specs, query), [document, query]);
  const close = () => {
    show({ overlay: undefined });
    viewport()?.focus();
  };
  const go = (ids: readonly string[], to: number) => {
    const next = ids.length === 0 ? 0 : (to + ids.length) % ids.length;
    setIndex(next);
    const id = ids[next];
    if (id === undefined) return;
    select({ nodes: [id] });
    viewport()?.fit([id]);
  };
  return (
    <search className={classes.find}>
      <TextInput
        size="xs"
        w={300}
        autoFocus
        leftSection={<IconSearch size={14} />}
        placeholder={t("findPlaceholder")}
        aria-label={t("findPlaceholder")}
        value={query}
        onChange={({ currentTarget: { value } }) => {
          setQuery(value);
          go(findNodes(document, specs, value), 0);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") go(found, index + (event.shiftKey ? -1 : 1));
          if (event.key === "Escape") close();
        }}
      />
      <span className={classes.findCount} role="status">
        {query !== "" && (found.length > 0 ? t("findCount", { index: index + 1, count: found.length }) : t("findNone"))}
      </span>
      <ActionIcon variant="subtle" color="gray" aria-label={t("findPrevious")} onClick={() => go(found, index - 1)}>
        <IconChevronUp size={15} />
      </ActionIcon>
      <ActionIcon variant="subtle" color="gray" aria-label={t("findNext")} onClick={() => go(found, index + 1)}>
        <IconChevronDown size={15} />
      </ActionIcon>
      <ActionIcon variant="subtle" color="gray" aria-label={t("close")} onClick={close}>
        <IconX size={15} />
      </ActionIcon>
    </search>
  );
}
