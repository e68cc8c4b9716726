/**
 * The words of every problem, English and Chinese, made from its code and arguments. A new code is a new entry here: `problem` takes no other,
 * and a test finds entries that nothing raises. Node types say what is special to them with `node.words`.
 */
import { EXPRESSION_PROBLEM_WORDS } from "../expression/problem-words.ts";
import type { Target, Words } from "../node/spec.ts";
import { EXPECTED_WORDS, type Expected } from "./expected-words.ts";
import type { Problem } from "./problem.ts";

type Args = Problem["args"];
type Sentence = { readonly en: (args: Args) => string; readonly zh: (args: Args) => string };

const text = (args: Args, name: string): string => String(args[name] ?? "");
const list = (args: Args, name: string): readonly string[] => (Array.isArray(args[name]) ? (args[name] as readonly string[]) : []);

const TARGET_WORDS: Readonly<Record<Target["kind"], Words>> = {
  topic: { en: "topic", zh: "主题" },
  dimension: { en: "dimension table", zh: "维表" },
  table: { en: "table", zh: "表" },
  file: { en: "file", zh: "文件" },
};

const targetWords = (args: Args): Words =>
  TARGET_WORDS[text(args, "kind") as Target["kind"]] ?? { en: text(args, "kind"), zh: text(args, "kind") };

const didYouMeanEn = (args: Args) => (args["suggestion"] ? `; did you mean "${args["suggestion"]}"?` : "");
const didYouMeanZh = (args: Args) => (args["suggestion"] ? `；是否想写 “${args["suggestion"]}”？` : "");

function expectedEn(args: Args): string {
  const options = [...list(args, "kinds").map((kind) => EXPECTED_WORDS[kind as Expected].en), ...list(args, "values")];
  if (args["expected"] === "words") return text(args, "en");
  if (args["expected"] === "one-of") return options.length > 1 ? `one of ${options.join(", ")}` : options.join("");
  return EXPECTED_WORDS[args["expected"] as Expected].en + boundsEn(args);
}

function boundsEn(args: Args): string {
  if (args["expected"] === "array" && "atLeast" in args) return ` with at least ${args["atLeast"]} entries`;
  if (args["expected"] === "array" && "atMost" in args) return ` with at most ${args["atMost"]} entries`;
  if (args["expected"] === "string" && "atLeast" in args) return ` of at least ${args["atLeast"]} characters`;
  if (args["expected"] === "string" && "atMost" in args) return ` of at most ${args["atMost"]} characters`;
  if ("atLeast" in args) return ` of at least ${args["atLeast"]}`;
  if ("atMost" in args) return ` of at most ${args["atMost"]}`;
  if ("above" in args) return ` above ${args["above"]}`;
  return "below" in args ? ` below ${args["below"]}` : "";
}

function expectedZh(args: Args): string {
  const options = [...list(args, "kinds").map((kind) => EXPECTED_WORDS[kind as Expected].zh), ...list(args, "values")];
  if (args["expected"] === "words") return text(args, "zh");
  if (args["expected"] === "one-of") return options.length > 1 ? `以下之一：${options.join("、")}` : options.join("");
  return boundsZh(args) + EXPECTED_WORDS[args["expected"] as Expected].zh;
}

function boundsZh(args: Args): string {
  const unit = args["expected"] === "array" ? " 项的" : args["expected"] === "string" ? " 个字符的" : " 的";
  if ("atLeast" in args) return `至少 ${args["atLeast"]}${unit}`;
  if ("atMost" in args) return `至多 ${args["atMost"]}${unit}`;
  if ("above" in args) return `大于 ${args["above"]} 的`;
  return "below" in args ? `小于 ${args["below"]} 的` : "";
}

const gotEn = (args: Args) => (args["got"] ? `got ${args["got"]}` : "got nothing");
const gotZh = (args: Args) => (args["got"] ? `得到 ${args["got"]}` : "没有给出");
const tryEn = (args: Args) => (list(args, "examples").length ? ` Try ${list(args, "examples").join(" or ")}.` : "");
const tryZh = (args: Args) => (list(args, "examples").length ? `可以试试 ${list(args, "examples").join(" 或 ")}。` : "");

