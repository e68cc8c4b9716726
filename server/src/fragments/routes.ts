/** Fragments: those of the stored pipelines that have ports. Their drafts are saved as any; here are their versions, and what these mean to those who use them. */
import {
  type AnalyzeOptions,
  carried,
  type FragmentChanges,
  fragmentOf,
  type PinnedFragment,
  type PipelineDocument,
  type Problem,
} from "@millrace/engine/pipeline";
import { z } from "zod";
import {
  createFragment,
  type Fragment,
  type FragmentUser,
  fragment,
  fragments,
  fragmentUser,
  savedFragment,
  saveFragment,
} from "../api.ts";
import { ApiFailure, notFound, problemsFailure, quote } from "../http/api-failure.ts";
import { type Route, route } from "../http/route.ts";
import type { Deployment, PipelineStore, StoredPipeline, StoredVersion } from "../pipelines/store.ts";

export interface FragmentDeps {
  readonly store: PipelineStore;
  readonly analyze: (document: PipelineDocument, options: AnalyzeOptions) => readonly Problem[];
  readonly isFragment: (document: PipelineDocument) => boolean;
  readonly changesOf: (document: PipelineDocument, fragment: string, next: PinnedFragment) => FragmentChanges;
  readonly sameMeaning: (a: PipelineDocument, b: PipelineDocument) => boolean;
  readonly mostNodes: number;
  readonly now: () => number;
}

const NOT_DEPLOYED: Deployment = { set: {}, environment: undefined };

export function fragmentRoutes({ store, analyze, isFragment, changesOf, sameMeaning, mostNodes, now }: FragmentDeps): Route[] {
  function find(id: string | undefined): StoredPipeline {
    const found = store.get(id ?? "");
    if (!found || !isFragment(found.draft)) throw notFound({ en: "fragment", zh: "片段" }, id ?? "");
    return found;
  }

  function usersOf(id: string): readonly StoredPipeline[] {
    return store.list().filter(({ draft }) => usesFragment(draft, id));
  }

  function view({ id, draft }: StoredPipeline, newest: StoredVersion | undefined): Fragment {
    return {
      id,
      name: draft.name,
      ...(newest && { version: newest.version, document: carried(newest.document) }),
      changed: newest === undefined || !sameMeaning(draft, newest.document),
      users: Object.fromEntries(usersOf(id).map((user) => [user.id, user.draft.fragments?.[id]?.version ?? 0])),
    };
  }

  function changesFor(id: string, next: PinnedFragment): FragmentUser[] {
    return usersOf(id).map((user) => ({
      id: user.id,
      name: user.draft.name,
      version: user.draft.fragments?.[id]?.version ?? 0,
      ...(structuredClone(changesOf(user.draft, id, next)) as Pick<FragmentUser, "changes" | "problems" | "mended">),
    }));
  }

  /** Throws for what nobody could use. */
  function check(document: PipelineDocument, id: string): void {
    if (!isFragment(document)) throw noPorts(document.name);
    const problems = [...analyze(document, { pipelineId: id })];
    if (problems.some(({ severity }) => severity === "error")) throw problemsFailure(problems);
  }

  return [
    route({
      method: "get",
      path: "/fragments",
      tag: "Fragments",
      summary: "All fragments with their newest versions and those who use them",
      answer: fragments,
      handle: () => ({
        fragments: store.list().flatMap((one) => (isFragment(one.draft) ? [view(one, store.newestVersion(one.id))] : [])),
        mostNodes,
      }),
    }),
    route({
      method: "post",
      path: "/fragments",
      tag: "Fragments",
      summary: "A new fragment with a first version; with `id` and `version` one that a document carries",
      body: createFragment,
      answer: fragment,
      status: 201,
      errors: { 409: "the id is taken", 422: "the document has errors, or no ports" },
      handle: ({ body: { document, id, version } }) => {
        if (id !== undefined && store.get(id)) throw taken(id);
        check(document, id ?? document.name);
        const made = store.create(document, undefined, now(), id);
        store.addVersion(made.id, document, NOT_DEPLOYED, now(), version);
        return view(made, store.newestVersion(made.id));
      },
    }),
    route({
      method: "post",
      path: "/fragments/:id/versions",
      tag: "Fragments",
      summary: "Saves the draft as a new version and says what it changes for each user; nobody is changed by it",
      body: saveFragment,
      answer: savedFragment,
      status: 201,
      errors: {
        404: "no such fragment",
        409: "the draft was saved from elsewhere meanwhile, or nothing has changed",
        422: "the draft has errors",
      },
      handle: ({ params, body }) => {
        const { id, draft, revision } = find(params.id);
        if (revision !== body.revision) throw stale(id, revision, body.revision);
        check(draft, id);
        const newest = store.newestVersion(id);
        if (newest && sameMeaning(draft, newest.document)) throw unchanged(id, newest.version);
        const version = store.addVersion(id, draft, NOT_DEPLOYED, now());
        const document = carried(draft);
        return { version, document, users: changesFor(id, { version, document }) };
      },
    }),
    route({
      method: "get",
      path: "/fragments/:id/users",
      tag: "Fragments",
      summary: "What the draft, or a version, would change for each pipeline and fragment that uses it",
      query: z.object({ version: z.coerce.number().int().min(1).optional() }),
      answer: z.array(fragmentUser),
      errors: { 404: "no such fragment or version" },
      handle: ({ params, query }) => {
        const { id, draft } = find(params.id);
        if (query.version === undefined) {
          const next = (store.newestVersion(id)?.version ?? 0) + 1;
          return changesFor(id, { version: next, document: carried(draft) });
        }
        const found = store.version(id, query.version);
        if (!found) throw notFound({ en: "version", zh: "版本" }, String(query.version));
        return changesFor(id, { version: found.version, document: carried(found.document) });
      },
    }),
  ];
}

/** Whether a node of the document itself uses it; a fragment within a fragment is the affair of that one. */
function usesFragment({ nodes }: PipelineDocument, id: string): boolean {
  return Object.values(nodes).some(({ type }) => fragmentOf(type) === id);
}

function noPorts(name: string): ApiFailure {
  return new ApiFailure(422, "no-fragment", {
    en: `${quote(name)} has no ports, so it cannot be used as a node. Add a fragment input or a fragment output.`,
    zh: `${quote(name)} 没有端口，不能作为节点使用。请添加片段输入或片段输出。`,
  });
}

function taken(id: string): ApiFailure {
  return new ApiFailure(409, "id-taken", {
    en: `There is a pipeline or fragment ${quote(id)} already. Open that one, or give this one another id.`,
    zh: `流水线或片段 ${quote(id)} 已存在。请打开它，或换一个 id。`,
  });
}

function stale(id: string, revision: number, got: number): ApiFailure {
  return new ApiFailure(409, "stale-revision", {
    en: `The draft of ${quote(id)} is at revision ${revision}; the version was asked of ${got}. Look at the draft again.`,
    zh: `${quote(id)} 的草稿已是修订 ${revision}，而保存版本的请求基于修订 ${got}。请重新查看草稿。`,
  });
}

function unchanged(id: string, version: number): ApiFailure {
  return new ApiFailure(409, "unchanged", {
    en: `The draft of ${quote(id)} is what version ${version} is. Change it first.`,
    zh: `${quote(id)} 的草稿与版本 ${version} 相同。请先修改。`,
  });
}
