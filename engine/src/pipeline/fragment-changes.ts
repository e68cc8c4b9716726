/** What a newer version of a fragment changes for a document that uses it: said before the document is changed. */
import { formatType } from "../expression/index.ts";
import type { Words } from "../node/spec.ts";
import { fieldAt, type Schema } from "../schema/index.ts";
import { type Analysis, type AnalyzeOptions, analyze } from "./analyze.ts";
import { pathsOf } from "./declared-schemas.ts";
import type { PinnedFragment, PipelineDocument } from "./document.ts";
import { fragmentOf, fragmentPorts, fragmentType, type Specs } from "./fragments.ts";
import type { Problem } from "./problem.ts";
import { problem } from "./problem-words.ts";

export interface FragmentChanges {
  /** Ports, parameters, and fields that leave at each using node: a sentence each. */
  readonly changes: readonly Words[];
  /** Problems that the document does not have now. */
  readonly problems: readonly Problem[];
  /** Problems of now that would be gone. */
  readonly mended: readonly Problem[];
}

/** The document with another version of the fragment that it uses. */
export function withFragment(document: PipelineDocument, id: string, pinned: PinnedFragment): PipelineDocument {
  return { ...document, fragments: { ...document.fragments, [id]: pinned } };
}

/** What a document carries of a fragment: its tests stay with it. */
export function carried(fragment: PipelineDocument): PipelineDocument {
  const { tests: _, ...rest } = fragment;
  return rest;
}

export function fragmentChanges(
  document: PipelineDocument,
  id: string,
  next: PinnedFragment,
  specs: Specs,
  options: AnalyzeOptions = {},
): FragmentChanges {
  const before = analyze(document, specs, options);
  const after = analyze(withFragment(document, id, next), specs, options);
  const was = document.fragments?.[id]?.document;
  const is = next.document;
  const changes = was && is ? [...portChanges(was, is, specs), ...parameterChanges(was, is)] : [];
  return {
    changes: [...changes, ...fieldChanges(fragmentType(id), before, after)],
    problems: missingIn(before.problems, after.problems),
    mended: missingIn(after.problems, before.problems),
  };
}

/** Warnings at the nodes that use a fragment of which there is a newer version. `newestOf`: by fragment; undefined for one that is not known. */
export function outdatedFragments(document: PipelineDocument, newestOf: (fragment: string) => number | undefined): readonly Problem[] {
  return Object.entries(document.fragments ?? {}).flatMap(([fragment, { version }]) => {
    const newest = newestOf(fragment);
    if (newest === undefined || newest <= version) return [];
    const users = Object.entries(document.nodes).filter(([, { type }]) => fragmentOf(type) === fragment);
    return users.map(([nodeId]) => problem("fragment.outdated", { fragment, version, latest: newest }, { severity: "warning", nodeId }));
  });
}

function portChanges(was: PipelineDocument, is: PipelineDocument, specs: Specs): Words[] {
  const [before, after] = [fragmentPorts(was, specs), fragmentPorts(is, specs)];
  return (["inputs", "outputs"] as const).flatMap((side) => {
    const name = { inputs: { en: "input", zh: "输入端口" }, outputs: { en: "output", zh: "输出端口" } }[side];
    const gone = Object.keys(before[side]).filter((port) => !Object.hasOwn(after[side], port));
    const fresh = Object.keys(after[side]).filter((port) => !Object.hasOwn(before[side], port));
    return [
      ...gone.map((port) => ({ en: `${name.en} "${port}" goes`, zh: `去掉${name.zh} “${port}”` })),
      ...fresh.map((port) => ({ en: `${name.en} "${port}" comes`, zh: `新增${name.zh} “${port}”` })),
    ];
  });
}

function parameterChanges(was: PipelineDocument, is: PipelineDocument): Words[] {
  const [before, after] = [was.parameters ?? {}, is.parameters ?? {}];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name): Words[] => {
    const [old, now] = [before[name], after[name]];
    if (!now) return [{ en: `parameter "${name}" goes`, zh: `去掉参数 “${name}”` }];
    if (!old)
      return [
        { en: `parameter "${name}" comes; without a value it is ${now.default}`, zh: `新增参数 “${name}”；未填写时为 ${now.default}` },
      ];
    const changes: Words[] = [];
    if (old.type !== now.type)
      changes.push({
        en: `parameter "${name}" becomes ${now.type}, was ${old.type}`,
        zh: `参数 “${name}” 的类型由 ${old.type} 变为 ${now.type}`,
      });
    if (old.default !== now.default)
      changes.push({
        en: `parameter "${name}" is ${now.default} without a value, was ${old.default}`,
        zh: `参数 “${name}” 未填写时为 ${now.default}，原为 ${old.default}`,
      });
    return changes;
  });
}

/** Fields that leave at ports that there are before and after. */
function fieldChanges(type: string, before: Analysis, after: Analysis): Words[] {
  return before.graph.uses.flatMap((use) => {
    const now = after.graph.uses.find(({ id }) => id === use.id);
    if (use.spec.type !== type || !now) return [];
    return Object.entries(use.outputs).flatMap(([port, { schema, known }]) => {
      const next = now.outputs[port];
      return next?.known && known ? differences(`${use.id}.${port}`, schema, next.schema) : [];
    });
  });
}

function differences(port: string, was: Schema, is: Schema): Words[] {
  return [...new Set([...pathsOf(was), ...pathsOf(is)])].flatMap((path): Words[] => {
    const [old, now] = [was, is].map((schema) => fieldAt(schema, path.split("."))?.dataType);
    if (!old && !now) return [];
    if (!now) return [{ en: `${port}: field "${path}" goes`, zh: `${port}：去掉字段 “${path}”` }];
    if (!old)
      return [{ en: `${port}: field "${path}" comes (${formatType(now)})`, zh: `${port}：新增字段 “${path}”（${formatType(now)}）` }];
    if (old.type === "ROW" || formatType(old) === formatType(now)) return [];
    return [
      {
        en: `${port}: field "${path}" becomes ${formatType(now)}, was ${formatType(old)}`,
        zh: `${port}：字段 “${path}” 由 ${formatType(old)} 变为 ${formatType(now)}`,
      },
    ];
  });
}

function missingIn(there: readonly Problem[], all: readonly Problem[]): Problem[] {
  const known = new Set(there.map((one) => JSON.stringify(one)));
  return all.filter((one) => !known.has(JSON.stringify(one)));
}
