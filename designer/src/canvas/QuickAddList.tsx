import { useClickOutside } from "@mantine/hooks";
import { parsePortRef } from "@millrace/engine/pipeline";
import { useTranslation } from "react-i18next";
import { PickList, type PickSection } from "../commands/PickList.tsx";
import { useWords } from "../i18n/use-words.ts";
import { NodeIcon } from "../palette/NodeIcon.tsx";
import { searchSpecs } from "../palette/search.ts";
import { useDocument } from "../store/document.ts";
import { specs } from "../store/specs.ts";
import classes from "./canvas.module.css";
import { addChosen, closeQuickAdd, offered, type QuickAdd, useQuickAdd } from "./quick-add.ts";

const WIDTH = 380;
const HEIGHT = 380;

/** The node types that fit, at the pointer. */
export function QuickAddList() {
  const open = useQuickAdd((state) => state.open);
  return open && <List open={open} />;
}

function List({ open }: { readonly open: QuickAdd }) {
  const { t } = useTranslation("canvas");
  const words = useWords();
  const box = useClickOutside<HTMLDivElement>(closeQuickAdd);
  const before = useDocument(({ document }) => (open.from === undefined ? undefined : document.nodes[parsePortRef(open.from).node]?.name));
  const replaced = useDocument(({ document }) => (open.replaces === undefined ? undefined : document.nodes[open.replaces]?.name));
  const title =
    replaced !== undefined
      ? t("replaceTitle", { name: replaced })
      : open.edge !== undefined
        ? t("addInto")
        : before !== undefined
          ? t("addAfter", { name: before })
          : t("addTitle");
  const types = offered(open);
  const find = (query: string): PickSection[] => [
    {
      id: "types",
      items: searchSpecs(types, query).map((spec) => ({
        id: spec.type,
        label: words(spec.title),
        detail: words(spec.summary),
        icon: <NodeIcon type={spec.type} category={spec.category} size={24} />,
      })),
    },
  ];
  return (
    <div
      ref={box}
      className={classes.popover}
      role="dialog"
      aria-label={title}
      style={{
        left: Math.max(8, Math.min(open.screen.x, globalThis.innerWidth - WIDTH - 8)),
        top: Math.max(8, Math.min(open.screen.y, globalThis.innerHeight - HEIGHT - 8)),
      }}
    >
      <div className={classes.popoverTitle}>{title}</div>
      <PickList
        label={title}
        placeholder={t("searchTypes")}
        nothing={t("noType")}
        find={find}
        onClose={closeQuickAdd}
        onPick={(type) => {
          const spec = specs.get(type);
          closeQuickAdd();
          if (spec) addChosen(spec, open);
        }}
      />
    </div>
  );
}
