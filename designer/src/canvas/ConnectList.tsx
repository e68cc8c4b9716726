import { Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { PickList, type PickSection } from "../commands/PickList.tsx";
import { readingOrder } from "../edits/graph.ts";
import { useWords } from "../i18n/use-words.ts";
import { NodeIcon } from "../palette/NodeIcon.tsx";
import { useDocument } from "../store/document.ts";
import { useSelectedNode } from "../store/selection.ts";
import { specs } from "../store/specs.ts";
import { show, useUi } from "../store/ui.ts";
import { portNames } from "./card-geometry.ts";
import { findInput } from "./connecting.ts";
import { addEdge } from "./connection-handlers.ts";

/** Connecting by keyboard: every node that is there, those that do not fit with the reason. */
export function ConnectList() {
  const { t } = useTranslation("canvas");
  const isOpen = useUi((ui) => ui.overlay === "connect");
  const nodeId = useSelectedNode();
  const name = useDocument(({ document }) => (nodeId === undefined ? undefined : document.nodes[nodeId]?.name));
  const title = t("connectTitle", { name });
  const close = () => show({ overlay: undefined });
  return (
    <Modal
      opened={isOpen && nodeId !== undefined}
      onClose={close}
      title={title}
      closeButtonProps={{ "aria-label": t("close") }}
      padding={0}
      styles={{ header: { padding: "6px 8px 6px 14px" } }}
      size={520}
    >
      {nodeId !== undefined && <Targets nodeId={nodeId} title={title} onClose={close} />}
    </Modal>
  );
}

function Targets({ nodeId, title, onClose }: { readonly nodeId: string; readonly title: string; readonly onClose: () => void }) {
  const { t } = useTranslation("canvas");
  const words = useWords();
  const document = useDocument((state) => state.document);
  const node = document.nodes[nodeId];
  const { outputs } = portNames(node && specs.get(node.type), node?.params ?? {});
  const targets = readingOrder(document).filter((id) => id !== nodeId);
  const find = (query: string): PickSection[] =>
    outputs.map((port) => ({
      id: port,
      title: port,
      items: targets
        .filter((id) => (document.nodes[id]?.name ?? id).toLowerCase().includes(query.toLowerCase()))
        .map((id) => {
          const from = `${nodeId}.${port}`;
          const found = findInput(from, id);
          const target = document.nodes[id];
          const spec = target && specs.get(target.type);
          return {
            id: "to" in found ? `${from}->${found.to}` : `${from}->${id}`,
            label: target?.name ?? id,
            detail: spec && words(spec.title),
            icon: <NodeIcon type={target?.type ?? ""} category={spec?.category} size={24} />,
            reason: "to" in found ? undefined : found.reason ? words(found.reason) : "",
          };
        })
        .sort((one, other) => Number(one.reason !== undefined) - Number(other.reason !== undefined)),
    }));
  return (
    <PickList
      label={title}
      placeholder={t("connectSearch")}
      nothing={t("connectNothing")}
      find={find}
      onClose={onClose}
      onPick={(key) => {
        const [from, to] = key.split("->");
        onClose();
        if (from && to) addEdge({ from, to });
      }}
    />
  );
}
