import type { Connection, Environment, PipelineSummary } from "@millrace/server/api";
import { useCallback, useEffect, useState } from "react";
import { ServerError, server } from "../server.ts";

export interface Known {
  readonly connections: readonly Connection[];
  readonly environments: readonly Environment[];
  readonly pipelines: readonly PipelineSummary[];
}

/** What the server keeps, undefined before it is known; `reload` after a change. */
export function useConnections(): { known: Known | undefined; failure: ServerError["words"] | undefined; reload: () => Promise<void> } {
  const [known, setKnown] = useState<Known>();
  const [failure, setFailure] = useState<ServerError["words"]>();
  const reload = useCallback(async () => {
    try {
      const [connections, environments, pipelines] = await Promise.all([server.connections(), server.environments(), server.pipelines()]);
      setKnown({ connections, environments, pipelines });
      setFailure(undefined);
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      setFailure(error.words);
    }
  }, []);
  useEffect(() => void reload(), [reload]);
  return { known, failure, reload };
}
