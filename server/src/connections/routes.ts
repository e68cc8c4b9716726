import { z } from "zod";
import { connection, connectionTest, environment } from "../api.ts";
import { ApiFailure, notFound, quote } from "../http/api-failure.ts";
import { type Route, route } from "../http/route.ts";
import type { TestConnection } from "./open.ts";
import type { ConnectionStore } from "./store.ts";

const NAME = /^[a-z][a-z0-9_-]{0,63}$/;
const putConnection = z.strictObject(connection.omit({ name: true }).shape);
const putEnvironment = z.strictObject(environment.omit({ name: true }).shape);

export interface ConnectionDeps {
  readonly store: ConnectionStore;
  readonly test: TestConnection;
  /** Told after a change, so that what is open is opened anew. */
  readonly changed: (name: string) => Promise<void>;
}

export function connectionRoutes({ store, test, changed }: ConnectionDeps): Route[] {
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
      handle: async ({ params, body }) => {
        const saved = store.put({ name: checkedName(params.name), ...body });
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
        const user = store.environments().find(({ connections }) => Object.values(connections).includes(name));
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
        return test(config);
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
        const missing = Object.values(body.connections).find((name) => store.get(name) === undefined);
        if (missing !== undefined) throw notFound({ en: "connection", zh: "连接" }, missing);
        return store.putEnvironment({ name: checkedName(params.name), ...body });
      },
    }),
    route({
      method: "delete",
      path: "/environments/:name",
      tag: "Connections",
      summary: "Removes an environment; runs that were deployed with it go on until their next start",
      errors: { 404: "no such environment" },
      handle: ({ params }) => {
        if (!store.removeEnvironment(params.name ?? "")) throw notFound({ en: "environment", zh: "环境" }, params.name ?? "");
      },
    }),
  ];
}

function checkedName(name: string | undefined): string {
  if (name !== undefined && NAME.test(name)) return name;
  throw new ApiFailure(400, "bad-name", {
    en: `${quote(name ?? "")} cannot be a name here: a small letter, then up to 63 of small letters, digits, "_" and "-".`,
    zh: `${quote(name ?? "")} 不能用作名称:须以小写字母开头,其后至多 63 个小写字母、数字、"_" 或 "-"。`,
  });
}
