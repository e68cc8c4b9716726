import type { Category } from "@millrace/engine/node";
import { fragmentOf } from "@millrace/engine/pipeline";
import classes from "./palette.module.css";

/** Drawn by each node type's folder; they use `currentColor`. */
const icons: ReadonlyMap<string, string> = new Map(
  Object.entries(import.meta.glob<string>("../../../nodes/src/*/icon.svg", { eager: true, query: "?raw", import: "default" })).map(
    ([path, svg]) => [path.split("/").at(-2) as string, svg],
  ),
);

const PLAIN =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"><circle cx="12" cy="12" r="7"/></svg>';

interface NodeIconProps {
  readonly type: string;
  readonly category: Category | undefined;
  readonly size?: number;
}

/** The type's sign on a tile in its category's colour. Says nothing to a screen reader: the name stands beside it. */
export function NodeIcon({ type, category, size = 28 }: NodeIconProps) {
  return (
    <span
      className={classes.icon}
      data-category={category}
      style={{ width: size, height: size }}
      aria-hidden
      // The files are our own and part of the build.
      // biome-ignore lint/security/noDangerouslySetInnerHtml: see above
      dangerouslySetInnerHTML={{ __html: icons.get(fragmentOf(type) === undefined ? type : "fragment-port") ?? PLAIN }}
    />
  );
}
