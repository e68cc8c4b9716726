import { defineSpec, expression, paramMeta } from "@millrace/engine/node";
import { z } from "zod";
import { foundBy } from "../field-sources.ts";
import { schemaParam } from "../io-params.ts";
import {
  LOOKUP_HOLDINGS,
  LOOKUP_SHARES,
  lookupOutputs,
  lookupParams,
  lookupSettings,
  takenFields,
  takenNames,
  widenedSchemas,
} from "../lookup-params.ts";
import { fieldName } from "../params.ts";

const path = () => z.string().regex(/^[^.]+(\.[^.]+)*$/);

const onePage = z
  .strictObject({
    by: z.literal("none").register(paramMeta, {
      title: { en: "One answer", zh: "单次应答" },
      description: { en: "All is in one answer.", zh: "全部内容在一次应答中。" },
    }),
  })
  .register(paramMeta, {
    title: { en: "One answer", zh: "单次应答" },
    description: { en: "All is in one answer.", zh: "全部内容在一次应答中。" },
  });

const mostPages = () =>
  z
    .int()
    .min(1)
    .max(10_000)
    .default(10)
    .register(paramMeta, {
      title: { en: "Pages at most", zh: "最多页数" },
      description: { en: "A row that needs more leaves by the error port.", zh: "需要更多页的行从 error 端口流出。" },
    });

const byNumber = z
  .strictObject({
    by: z.literal("number").register(paramMeta, {
      title: { en: "By page number", zh: "按页码" },
      description: { en: "Until a page is empty.", zh: "直到某页为空。" },
    }),
    parameter: z
      .string()
      .min(1)
      .default("page")
      .register(paramMeta, {
        title: { en: "Parameter", zh: "参数" },
        description: { en: "Of the query, that says which page.", zh: "表示页码的查询参数。" },
        examples: ["page"],
      }),
    first: z
      .int()
      .default(1)
      .register(paramMeta, { title: { en: "First page", zh: "起始页" }, description: { en: "Its number.", zh: "起始页的编号。" } }),
    mostPages: mostPages(),
  })
  .register(paramMeta, {
    title: { en: "By page number", zh: "按页码" },
    description: { en: "Until a page is empty.", zh: "直到某页为空。" },
  });

const byNext = z
  .strictObject({
    by: z.literal("next").register(paramMeta, {
      title: { en: "By what the answer says", zh: "按应答中的下一页" },
      description: { en: "Until the answer names no next page.", zh: "直到应答不再给出下一页。" },
    }),
    field: path().register(paramMeta, {
      title: { en: "Next page in", zh: "下一页字段" },
      description: {
        en: "Field of the answer: an address, or a value for the parameter below.",
        zh: "应答中的字段：地址，或下面参数的取值。",
      },
      examples: ["paging.next", "next_cursor"],
    }),
    parameter: z
      .string()
      .min(1)
      .optional()
      .register(paramMeta, {
        title: { en: "Parameter", zh: "参数" },
        description: {
          en: "Of the query, that takes the value. Left out: the field holds an address.",
          zh: "接收该值的查询参数。不填则字段是地址。",
        },
        examples: ["cursor"],
      }),
    mostPages: mostPages(),
  })
  .register(paramMeta, {
    title: { en: "By what the answer says", zh: "按应答中的下一页" },
    description: { en: "Until the answer names no next page.", zh: "直到应答不再给出下一页。" },
  });

