import { ID } from "@millrace/engine/pipeline";
import type { TestedStep } from "@millrace/nodes/connections";
import type { ConnectionKind } from "@millrace/nodes/specs";
import { z } from "zod";
import { type Connection, type ConnectionTest, connection, connectionTest, environment, testedConnection } from "../api.ts";
import { ApiFailure, notFound, quote } from "../http/api-failure.ts";
import { type Route, route } from "../http/route.ts";
import type { ConnectionConfig } from "../runs/run-host.ts";
import { checkSettings } from "./check-settings.ts";
import type { ConnectionStore } from "./store.ts";

const putConnection = z.strictObject(connection.omit({ name: true }).shape);
const putEnvironment = z.strictObject(environment.omit({ name: true }).shape);

export interface ConnectionDeps {
  readonly store: ConnectionStore;
  /** What connections can be. */
  readonly kinds: readonly ConnectionKind[];
  /** What was tried, up to the first step that failed. */
  readonly test: (config: ConnectionConfig) => Promise<readonly TestedStep[]>;
  /** Told after a change, so that what is open is opened anew. */
  readonly changed: (name: string) => Promise<void>;
  /** Names of the pipelines whose deployed version was deployed with that environment. */
  readonly deployedWith: (environment: string) => readonly string[];
}

export function connectionRoutes({ store, kinds, test, changed, deployedWith }: ConnectionDeps): Route[] {
  const userOf = (name: string) => store.environments().find(({ connections }) => Object.values(connections).includes(name));

  async function answerOf(config: ConnectionConfig): Promise<ConnectionTest> {
    const steps = await test(config);
    return { ok: steps.every(({ ok }) => ok), steps: [...steps] };
  }

  function refuseOtherRole({ name, role }: Connection): void {
    const before = store.get(name);
    const user = before && before.role !== role ? userOf(name) : undefined;
    if (!before || !user) return;
    throw new ApiFailure(409, "in-use", {
      en: `Environment ${quote(user.name)} uses connection ${quote(name)} for ${before.role}, so it cannot be for ${role}. Make another connection, or change the environment first.`,
      zh: `环境 ${quote(user.name)} 将连接 ${quote(name)} 用于 ${before.role},因此不能改为 ${role}。请新建连接,或先修改该环境。`,
    });
  }

  return [
    route({
      method: "get",
      path: "/connections",
      tag: "Connections",
      summary: "Named outside systems, without their secrets",
      answer: z.array(connection),
      handle: () => store.list(),
    }),
    route({
      method: "put",
      path: "/connections/:name",
      tag: "Connections",
      summary: "Makes or changes a connection; a setting { secret: text } is kept encrypted, { secret: true } keeps what is stored",
      body: putConnection,
      answer: connection,
      errors: { 409: "an environment uses it for another role" },
      handle: async ({ params, body }) => {
        const given = { name: checkedName(params.name), ...body };
        checkSettings(kinds, given);
        refuseOtherRole(given);
        const saved = store.put(given);
        await changed(saved.name);
        return saved;
      },
    }),
    route({
      method: "delete",
      path: "/connections/:name",
      tag: "Connections",
      summary: "Removes a connection that no environment uses",
      errors: { 404: "no such connection", 409: "an environment uses it" },
      handle: async ({ params }) => {
        const name = params.name ?? "";
        const user = userOf(name);
        if (user) {
          throw new ApiFailure(409, "in-use", {
            en: `Environment ${quote(user.name)} uses connection ${quote(name)}. Change the environment first.`,
            zh: `环境 ${quote(user.name)} 正在使用连接 ${quote(name)}。请先修改该环境。`,
          });
        }
        if (!store.remove(name)) throw notFound({ en: "connection", zh: "连接" }, name);
        await changed(name);
      },
    }),
    route({
      method: "post",
      path: "/connections/:name/test",
      tag: "Connections",
      summary: "Tries the connection and says what was tried",
      answer: connectionTest,
      errors: { 404: "no such connection" },
      handle: ({ params }) => {
        const config = store.config(params.name ?? "");
        if (!config) throw notFound({ en: "connection", zh: "连接" }, params.name ?? "");
        return answerOf(config);
      },
    }),
    route({
      method: "post",
      path: "/connections/test",
      tag: "Connections",
      summary: "Tries settings that are not saved; with a name, the stored secrets of that connection stand in for { secret: true }",
      body: testedConnection,
      answer: connectionTest,
      handle: ({ body }) => {
        checkSettings(kinds, body);
        return answerOf(store.unsavedConfig(body));
      },
    }),
    route({
      method: "get",
      path: "/environments",
      tag: "Connections",
      summary: "What connection aliases mean, by environment",
      answer: z.array(environment),
      handle: () => store.environments(),
    }),
    route({
      method: "put",
      path: "/environments/:name",
      tag: "Connections",
      summary: "Makes or changes an environment",
      body: putEnvironment,
      answer: environment,
      errors: { 404: "it names a connection that is not there" },
      handle: ({ params, body }) => {
        for (const alias of Object.keys(body.connections)) checkAlias(alias);
        const missing = Object.values(body.connections).find((name) => store.get(name) === undefined);
        if (missing !== undefined) throw notFound({ en: "connection", zh: "连接" }, missing);
        return store.putEnvironment({ name: checkedName(params.name), ...body });
      },
    }),
    route({
      method: "delete",
      path: "/environments/:name",
      tag: "Connections",
      summary: "Removes an environment that no pipeline is deployed with",
      errors: { 404: "no such environment", 409: "a pipeline is deployed with it" },
      handle: ({ params }) => {
        const name = params.name ?? "";
        const [user] = deployedWith(name);
        // Its next start, if only after a restart of the server, would fail.
        if (user !== undefined) {
          throw new ApiFailure(409, "in-use", {
            en: `Pipeline ${quote(user)} is deployed with environment ${quote(name)}. Deploy it with another one first.`,
            zh: `流水线 ${quote(user)} 以环境 ${quote(name)} 部署。请先以其他环境部署它。`,
          });
        }
        if (!store.removeEnvironment(name)) throw notFound({ en: "environment", zh: "环境" }, name);
      },
    }),
  ];
}

function checkedName(name: string | undefined): string {
  if (name !== undefined && ID.test(name)) return name;
  throw new ApiFailure(400, "bad-name", {
    en: `${quote(name ?? "")} cannot be a name here: a small letter, then up to 63 of small letters, digits, "_" and "-".`,
    zh: `${quote(name ?? "")} 不能用作名称:须以小写字母开头,其后至多 63 个小写字母、数字、"_" 或 "-"。`,
  });
}

/** No pipeline can have an alias of another form, so the entry would never count. */
function checkAlias(alias: string): void {
  if (ID.test(alias)) return;
  throw new ApiFailure(400, "bad-name", {
    en: `${quote(alias)} cannot be a connection alias: a small letter, then up to 63 of small letters, digits, "_" and "-". Write it as the pipelines do.`,
    zh: `${quote(alias)} 不能用作连接别名:须以小写字母开头,其后至多 63 个小写字母、数字、"_" 或 "-"。请与流水线中的写法一致。`,
  });
}
