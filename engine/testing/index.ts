export type { SeenRow } from "./compare-rows.ts";
export { caseProblems, playCase } from "./play-node.ts";
export { type PlayOptions, type PlayResult, playPipeline, toJsonText } from "./player.ts";
