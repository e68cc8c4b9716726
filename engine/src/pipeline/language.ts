/** The expression language as `analyze` uses it. */
import type { ExpressionApi } from "../expression/api.ts";
import * as expression from "../expression/index.ts";

const language = expression as unknown as ExpressionApi;

export const check: ExpressionApi["check"] = (text, schema, settings) => language.check(text, schema, settings);
export const parseType: ExpressionApi["parseType"] = (text) => language.parseType(text);
export const formatType: ExpressionApi["formatType"] = (dataType) => language.formatType(dataType);
