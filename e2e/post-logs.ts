/** An app's side of the collector, as a process of its own: posts each line of a file to an address, several at a time. */
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";

const [address = "", file = ""] = process.argv.slice(2);
const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
const agent = new Agent({ keepAlive: true, maxSockets: 16 });
let next = 0;

async function lane(): Promise<void> {
  for (let line = lines[next++]; line !== undefined; line = lines[next++]) {
    const answer = await post(line);
    if (answer !== "success") throw new Error(`expected "success", got ${JSON.stringify(answer)}`);
  }
}

function post(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(address, { method: "POST", agent, headers: { "content-type": "application/json" } }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body += chunk;
      });
      response.on("end", () => resolve(body));
      response.on("error", reject);
    });
    call.on("error", reject);
    call.end(text);
  });
}

await Promise.all(Array.from({ length: 16 }, lane));
agent.destroy();
