import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, get } from "node:http";
import { mock } from "node:test";
import { portOf } from "../../packages/local-personalize/wire/http.ts";
import { reportWaits, waitingFor } from "../../runbooks/lib/cli/waits.ts";

describe("`reportWaits` for a command that prints nothing", () => {
    let lines: string[];
    let output: number;
    let stop: () => void;
    beforeEach(() => {
        mock.timers.enable({ apis: ["Date", "setInterval"] });
        [lines, output] = [[], 0];
        stop = reportWaits(
            (line) => lines.push(line),
            () => output,
        );
    });
    afterEach(() => {
        stop();
        mock.timers.reset();
    });

    /** Advances the clock. The reports read the clock four times a second. */
    function pass(milliseconds: number): void {
        for (let passed = 0; passed < milliseconds; passed += 250) mock.timers.tick(250);
    }

    it("`reportWaits` prints the host of an open request after two seconds", async () => {
        const server = createServer(() => {}).listen(0, "127.0.0.1");
        await once(server, "listening");
        const request = get({ host: "127.0.0.1", port: portOf(server) });
        const closed = once(request, "error");
        await once(server, "request");
        pass(1750);
        assert.deepEqual(lines, []);
        pass(500);
        assert.deepEqual(lines, ["waiting for 127.0.0.1 (2 s)\n"]);
        request.destroy();
        await closed;
        pass(5000);
        assert.equal(lines.length, 1);
        server.close();
    });

    it("`reportWaits` prints the program's name after two seconds without output, and then at longer intervals", async () => {
        const work = Promise.withResolvers<void>();
        const waited = waitingFor("pulumi stack export", work.promise);
        pass(1000);
        output = Date.now();
        pass(1750);
        assert.deepEqual(lines, []);
        pass(250);
        assert.deepEqual(lines, ["waiting for pulumi stack export (2 s)\n"]);
        pass(3000);
        work.resolve();
        await waited;
        pass(60_000);
        assert.deepEqual(lines, ["waiting for pulumi stack export (2 s)\n", "waiting for pulumi stack export (4 s)\n"]);
    });
});
