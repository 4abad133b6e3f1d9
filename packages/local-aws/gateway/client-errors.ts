import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { shell } from "terminal-text";
import { jsonAnswer } from "./answer.ts";

/** An error of Node's HTTP parser, with the bytes that it rejected. */
interface ClientError extends Error {
    readonly code?: string;
    readonly rawPacket?: Buffer;
}

/** Statuses other than 400, as Node itself answers them. */
const statuses: Readonly<Record<string, number>> = {
    ERR_HTTP_REQUEST_TIMEOUT: 408,
    HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
    HPE_HEADER_OVERFLOW: 431,
};

/**
 * Answers a request that Node's HTTP parser rejects, in the form of API Gateway's errors; Node itself sends no body.
 * AWS does not document whether API Gateway accepts a URL with bytes that are not ASCII, so the strict answer is a
 * choice.
 */
export function answerClientError(error: ClientError, socket: Duplex): void {
    if (error.code === "ECONNRESET" || !socket.writable) {
        socket.destroy();
        return;
    }
    const status = statuses[error.code ?? ""] ?? 400;
    const message =
        error.code === "HPE_INVALID_URL" ? encoded(error) : `The request is not valid HTTP: ${error.message}`;
    const { headers, body } = jsonAnswer(status, { message }, { connection: "close" });
    const lines = Object.entries({ ...headers, "content-length": Buffer.byteLength(body) }).map(
        ([name, value]) => `${name}: ${value}\r\n`,
    );
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${body}`);
}

function encoded({ rawPacket = Buffer.alloc(0) }: ClientError): string {
    const head = rawPacket.toString("utf8");
    const target = /^\S+ (\S+) HTTP\//.exec(head)?.[1];
    const host = /^host: *(\S+)/im.exec(head)?.[1];
    const url = target && host && `http://${host}${target.replaceAll(/[^\x21-\x7e]+/g, encodeURIComponent)}`;
    return (
        "The URL must be percent-encoded: " +
        (url ? shell("curl", url) : "curl -G <url> --data-urlencode 'genre=Möbel'")
    );
}
