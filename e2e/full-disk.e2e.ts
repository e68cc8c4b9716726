import { execFileSync } from "node:child_process";
import { closeSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "@playwright/test";
import { type Disk, fillDisk } from "./full-disk.ts";
import { dataFolder, REPOSITORY, removeFolder } from "./millrace.ts";

test("a run into a full disk fails with a message while the server answers, and goes on when there is room, nothing lost or doubled", async () => {
  const disk = realDisk() ?? seenDisk();
  test.info().annotations.push({ type: "disk", description: disk.kind });
  try {
    const report = await fillDisk(disk);
    expect(report.failure.en).toMatch(/^The disk of ".*" is full: .*Free space; what runs then goes on by itself\.$/);
    expect(report.failure.zh).toMatch(/磁盘已满.*请释放空间/);
    expect(report.refusal).toMatch(
      /^503 .*The records could not be kept: The disk of .* is full: .*Post them again \(with the same X-Record-Id they count once\)/,
    );
    expect(report.answers).toEqual({ "/health": 200, "/api/pipelines": 200, "/api/topics/numbers/records": 200 });
    if (disk.fillUp)
      expect(report.notStored).toMatch(
        /503 .*The disk that holds the data folder is full, so nothing was changed\. Free some space and try again\./,
      );
    expect(report.made).toBeGreaterThan(1_000);
    expect(report.posted).toBeGreaterThan(10);
    expect(report).toMatchObject({ lost: 0, doubled: 0 });
  } finally {
    disk.remove();
  }
});

type TestDisk = Disk & { readonly kind: string; remove(): void };

/** A small disk in memory; undefined where this user may not mount one. */
function realDisk(): TestDisk | undefined {
  const data = dataFolder();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=48m", "tmpfs", data], { stdio: "ignore" });
  } catch {
    removeFolder(data);
    return undefined;
  }
  return {
    kind: "tmpfs of 48 MB",
    data,
    fillUp: () => {
      const rest = openSync(join(data, "rest"), "w");
      try {
        for (const block = Buffer.alloc(4096); ; ) writeSync(rest, block);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
      } finally {
        closeSync(rest);
      }
    },
    free: () => execFileSync("mount", ["-o", "remount,size=512m", data]),
    remove: () => {
      execFileSync("umount", [data]);
      removeFolder(data);
    },
  };
}

/** A server that sees a small disk. */
function seenDisk(): TestDisk {
  const data = dataFolder();
  const preload = pathToFileURL(join(REPOSITORY, "nodes/src/connections/built-in-topics/small-disk.ts")).href;
  return {
    kind: "48 MB as the server sees it",
    data,
    env: { NODE_OPTIONS: `--import=${preload}`, SMALL_DISK: JSON.stringify({ folder: data, bytes: 48 << 20 }) },
    free: () => writeFileSync(join(data, "more-room"), ""),
    remove: () => removeFolder(data),
  };
}
