/** What connections can be, as data: forms are drawn from it, and the server checks settings against it. The drivers are in `index.ts`. */
import type { RoleName, Words } from "@millrace/engine/node";

export interface ConnectionKind {
  readonly kind: string;
  readonly role: RoleName;
  readonly title: Words;
  readonly description: Words;
  /** In the order in which a form shows them; all can be left out. */
  readonly settings: readonly ConnectionSetting[];
}

export interface ConnectionSetting {
  readonly name: string;
  readonly title: Words;
  readonly description: Words;
  /** All are texts. `folder`: an absolute path on the server's machine. `secret`: kept encrypted and never shown. */
  readonly type: "text" | "folder" | "secret";
  readonly example?: string;
}

export const connectionKinds: readonly ConnectionKind[] = [
  {
    kind: "built-in",
    role: "topic",
    title: { en: "Built-in topics", zh: "内置主题" },
    description: {
      en: "The topics of the data folder. There is nothing to set: every connection of this kind means the same topics.",
      zh: "数据文件夹中的主题。没有可设置的内容：此类连接都指向同一组主题。",
    },
    settings: [],
  },
  {
    kind: "built-in",
    role: "files",
    title: { en: "Files in a folder", zh: "文件夹中的文件" },
    description: {
      en: "File sources and sinks read and write below this folder, and nowhere else.",
      zh: "文件数据源和文件输出只在此文件夹之下读写。",
    },
    settings: [
      {
        name: "root",
        title: { en: "Root folder", zh: "根文件夹" },
        description: {
          en: 'A whole path on the machine where the server runs. Empty: "files" in the data folder.',
          zh: "服务器所在机器上的完整路径。不填则为数据文件夹中的 files。",
        },
        type: "folder",
        example: "/data/logs",
      },
    ],
  },
];
