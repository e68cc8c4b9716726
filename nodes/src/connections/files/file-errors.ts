import { ConnectionError, isDiskFull, quote } from "../connection-error.ts";

/** What the operating system said, as words with a remedy; what is no such error is handed on. */
export function fileError(error: unknown, file: string): unknown {
  if (isDiskFull(error)) {
    return new ConnectionError(
      "files.disk-full",
      {
        en: `The disk of ${quote(file)} is full. What was committed to the file is untouched; what a checkpoint does not cover is cut off when the run goes on. Free space, then start it again.`,
        zh: `${quote(file)} 所在磁盘已满。已提交到该文件的内容不受影响；检查点未覆盖的内容会在继续运行时截掉。请释放空间后重新启动。`,
      },
      error,
    );
  }
  switch ((error as NodeJS.ErrnoException).code) {
    case "ENOENT":
    case "ENOTDIR":
      return new ConnectionError(
        "files.unknown",
        {
          en: `There is no file ${quote(file)}. Check the path, or put the file there.`,
          zh: `文件 ${quote(file)} 不存在。请检查路径，或放入该文件。`,
        },
        error,
      );
    case "EACCES":
    case "EPERM":
      return new ConnectionError(
        "files.not-allowed",
        {
          en: `${quote(file)} may not be opened by this user. Change its permissions.`,
          zh: `当前用户无权打开 ${quote(file)}。请修改其权限。`,
        },
        error,
      );
    case "EISDIR":
      return notAFile(file);
    default:
      return error;
  }
}

export function notAFile(file: string): ConnectionError {
  return new ConnectionError("files.not-a-file", {
    en: `${quote(file)} is not a file. Name a file.`,
    zh: `${quote(file)} 不是文件。请填写文件路径。`,
  });
}
