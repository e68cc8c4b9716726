/** What connections can be, as data: forms are drawn from it, and the server checks settings against it. The drivers are in `index.ts`. */
import type { RoleName, Words } from "@millrace/engine/node";
import { DEFAULT_DATABASE, DEFAULT_URL } from "./clickhouse/settings.ts";
import { DEFAULT_BASE } from "./http/settings.ts";
import { COMPRESSIONS, DEFAULT_BROKERS, SASL_MECHANISMS } from "./kafka/settings.ts";

export interface ConnectionKind {
  readonly kind: string;
  readonly role: RoleName;
  readonly title: Words;
  readonly description: Words;
  /** In the order in which a form shows them; all can be left out. */
  readonly settings: readonly ConnectionSetting[];
}

export interface ConnectionSetting {
  readonly name: string;
  readonly title: Words;
  readonly description: Words;
  /** All are texts. `folder`: an absolute path on the server's machine. `secret`: kept encrypted and never shown. `lines`: of several lines. `number`: above 0. `choice`: one of `options`, the first when it is left out. */
  readonly type: "text" | "folder" | "secret" | "lines" | "number" | "choice";
  readonly options?: readonly { readonly value: string; readonly title: Words }[];
  readonly example?: string;
  /** Asked for only while that choice has one of these values; without it, it means nothing. */
  readonly onlyWith?: { readonly choice: string; readonly values: readonly string[] };
  /** Its default suits most; a form shows it on request. */
  readonly advanced?: true;
}

