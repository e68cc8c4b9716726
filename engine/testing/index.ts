export type { SeenRow } from "./compare-rows.ts";
export { toJsonText } from "./json-text.ts";
export { type Emitted, type EmittedRow, NodeRefused, NodeRun } from "./node-run.ts";
export { caseProblems, type ExampleStep, playCase, tellCase } from "./play-node.ts";
export { type PlayOptions, type PlayResult, playPipeline } from "./player.ts";
export { type Random, seededRandom } from "./seeded-scheduler.ts";
export { DEAD_LETTERS, type Disruption, type Simulation, type SimulationResult, simulate } from "./simulated-run.ts";
export type { SimulatedRecord, SimulatedSource, VisibleRow } from "./simulated-world.ts";