const params = z
  .strictObject({
    connection: z
      .string()
      .regex(/^[a-z][a-z0-9_-]{0,63}$/)
      .register(paramMeta, {
        title: { en: "Connection", zh: "连接" },
        description: { en: "An alias of the pipeline for an HTTP service.", zh: "流水线中指向 HTTP 服务的连接别名。" },
        kind: "connection",
        examples: ["api"],
      }),
    path: expression().register(paramMeta, {
      title: { en: "Path", zh: "路径" },
      description: {
        en: "Below the connection's address, over the incoming row. Rows with the same path are asked for once. NULL finds nothing.",
        zh: "连接地址之下的路径，基于输入行。路径相同的行只查询一次。NULL 查不到任何内容。",
      },
      kind: "expression",
      examples: ["CONCAT('/users/', URL_ENCODE(user_id))"],
    }),
    method: z
      .enum(["GET", "POST"])
      .default("GET")
      .register(paramMeta, {
        title: { en: "Method", zh: "方法" },
        description: { en: "POST sends a body.", zh: "POST 会发送请求体。" },
        options: { GET: { en: "GET", zh: "GET" }, POST: { en: "POST", zh: "POST" } },
        advanced: true,
      }),
    body: expression()
      .optional()
      .register(paramMeta, {
        title: { en: "Body", zh: "请求体" },
        description: { en: "Text of a POST, as JSON.", zh: "POST 的 JSON 文本。" },
        kind: "expression",
        examples: ["JSON_OBJECT('id' VALUE user_id)"],
        advanced: true,
      }),
    schema: schemaParam().register(paramMeta, {
      title: { en: "Fields of the answer", zh: "应答的字段" },
      description: {
        en: "A schema that the pipeline declares, or fields in SQL's words. Of each entry, where the answer is a list.",
        zh: "流水线中声明的模式，或用 SQL 写出的字段。应答为列表时指其中每一项。",
      },
      kind: "schema",
      examples: ["name STRING, level INT"],
    }),
    list: z
      .string()
      .regex(/^(\*|[^.*]+(\.[^.*]+)*)$/)
      .optional()
      .register(paramMeta, {
        title: { en: "List in", zh: "列表字段" },
        description: {
          en: 'Field of the answer that holds a list, or "*" where the answer is one. The entries of all pages go into one field.',
          zh: "应答中存放列表的字段；应答本身是列表时填 “*”。所有页的条目放入同一字段。",
        },
        examples: ["data.items", "*"],
        advanced: true,
      }),
    paging: z
      .discriminatedUnion("by", [onePage, byNumber, byNext])
      .default({ by: "none" })
      .register(paramMeta, {
        title: { en: "Pages", zh: "分页" },
        description: { en: "How a long list is asked for.", zh: "如何请求较长的列表。" },
        advanced: true,
      }),
    fields: takenFields(["name"]).register(paramMeta, {
      title: { en: "Fields to take over", zh: "取用的字段" },
      description: { en: "Added to the row, or put in place of what is there.", zh: "添加到行中，或替换已有的字段。" },
    }),
    into: fieldName()
      .optional()
      .register(paramMeta, {
        title: { en: "All into", zh: "全部放入" },
        description: { en: "A field for all that was found: the answer, or the list.", zh: "存放全部查询结果（应答或列表）的字段。" },
        examples: ["user"],
      }),
    perSecond: z
      .number()
      .positive()
      .max(1_000_000)
      .optional()
      .register(paramMeta, {
        title: { en: "Requests a second at most", zh: "每秒最多请求数" },
        description: { en: "Of all workers together. Left out: as fast as answers come.", zh: "所有工作线程合计。不填则不限制。" },
      }),
    requestTimeout: z
      .string()
      .default("10 s")
      .register(paramMeta, {
        title: { en: "One answer within", zh: "单次应答时限" },
        description: {
          en: "A request without an answer after that counts as failed, and may be retried.",
          zh: "超过此时间没有应答的请求视为失败，可重试。",
        },
        kind: "duration",
        examples: ["10 s"],
        advanced: true,
      }),
    ...lookupParams(),
  })
  .refine(({ fields, into }) => fields.length > 0 || into !== undefined, {
    path: ["fields"],
    params: { expected: { en: "at least one field to take over, or a field for all", zh: "至少一个取用的字段，或存放全部内容的字段" } },
  })
  .refine(({ list, fields, into }) => list === undefined || (fields.length === 0 && into !== undefined), {
    path: ["into"],
    params: { expected: { en: "a field for the list, and no single fields", zh: "存放列表的字段，且没有单个取用的字段" } },
  })
  .refine(({ list, paging }) => list !== undefined || paging.by === "none", {
    path: ["paging"],
    params: { expected: { en: "one answer where there is no list", zh: "没有列表时为单次应答" } },
  });

export type HttpLookupParams = z.infer<typeof params>;

export const spec = defineSpec<HttpLookupParams>({
  type: "http-lookup",
  title: { en: "HTTP lookup", zh: "HTTP 关联" },
  summary: { en: "Widens each row by what an HTTP service answers.", zh: "用 HTTP 服务的应答补充每一行。" },
  category: "join",
  keywords: ["REST", "API", "enrich", "request", "web service", "接口", "调用接口", "外部服务", "维度关联", "异步 IO"],
  params,
  inputs: { in: { en: "Rows to widen.", zh: "要补充的行。" } },
  outputs: (params) => lookupOutputs(params, { en: "Rows with what was answered.", zh: "补充了应答内容的行。" }),
  connection: "http",
  passes: () => ({ missing: "in" }),
  lineage: ({ params }) => foundBy("in", params.path, takenNames(params)),
  lookup: lookupSettings,
  holdings: LOOKUP_HOLDINGS,
  shares: LOOKUP_SHARES,
  inferSchema: (context) =>
    widenedSchemas(context, (answer) => (context.params.list === undefined ? answer : { type: "ARRAY", element: answer })),
  expressions: ({ path, body }) => [
    { path: ["path"], text: path, port: "in" },
    ...(body === undefined ? [] : [{ path: ["body"], text: body, port: "in" }]),
  ],
  cardLine: (params) => `${params.path ?? ""} → ${takenNames(params).join(", ")}`,
});
