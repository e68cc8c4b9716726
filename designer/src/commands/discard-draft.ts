import { useDifference } from "../store/difference.ts";
import { discardDraft as discard } from "../store/session.ts";
import type { Command } from "./command.ts";
import { isPipelineOpen } from "./state.ts";

export const discardDraft: Command = {
  id: "discard-draft",
  label: { en: "Discard the draft: back to what runs", zh: "放弃草稿：恢复为运行中的版本" },
  group: "run",
  changes: true,
  isEnabled: () => isPipelineOpen() && !useDifference.getState().isEmpty,
  run: discard,
};
