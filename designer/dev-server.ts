import { createServer } from "vite";

/** Vite's development server for the designer; what is not the designer's goes to a Millrace server on this machine, with its token. Resolves with what ends it. */
export async function startDevServer(options: {
  readonly serverPort: string;
  readonly token: string;
  readonly open: boolean;
}): Promise<() => Promise<void>> {
  // The Host header stays the browser's: the server compares it with the Origin.
  const toServer = {
    target: `http://127.0.0.1:${options.serverPort}`,
    changeOrigin: false,
    headers: { authorization: `Bearer ${options.token}` },
  };
  const paths = ["/api", "/applog", "/in", "/metrics", "/health"];
  const vite = await createServer({
    root: import.meta.dirname,
    server: { host: "127.0.0.1", open: options.open, proxy: Object.fromEntries(paths.map((path) => [path, toServer])) },
  });
  await vite.listen();
  vite.printUrls();
  return () => vite.close();
}
