export * from "./analyze.ts";
export { didYouMean } from "./did-you-mean.ts";
export * from "./document.ts";
export * from "./problem.ts";
export { type ProblemCode, placeText, problem, words } from "./problem-words.ts";
export * from "./read.ts";
export * from "./typed-graph.ts";
