import assert from "node:assert/strict";
import { diagnose } from "../diagnose.ts";
import { headlineOf } from "../headline.ts";
import { bucketCases } from "./public/bucket.ts";
import { keyCases } from "./public/key.ts";
import { roleCases } from "./public/role.ts";

const again = { command: "npm run diagnose-access -- --job JOB", folder: "/tmp/fix" };

describe("diagnose of publicly reported mistakes", () => {
    for (const { name, source, snapshot, says, ends } of [...roleCases, ...bucketCases, ...keyCases]) {
        it(`diagnose explains ${name} (${source})`, () => {
            const diagnosis = diagnose(snapshot);
            const { fixes, verdict } = diagnosis;
            const { cause, todo } = headlineOf(diagnosis, snapshot, again);
            const unknown = diagnosis.links.flatMap((link) => (link.verdict === "unknown" ? [link.detail] : []));
            if (says) assert.match([cause, ...(verdict === "unknown" ? unknown : [])].join("\n"), says);
            if (ends === "sound" || ends === "unknown") {
                assert.equal(verdict, ends, cause);
                return;
            }
            if (ends === "commands") {
                assert.ok(fixes.length > 0 && fixes.every(({ commands }) => commands.length > 0), todo[0]?.text);
                return;
            }
            assert.deepEqual(
                fixes.flatMap(({ commands }) => commands),
                [],
            );
            const asks = todo.flatMap(({ label, text }) => (label === "Ask" ? [text] : []));
            assert.ok(
                asks.some((ask) => ends.test(ask)),
                `${cause}\n${todo.map(({ label, text }) => `${label}: ${text}`).join("\n")}`,
            );
        });
    }
});
