export * from "./analyze.ts";
export * from "./canonical.ts";
export { pathsOf } from "./declared-schemas.ts";
export { didYouMean } from "./did-you-mean.ts";
export * from "./document.ts";
export { MOST_NODES } from "./expand.ts";
export * from "./fragment-changes.ts";
export {
  connectionAliases,
  declaredName,
  fragmentOf,
  fragmentPorts,
  fragmentSpec,
  fragmentType,
  innerId,
  insideOf,
  isFragment,
  placeOf,
  type Specs,
  withFragments,
} from "./fragments.ts";
export * from "./json-schema.ts";
export { findDuplicateKeys } from "./json-text.ts";
export { type FieldPlace, type Lineage, type LineageStep, lineageOf } from "./lineage.ts";
export type { ParamMigrations } from "./migrate.ts";
export { fillIn, type ParameterValues, parameterValue, parameterValues } from "./parameters.ts";
export * from "./problem.ts";
export { type ProblemCode, placeText, problem, words } from "./problem-words.ts";
export * from "./read.ts";
export { type Spread, spreadOf } from "./spread.ts";
export { type ComputedTarget, computedTargets, type TargetUse, targetUses } from "./targets.ts";
export { timeZoneProblem } from "./time-zone.ts";
export * from "./typed-graph.ts";
