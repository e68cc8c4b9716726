import { useSession } from "../store/session.ts";
import { isOpenFragment } from "../store/specs.ts";
import { show } from "../store/ui.ts";
import type { Command } from "./command.ts";
import { hasNodes } from "./state.ts";

/** Opens the dialog that says what a deploy changes; the dialog does it. */
export const deploy: Command = {
  id: "deploy",
  label: { en: "Deploy …", zh: "部署…" },
  group: "run",
  keys: ["Mod+Enter"],
  whileTyping: true,
  changes: true,
  isEnabled: () => hasNodes() && !isOpenFragment() && useSession.getState().busy === undefined,
  run: () => show({ overlay: "deploy" }),
};
