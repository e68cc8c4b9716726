/** Short messages at the edge of the screen, read out by screen readers. Errors stay until they are closed. */
import { create } from "zustand";

export interface Notice {
  readonly id: number;
  readonly kind: "info" | "error";
  /** In the language that is on. */
  readonly text: string;
}

export const useNotices = create<{ readonly notices: readonly Notice[] }>()(() => ({ notices: [] }));

const INFO_MS = 6_000;
const MAX_SHOWN = 4;
let next = 1;

export function notify(kind: Notice["kind"], text: string): void {
  const id = next++;
  useNotices.setState(({ notices }) => ({
    notices: [...notices.filter((one) => one.text !== text), { id, kind, text }].slice(-MAX_SHOWN),
  }));
  if (kind === "info") setTimeout(() => dismiss(id), INFO_MS);
}

export function dismiss(id: number): void {
  useNotices.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
}
