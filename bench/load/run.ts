import { fork } from "node:child_process";
import { once } from "node:events";
import type { Load, Measured } from "./client.ts";

/** A running load, in a process of its own. */
interface RunningLoad {
    /** Ends the load, and returns the measurements up to now. */
    stop(): Promise<Measured>;
}

/** Starts a process that sends the requests. */
export function startLoad(load: Load): RunningLoad {
    const child = fork(new URL("client.ts", import.meta.url));
    const ended = once(child, "exit");
    child.send(load);
    return {
        async stop() {
            const [measured] = await Promise.race([
                once(child, "message", { signal: AbortSignal.timeout(60_000) }),
                ended.then(([code]) => Promise.reject(new Error(`The load ended early, with code ${code}.`))),
                new Promise<never>((_, reject) => child.send("stop", (error) => error && reject(error))),
            ]);
            await ended;
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