export const connectionKinds: readonly ConnectionKind[] = [
  {
    kind: "built-in",
    role: "topic",
    title: { en: "Built-in topics", zh: "内置主题" },
    description: {
      en: "The topics of the data folder. There is nothing to set: every connection of this kind means the same topics.",
      zh: "数据文件夹中的主题。没有可设置的内容：此类连接都指向同一组主题。",
    },
    settings: [],
  },
  {
    kind: "built-in",
    role: "dimension",
    title: { en: "Built-in dimension tables", zh: "内置维表" },
    description: {
      en: "The dimension tables of the data folder, written together with checkpoints. There is nothing to set.",
      zh: "数据文件夹中的维表，与检查点一起写入。没有可设置的内容。",
    },
    settings: [],
  },
  {
    kind: "built-in",
    role: "table",
    title: { en: "Built-in analytical tables", zh: "内置分析表" },
    description: {
      en: "ClickHouse itself (chDB), in a process of its own on the data folder. It is fetched once, 178 MB, when it is first needed. There is nothing to set.",
      zh: "ClickHouse 本身（chDB），以独立进程运行在数据文件夹上。首次需要时下载一次（178 MB）。没有可设置的内容。",
    },
    settings: [],
  },
  {
    kind: "clickhouse",
    role: "table",
    title: { en: "ClickHouse", zh: "ClickHouse" },
    description: { en: "The tables of a database, over HTTP.", zh: "通过 HTTP 访问的某个数据库中的表。" },
    settings: [
      {
        name: "url",
        title: { en: "Address", zh: "地址" },
        description: { en: "Of ClickHouse's HTTP interface.", zh: "ClickHouse 的 HTTP 接口地址。" },
        type: "text",
        example: DEFAULT_URL,
      },
      {
        name: "database",
        title: { en: "Database", zh: "数据库" },
        description: { en: "Whose tables are read and written.", zh: "读写其中的表。" },
        type: "text",
        example: DEFAULT_DATABASE,
      },
      {
        name: "user",
        title: { en: "User", zh: "用户" },
        description: {
          en: "Needs SELECT and INSERT, and CREATE TABLE where sinks make tables.",
          zh: "需要 SELECT 和 INSERT 权限；由输出节点建表时还需要 CREATE TABLE。",
        },
        type: "text",
        example: "default",
      },
      {
        name: "password",
        title: { en: "Password", zh: "密码" },
        description: { en: "Of the user. Empty: none.", zh: "该用户的密码。不填则为空。" },
        type: "secret",
      },
      {
        name: "requestTimeout",
        title: { en: "Answer within (s)", zh: "应答时限（秒）" },
        description: { en: "A request without an answer after that is made again.", zh: "超过此时间没有应答的请求会重发。" },
        type: "number",
        example: "30",
        advanced: true,
      },
      {
        name: "giveUp",
        title: { en: "Give up after (s)", zh: "放弃时限（秒）" },
        description: {
          en: "When batches cannot be written for so long the run fails, and is started again from its last checkpoint.",
          zh: "批次持续无法写入超过此时间后运行失败，并从上一个检查点重新启动。",
        },
        type: "number",
        example: "30",
        advanced: true,
      },
    ],
  },
  {
    kind: "built-in",
    role: "files",
    title: { en: "Files in a folder", zh: "文件夹中的文件" },
    description: {
      en: "File sources and sinks read and write below this folder, and nowhere else.",
      zh: "文件数据源和文件输出只在此文件夹之下读写。",
    },
    settings: [
      {
        name: "root",
        title: { en: "Root folder", zh: "根文件夹" },
        description: {
          en: 'A whole path on the machine where the server runs. Empty: "files" in the data folder.',
          zh: "服务器所在机器上的完整路径。不填则为数据文件夹中的 files。",
        },
        type: "folder",
        example: "/data/logs",
      },
    ],
  },
  {
    kind: "http",
    role: "http",
    title: { en: "HTTP service", zh: "HTTP 服务" },
    description: {
      en: "What is asked over HTTP. Requests go to this address and the hosts listed here, and to no others; redirects are not followed.",
      zh: "通过 HTTP 查询的服务。请求只发往此地址和下面列出的主机，不跟随重定向。",
    },
    settings: [
      {
        name: "base",
        title: { en: "Address", zh: "地址" },
        description: { en: "Paths of nodes are below it.", zh: "节点中的路径在此地址之下。" },
        type: "text",
        example: DEFAULT_BASE,
      },
      {
        name: "authorization",
        title: { en: "Authorization", zh: "授权信息" },
        description: {
          en: "Sent as the header Authorization, to this address alone.",
          zh: "作为 Authorization 请求头发送，仅发往此地址。",
        },
        type: "secret",
        example: "Bearer …",
      },
      {
        name: "hosts",
        title: { en: "Further hosts", zh: "其他允许的主机" },
        description: {
          en: "Hosts that answers may lead on to, as pages do. Link-local addresses are never asked.",
          zh: "应答（例如下一页链接）可以指向的主机。始终不访问链路本地地址。",
        },
        type: "text",
        example: "files.example.com, 10.0.0.5:8080",
        advanced: true,
      },
      {
        name: "requestsAtOnce",
        title: { en: "Requests at once", zh: "并发请求数" },
        description: { en: "Per worker; further ones wait.", zh: "每个工作线程的并发数；更多请求等待。" },
        type: "number",
        example: "50",
        advanced: true,
      },
    ],
  },
  {
    kind: "kafka",
    role: "topic",
    title: { en: "Apache Kafka", zh: "Apache Kafka" },
    description: {
      en: "The topics of a Kafka cluster, 3.0 or newer. Reads committed records; writes exactly once.",
      zh: "Kafka 集群（3.0 及以上）的主题。读取已提交的记录，精确一次写入。",
    },
    settings: [
      {
        name: "brokers",
        title: { en: "Brokers", zh: "Broker 地址" },
        description: {
          en: "One or more, with ports; the cluster names the others itself.",
          zh: "一个或多个，带端口；其余 broker 由集群自行给出。",
        },
        type: "text",
        example: DEFAULT_BROKERS,
      },
      {
        name: "sasl",
        title: { en: "Login (SASL)", zh: "登录方式（SASL）" },
        description: { en: "How the brokers check who comes.", zh: "Broker 如何验证身份。" },
        type: "choice",
        options: [
          { value: "none", title: { en: "none", zh: "无" } },
          ...SASL_MECHANISMS.map((value) => ({ value, title: { en: value.toUpperCase(), zh: value.toUpperCase() } })),
        ],
      },
      {
        name: "user",
        title: { en: "User", zh: "用户" },
        description: { en: "For the login.", zh: "用于登录。" },
        type: "text",
        example: "millrace",
        onlyWith: { choice: "sasl", values: SASL_MECHANISMS },
      },
      {
        name: "password",
        title: { en: "Password", zh: "密码" },
        description: { en: "For the login.", zh: "用于登录。" },
        type: "secret",
        onlyWith: { choice: "sasl", values: SASL_MECHANISMS },
      },
      {
        name: "tls",
        title: { en: "Encryption (TLS)", zh: "加密（TLS）" },
        description: { en: "On when the brokers' port has TLS.", zh: "broker 端口启用 TLS 时选择“开启”。" },
        type: "choice",
        options: [
          { value: "off", title: { en: "off", zh: "关闭" } },
          { value: "on", title: { en: "on", zh: "开启" } },
        ],
      },
      {
        name: "ca",
        title: { en: "Trusted certificates", zh: "受信任的证书" },
        description: {
          en: "PEM of the authority that signed the brokers' certificates. Empty: those that Node.js trusts.",
          zh: "签发 broker 证书的机构的 PEM。不填则使用 Node.js 信任的机构。",
        },
        type: "lines",
        example: "-----BEGIN CERTIFICATE-----",
        onlyWith: { choice: "tls", values: ["on"] },
      },
      {
        name: "compression",
        title: { en: "Compression", zh: "压缩" },
        description: { en: "Of what is written. All kinds can be read.", zh: "写入时使用的压缩方式。读取时支持全部方式。" },
        type: "choice",
        options: COMPRESSIONS.map((value) => ({ value, title: { en: value, zh: value === "none" ? "无" : value } })),
        advanced: true,
      },
      {
        name: "transactionTimeout",
        title: { en: "Transaction timeout (s)", zh: "事务超时（秒）" },
        description: {
          en: "What is written and not committed for so long is given up by the brokers, which allow 900 by default.",
          zh: "写入后超过此时间仍未提交的内容会被 broker 放弃；broker 默认最多允许 900 秒。",
        },
        type: "number",
        example: "900",
        advanced: true,
      },
      {
        name: "requestTimeout",
        title: { en: "Answer within (s)", zh: "应答时限（秒）" },
        description: { en: "A request without an answer after that is made again.", zh: "超过此时间没有应答的请求会重发。" },
        type: "number",
        example: "30",
        advanced: true,
      },
      {
        name: "giveUp",
        title: { en: "Give up after (s)", zh: "放弃时限（秒）" },
        description: {
          en: "When the brokers cannot be reached for so long the run fails, and is started again from its last checkpoint.",
          zh: "broker 持续无法访问超过此时间后运行失败，并从上一个检查点重新启动。",
        },
        type: "number",
        example: "60",
        advanced: true,
      },
      {
        name: "clientId",
        title: { en: "Client id", zh: "客户端标识" },
        description: { en: "Under this name it shows in the brokers' logs and quotas.", zh: "在 broker 的日志和配额中显示的名称。" },
        type: "text",
        example: "millrace",
        advanced: true,
      },
    ],
  },
];
