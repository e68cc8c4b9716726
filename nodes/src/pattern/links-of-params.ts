/** The chain of links that params describe, and the conditions that stand in them, by number. */
import { toMillis } from "@millrace/engine/node";
import type { Inner, Link } from "./links.ts";
import type { PatternParams, Step } from "./params.ts";

export interface NumberedCondition {
  readonly text: string;
  /** Where it stands in the params. */
  readonly path: readonly (string | number)[];
}

export interface Chain {
  readonly links: readonly Link[];
  readonly conditions: readonly NumberedCondition[];
}

/** Of all groups, and of what waits for the next round of one. */
const GROUP_NAME = "GroupPattern";

export function chainOf({ steps, within }: Pick<PatternParams, "steps" | "within">): Chain {
  const conditions: NumberedCondition[] = [];
  const number = (text: string | undefined, path: NumberedCondition["path"]): number | undefined =>
    text === undefined ? undefined : conditions.push({ text, path }) - 1;
  const linksOf = (list: readonly Step[], path: readonly (string | number)[]): Link[] => list.map((step, i) => linkOf(step, [...path, i]));
  const linkOf = (step: Step, path: readonly (string | number)[]): Link => {
    const repeat = "repeat" in step ? step.repeat : ({ do: "once" } as const);
    const isOnce = repeat.do === "once";
    const least = isOnce ? 1 : repeat.least;
    return {
      name: step.is === "group" ? GROUP_NAME : step.name,
      contiguity: step.is === "none" ? `not-${step.follows}` : step.follows,
      condition: step.is === "group" ? undefined : number(step.where, [...path, "where"]),
      times: isOnce
        ? undefined
        : {
            least: Math.max(1, least),
            most: repeat.do === "or-more" ? Number.POSITIVE_INFINITY : (repeat.most ?? Math.max(1, least)),
            gapMs: repeat.gap === undefined ? undefined : toMillis(repeat.gap),
          },
      optional: (step.is !== "none" && step.optional) || least === 0,
      greedy: "greedy" in repeat && repeat.greedy === true,
      inner: isOnce ? "relaxed" : (repeat.between satisfies Inner),
      until: "until" in repeat ? number(repeat.until, [...path, "repeat", "until"]) : undefined,
      gapMs: step.is === "group" || step.gap === undefined ? undefined : toMillis(step.gap),
      withinMs: undefined,
      group: step.is === "group" ? linksOf(step.steps, [...path, "steps"]) : undefined,
    };
  };
  const links = linksOf(steps, ["steps"]);
  const last = links.at(-1);
  if (last !== undefined && within !== undefined) links[links.length - 1] = { ...last, withinMs: toMillis(within) };
  return { links, conditions };
}

/** Names of the steps that match rows, groups' inner ones too. */
export function stepNames(steps: readonly Step[]): string[] {
  return steps.flatMap((step) => (step.is === "group" ? stepNames(step.steps) : [step.name]));
}
