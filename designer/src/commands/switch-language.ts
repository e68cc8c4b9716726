import { language, setLanguage } from "../i18n/i18n.ts";
import { always, type Command } from "./command.ts";

export const switchLanguage: Command = {
  id: "switch-language",
  label: { en: "切换到中文 (switch to Chinese)", zh: "Switch to English（切换到英文）" },
  group: "view",
  isEnabled: always,
  run: () => setLanguage(language() === "en" ? "zh" : "en"),
};
