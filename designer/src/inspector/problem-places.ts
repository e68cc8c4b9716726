/** Which control of a form shows which problem: the deepest one on the problem's path, so that none is lost. */
import type { Problem } from "@millrace/engine/pipeline";
import type { FormItem, Path } from "./form-model.ts";
import { isRecord, variantOf } from "./form-value.ts";

export function pathKey(path: Path): string {
  return JSON.stringify(path);
}

/** Problems by the key of the control's path; those of the whole node stand under `pathKey([])`. */
export function placeProblems(form: FormItem, params: unknown, problems: readonly Problem[]): ReadonlyMap<string, readonly Problem[]> {
  const shown = new Set<string>();
  collect(form, params, [], shown);
  const placed = new Map<string, Problem[]>();
  for (const problem of problems) {
    let path: Path = problem.path ?? [];
    while (path.length > 0 && !shown.has(pathKey(path))) path = path.slice(0, -1);
    const key = pathKey(path);
    placed.set(key, [...(placed.get(key) ?? []), problem]);
  }
  return placed;
}

/** True when a problem stands at `path` or below: a closed part of the form says so. */
export function hasProblemBelow(problems: readonly Problem[], path: Path): boolean {
  return problems.some((problem) => path.every((step, depth) => problem.path?.[depth] === step));
}

function collect(item: FormItem, value: unknown, path: Path, shown: Set<string>): void {
  const { control } = item;
  if (control.kind !== "constant") shown.add(pathKey(path));
  if (control.kind === "group") {
    for (const field of control.fields) collect(field, isRecord(value) ? value[field.name] : undefined, [...path, field.name], shown);
  } else if (control.kind === "list" && Array.isArray(value)) {
    for (const [index, inner] of value.entries()) collect(control.item, inner, [...path, index], shown);
  } else if (control.kind === "map" && isRecord(value)) {
    for (const [name, inner] of Object.entries(value)) collect(control.item, inner, [...path, name], shown);
  } else if (control.kind === "variants") {
    const variant = variantOf(control, value);
    if (variant) collect(variant.item, value, path, shown);
  }
}