const PROBLEM_WORDS = {
  "document.not-json": {
    en: (a) => `this is not JSON: line ${text(a, "line")}, column ${text(a, "column")}: ${text(a, "en")}. Repair the text there.`,
    zh: (a) => `不是 JSON：第 ${text(a, "line")} 行第 ${text(a, "column")} 列：${text(a, "zh")}。请修正该处文本。`,
  },
  "document.duplicate-key": {
    en: (a) => `"${text(a, "key")}" stands twice in one object (again in line ${text(a, "line")}). Remove or rename one of the two.`,
    zh: (a) => `同一对象中 “${text(a, "key")}” 出现了两次（第二次在第 ${text(a, "line")} 行）。请删除或改名其中之一。`,
  },
  "document.duplicate-id": {
    en: (a) => `two nodes have the id "${text(a, "id")}". Give one of them another id.`,
    zh: (a) => `有两个节点的 id 都是 “${text(a, "id")}”。请为其中之一换一个 id。`,
  },
  "document.too-large": {
    en: (a) =>
      `the document is too large: ${text(a, "size")} ${text(a, "unit")}, at most ${text(a, "limit")} are read. Split the pipeline.`,
    zh: (a) => `文档过大：${text(a, "size")} ${text(a, "unit")}，最多读取 ${text(a, "limit")}。请拆分流水线。`,
  },
  "document.too-deep": {
    en: (a) => `the document is nested more than ${text(a, "limit")} levels deep. Give deep test records as text.`,
    zh: (a) => `文档嵌套超过 ${text(a, "limit")} 层。请把深层的测试记录写成文本。`,
  },
  "document.reserved-key": {
    en: (a) => `"${text(a, "key")}" cannot be a name here: JavaScript reserves it. Choose another name.`,
    zh: (a) => `此处不能使用名称 “${text(a, "key")}”：它是 JavaScript 的保留名。请换一个名称。`,
  },
  "document.not-plain": {
    en: (a) => `expected a JSON value, got ${text(a, "got")}. Only text, numbers, true, false, null, lists and objects can be saved.`,
    zh: (a) => `期望 JSON 值，得到 ${text(a, "got")}。只能保存文本、数字、true、false、null、列表和对象。`,
  },
  "document.newer-format": {
    en: (a) =>
      `a document from a newer format: it has format version ${text(a, "version")}, this Millrace reads up to ${text(a, "supported")}. ` +
      "Update Millrace, or export the pipeline again from the version that wrote it.",
    zh: (a) =>
      `文档来自更新的格式：其格式版本为 ${text(a, "version")}，当前 Millrace 最高支持 ${text(a, "supported")}。请升级 Millrace，或用写出该文档的版本重新导出流水线。`,
  },
  "format.expected": {
    en: (a) => `expected ${expectedEn(a)}, ${gotEn(a)}.${tryEn(a)}`,
    zh: (a) => `期望${expectedZh(a)}，${gotZh(a)}。${tryZh(a)}`,
  },
  "format.key": {
    en: (a) => `${gotEn(a)} as a name, expected ${expectedEn(a)}. Rename it.`,
    zh: (a) => `名称${gotZh(a)}，期望${expectedZh(a)}。请改名。`,
  },
  "format.unknown-member": {
    en: (a) =>
      `unknown member "${text(a, "member")}"${didYouMeanEn(a) || `. Known here: ${list(a, "known").join(", ") || "none"}. Remove it.`}`,
    zh: (a) => `未知成员 “${text(a, "member")}”${didYouMeanZh(a) || `。此处可用：${list(a, "known").join("、") || "无"}。请删除。`}`,
  },
  "settings.time-zone": {
    en: (a) => `unknown time zone "${text(a, "timeZone")}"${didYouMeanEn(a) || `. Try "Asia/Shanghai" or "UTC".`}`,
    zh: (a) => `未知时区 “${text(a, "timeZone")}”${didYouMeanZh(a) || "。可以试试 “Asia/Shanghai” 或 “UTC”。"}`,
  },
  "parameters.type": {
    en: (a) => `parameter "${text(a, "name")}": expected ${expectedEn(a)}, ${gotEn(a)}.`,
    zh: (a) => `参数 “${text(a, "name")}”：期望${expectedZh(a)}，${gotZh(a)}。`,
  },
  "parameters.unknown": {
    en: (a) => `the pipeline has no parameter "${text(a, "name")}"${didYouMeanEn(a) || ". Declare it under parameters, or do not set it."}`,
    zh: (a) => `流水线没有参数 “${text(a, "name")}”${didYouMeanZh(a) || "。请在 parameters 中声明，或不要设置它。"}`,
  },
  "params.unknown-parameter": {
    en: (a) => `unknown parameter \${${text(a, "name")}}${didYouMeanEn(a) || `. Declare it, or write $\${ for the characters themselves.`}`,
    zh: (a) => `未知的参数 \${${text(a, "name")}}${didYouMeanZh(a) || "。请声明该参数；若要字符本身，请写 $${。"}`,
  },
  "params.not-a-condition": {
    en: (a) => `expected a condition (BOOLEAN), got a value of type ${text(a, "type")}. Compare it with something, as in "amount > 100".`,
    zh: (a) => `期望条件（BOOLEAN），得到 ${text(a, "type")} 类型的值。请写成比较，例如 “amount > 100”。`,
  },
  "params.not-a-time": {
    en: (a) =>
      `expected a time (BIGINT of epoch milliseconds, TIMESTAMP or TIMESTAMP_LTZ), got a value of type ${text(a, "type")}. Convert it, for example with TO_TIMESTAMP_LTZ.`,
    zh: (a) =>
      `期望时间（毫秒时间戳 BIGINT、TIMESTAMP 或 TIMESTAMP_LTZ），得到 ${text(a, "type")} 类型的值。请转换，例如用 TO_TIMESTAMP_LTZ。`,
  },
  "lineage.unknown-port": {
    en: (a) => `there is no output port "${text(a, "port")}". Name one as node.port.`,
    zh: (a) => `没有输出端口 “${text(a, "port")}”。请写成 节点.端口。`,
  },
  "lineage.unknown-field": {
    en: (a) => `there is no field "${text(a, "field")}" here${didYouMeanEn(a) || ". Correct its name."}`,
    zh: (a) => `此处没有字段 “${text(a, "field")}”${didYouMeanZh(a) || "。请更正名称。"}`,
  },
  "params.changing-key": {
    en: (a) =>
      `the key "${text(a, "text")}" gives another value each time it is computed, so that a row would not find its state. Compute it as a field in a node before this one.`,
    zh: (a) => `键 “${text(a, "text")}” 每次计算都得到不同的值，行将找不到自己的状态。请在前面的节点中把它计算为字段。`,
  },
  "schemas.personal": {
    en: (a) =>
      `personal data is declared at "${text(a, "field")}", but the schema has no such field${didYouMeanEn(a) || ". Correct or remove the path."}`,
    zh: (a) => `声明了个人数据字段 “${text(a, "field")}”，但模式中没有该字段${didYouMeanZh(a) || "。请更正或删除该路径。"}`,
  },
  "graph.empty": {
    en: () => "the pipeline has no nodes. Add a source and a sink.",
    zh: () => "流水线没有节点。请添加数据源和输出。",
  },
  "graph.unknown-type": {
    en: (a) => `unknown node type "${text(a, "type")}"${didYouMeanEn(a) || ". Replace the node by one from the palette."}`,
    zh: (a) => `未知的节点类型 “${text(a, "type")}”${didYouMeanZh(a) || "。请换成节点面板中的节点。"}`,
  },
  "graph.unknown-node": {
    en: (a) => `the edge ${text(a, "edge")} names a node "${text(a, "node")}" that is not there${didYouMeanEn(a) || ". Remove the edge."}`,
    zh: (a) => `连线 ${text(a, "edge")} 引用了不存在的节点 “${text(a, "node")}”${didYouMeanZh(a) || "。请删除该连线。"}`,
  },
  "graph.unknown-output": {
    en: (a) =>
      `the edge ${text(a, "edge")} leaves "${text(a, "node")}" by "${text(a, "port")}", which it does not have. Its outputs: ${list(a, "ports").join(", ")}. Connect one of them.`,
    zh: (a) =>
      `连线 ${text(a, "edge")} 从 “${text(a, "node")}” 的输出端口 “${text(a, "port")}” 引出，但该端口不存在。它的输出端口：${list(a, "ports").join("、")}。请改接其一。`,
  },
  "graph.unknown-input": {
    en: (a) =>
      `the edge ${text(a, "edge")} ends in "${text(a, "port")}" of "${text(a, "node")}", which it does not have. ${list(a, "ports").length ? `Its inputs: ${list(a, "ports").join(", ")}. Connect one of them.` : "It has no inputs. Remove the edge."}`,
    zh: (a) =>
      `连线 ${text(a, "edge")} 接入 “${text(a, "node")}” 的输入端口 “${text(a, "port")}”，但该端口不存在。${list(a, "ports").length ? `它的输入端口：${list(a, "ports").join("、")}。请改接其一。` : "它没有输入端口。请删除该连线。"}`,
  },
  "graph.duplicate-edge": {
    en: (a) => `the edge ${text(a, "edge")} is there twice. Remove one of the two.`,
    zh: (a) => `连线 ${text(a, "edge")} 重复。请删除其中之一。`,
  },
  "graph.input-taken": {
    en: (a) =>
      `input "${text(a, "port")}" takes one edge, got ${list(a, "from").length}: from ${list(a, "from").join(", ")}. Put a union before it, or remove all but one.`,
    zh: (a) =>
      `输入端口 “${text(a, "port")}” 只接受一条连线，现有 ${list(a, "from").length} 条：来自 ${list(a, "from").join("、")}。请先用合并节点，或只保留一条。`,
  },
  "graph.input-missing": {
    en: (a) => `nothing is connected to input "${text(a, "port")}". Draw an edge to it.`,
    zh: (a) => `输入端口 “${text(a, "port")}” 没有连线。请为其接入一条连线。`,
  },
  "graph.cycle": {
    en: (a) => `rows would go round in a circle: ${list(a, "nodes").join(" → ")}. Remove one of these edges.`,
    zh: (a) => `数据会成环流动：${list(a, "nodes").join(" → ")}。请删除其中一条连线。`,
  },
  "graph.changelog": {
    en: (a) =>
      `input "${text(a, "port")}" takes ${list(a, "accepts").join(" or ")} rows, got ${text(a, "mode")}. Put a node that keeps inserts only before it.`,
    zh: (a) =>
      `输入端口 “${text(a, "port")}” 接受 ${list(a, "accepts").join(" 或 ")} 类型的行，得到 ${text(a, "mode")}。请在其前接一个只保留插入的节点。`,
  },
  "graph.output-unused": {
    en: (a) =>
      `nothing is connected to output "${text(a, "port")}": its rows are counted and let go. Connect it, to a discard node if that is what you want.`,
    zh: (a) => `输出端口 “${text(a, "port")}” 没有连线：其数据只计数，随后丢弃。请连接它；若确实不需要，可接丢弃节点。`,
  },
  "graph.no-sink": {
    en: () => "no sink is in use: the rows go nowhere. Add a sink, for example a topic.",
    zh: () => "没有启用的输出节点：数据无处可去。请添加输出节点，例如主题输出。",
  },
  "graph.same-target": {
    en: (a) =>
      `${list(a, "nodes").join(" and ")} write to the same ${targetWords(a).en} "${text(a, "name")}". Unite them with a union, or choose another name.`,
    zh: (a) => `${list(a, "nodes").join(" 与 ")} 写入同一${targetWords(a).zh} “${text(a, "name")}”。请用合并节点合成一路，或换一个名称。`,
  },
  "fragment.unknown": {
    en: (a) =>
      `the document does not use a fragment "${text(a, "fragment")}"${didYouMeanEn(a) || ". Add it from the palette, or write it under fragments."}`,
    zh: (a) => `文档没有使用片段 “${text(a, "fragment")}”${didYouMeanZh(a) || "。请从节点面板添加，或写入 fragments。"}`,
  },
  "fragment.missing": {
    en: (a) =>
      `version ${text(a, "version")} of the fragment "${text(a, "fragment")}" is missing: the document names it and does not carry it. Choose a version that the server has, or import a document that carries it.`,
    zh: (a) =>
      `缺少片段 “${text(a, "fragment")}” 的版本 ${text(a, "version")}：文档引用了它却没有携带内容。请选择服务器上已有的版本，或导入携带该片段的文档。`,
  },
  "fragment.cycle": {
    en: (a) => `a fragment cannot be part of itself: ${list(a, "fragments").join(" → ")}. Remove one of these uses.`,
    zh: (a) => `片段不能包含自身：${list(a, "fragments").join(" → ")}。请删除其中一处使用。`,
  },
  "fragment.too-deep": {
    en: (a) => `fragments are nested more than ${text(a, "limit")} deep. Expand some of them in place.`,
    zh: (a) => `片段嵌套超过 ${text(a, "limit")} 层。请就地展开其中一些。`,
  },
  "fragment.too-many": {
    en: (a) =>
      `with the fragment "${text(a, "fragment")}" the pipeline would have more than ${text(a, "limit")} nodes, those inside of fragments counted. Use it less often, or raise the setting fragments.nodes.`,
    zh: (a) =>
      `加入片段 “${text(a, "fragment")}” 后，流水线（含片段内的节点）将超过 ${text(a, "limit")} 个节点。请减少使用，或调大设置 fragments.nodes。`,
  },
  "fragment.port-name": {
    en: (a) => `"${text(a, "port")}" cannot be a port of a fragment: every node has it anyway. Make the port anew under another name.`,
    zh: (a) => `“${text(a, "port")}” 不能作为片段的端口：每个节点本来就有它。请以其他名称重新建立端口。`,
  },
  "fragment.not-run": {
    en: () => "this is a fragment: it is not run by itself. Save a version of it, and use that as a node of a pipeline.",
    zh: () => "这是片段，不能单独运行。请保存一个版本，并在流水线中作为节点使用。",
  },
  "fragment.outdated": {
    en: (a) =>
      `uses version ${text(a, "version")} of the fragment "${text(a, "fragment")}"; version ${text(a, "latest")} is the newest. Update it when what changes suits you.`,
    zh: (a) => `使用片段 “${text(a, "fragment")}” 的版本 ${text(a, "version")}；最新为版本 ${text(a, "latest")}。确认变化后可更新。`,
  },
  "connections.unknown": {
    en: (a) =>
      `the pipeline has no connection alias "${text(a, "alias")}"${didYouMeanEn(a) || `. Declare it under connections with the role "${text(a, "role")}".`}`,
    zh: (a) => `流水线没有连接别名 “${text(a, "alias")}”${didYouMeanZh(a) || `。请在 connections 中以角色 “${text(a, "role")}” 声明。`}`,
  },
  "connections.role": {
    en: (a) =>
      `connection alias "${text(a, "alias")}" has the role "${text(a, "got")}", but the node needs "${text(a, "role")}". Use another alias.`,
    zh: (a) => `连接别名 “${text(a, "alias")}” 的角色是 “${text(a, "got")}”，而节点需要 “${text(a, "role")}”。请换一个别名。`,
  },
  "groups.unknown-node": {
    en: (a) =>
      `the group "${text(a, "group")}" names a node "${text(a, "node")}" that is not there${didYouMeanEn(a) || ". Remove it from the group."}`,
    zh: (a) => `分组 “${text(a, "group")}” 引用了不存在的节点 “${text(a, "node")}”${didYouMeanZh(a) || "。请将其移出分组。"}`,
  },
  "tests.unknown-node": {
    en: (a) =>
      `the test "${text(a, "test")}" names a node "${text(a, "node")}" that is not there${didYouMeanEn(a) || ". Correct the test."}`,
    zh: (a) => `测试 “${text(a, "test")}” 引用了不存在的节点 “${text(a, "node")}”${didYouMeanZh(a) || "。请更正测试。"}`,
  },
  "schema.unknown-field": {
    en: (a) =>
      `unknown field "${text(a, "field")}"${didYouMeanEn(a) || (list(a, "known").length ? `. Fields here: ${list(a, "known").join(", ")}.` : ". The input has no fields.")}`,
    zh: (a) =>
      `未知字段 “${text(a, "field")}”${didYouMeanZh(a) || (list(a, "known").length ? `。此处的字段：${list(a, "known").join("、")}。` : "。输入没有字段。")}`,
  },
  "schema.duplicate-field": {
    en: (a) => `two fields would be named "${text(a, "field")}". Rename one of them.`,
    zh: (a) => `有两个字段都名为 “${text(a, "field")}”。请为其中之一改名。`,
  },
  "schema.wrong-type": {
    en: (a) =>
      `field "${text(a, "field")}": expected ${text(a, "expected")}, got ${text(a, "got")}. Choose another field or convert it first.`,
    zh: (a) => `字段 “${text(a, "field")}”：期望 ${text(a, "expected")}，得到 ${text(a, "got")}。请选择其他字段，或先转换类型。`,
  },
  "schema.unknown": {
    en: (a) =>
      `the pipeline declares no schema "${text(a, "schema")}"${didYouMeanEn(a) || ". Declare it under schemas, or write the fields here."}`,
    zh: (a) => `流水线没有声明模式 “${text(a, "schema")}”${didYouMeanZh(a) || "。请在 schemas 中声明，或在此处写出字段。"}`,
  },
  /** What a node type has to say of its own; `en` and `zh` are whole sentences with place, value and remedy. */
  "node.words": { en: (a) => text(a, "en"), zh: (a) => text(a, "zh") },
  "node.failed": {
    en: (a) =>
      `the node type "${text(a, "type")}" failed while it was checked: ${text(a, "message")}. This is a bug in the node type; other params may avoid it.`,
    zh: (a) => `检查节点类型 “${text(a, "type")}” 时出错：${text(a, "message")}。这是该节点类型的缺陷；换用其他参数或可避开。`,
  },
} as const satisfies Readonly<Record<string, Sentence>>;

export type ProblemCode = keyof typeof PROBLEM_WORDS;

/** A problem of a known code; an error unless `at` says otherwise. */
export function problem(code: ProblemCode, args: Args, at: Partial<Omit<Problem, "code" | "args">> = {}): Problem {
  return { severity: "error", ...at, code, args };
}

/**
 * The sentence for a problem, its place in front: 'size: expected a length of time above zero, got "0 s".' The node's name is the caller's to
 * add. A code that this version does not know (a document checked by a newer server) is shown as it is.
 */
export function words(problem: Problem): Words {
  const place = problem.path?.length ? placeText(problem.path) : "";
  const { en, zh } = inFragment(problem.inner, sentenceOf(problem));
  return place ? { en: `${place}: ${en}`, zh: `${place}：${zh}` } : { en, zh };
}

function inFragment(inner: Problem["inner"], { en, zh }: Words): Words {
  if (!inner) return { en, zh };
  const place = inner.path?.length ? `${inner.node}, ${placeText(inner.path)}` : inner.node;
  return { en: `inside the fragment, at ${place}: ${en}`, zh: `片段内 ${place}：${zh}` };
}

function sentenceOf({ code, args }: Problem): Words {
  const sentence = Object.hasOwn(ALL_WORDS, code) ? ALL_WORDS[code] : undefined;
  const raw = `${code} ${JSON.stringify(args)}`;
  return sentence ? sentence(args) : { en: raw, zh: raw };
}

/** By code, those of the expression language among them. */
export const ALL_WORDS: Readonly<Record<string, (args: Args) => Words>> = {
  ...Object.fromEntries(
    Object.entries(PROBLEM_WORDS).map(([code, { en, zh }]) => [code, (args: Args) => ({ en: en(args), zh: zh(args) })]),
  ),
  ...EXPRESSION_PROBLEM_WORDS,
};

/** `cases[0].when` */
export function placeText(path: readonly (string | number)[]): string {
  return path.map((step, i) => (typeof step === "number" ? `[${step}]` : i === 0 ? step : `.${step}`)).join("");
}
