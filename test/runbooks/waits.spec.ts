import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { reportWaits, waitingFor } from "../../runbooks/lib/cli/waits.ts";

describe("reportWaits for a command without output", () => {
    it("reportWaits names the host of an open request after two seconds", async () => {
        const server = createServer((_, response) => void setTimeout(() => response.end(), 2500)).listen(
            0,
            "127.0.0.1",
        );
        await once(server, "listening");
        const lines: string[] = [];
        const stop = reportWaits(
            (line) => lines.push(line),
            () => 0,
        );
        try {
            get({ host: "127.0.0.1", port: (server.address() as AddressInfo).port }, (answer) => answer.resume());
            await sleep(2400);
            assert.deepEqual(lines, ["waiting for 127.0.0.1 (2 s)\n"]);
            await sleep(2400);
            assert.equal(lines.length, 1);
        } finally {
            stop();
            server.close();
        }
    });

    it("reportWaits names a running program two seconds after the last output", async () => {
        const lines: string[] = [];
        let output = 0;
        const stop = reportWaits(
            (line) => lines.push(line),
            () => output,
        );
        try {
            const work = waitingFor("pulumi stack export", sleep(3600));
            await sleep(1000);
            output = Date.now();
            await sleep(1500);
            assert.deepEqual(lines, []);
            await work;
            assert.deepEqual(lines, ["waiting for pulumi stack export (2 s)\n"]);
        } finally {
            stop();
        }
    });
});
