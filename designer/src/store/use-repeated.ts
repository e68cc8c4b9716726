import { useEffect } from "react";

/** Works at once and then every `ms`, while the page is seen, until the component goes; then the signal is aborted. `work` must not reject, and is taken up anew when it changes. */
export function useRepeated(work: (signal: AbortSignal) => Promise<void>, ms: number): void {
  useEffect(() => {
    const gone = new AbortController();
    let next: ReturnType<typeof setTimeout>;
    const go = async () => {
      if (!document.hidden) await work(gone.signal);
      if (!gone.signal.aborted) next = setTimeout(() => void go(), ms);
    };
    void go();
    return () => {
      gone.abort();
      clearTimeout(next);
    };
  }, [work, ms]);
}
