import { ConnectionError, isDiskFull } from "@millrace/nodes/connections";
import type { ErrorRequestHandler, RequestHandler } from "express";
import { ApiFailure, quote } from "./api-failure.ts";

/** Answers every error of the API as `apiError`; what is nobody's fault but ours goes to the log with its stack and answers 500 without it. */
export function apiErrors(log: (line: string) => void): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    if (response.headersSent) return next(thrown);
    const failure = asFailure(thrown);
    if (failure.status >= 500)
      log(`${request.method} ${request.path}: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`);
    response.status(failure.status).json(failure.body());
  };
}

export const noSuchRoute: RequestHandler = (request) => {
  throw new ApiFailure(404, "not-found", {
    en: `There is no route ${request.method} ${quote(request.baseUrl + request.path)}. See /api/docs.`,
    zh: `没有接口 ${request.method} ${quote(request.baseUrl + request.path)}。参见 /api/docs。`,
  });
};

/** Errors of Express' body parsers carry a `type`; the rest is ours or a bug. */
function asFailure(thrown: unknown): ApiFailure {
  if (thrown instanceof ApiFailure) return thrown;
  if (thrown instanceof ConnectionError) return new ApiFailure(503, thrown.code, thrown.words);
  if (isDiskFull(thrown) || isDatabaseFull(thrown)) return diskFull();
  const { type, status, limit } = (thrown ?? {}) as { type?: string; status?: number; limit?: number };
  if (type === "entity.too.large") return tooLarge(limit);
  if (type === "entity.parse.failed") {
    const detail = (thrown as Error).message;
    return new ApiFailure(400, "bad-json", {
      en: `The body is not JSON: ${detail}. Repair the text there.`,
      zh: `请求体不是 JSON:${detail}。请修正该处。`,
    });
  }
  if (type === "encoding.unsupported" || type === "charset.unsupported") {
    return new ApiFailure(415, "unsupported-encoding", {
      en: `${(thrown as Error).message}. Send UTF-8, plain or with gzip, deflate or br.`,
      zh: `${(thrown as Error).message}。请发送 UTF-8,可用 gzip、deflate 或 br 压缩。`,
    });
  }
  if (thrown instanceof URIError || status === 400) {
    return new ApiFailure(400, "bad-request", { en: "The request cannot be read.", zh: "无法读取请求。" });
  }
  return new ApiFailure(500, "internal", {
    en: "The server made a mistake; its log says more.",
    zh: "服务器内部错误,详情见服务器日志。",
  });
}

const SQLITE_FULL = 13;

/** True for what SQLite says on a full disk. */
export function isDatabaseFull(error: unknown): boolean {
  const { errcode } = (error ?? {}) as { errcode?: number };
  return errcode !== undefined && errcode % 256 === SQLITE_FULL;
}

export function diskFull(): ApiFailure {
  return new ApiFailure(503, "disk-full", {
    en: "The disk that holds the data folder is full, so nothing was changed. Free some space and try again.",
    zh: "数据目录所在的磁盘已满,未做任何更改。请释放空间后重试。",
  });
}

function tooLarge(limit: number | undefined): ApiFailure {
  const size = limit === undefined ? "the limit" : `the limit of ${limit} bytes`;
  const zh = limit === undefined ? "上限" : `上限 ${limit} 字节`;
  return new ApiFailure(413, "too-large", {
    en: `The body is larger than ${size}. Send less at once, or start with a larger --max-post.`,
    zh: `请求体超过${zh}。请分批发送,或用更大的 --max-post 启动。`,
  });
}
