import type { RoomWords } from "../i18n/room-words.ts";

export const words = {
  "step.add": { en: "add node", zh: "添加节点" },
  "step.addNote": { en: "add note", zh: "添加便签" },
  "step.connect": { en: "connect", zh: "连线" },
  "step.delete": { en: "delete", zh: "删除" },
  "step.removeAndReconnect": { en: "remove and reconnect", zh: "移除并重新连接" },
  "step.disable": { en: "disable or enable", zh: "停用或启用" },
  "step.discard": { en: "discard draft", zh: "放弃草稿" },
  "step.duplicate": { en: "duplicate", zh: "创建副本" },
  "step.cut": { en: "cut", zh: "剪切" },
  "step.group": { en: "group", zh: "分组" },
  "step.json": { en: "edit JSON", zh: "编辑 JSON" },
  "step.layout": { en: "arrange", zh: "自动布局" },
  "step.move": { en: "move", zh: "移动" },
  "step.note": { en: "edit note", zh: "编辑便签" },
  "step.param": { en: "change parameter", zh: "修改参数" },
  "step.paste": { en: "paste", zh: "粘贴" },
  "step.rename": { en: "rename", zh: "重命名" },
  "step.restore": { en: "restore unsaved work", zh: "恢复未保存的修改" },
  "step.settings": { en: "change settings", zh: "修改设置" },
  "step.splice": { en: "insert into edge", zh: "插入连线" },
  madeSavepoint: { en: "Savepoint {{id}} is made.", zh: "已创建保存点 {{id}}。" },
  restored: {
    en: "Work that had not reached the server was restored from this browser. Undo brings back the server's draft.",
    zh: "已从此浏览器恢复尚未保存到服务器的修改。撤销即可回到服务器上的草稿。",
  },
} as const satisfies RoomWords;
