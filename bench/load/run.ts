import { fork } from "node:child_process";
import { once } from "node:events";
import type { Load, Measured } from "./client.ts";

/** Starts a separate process that sends the requests. `stop` ends it and returns its measurements. */
export function startLoad(load: Load) {
    const child = fork(new URL("client.ts", import.meta.url));
    const exit = once(child, "exit");
    child.send(load);
    return {
        async stop(): Promise<Measured> {
            const [measured] = await Promise.race([
                once(child, "message", { signal: AbortSignal.timeout(60_000) }),
                exit.then(([code]) =>
                    Promise.reject(
                        new Error(`The process that sends the requests ended early, with exit code ${code}.`),
                    ),
                ),
                new Promise<never>((_, reject) => child.send("stop", (error) => error && reject(error))),
            ]);
            await exit;
            return measured as Measured;
        },
    };
}

/** Returns the text of a keep-alive POST request with a JSON body. */
export function postRequest(path: string, body: object, headers: Readonly<Record<string, string>>): string {
    const text = JSON.stringify(body);
    const all = { "content-type": "application/json", ...headers, "content-length": String(Buffer.byteLength(text)) };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    return `POST ${path} HTTP/1.1\r\n${lines.join("")}\r\n${text}`;
}
