/**
 * Recorded scripts of Flink's operators (`windows.json`), each played by the player of its kind. A kind's player is a file of its own in `operators/`: it says which node, with which
 * params, the script is played on (`play-on-node.ts`), or plays a part of the runtime itself.
 */
import { NodeRefused } from "@millrace/engine/testing";
import { playCep } from "./operators/cep.ts";
import { differenceIn } from "./operators/compare.ts";
import { playDeduplicate } from "./operators/deduplicate.ts";
import { playIntervalJoin, playSqlIntervalJoin } from "./operators/interval-join.ts";
import { type OperatorScript, type PlayScript, Unsupported } from "./operators/script.ts";
import { playTemporalJoin } from "./operators/temporal-join.ts";
import { playTopN } from "./operators/top-n.ts";
import { playWatermarkGenerator } from "./operators/watermark-generator.ts";
import { playWatermarkMultiplexer } from "./operators/watermark-multiplexer.ts";
import { playWatermarkValve } from "./operators/watermark-valve.ts";
import { playGroupWindow, playStreamWindow, playWindowTvf } from "./operators/window.ts";
import { playWindowDeduplicate } from "./operators/window-deduplicate.ts";
import { addUnsupported, newTally, type Tally } from "./tally.ts";

/** By `operator.kind`. */
const PLAYERS: Readonly<Record<string, PlayScript>> = {
  deduplicate: playDeduplicate,
  intervalJoin: playIntervalJoin,
  sqlIntervalJoin: playSqlIntervalJoin,
  temporalJoin: playTemporalJoin,
  cep: playCep,
  groupWindow: playGroupWindow,
  topN: playTopN,
  watermarkGenerator: playWatermarkGenerator,
  watermarkMultiplexer: playWatermarkMultiplexer,
  watermarkValve: playWatermarkValve,
  window: playStreamWindow,
  windowDeduplicate: playWindowDeduplicate,
  windowTvfAgg: playWindowTvf,
};

export function operatorScripts({ cases = [] }: { readonly cases?: readonly OperatorScript[] }): Tally {
  const tally = newTally();
  for (const script of cases) {
    const { kind } = script.operator;
    const play = PLAYERS[kind];
    if (play === undefined) addUnsupported(tally, `there is no node type for ${kind}`);
    else playScript(script, play, tally);
  }
  return tally;
}

function playScript(script: OperatorScript, play: PlayScript, tally: Tally): void {
  try {
    const difference = differenceIn(script, play(script));
    if (difference === undefined) tally.passed += 1;
    else tally.failures.push(`${script.id}: ${difference}`);
  } catch (error) {
    if (error instanceof Unsupported) addUnsupported(tally, `${script.operator.kind}: ${error.message}`);
    else if (error instanceof NodeRefused) tally.failures.push(`${script.id}: refused: ${error.message}`);
    else throw error;
  }
}
