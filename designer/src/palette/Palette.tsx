import { TextInput } from "@mantine/core";
import type { NodeSpec } from "@millrace/engine/node";
import { IconSearch } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { addChosen } from "../canvas/quick-add.ts";
import { placeOfWork } from "../canvas/viewport.ts";
import { freeOutput, mainPorts, placeAfter } from "../edits/add.ts";
import { useWords } from "../i18n/use-words.ts";
import { useDocument } from "../store/document.ts";
import { useFragments } from "../store/fragments.ts";
import { useSelection } from "../store/selection.ts";
import { offeredSpecs, specs } from "../store/specs.ts";
import { NODE_TYPE_MIME } from "./drag.ts";
import { NodeIcon } from "./NodeIcon.tsx";
import classes from "./palette.module.css";
import { CATEGORIES, searchSpecs } from "./search.ts";

/** All node types by category; dragged, or added with Enter. */
export function Palette() {
  const { t } = useTranslation("palette");
  const [query, setQuery] = useState("");
  // What is offered depends on both.
  const fragments = useFragments((state) => state.fragments);
  const carried = useDocument(({ document }) => document.fragments);
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const found = useMemo(() => searchSpecs(offeredSpecs(), query), [query, fragments, carried]);
  return (
    <nav className={classes.palette} aria-label={t("title")}>
      <div className={classes.search}>
        <TextInput
          size="xs"
          leftSection={<IconSearch size={14} />}
          placeholder={t("search")}
          aria-label={t("search")}
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={(event) => {
            const [first] = found;
            if (event.key === "Enter" && query !== "" && first) addBehindSelected(first);
          }}
        />
      </div>
      <div className={classes.list} tabIndex={-1}>
        {CATEGORIES.map((category) => {
          const members = found.filter((spec) => spec.category === category);
          if (members.length === 0) return null;
          return (
            <section key={category} aria-label={t(`category.${category}`)}>
              <h2 className={classes.category}>{t(`category.${category}`)}</h2>
              {members.map((spec) => (
                <Item key={spec.type} spec={spec} />
              ))}
            </section>
          );
        })}
        <p className={classes.empty}>{found.length === 0 ? t("nothing") : t("hint")}</p>
      </div>
    </nav>
  );
}

function Item({ spec }: { readonly spec: NodeSpec }) {
  const words = useWords();
  return (
    <button
      type="button"
      className={classes.item}
      draggable
      title={words(spec.summary)}
      onDragStart={(event) => {
        event.dataTransfer.setData(NODE_TYPE_MIME, spec.type);
        event.dataTransfer.effectAllowed = "copy";
      }}
      onClick={() => addBehindSelected(spec)}
    >
      <NodeIcon type={spec.type} category={spec.category} size={26} />
      <span>{words(spec.title)}</span>
    </button>
  );
}

/** Behind the node that is selected alone, joined to it when it can be; else where one works. */
function addBehindSelected(spec: NodeSpec): void {
  const { nodes } = useSelection.getState();
  const { document } = useDocument.getState();
  const [before] = nodes;
  const place = placeOfWork() ?? { x: 0, y: 0 };
  const screen = { x: 0, y: 0 };
  const node = nodes.length === 1 && before !== undefined ? document.nodes[before] : undefined;
  const beforeSpec = node && specs.get(node.type);
  const output = before !== undefined && beforeSpec ? freeOutput(document, before, beforeSpec) : undefined;
  if (before === undefined || output === undefined || mainPorts(spec).input === undefined)
    return void addChosen(spec, { screen, at: place });
  addChosen(spec, { screen, at: placeAfter(document, before), from: `${before}.${output}` });
}
