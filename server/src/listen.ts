import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { UsageError } from "./data-folder.ts";

/** Room for an app log in the address of a GET. */
const MAX_HEADER_BYTES = 256 * 1024;

export interface Listening {
  readonly port: number;
  /** "http://127.0.0.1:8090" */
  readonly origin: string;
  /** Ends open connections, too: live streams would never end by themselves. */
  close(): Promise<void>;
}

export async function listen(handler: RequestListener, host: string, port: number): Promise<Listening> {
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, handler);
  server.on("clientError", answerClientError);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(cannotListen(error, host, port)));
    server.listen(port, host, resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return { port: bound, origin: `http://${nameOf(host)}:${bound}`, close: () => close(server) };
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  // What is being answered gets a moment; streams do not end by themselves.
  const patience = setTimeout(() => server.closeAllConnections(), 500);
  await closed;
  clearTimeout(patience);
}

function answerClientError(error: NodeJS.ErrnoException, socket: import("node:stream").Duplex): void {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const tooLong = error.code === "HPE_HEADER_OVERFLOW";
  const text = tooLong
    ? `Address and headers have more than ${MAX_HEADER_BYTES} bytes. Send the record as the body of a POST.\n`
    : "This is not HTTP.\n";
  const status = tooLong ? "431 Request Header Fields Too Large" : "400 Bad Request";
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
  );
}

function nameOf(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (error.code) {
    case "EADDRINUSE":
      return new UsageError(
        `Port ${port} on ${host} is in use by another program. Stop that one, or start with --port ${port === 65535 ? 8090 : port + 1} (--port 0 takes any free port).`,
      );
    case "EACCES":
      return new UsageError(`Port ${port} may not be opened by this user. Start with a port of 1024 or above, such as --port 8090.`);
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new UsageError(`${host} is not an address of this machine. Start with --host 127.0.0.1, or 0.0.0.0 for all of them.`);
    default:
      return error;
  }
}
