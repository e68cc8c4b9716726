import { useCallback, useState } from "react";
import { ServerError } from "../server.ts";

/** One call at a time, with its failure to show. `send` answers whether it succeeded. */
export function useSending(): {
  busy: boolean;
  failure: ServerError["words"] | undefined;
  send: (call: () => Promise<unknown>) => Promise<boolean>;
} {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ServerError["words"]>();
  const send = useCallback(async (call: () => Promise<unknown>) => {
    setBusy(true);
    setFailure(undefined);
    try {
      await call();
      return true;
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      setFailure(error.words);
      return false;
    } finally {
      setBusy(false);
    }
  }, []);
  return { busy, failure, send };
}
