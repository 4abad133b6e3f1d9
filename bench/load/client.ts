import { connect, type Socket } from "node:net";
import { computeLatency } from "../api/figures.ts";

/**
 * Sends prepared requests over keep-alive connections and measures the answers. bench/load/run.ts starts this program
 * as a separate process. It writes and reads bytes without an HTTP library, because the client must not be slower than
 * the server.
 */

export interface Load {
    readonly port: number;
    readonly connections: number;
    /** Complete HTTP requests. Each connection sends its next request after the answer to the previous one. */
    readonly requests: readonly string[];
    /** Indexes of `requests` in the order to send them. After the last index, the client continues with the first. */
    readonly order: readonly number[];
}

export interface Measured {
    readonly answers: number;
    readonly failed: number;
    readonly seconds: number;
    readonly p50: number;
    readonly p99: number;
    /** The start of the first response with another status than 200. */
    readonly failure?: string;
}

const end = Buffer.from("\r\n\r\n");

let sent = 0;
let failed = 0;
let failure: string | undefined;
let isEnding = false;
const times: number[] = [];
const sockets: Socket[] = [];

process.on("message", (message: Load | "stop") => {
    if (message === "stop") finish();
    else begin(message);
});

let begun = 0;

function begin(load: Load): void {
    const requests = load.requests.map((text) => Buffer.from(text));
    begun = performance.now();
    for (let at = 0; at < load.connections; at++) sockets.push(open(load, requests));
}

function open({ port, order }: Load, requests: readonly Buffer[]): Socket {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    let since = 0;
    let received: Buffer = Buffer.alloc(0);
    const send = () => {
        since = performance.now();
        socket.write(requests[order[sent++ % order.length] as number] as Buffer);
    };
    socket.on("connect", send);
    socket.on("error", (error) => {
        if (!isEnding) throw error;
    });
    socket.on("data", (bytes) => {
        received = received.length === 0 ? bytes : Buffer.concat([received, bytes]);
        const head = received.indexOf(end);
        if (head < 0) return;
        const text = received.toString("latin1", 0, head);
        const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? Number.NaN);
        if (Number.isNaN(length)) throw new Error(`A response has no Content-Length header: ${text}`);
        if (received.length < head + end.length + length) return;
        times.push(performance.now() - since);
        if (!text.startsWith("HTTP/1.1 200")) {
            failed++;
            failure ??= received.toString("utf8").slice(0, 500);
        }
        received = Buffer.alloc(0);
        if (!isEnding) send();
    });
    return socket;
}

function finish(): void {
    isEnding = true;
    const seconds = (performance.now() - begun) / 1000;
    const { p50, p99 } = computeLatency(times);
    const measured: Measured = {
        answers: times.length,
        failed,
        seconds,
        p50,
        p99,
        ...(failure !== undefined && { failure }),
    };
    process.send?.(measured, () => {
        for (const socket of sockets) socket.destroy();
        process.disconnect();
    });
}
