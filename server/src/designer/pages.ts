import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import express, { type RequestHandler, Router } from "express";

/** The built designer: files with a hash in their name are kept by the browser, the page itself is asked for each time. Any other address is one of the designer's own. */
export function designerPages(folder: string): Router {
  const index = join(folder, "index.html");
  const router = Router();
  router.use(
    "/assets",
    express.static(join(folder, "assets"), {
      immutable: true,
      maxAge: "365d",
      index: false,
      redirect: false,
      setHeaders: (response, file) => {
        if (basename(file).startsWith(LIVE_VALUE_WORKER)) response.set("Content-Security-Policy", LIVE_VALUE_POLICY);
      },
    }),
    missing,
  );
  router.use(
    express.static(folder, {
      index: false,
      redirect: false,
      cacheControl: false,
      setHeaders: (response) => response.set("Cache-Control", "no-cache"),
    }),
  );
  router.use((request, response, next) => {
    if ((request.method !== "GET" && request.method !== "HEAD") || !request.accepts("html")) return next();
    response.set("Cache-Control", "no-cache");
    if (existsSync(index)) response.sendFile(index, { dotfiles: "allow" });
    else response.status(503).type("html").send(NOT_BUILT);
  });
  return router;
}

/**
 * The worker that shows what an expression gives compiles it to a function, which the page itself may not. A worker has the policy of its own file: this one may
 * compile, and cannot reach anything: no network, no page, no other script's data.
 */
const LIVE_VALUE_WORKER = "live-value.worker-";
const LIVE_VALUE_POLICY = "default-src 'none'; script-src 'self' 'unsafe-eval'; frame-ancestors 'none'; base-uri 'none'";

const missing: RequestHandler = (_request, response) =>
  void response.status(404).type("text").send("There is no such file. Load the page again: it was built anew.");

const NOT_BUILT = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Millrace</title></head><body>
<p>The designer is not built. Start with <code>npx -y pnpm start</code>, which builds it, or run <code>node designer/build-if-stale.ts</code> and load this page again.</p>
<p lang="zh">设计器尚未构建。请用 <code>npx -y pnpm start</code> 启动(会自动构建),或运行 <code>node designer/build-if-stale.ts</code> 后重新载入本页。</p></body></html>`;
