/** What a start, a stop or a savepoint can fail with, as the API answers it. */
import { ApiFailure, quote } from "../http/api-failure.ts";
import type { RestorePlan, RunFailure, Words } from "./run-host.ts";

/** Errors of the host carry the whole failure, those of connections words in both languages; others are told by their message. */
export function failureOf(error: unknown): RunFailure {
  const { failure, words } = (error ?? {}) as { failure?: RunFailure; words?: Words };
  if (failure) return failure;
  if (words) return { message: words };
  const text = error instanceof Error ? error.message : String(error);
  return { message: { en: text, zh: text } };
}

export function savepointOfStopFailed(error: unknown): ApiFailure {
  const { message } = failureOf(error);
  return new ApiFailure(409, "savepoint-failed", {
    en: `The savepoint failed, so the run goes on: ${message.en} Mend the cause, or stop without a savepoint (it then goes on from its last checkpoint).`,
    zh: `保存点失败,运行继续:${message.zh} 请排除原因,或不做保存点直接停止(之后从最近的检查点继续)。`,
  });
}

export function savepointFailed(error: unknown): ApiFailure {
  const { message } = failureOf(error);
  return new ApiFailure(409, "savepoint-failed", {
    en: `The savepoint failed: ${message.en} What was saved before is untouched.`,
    zh: `保存点失败:${message.zh} 之前保存的状态不受影响。`,
  });
}

export function startFailed(error: unknown, oldGoesOn: boolean): ApiFailure {
  if (error instanceof ApiFailure) return error;
  const { message, doubled } = failureOf(error);
  return new ApiFailure(422, doubled === undefined ? "start-failed" : "rows-double", {
    en: `The run did not start: ${message.en}${oldGoesOn ? " The version before goes on." : ""}`,
    zh: `运行未能启动:${message.zh}${oldGoesOn ? " 之前的版本继续运行。" : ""}`,
  });
}

export function neverDeployed(id: string): ApiFailure {
  return new ApiFailure(409, "never-deployed", {
    en: `Pipeline ${quote(id)} was never deployed. Deploy it first.`,
    zh: `流水线 ${quote(id)} 从未部署。请先部署。`,
  });
}

export function runsAlready(id: string): ApiFailure {
  return new ApiFailure(409, "running", { en: `Pipeline ${quote(id)} runs already.`, zh: `流水线 ${quote(id)} 已在运行。` });
}

export function runsElsewhere(id: string): ApiFailure {
  return new ApiFailure(409, "runs-elsewhere", {
    en: `A \`millrace run\` of ${quote(id)} uses this data folder; a second run would write every row twice. Stop that one (Ctrl+C) first.`,
    zh: `有一个 millrace run 正在此数据目录运行 ${quote(id)};再次运行会重复写出每一行。请先停止它(Ctrl+C)。`,
  });
}

export function runsNot(id: string): ApiFailure {
  return new ApiFailure(409, "not-running", {
    en: `Pipeline ${quote(id)} does not run, so there is nothing new to save. Deploy or start it first.`,
    zh: `流水线 ${quote(id)} 未在运行,没有可保存的新状态。请先部署或启动。`,
  });
}

export function noSuchSavepoint(id: string, savepoint: string): ApiFailure {
  return new ApiFailure(404, "not-found", {
    en: `Pipeline ${quote(id)} has no savepoint ${quote(savepoint)}. \`millrace savepoint ${id} --list\` names those it has.`,
    zh: `流水线 ${quote(id)} 没有保存点 ${quote(savepoint)}。可用 millrace savepoint ${id} --list 查看现有保存点。`,
  });
}

/** Undefined when every node's state fits. */
export function refusedState({ nodes }: RestorePlan): ApiFailure | undefined {
  const refused = nodes.filter(({ state }) => state === "refused");
  if (refused.length === 0) return undefined;
  const reasons = refused.map(({ nodeId, how }) => ({ node: quote(nodeId), how: how ?? { en: "It does not fit.", zh: "不匹配。" } }));
  return new ApiFailure(422, "state-refused", {
    en: `The saved state does not fit the pipeline, so nothing was changed. ${reasons.map(({ node, how }) => `Node ${node}: ${how.en}`).join(" ")} Change the node back, give it a new id to begin it without state, or deploy fresh.`,
    zh: `已保存的状态与流水线不匹配,未做任何更改。${reasons.map(({ node, how }) => `节点 ${node}:${how.zh}`).join(" ")} 请将节点改回,或给它新的 id 使其不带状态启动,或选择全新部署。`,
  });
}
