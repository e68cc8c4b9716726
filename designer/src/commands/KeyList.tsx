import { Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/use-words.ts";
import { show, useUi } from "../store/ui.ts";
import type { CommandGroup } from "./command.ts";
import { commands } from "./index.ts";
import classes from "./key-list.module.css";
import { isMac, keysText } from "./keys.ts";

const GROUPS: readonly CommandGroup[] = ["edit", "add", "select", "view", "run", "go"];
const POINTER = ["pan", "zoom", "box", "more", "connect", "void", "splice", "arrows"] as const;

/** All keys, made from the commands. */
export function KeyList() {
  const { t } = useTranslation("commands");
  const words = useWords();
  const isOpen = useUi((ui) => ui.overlay === "keys");
  return (
    <Modal
      opened={isOpen}
      onClose={() => show({ overlay: undefined })}
      title={t("keysTitle")}
      size={860}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      <div className={classes.columns}>
        {GROUPS.map((group) => (
          <section key={group} className={classes.group}>
            <h2>{t(`group.${group}`)}</h2>
            <dl>
              {commands
                .filter((command) => command.group === group && command.keys)
                .map((command) => (
                  <div key={command.id}>
                    <dt>{words(command.label)}</dt>
                    <dd>
                      {command.keys?.map((keys) => (
                        <kbd key={keys}>{keysText(keys, isMac)}</kbd>
                      ))}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
        <section className={classes.group}>
          <h2>{t("pointerTitle")}</h2>
          <ul>
            {POINTER.map((key) => (
              <li key={key}>{t(`pointer.${key}`)}</li>
            ))}
          </ul>
        </section>
      </div>
    </Modal>
  );
}
