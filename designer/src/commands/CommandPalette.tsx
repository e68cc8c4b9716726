import { Modal } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { viewport } from "../canvas/viewport.ts";
import { readingOrder } from "../edits/graph.ts";
import { useWords } from "../i18n/use-words.ts";
import { NodeIcon } from "../palette/NodeIcon.tsx";
import { server } from "../server.ts";
import { useDocument } from "../store/document.ts";
import { select } from "../store/selection.ts";
import { createPipeline, loadPipelines, openPipeline, useSession } from "../store/session.ts";
import { specs } from "../store/specs.ts";
import { show, useUi } from "../store/ui.ts";
import { commands, isEnabled, runCommand } from "./index.ts";
import { isMac, keysText } from "./keys.ts";
import { PickList, type PickSection } from "./PickList.tsx";

/** Everything that can be done or gone to, by name. */
export function CommandPalette() {
  const { t } = useTranslation("commands");
  const isOpen = useUi((ui) => ui.overlay === "commands");
  return (
    <Modal.Root opened={isOpen} onClose={close} padding={0} size={640} yOffset="10vh">
      <Modal.Overlay />
      <Modal.Content aria-label={t("title")}>
        <Modal.Body style={{ maxHeight: "60vh", display: "flex", flexDirection: "column" }}>{isOpen && <Everything />}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

const close = () => show({ overlay: undefined });

function Everything() {
  const { t } = useTranslation("commands");
  const words = useWords();
  const document = useDocument((state) => state.document);
  const pipelines = useSession((session) => session.pipelines);
  const [templates, setTemplates] = useState<Awaited<ReturnType<typeof server.templates>>>([]);
  useEffect(() => {
    void loadPipelines();
    // Without templates the list is shorter; the gallery says why.
    server.templates().then(setTemplates, () => undefined);
  }, []);
  const find = (query: string): PickSection[] => {
    const parts = query.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (...texts: (string | undefined)[]) => parts.every((part) => texts.some((text) => text?.toLowerCase().includes(part)));
    return [
      {
        id: "commands",
        title: t("title"),
        items: commands
          .filter(
            (command) => command.id !== "command-palette" && isEnabled(command) && fits(command.label.en, command.label.zh, command.id),
          )
          .map((command) => ({
            id: `command ${command.id}`,
            label: words(command.label),
            ...(command.keys?.[0] ? { end: keysText(command.keys[0], isMac) } : {}),
          })),
      },
      {
        id: "nodes",
        title: t("nodes"),
        items: readingOrder(document).flatMap((id) => {
          const node = document.nodes[id];
          const spec = node && specs.get(node.type);
          if (!node || !fits(node.name, id, spec?.title.en, spec?.title.zh)) return [];
          return [
            {
              id: `node ${id}`,
              label: node.name,
              detail: spec ? words(spec.title) : node.type,
              icon: <NodeIcon type={node.type} category={spec?.category} size={22} />,
            },
          ];
        }),
      },
      {
        id: "pipelines",
        title: t("pipelines"),
        items: (pipelines ?? [])
          .filter(({ name, title }) => fits(name, title?.en, title?.zh))
          .map(({ id, name }) => ({ id: `pipeline ${id}`, label: name })),
      },
      {
        id: "templates",
        title: t("templates"),
        items: templates
          .filter(({ name, title, keywords }) => fits(name, title.en, title.zh, ...keywords))
          .map(({ name, title, description }) => ({ id: `template ${name}`, label: words(title), detail: words(description) })),
      },
    ];
  };
  return <PickList label={t("title")} placeholder={t("placeholder")} nothing={t("nothing")} find={find} onClose={close} onPick={pick} />;
}

function pick(key: string): void {
  const space = key.indexOf(" ");
  const [kind, id] = [key.slice(0, space), key.slice(space + 1)];
  close();
  if (kind === "node") {
    select({ nodes: [id] });
    viewport()?.fit([id]);
  } else if (kind === "pipeline") void openPipeline(id);
  else if (kind === "template") void createPipeline({ template: id });
  else {
    const command = commands.find((one) => one.id === id);
    // After this list has given the focus back.
    if (command) setTimeout(() => runCommand(command));
  }
}
